import { describe, expect, it } from "vitest";
import { checkConfig } from "./check.ts";

function read(placement: unknown, { inventory = {}, removal = {}, select = {} }: Record<string, object> = {}) {
  const { config, problems } = checkConfig({
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet"], ...inventory },
    lists: [
      {
        name: "argocd",
        consumer: "argocd",
        target: { namespace: "argocd" },
        select: { ...select, ...(placement !== undefined && { placement }) },
        removal,
      },
    ],
  });
  return { config, list: config?.lists[0], problems: problems.map(({ path, message }) => `${path}  ${message}`) };
}

const settles = { one: 3, several: 30 };

describe("the decision that a list follows", () => {
  it("is looked for by all that is said of it, and none is where none is said", () => {
    const said = { key: "web", namespace: "fleet", api: "multicluster.x-k8s.io" };
    expect(read(said).list?.placement).toEqual({ said, find: expect.any(Function) as unknown });
    expect(read(undefined).list).not.toHaveProperty("placement");
  });

  it.each<[string, unknown, readonly string[]]>([
    ["says no word of which one", {}, ["  expected key, name, placementKey or labels of the decision that chooses, got none of them"]],
    [
      "says only where",
      { namespace: "fleet" },
      ["  expected key, name, placementKey or labels of the decision that chooses, got none of them"],
    ],
    ["is a text", "web", ["  expected an object, got a text"]],
    ["has an empty key", { key: "" }, ['.key  expected the key of a decision, got ""']],
    [
      "has a name that no object has",
      { name: "Web" },
      ['.name  expected the name of a PlacementDecision (at most 253 lower-case letters, digits, "-" and "."), got "Web"'],
    ],
    [
      "has an API that has none",
      { key: "web", api: "v1" },
      ['.api  expected multicluster.x-k8s.io or cluster.open-cluster-management.io, got "v1"'],
    ],
    [
      "has a word that is none",
      { key: "web", revision: "1" },
      [".revision  is not known here; known are key, name, placementKey, labels, namespace, api"],
    ],
    [
      "has a namespace that is not read",
      { key: "web", namespace: "south" },
      [
        '.namespace  expected one of the namespaces that decisions are read from (fleet), got "south"; add it to inventory.placements.namespaces',
      ],
    ],
  ])("is a problem at its place when it %s", (_, placement, expected) => {
    expect(read(placement).problems).toEqual(expected.map((each) => `lists[0].select.placement${each}`));
    expect(read(placement).list).toBeUndefined();
  });

  it("is a problem where its labels cannot be meant", () => {
    expect(read({ labels: "team in" }).problems).toEqual([expect.stringMatching(/^lists\[0\]\.select\.placement\.labels {2}.*team in/)]);
  });

  it("may be in any namespace that decisions are read from", () => {
    const inventory = { placements: { namespaces: ["south"] } };
    expect(read({ key: "web", namespace: "south" }, { inventory }).problems).toEqual([]);
    expect(read({ key: "web", namespace: "fleet" }, { inventory }).problems).toHaveLength(1);
  });
});

describe("the grace of who is deselected", () => {
  it.each<[string, unknown, object, number]>([
    ["the least where a decision chooses, which settles by itself", { key: "web" }, {}, 1],
    ["the least where more is said of how they go", { key: "web" }, { deselected: { then: "release" } }, 1],
    ["what is said", { key: "web" }, { deselected: { after: "10m" } }, 600],
    ["ten minutes where none does", undefined, {}, 600],
  ])("is %s", (_, placement, removal, after) => {
    expect(read(placement, { removal }).list?.removals.deselected.after).toBe(after);
  });

  it("makes a list another one when it is said anew", () => {
    const digest = (after?: string): string | undefined =>
      read({ key: "web" }, { removal: after === undefined ? {} : { deselected: { after } } }).list?.digest;
    expect(digest("0")).toBe(digest());
    expect(digest("10m")).not.toBe(digest());
  });
});

describe("where and how decisions are read", () => {
  it("is where profiles are, whoever wrote them, unless it is said", () => {
    expect(read(undefined).config?.inventory.placements).toEqual({ namespaces: ["fleet"], settle: settles });
    const placements = { namespaces: ["south"], schedulers: ["multikueue"], settle: { several: "2m" } };
    expect(read(undefined, { inventory: { placements } }).config?.inventory.placements).toEqual({
      namespaces: ["south"],
      schedulers: ["multikueue"],
      settle: { one: 3, several: 120 },
    });
  });

  it.each<[object, string]>([
    [{ namespaces: [] }, "namespaces  expected at least one namespace to read PlacementDecisions from, got an empty list"],
    [{ schedulers: [] }, "schedulers  expected at least one scheduler, got an empty list"],
    [{ settle: { one: "0" } }, 'settle.one  expected a duration of at least 1s, got "0"'],
    [{ settle: { most: "1s" } }, "settle.most  is not known here; known are one, several"],
  ])("%j is a problem at its place", (placements, says) => {
    expect(read(undefined, { inventory: { placements } }).problems).toEqual([`inventory.placements.${says}`]);
  });
});
