import { describe, expect, it } from "vitest";
import { problemsOf, type ArgoCdOptions } from "./index.ts";

const options: ArgoCdOptions = { namespace: "argocd" };
const text = { from: "value", value: "1" } as const;

describe("options that can be kept", () => {
  it.each<Partial<ArgoCdOptions>>([
    {},
    { copyLabels: ["env", "topology.kubernetes.io/*", "app.kubernetes.io/*"], project: "platform", shard: 0 },
    { labels: { team: text, "example.test/Team_1.a": text, [`${"a".repeat(63)}.test/${"b".repeat(63)}`]: text } },
    { labels: { "argocd-agent.argoproj-labs.io/agent-name": { from: "name" } }, copyLabels: ["argocd-agent.argoproj-labs.io/agent-name"] },
    { annotations: { "example.test/words": { from: "value", value: "any text\nat all" } } },
    { project: { from: "label", key: "team", allowed: ["web"] } },
    { shard: { from: "property", key: "shard" } },
    { shard: { hash: 1 } },
    { namespaces: ["web", "kube-system"], clusterResources: true },
    { clusterResources: false, passClusterInfo: false, placeholders: true, refuse: ["https://hub.example.test:6443"] },
  ])("have no problem: %j", (more) => expect(problemsOf({ ...options, ...more })).toEqual([]));
});

const unsafe = [
  "argocd.argoproj.io/secret-type",
  "argocd.argoproj.io/refresh",
  "link.argocd.argoproj.io/x",
  "argoproj.io/x",
  "argocd-agent.argoproj-labs.io/self-registered",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/part-of",
  "managed-by",
  "kubectl.kubernetes.io/last-applied-configuration",
  "kustomize.toolkit.fluxcd.io/name",
  "meta.helm.sh/release-name",
  "istio/multiCluster",
  "rollcall.dev/state",
  "capi-to-argocd/owned",
  "apps.open-cluster-management.io/acm-cluster",
  "clusterprofile.x-k8s.io/origin",
  "fleet.gke.io/managed-by-fleet-plugin",
  "multicluster.x-k8s.io/managed-by-cp-syncer",
  "__proto__",
];

describe("a key that somebody acts on is refused where the options are read", () => {
  it.each(unsafe)("%s", (key) => {
    const keys = Object.fromEntries([[key, text]]);
    const problems = problemsOf({ ...options, copyLabels: ["env", key], labels: keys, annotations: keys });
    expect(problems.map(({ path }) => path)).toEqual([
      ["copyLabels", 1],
      ["labels", key],
      ["annotations", key],
    ]);
    for (const { message } of problems) expect(message).toContain("is reserved");
  });

  it.each(["argocd.argoproj.io/*", "rollcall.dev/*", "argocd-agent.argoproj-labs.io/*"])("and so is all of %s", (asked) => {
    expect(problemsOf({ ...options, copyLabels: [asked] })).toMatchObject([{ path: ["copyLabels", 0] }]);
  });

  it.each(["argoproj.io.example.test/x", "notargoproj.io/x", "istio.example.test/x", "rollcall.development/x"])(
    "though %s is nobody's",
    (key) => expect(problemsOf({ ...options, copyLabels: [key], labels: Object.fromEntries([[key, text]]) })).toEqual([]),
  );
});

describe("what cannot be meant is said with its path", () => {
  const noAllowed = { from: "label", key: "team" } as unknown as ArgoCdOptions["project"] & object;

  it.each<{ readonly given: Partial<ArgoCdOptions>; readonly path: readonly (string | number)[] }>([
    { given: { labels: { "a/b/c": text } }, path: ["labels", "a/b/c"] },
    { given: { labels: { "": text } }, path: ["labels", ""] },
    { given: { labels: { "-a": text } }, path: ["labels", "-a"] },
    { given: { labels: { "Example.test/a": text } }, path: ["labels", "Example.test/a"] },
    { given: { annotations: { ["x".repeat(64)]: text } }, path: ["annotations", "x".repeat(64)] },
    { given: { labels: { a: { from: "value", value: "two words" } } }, path: ["labels", "a", "value"] },
    { given: { labels: { a: { from: "value", value: "x".repeat(64) } } }, path: ["labels", "a", "value"] },
    { given: { project: noAllowed }, path: ["project", "allowed"] },
    { given: { project: { from: "label", key: "team", allowed: [] } }, path: ["project", "allowed"] },
    { given: { project: { from: "label", key: "team", allowed: ["web", ""] } }, path: ["project", "allowed"] },
    { given: { shard: -1 }, path: ["shard"] },
    { given: { shard: 1.5 }, path: ["shard"] },
    { given: { shard: { hash: 0 } }, path: ["shard", "hash"] },
    { given: { shard: { hash: 10_000 } }, path: ["shard", "hash"] },
    { given: { namespaces: [] }, path: ["namespaces"] },
    { given: { namespaces: ["web", "a,b"] }, path: ["namespaces", 1] },
    { given: { namespaces: ["*"] }, path: ["namespaces", 0] },
    { given: { clusterResources: true }, path: ["clusterResources"] },
    { given: { refuse: ["https://a.test", "hub"] }, path: ["refuse", 1] },
    { given: { refuse: ["hub.example.test:6443"] }, path: ["refuse", 0] },
  ])("$path", ({ given, path }) => {
    expect(problemsOf({ ...options, ...given })).toEqual([{ path, message: expect.stringMatching(/\w+ \w+/) as string }]);
  });

  it("all at once", () => {
    expect(problemsOf({ ...options, shard: -1, namespaces: [], labels: { "rollcall.dev/list": text } })).toHaveLength(3);
  });
});
