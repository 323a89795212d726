import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { checkConfig } from "./check.ts";

function read(select: object, options: object = {}) {
  const { config, problems } = checkConfig({
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet"] },
    lists: [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" }, select, options }],
  });
  return { list: config?.lists[0], problems: problems.map(({ path, message }) => `${path}  ${message}`) };
}

describe("an order of one's own", () => {
  it("puts clusters in it, with those last that it cannot be asked of", () => {
    const { order } = read({ orderBy: '-properties["count.node.k8s.io"]' }).list!;
    const nodes = (name: string, count: string) => cluster({ name, properties: count === "" ? {} : { "count.node.k8s.io": count } });
    const sorted = [nodes("mute", ""), nodes("small", "3"), nodes("large", "50")].toSorted(order);
    expect(sorted.map(({ name }) => name)).toEqual(["large", "small", "mute"]);
  });

  it("is none, where none is said", () => {
    expect(read({}).list).not.toHaveProperty("order");
  });

  it.each([
    ["labels", "no order"],
    ['properties["count.node.k8s.io"] >', "half an expression"],
  ])("that cannot be meant is a problem at its place: %s is %s", (orderBy) => {
    const { list, problems } = read({ orderBy });
    expect(list).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^lists\[0\]\.select\.orderBy {2}line 1, column \d+: /);
  });
});

describe("health in a selection", () => {
  it("is a rule in seconds, and no rule where nothing is said", () => {
    expect(read({}).list?.health).toEqual({ join: "any", joinAfter: 0 });
    expect(read({ health: { evict: "never" } }).list?.health).toEqual({ join: "any", joinAfter: 0 });
    expect(read({ health: { join: "healthy", joinAfter: "5m", evict: "2h" } }).list?.health).toEqual({
      join: "healthy",
      joinAfter: 300,
      evictAfter: 7200,
    });
  });

  it.each([
    [{ join: "always" }, 'join  expected healthy, notUnhealthy or any, got "always"'],
    [{ evict: "soon" }, 'evict  expected never or a duration such as 30m, got "soon"'],
    [{ evict: "0" }, 'evict  expected never or a duration such as 30m, got "0"'],
    [{ joinAfter: "5m" }, "joinAfter  means nothing where join is any; say join: healthy or notUnhealthy, or take it out"],
    [{ leave: "1h" }, "leave  is not known here; known are join, joinAfter, evict"],
  ])("%j is a problem at its place", (health, says) => {
    expect(read({ health }).problems).toEqual([`lists[0].select.health.${says}`]);
  });
});

describe("what namespaces are labelled with", () => {
  it.each([
    ["nothing asks for a cluster set", {}, {}, false],
    ["a cluster set is selected", { clusterSets: ["web"] }, {}, true],
    ["a question asks for it", { where: 'clusterSet != "web"' }, {}, true],
    ["a question asks for other things", { where: 'name != "clusterSet"' }, {}, false],
    ["an order asks for it", { orderBy: "clusterSet" }, {}, true],
    ["it is shown", {}, { labels: { set: { from: "clusterSet" } } }, true],
    ["another word is shown", {}, { labels: { set: { from: "value", value: "clusterSet" } } }, false],
  ])("is read only where it counts: %s", (_, select, options, expected) => {
    expect(read(select, options).list?.asksNamespaces).toBe(expected);
  });
});
