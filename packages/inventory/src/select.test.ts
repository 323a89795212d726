import { type Cluster, RollcallError } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { compileSelection, explainSelection, type Selection } from "./index.ts";

const paris: Cluster = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "u-paris",
  createdAt: "2026-01-01T00:00:00Z",
  resourceVersion: "1",
  displayName: "Paris",
  manager: "hand",
  labels: { env: "prod", "x-k8s.io/cluster-manager": "wrong" },
  properties: { "topology.kubernetes.io/region": "eu-west-1" },
  health: "unknown",
  conditions: {},
  clusterSet: "edge",
  access: [],
};

describe("a selection chooses a cluster when all that it says holds", () => {
  it.each<[string, Selection, boolean]>([
    ["nothing is asked", {}, true],
    ["its label fits", { labels: "env in (prod, staging)" }, true],
    ["its label does not", { labels: "env=test" }, false],
    ["its property is one of the wanted", { properties: { "topology.kubernetes.io/region": ["us-east-1", "eu-west-1"] } }, true],
    ["its property is another", { properties: { "topology.kubernetes.io/region": ["us-east-1"] } }, false],
    ["it lacks the property", { properties: { missing: ["undefined"] } }, false],
    ["only objects in general have the property", { properties: { constructor: ["x"] } }, false],
    ["it is in a wanted namespace", { namespaces: ["fleet", "lab"] }, true],
    ["it is in another namespace", { namespaces: ["lab"] }, false],
    ["it is named", { names: ["paris"] }, true],
    ["another is named", { names: ["rome"] }, false],
    ["its manager is wanted", { managers: ["other", "hand"] }, true],
    ["only its label names the manager", { managers: ["wrong"] }, false],
    ["it is in a wanted cluster set", { clusterSets: ["edge"] }, true],
    ["it is in another cluster set", { clusterSets: ["core"] }, false],
    ["the expression says yes", { where: ({ name }) => name === "paris" }, true],
    ["the expression says no", { where: ({ name }) => name === "rome" }, false],
    ["one of two does not hold", { labels: "env=prod", names: ["rome"] }, false],
  ])("%s", (_, selection, chosen) => {
    expect(compileSelection(selection)(paris)).toBe(chosen);
    expect(explainSelection(selection)(paris)).toEqual({ chosen });
  });

  it("and one in no cluster set is in none that is asked for", () => {
    const { clusterSet: _, ...alone } = paris;
    expect(compileSelection({ clusterSets: ["edge"] })(alone)).toBe(false);
  });

  it("looks at its words alone: one that is being deleted is for the list to judge", () => {
    expect(compileSelection({ labels: "env=prod" })({ ...paris, terminating: true })).toBe(true);
  });
});

describe("an expression that cannot be answered for a cluster", () => {
  const where = (): boolean => {
    throw new RollcallError("Other", 'it has no "env"', { retry: false });
  };

  it("leaves it undecided, with the reason", () => {
    const refusal = { reason: "WhereFailed", message: 'it has no "env"' };
    expect(explainSelection({ where })(paris)).toEqual({ refusal });
    expect(() => compileSelection({ where })(paris)).toThrow(expect.objectContaining(refusal));
  });

  it("is not asked of a cluster that the rest does not choose", () => {
    expect(explainSelection({ names: ["rome"], where })(paris)).toEqual({ chosen: false });
  });
});

describe("a selection that cannot be meant is refused where the config is read", () => {
  it.each([
    [{ labels: "env in (" }, 'label selector "env in ("'],
    [{ names: [] }, "names is empty, which chooses nobody"],
    [{ namespaces: [] }, "namespaces is empty"],
    [{ properties: { region: [] } }, 'properties["region"] is empty'],
    [{ names: ["paris", "Rome"] }, 'names[1] is "Rome", which no profile can have'],
    [{ namespaces: ["a.b"] }, 'namespaces[0] is "a.b"'],
    [{ managers: [] }, "managers is empty"],
    [{ managers: ["OCM, of old", ""] }, 'managers[1] is "", which says nothing'],
    [{ clusterSets: [] }, "clusterSets is empty"],
    [{ clusterSets: [""] }, 'clusterSets[0] is "", which says nothing'],
  ])("%j", (selection, message) => {
    expect(() => compileSelection(selection)).toThrow(expect.objectContaining({ reason: "BadSelector" }));
    expect(() => compileSelection(selection)).toThrow(message);
  });
});
