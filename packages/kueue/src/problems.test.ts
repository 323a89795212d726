import { describe, expect, it } from "vitest";
import { problemsOf, type KueueOptions } from "./index.ts";

const options: KueueOptions = { namespace: "kueue-system", config: "batch" };

describe("options are read before anything is written", () => {
  it.each<Partial<KueueOptions>>([
    {},
    { clusterSource: "auto", providers: ["google"] },
    { clusterSource: "clusterProfileRef", mirror: false },
    { version: "v1beta1", clusterSource: "kubeConfig", maxClusters: 10 },
    { prefix: "night.", maxClusters: 20, deadline: 0, gcInterval: 0, whenEmpty: "delete", refuse: ["https://hub.example.test"] },
    { prefix: "a-b.c-" },
    { config: "b".repeat(63) },
  ])("and %j is fine", (more) => expect(problemsOf({ ...options, ...more })).toEqual([]));

  it.each<{ readonly when: string; readonly more: Partial<KueueOptions>; readonly path: string; readonly says: string }>([
    { when: "the namespace is none", more: { namespace: "Kueue" }, path: "namespace", says: "Kueue's own namespace" },
    { when: "no AdmissionCheck could name the config", more: { config: "batch.eu" }, path: "config", says: '"batch.eu"' },
    { when: "the config's name is too long", more: { config: "b".repeat(64) }, path: "config", says: "63" },
    { when: "no name can begin with the prefix", more: { prefix: ".night" }, path: "prefix", says: "can begin" },
    { when: "the prefix leaves an empty part", more: { prefix: "a..b" }, path: "prefix", says: "can begin" },
    { when: "the prefix is too long", more: { prefix: "p".repeat(64) }, path: "prefix", says: "63" },
    {
      when: "the old API is to read profiles",
      more: { version: "v1beta1", clusterSource: "auto", providers: ["x"] },
      path: "clusterSource",
      says: "v1beta2",
    },
    { when: "nobody says what Kueue can use", more: { clusterSource: "auto" }, path: "providers", says: "without them" },
    { when: "Kueue can use nothing", more: { clusterSource: "clusterProfileRef", providers: [] }, path: "providers", says: "at least one" },
    { when: "there is room for nobody", more: { maxClusters: 0 }, path: "maxClusters", says: "from 1 to 20" },
    { when: "there is more room than Kueue has", more: { maxClusters: 21 }, path: "maxClusters", says: "from 1 to 20" },
    {
      when: "there is more room than the old Kueue has",
      more: { version: "v1beta1", maxClusters: 11 },
      path: "maxClusters",
      says: "to 10",
    },
    { when: "the deadline is before the start", more: { deadline: -1 }, path: "deadline", says: "from 0 on" },
    { when: "the interval is no number", more: { gcInterval: Number.NaN }, path: "gcInterval", says: "from 0 on" },
    { when: "a refused server is no URL", more: { refuse: ["https://a.test", "hub"] }, path: "refuse.1", says: '"hub"' },
  ])("and told when $when", ({ more, path, says }) => {
    const problems = problemsOf({ ...options, ...more });
    expect(problems.map((problem) => problem.path.join("."))).toEqual([path]);
    expect(problems[0]!.message).toContain(says);
  });

  it("and all problems are told at once", () => {
    expect(problemsOf({ ...options, config: "", namespace: "", deadline: 0.5 }).map(({ path }) => path)).toEqual([
      ["namespace"],
      ["config"],
      ["deadline"],
    ]);
  });
});
