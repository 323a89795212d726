import { describe, expect, it, onTestFinished } from "vitest";
import { Hidden, isRefusal, type Cluster, type Reachable } from "@rollcall/contract";
import { cluster, openWorkbench, type StartOptions, type Workbench } from "@rollcall/testing";
import { istio, type IstioOptions } from "./index.ts";

const options: IstioOptions = { namespace: "istio-system", clusterId: { from: "label", key: "mesh-id" } };
const grace = { then: "release", after: 60 } as const;

/** What Rollcall's engine makes of it, on an API server in memory. */
async function mesh(): Promise<Workbench> {
  const bench = await openWorkbench({ adapter: istio, options, removals: { deselected: grace, unregistered: grace } });
  onTestFinished(() => bench.close());
  return bench;
}

const withToken: StartOptions = { connect: (given) => Promise.resolve(reached(given)) };

function reached(given: Cluster): Reachable {
  const { endpoint } = given.access[0]!;
  if (isRefusal(endpoint)) throw new Error(endpoint.message);
  return { ...given, connection: { ...endpoint, login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") } } };
}

const named = (name: string, id: string) => cluster({ name, labels: { "mesh-id": id } });

function secrets({ hub }: Workbench): readonly string[] {
  return hub.list("Secret", "istio-system").map(({ metadata }) => metadata.name);
}

/** Whose Secret of this ID stands. */
function clusterOf({ hub }: Workbench, id: string): string | undefined {
  return hub.get("Secret", "istio-system", `istio-remote-secret-${id}`)?.metadata.annotations?.["rollcall.dev/cluster"];
}

/** What was done to Secrets, in its order. */
function changesOf(bench: Workbench): readonly string[] {
  return bench.writes().flatMap(({ verb, resource }) => (resource === "secrets" ? [verb] : []));
}

describe("a mesh kept by the engine", () => {
  it("sees a cluster join once, and no write for a heartbeat or a restart", async () => {
    const bench = await mesh();
    bench.fleet.put(named("paris", "eu"));
    const engine = await bench.start(withToken);
    await engine.settle();
    expect(secrets(bench)).toEqual(["istio-remote-secret-eu"]);
    const before = bench.writes().length;
    bench.fleet.put({ ...named("paris", "eu"), resourceVersion: "99", health: "unhealthy", version: "v1.37.0" });
    await engine.settle();
    await engine.kill();
    await (await bench.start(withToken)).settle();
    expect(bench.writes(before)).toEqual([]);
  });

  it("lets one cluster have an ID, tells the other, and lets that one in when the first is gone", async () => {
    const bench = await mesh();
    bench.fleet.put(named("paris", "eu"), named("oslo", "no"), named("lima", "pe"));
    const engine = await bench.start(withToken);
    await engine.settle();
    bench.fleet.put(named("rome", "eu"));
    await engine.settle();
    expect(engine.list.status().get("fleet/rome")).toMatchObject({ state: "newcomer", verdict: { reason: "ForeignObject" } });
    expect(clusterOf(bench, "eu")).toBe("fleet/paris");

    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(clusterOf(bench, "eu")).toBe("fleet/rome");
    expect(changesOf(bench)).toEqual(["create", "create", "create", "delete", "create"]);
  });

  it("keeps a cluster whose ID is said otherwise, and renames it only by a removal that the guard has let pass", async () => {
    const bench = await mesh();
    bench.fleet.put(named("paris", "eu"), named("oslo", "no"), named("lima", "pe"));
    const engine = await bench.start(withToken);
    await engine.settle();
    bench.fleet.put(named("oslo", "north"));
    await engine.settle();
    expect(engine.list.status().get("fleet/oslo")).toMatchObject({ state: "member", verdict: { reason: "ClusterIdChanged" } });
    expect(secrets(bench)).toEqual(["istio-remote-secret-eu", "istio-remote-secret-no", "istio-remote-secret-pe"]);

    bench.fleet.select(({ name }) => name !== "oslo");
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(secrets(bench)).toEqual(["istio-remote-secret-eu", "istio-remote-secret-pe"]);
    bench.fleet.select(() => true);
    await engine.settle();
    expect(secrets(bench)).toEqual(["istio-remote-secret-eu", "istio-remote-secret-north", "istio-remote-secret-pe"]);
    expect(changesOf(bench)).toEqual(["create", "create", "create", "delete", "create"]);
    expect(engine.list.status().get("fleet/oslo")).toMatchObject({ state: "member" });
  });

  it("leaves a Secret alone that istioctl made before", async () => {
    const bench = await mesh();
    const theirs = { name: "istio-remote-secret-eu", namespace: "istio-system", labels: { "istio/multiCluster": "true" } };
    bench.hub.apply({ apiVersion: "v1", kind: "Secret", metadata: theirs, type: "Opaque", data: { eu: "b2xk" } });
    bench.fleet.put(named("paris", "eu"));
    const engine = await bench.start(withToken);
    await engine.settle();
    expect(bench.hub.get("Secret", "istio-system", theirs.name)).toMatchObject({ metadata: theirs, data: { eu: "b2xk" } });
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "newcomer", verdict: { reason: "ForeignObject" } });
  });
});
