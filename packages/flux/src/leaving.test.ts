import { describe, expect, it } from "vitest";
import { Hidden, isRefusal, type Cluster, type KubeObject, type Reachable } from "@rollcall/contract";
import { cluster, openWorkbench, soon, type Engine, type Finishing, type Workbench } from "@rollcall/testing";
import { flux, type FluxOptions } from "./index.ts";
import { user } from "./read-as-flux.test.helper.ts";

const kinds = [
  { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", plural: "kustomizations", namespaced: true },
  { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", plural: "helmreleases", namespaced: true },
];
const options: FluxOptions = { namespace: "apps", namespaces: ["infra"] };
const removals = {
  deselected: { then: "drain", after: 0 },
  unregistered: { then: "release", after: 0 },
} as const;
const id = "fleet/paris";
const names = { secretRef: { name: "fleet.paris" } };

function withToken(of: Cluster, token = "s3cret"): Reachable {
  const { endpoint, provider } = of.access[0]!;
  if (isRefusal(endpoint)) throw new Error("tests have endpoints");
  return { ...of, connection: { ...endpoint, login: { kind: "credential", provider, token: new Hidden(token) } } };
}

async function start(test: Finishing, more: Partial<FluxOptions> = {}): Promise<{ bench: Workbench; engine: Engine }> {
  const bench = await openWorkbench({ adapter: flux, options: { ...options, ...more }, namespaces: ["infra"], kinds, removals });
  test.onTestFinished(() => bench.close());
  bench.fleet.put(...["paris", "rome", "oslo", "lima", "cairo"].map((name) => cluster({ name })));
  const engine = await bench.start({ connect: (of) => Promise.resolve(withToken(of)) });
  await engine.settle();
  return { bench, engine };
}

const stands = ({ hub }: Workbench): readonly boolean[] =>
  ["infra", "apps"].map((namespace) => hub.get("Secret", namespace, "fleet.paris") !== undefined);
/** An answer about its users counts for a second. */
const goes = (bench: Workbench, engine: Engine): Promise<void> =>
  soon(async () => {
    bench.advance(60);
    await engine.settle();
    expect(stands(bench)).toEqual(none);
  });
const both = [true, true];
const none = [false, false];

describe("a cluster that Flux uses", () => {
  it("keeps its kubeconfig in every namespace until the last Kustomization that names one of them is gone", async (test) => {
    const { bench, engine } = await start(test);
    bench.hub.apply(user("Kustomization", "infra", names));
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    expect(stands(bench)).toEqual(both);
    expect(engine.list.status().get(id)).toMatchObject({ state: "missing" });
    expect(engine.list.status().get(id)?.verdict).toMatchObject({ is: "waits", reason: "InUse" });
    expect(engine.list.status().get(id)?.verdict?.message).toContain("Kustomization/infra/web");
    bench.hub.remove("Kustomization", "infra", "web");
    await goes(bench, engine);
  });

  it("keeps it while a HelmRelease is being deleted, whose uninstalling needs it", async (test) => {
    const { bench, engine } = await start(test);
    bench.hub.apply(user("HelmRelease", "apps", names, { finalizers: ["finalizers.fluxcd.io"] }));
    bench.hub.remove("HelmRelease", "apps", "web");
    expect(bench.hub.get("HelmRelease", "apps", "web")?.metadata.deletionTimestamp).toBeDefined();
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    expect(stands(bench)).toEqual(both);
    bench.hub.apply(user("HelmRelease", "apps", names, { finalizers: [] }));
    expect(bench.hub.get("HelmRelease", "apps", "web")).toBeUndefined();
    await goes(bench, engine);
  });

  it("keeps it where one of the two kinds is not served, since nobody can tell who uses it", async (test) => {
    const { bench, engine } = await start(test);
    bench.hub.unserve("helmreleases", "helm.toolkit.fluxcd.io");
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    expect(engine.list.status().get(id)?.verdict).toMatchObject({ is: "waits", reason: "CannotRead" });
    expect(stands(bench)).toEqual(both);
  });

  it("loses it where the kind that is not served is none of the list's", async (test) => {
    const { bench, engine } = await start(test, { users: ["Kustomization"] });
    bench.hub.unserve("helmreleases", "helm.toolkit.fluxcd.io");
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    expect(stands(bench)).toEqual(none);
  });

  it("loses it after the deadline of a release, and stays as it was when it is chosen again before", async (test) => {
    const { bench, engine } = await start(test, { deadline: 600 });
    bench.hub.apply(user("Kustomization", "apps", names));
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(590);
    await engine.settle();
    expect(stands(bench)).toEqual(both);
    const before = bench.writes().length;
    bench.fleet.put(cluster({ name: "paris" }));
    await engine.settle();
    expect(engine.list.status().get(id)).toMatchObject({ state: "member" });
    expect(bench.writes(before).filter(({ resource }) => resource === "secrets")).toEqual([]);
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(610);
    await engine.settle();
    expect(stands(bench)).toEqual(none);
  });
});

it("a token is written once in each namespace, and a restart writes nothing", async (test) => {
  const { bench, engine } = await start(test);
  const secrets = (from: number): readonly string[] =>
    bench.writes(from).flatMap(({ verb, resource, namespace }) => (resource === "secrets" ? [`${verb} ${namespace}`] : []));
  expect(secrets(0).filter((each) => each === "create infra")).toHaveLength(5);
  const made = bench.writes().length;
  await engine.stop();
  const next = await bench.start({ connect: (of) => Promise.resolve(withToken(of)) });
  await next.settle();
  expect(secrets(made)).toEqual([]);
  await next.stop();
  const rotated = await bench.start({ connect: (of) => Promise.resolve(withToken(of, of.name === "paris" ? "other" : "s3cret")) });
  await rotated.settle();
  expect(secrets(made).toSorted()).toEqual(["patch apps", "patch infra"]);
  const kept: KubeObject | undefined = bench.hub.get("Secret", "infra", "fleet.paris");
  expect(kept?.data).toEqual(bench.hub.get("Secret", "apps", "fleet.paris")?.data);
});

it("a watch that has to start anew finds everything in its own namespace, and nothing is written again", async (test) => {
  const { bench, engine } = await start(test);
  const before = bench.hub.requests.length;
  const lists = (): number =>
    bench.hub.requests.slice(before).filter(({ verb, resource }) => verb === "list" && resource === "secrets").length;
  bench.hub.compact();
  bench.hub.closeWatches();
  await soon(() => expect(lists()).toBeGreaterThanOrEqual(2));
  await engine.settle();
  const calls = bench.hub.requests.slice(before).filter(({ verb }) => ["create", "patch", "update"].includes(verb));
  expect(calls.map(({ verb, path, code }) => `${verb} ${path} ${code}`)).toEqual([]);
  expect(engine.target.of("list", id).map(({ key, kind }) => `${key} ${kind.namespace}`)).toEqual([
    "Secret/infra/fleet.paris infra",
    "Secret/apps/fleet.paris apps",
  ]);
});
