import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Hidden, isRefusal, type Cluster, type KubeObject, type Reachable } from "@rollcall/contract";
import { cluster, openWorkbench, patience, type Engine, type StartOptions, type Workbench } from "@rollcall/testing";
import { kueue, type KueueOptions } from "./index.ts";

const options: KueueOptions = { namespace: "kueue-system", config: "batch" };
const grace = { then: "drain", after: 60 } as const;
const group = "kueue.x-k8s.io/v1beta2";
const kinds = [
  { apiVersion: group, kind: "MultiKueueCluster", plural: "multikueueclusters", namespaced: false },
  { apiVersion: group, kind: "MultiKueueConfig", plural: "multikueueconfigs", namespaced: false },
  { apiVersion: group, kind: "Workload", plural: "workloads", namespaced: true },
  { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", plural: "clusterprofiles", namespaced: true },
];

/** What Rollcall's engine makes of it, on an API server in memory. */
async function manager(more: Partial<KueueOptions> = {}): Promise<Workbench> {
  const removals = { deselected: grace, unregistered: { ...grace, then: "release" } } as const;
  const bench = await openWorkbench({ adapter: kueue, options: { ...options, ...more }, namespaces: ["web"], kinds, removals });
  onTestFinished(() => bench.close());
  for (const name of ["paris", "rome", "oslo"]) bench.fleet.put(cluster({ name }));
  return bench;
}

function withToken(token: string): StartOptions {
  return { connect: (given) => Promise.resolve(reached(given, token)) };
}

function reached(given: Cluster, token: string): Reachable {
  const { endpoint } = given.access[0]!;
  if (isRefusal(endpoint)) throw new Error(endpoint.message);
  return { ...given, connection: { ...endpoint, login: { kind: "credential", provider: "fleet", token: new Hidden(token) } } };
}

function workload(status: object): KubeObject {
  return { apiVersion: group, kind: "Workload", metadata: { name: "job", namespace: "web" }, status };
}

const running = workload({ clusterName: "fleet.paris" });
const finished = workload({ clusterName: "fleet.paris", conditions: [{ type: "Finished", status: "True" }] });

function written(bench: Workbench, from: number = 0): readonly string[] {
  return bench
    .writes(from)
    .flatMap(({ verb, path }) => (path.includes("/configmaps") ? [] : [`${verb} ${path.split("/").slice(-2).join("/").split("?")[0]}`]));
}

function verdict(engine: Engine): string | undefined {
  return engine.list.status().get("fleet/paris")?.verdict?.reason;
}

async function pass(bench: Workbench, engine: Engine, seconds: number): Promise<void> {
  bench.advance(seconds);
  await engine.settle();
}

describe("a list of Kueue's, kept by the engine", () => {
  it("sees a cluster join with its kubeconfig first, and no write for a heartbeat or a restart", async () => {
    const bench = await manager();
    bench.fleet.select(({ name }) => name === "paris");
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    expect(written(bench).filter((each) => each.startsWith("create"))).toEqual([
      "create kueue-system/secrets",
      "create v1beta2/multikueueclusters",
    ]);
    const before = bench.writes().length;
    bench.fleet.put({ ...cluster({ name: "paris" }), resourceVersion: "99", health: "unhealthy", version: "v1.37.0" });
    await engine.settle();
    await engine.kill();
    await (await bench.start(withToken("s3cret"))).settle();
    expect(written(bench, before)).toEqual([]);
  });

  it("sees a token change in the Secret alone", async () => {
    const bench = await manager();
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    await engine.kill();
    const before = bench.writes().length;
    await (await bench.start(withToken("another"))).settle();
    expect(new Set(written(bench, before))).toEqual(new Set(["paris", "rome", "oslo"].map((name) => `patch secrets/fleet.${name}`)));
  });

  it("lets a cluster go when what runs there is done: first for Kueue, then its login", async () => {
    const bench = await manager();
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    bench.hub.apply(running);
    const before = bench.writes().length;
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    await pass(bench, engine, 1800);
    expect([written(bench, before), verdict(engine)]).toEqual([[], "InUse"]);
    bench.hub.apply(finished);
    // The engine asks for Workloads once in a second of everybody's time.
    await vi.waitFor(async () => {
      await pass(bench, engine, 1);
      expect(verdict(engine)).not.toBe("InUse");
    }, patience);
    // Kueue cleans up what is left there, for which it needs both.
    await pass(bench, engine, 110);
    expect(written(bench, before)).toEqual([]);
    await pass(bench, engine, 10);
    await engine.settle();
    expect(written(bench, before)).toEqual(["delete multikueueclusters/fleet.paris", "delete secrets/fleet.paris"]);
    expect(engine.list.status().has("fleet/paris")).toBe(false);
  });

  it("waits for what runs there until the deadline, and then no longer", async () => {
    const bench = await manager({ deadline: 600, gcInterval: 0 });
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    bench.hub.apply(running);
    const before = bench.writes().length;
    bench.fleet.remove("paris");
    await engine.settle();
    await pass(bench, engine, 61);
    await pass(bench, engine, 599);
    expect([written(bench, before), verdict(engine)]).toEqual([[], "InUse"]);
    await pass(bench, engine, 2);
    await engine.settle();
    expect(written(bench, before)).toEqual(["delete multikueueclusters/fleet.paris", "delete secrets/fleet.paris"]);
  });

  it("keeps a cluster that comes back while it waits, without a write", async () => {
    const bench = await manager();
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    bench.hub.apply(running);
    const before = bench.writes().length;
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    await pass(bench, engine, 1800);
    bench.fleet.select(() => true);
    await engine.settle();
    bench.hub.apply(finished);
    await pass(bench, engine, 7200);
    expect(written(bench, before)).toEqual([]);
    expect(engine.list.status().get("fleet/paris")?.state).toBe("member");
  });

  it("goes on where it was when it is killed between dropping a cluster and forgetting it", async () => {
    const bench = await manager();
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    const before = bench.writes().length;
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    await pass(bench, engine, 61);
    await engine.kill();
    const next = await bench.start(withToken("s3cret"));
    await next.settle();
    expect(written(bench, before)).toEqual([]);
    await pass(bench, next, 121);
    await next.settle();
    expect(written(bench, before)).toEqual(["delete multikueueclusters/fleet.paris", "delete secrets/fleet.paris"]);
  });

  it("leaves a MultiKueueCluster alone that is somebody else's, and writes the others", async () => {
    const bench = await manager();
    const foreign: KubeObject = {
      apiVersion: group,
      kind: "MultiKueueCluster",
      metadata: { name: "fleet.paris" },
      spec: { clusterSource: {} },
    };
    bench.hub.apply(foreign);
    const engine = await bench.start(withToken("s3cret"));
    await engine.settle();
    expect(verdict(engine)).toBe("ForeignObject");
    expect(bench.hub.get("MultiKueueCluster", undefined, "fleet.paris")?.spec).toEqual(foreign.spec);
    expect(engine.list.status().get("fleet/rome")?.state).toBe("member");
  });

  it("shows a profile by its mirror, which goes with it", async () => {
    const bench = await manager({ clusterSource: "clusterProfileRef", gcInterval: 0 });
    const engine = await bench.start();
    await engine.settle();
    expect(bench.hub.get("MultiKueueCluster", undefined, "fleet.paris")?.spec).toEqual({
      clusterSource: { clusterProfileRef: { name: "fleet.paris" } },
    });
    const before = bench.writes().length;
    bench.fleet.remove("paris");
    await engine.settle();
    await pass(bench, engine, 61);
    await engine.settle();
    expect(written(bench, before)).toEqual(["delete multikueueclusters/fleet.paris", "delete clusterprofiles/fleet.paris"]);
  });
});
