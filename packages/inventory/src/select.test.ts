import type { Cluster } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { compileSelection } from "./index.ts";

const paris: Cluster = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "u-paris",
  createdAt: "2026-01-01T00:00:00Z",
  resourceVersion: "1",
  displayName: "Paris",
  manager: "hand",
  labels: { env: "prod" },
  properties: { "topology.kubernetes.io/region": "eu-west-1" },
  health: "unknown",
  access: [],
};

describe("a selection chooses a cluster when all that it says holds", () => {
  it.each([
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
    ["one of two does not hold", { labels: "env=prod", names: ["rome"] }, false],
  ])("%s", (_, selection, chosen) => expect(compileSelection(selection)(paris)).toBe(chosen));

  it("looks at its words alone: one that is being deleted is for the list to judge", () => {
    expect(compileSelection({ labels: "env=prod" })({ ...paris, terminating: true })).toBe(true);
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
  ])("%j", (selection, message) => {
    expect(() => compileSelection(selection)).toThrow(expect.objectContaining({ reason: "BadSelector" }));
    expect(() => compileSelection(selection)).toThrow(message);
  });
});
