import { describe, expect, it } from "vitest";
import { problemsOf, problemsOfFiles, type IstioOptions } from "./index.ts";

const options: IstioOptions = { namespace: "istio-system" };
const value = { from: "value", value: "1" } as const;
const server = { from: "property", key: "private" } as const;

it.each<Partial<IstioOptions>>([
  {},
  { clusterId: { from: "label", key: "id" }, clusterIds: { "fleet/paris": "eu-1", "fleet/rome": "eu-2" }, ownId: "Kubernetes" },
  { readers: ["kiali"], refuse: ["https://hub.example.test:6443"] },
  { server: { ...server, allowed: ["api.example.test", "*.example.test", "10.0.0.1:6443", "[fd00::1]:6443"] } },
  { labels: { team: value, "topology.istio.io/network": { from: "property", key: "network" } } },
])("options that can be kept have no problem: %j", (more) => expect(problemsOf({ ...options, ...more })).toEqual([]));

describe("an operator is told where an option is wrong", () => {
  it.each<{ readonly at: string; readonly more: Partial<IstioOptions> }>([
    { at: "clusterIds.paris", more: { clusterIds: { paris: "eu" } } },
    { at: "clusterIds.fleet/paris", more: { clusterIds: { "fleet/paris": "EU" } } },
    { at: "clusterIds.fleet/rome", more: { clusterIds: { "fleet/paris": "eu", "fleet/rome": "eu" } } },
    { at: "ownId", more: { ownId: "" } },
    { at: "readers", more: { readers: [] } },
    { at: "server.allowed", more: { server: { ...server, allowed: [] } } },
    { at: "server.allowed.0", more: { server: { ...server, allowed: ["https://a.test"] } } },
    { at: "server.allowed.1", more: { server: { ...server, allowed: ["a.test", "*"] } } },
    { at: "server.allowed.0", more: { server: { ...server, allowed: ["*.a.test:6443"] } } },
    { at: "refuse.0", more: { refuse: ["hub.example.test"] } },
    { at: "labels.istio/multiCluster", more: { labels: { "istio/multiCluster": value } } },
    { at: "labels.kiali.io/multiCluster", more: { labels: { "kiali.io/multiCluster": value } } },
    { at: "labels.a b", more: { labels: { "a b": value } } },
    { at: "labels.team.value", more: { labels: { team: { from: "value", value: "a b" } } } },
  ])("$at", ({ at, more }) => {
    const problems = problemsOf({ ...options, ...more });
    expect(problems.map(({ path }) => path.join("."))).toEqual([at]);
    expect(problems[0]!.message).toMatch(/ /);
  });

  it("files: a Secret whose name leaves no room for those of its clusters", () => {
    const paths = (secret: string) => problemsOfFiles({ ...options, secret }).map(({ path }) => path);
    expect(["files", "a.b", "", "x".repeat(64)].map(paths)).toEqual([[], [["secret"]], [["secret"]], [["secret"]]]);
    expect(problemsOfFiles({ ...options, secret: "files", ownId: "" })).toHaveLength(1);
  });
});
