import { fromBase64, toBase64, type ClusterId, type Kind, type KubeObject } from "@rollcall/contract";
import { create, openTransport, patch, remove, type Transport } from "@rollcall/kube";
import { cluster, patience, soon, toyWorkbench, toys, visit, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { newTarget, type Target } from "./target.ts";

const secrets: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: toys };
const configMaps: Kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace: toys };
const visits: Kind = { apiVersion: "toy.example/v1", kind: "Visit", plural: "visits", namespace: toys };

function marked(kind: Kind, id: ClusterId, data: Readonly<Record<string, string>>, list = "one"): KubeObject {
  const name = id.replace("/", ".");
  const labels = { "rollcall.dev/instance": "rollcall", "rollcall.dev/list": list };
  const metadata = { name: `${list}.${name}`, namespace: toys, labels, annotations: { "rollcall.dev/cluster": id } };
  return { apiVersion: "v1", kind: kind.kind, metadata, data };
}

interface Followed {
  readonly bench: Workbench;
  readonly target: Target;
  readonly transport: Transport;
  /** Which clusters each list was told about. */
  readonly told: { readonly one: string[]; readonly two: string[] };
}

/** A target that two lists follow; of the first, `server` is plain. */
async function follow(test: Finishing, before: readonly KubeObject[] = []): Promise<Followed> {
  const bench = await toyWorkbench(test);
  for (const object of before) bench.hub.apply(object);
  const { hub } = bench;
  const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  const stopping = new AbortController();
  test.onTestFinished(async () => {
    stopping.abort();
    await transport.close();
  });
  const target = newTarget({ transport, instance: "rollcall" });
  const told = { one: [] as string[], two: [] as string[] };
  target.join({ list: "one", kinds: [configMaps, secrets], reading: { plain: ["server"] }, onChange: (ids) => told.one.push(...ids) });
  target.join({ list: "two", kinds: [secrets], reading: {}, onChange: (ids) => told.two.push(...ids) });
  target.start(stopping.signal);
  await target.synced();
  return { bench, target, transport, told };
}

describe.concurrent("what is labelled as ours and that no list keeps", patience, () => {
  it("is found: of a list that is not here, a copy by hand, and what tells no cluster; the roll is none of it", async (test) => {
    const copy = marked(secrets, "fleet/paris", {});
    const wrote = JSON.stringify({ as: copy.metadata.name, of: "fleet/paris" });
    const labels = { "rollcall.dev/instance": "rollcall", "rollcall.dev/list": "one" };
    const { target } = await follow(test, [
      marked(secrets, "fleet/oslo", {}),
      marked(secrets, "fleet/rome", {}, "gone"),
      {
        ...copy,
        metadata: { ...copy.metadata, name: "by-hand", annotations: { ...copy.metadata.annotations, "rollcall.dev/wrote": wrote } },
      },
      { apiVersion: "v1", kind: "Secret", metadata: { name: "bare", namespace: toys, labels } },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "rollcall-one-roll", namespace: toys, labels } },
    ]);
    expect(
      target
        .strays()
        .map(({ metadata }) => metadata.name)
        .toSorted(),
    ).toEqual(["bare", "by-hand", "gone.fleet.rome"]);
  });
});

describe.concurrent("what stands for a cluster", patience, () => {
  it("is known per list, each read in its own way, whatever the number of lists", async (test) => {
    const { bench, target, told } = await follow(test, [
      marked(secrets, "fleet/paris", { server: toBase64("https://paris"), token: toBase64("geheim") }),
      marked(configMaps, "fleet/paris", { a: "b" }),
      marked(secrets, "fleet/paris", { server: toBase64("https://paris") }, "two"),
      marked(secrets, "fleet/rome", { server: toBase64("https://rome") }, "gone"),
    ]);
    expect(target.of("one", "fleet/paris").map(({ key }) => key)).toEqual(
      expect.arrayContaining(["ConfigMap/toys/one.fleet.paris", "Secret/toys/one.fleet.paris"]),
    );
    expect(target.of("one", "fleet/paris").find(({ kind }) => kind.kind === "Secret")?.plain).toEqual({ server: "https://paris" });
    expect(target.of("two", "fleet/paris").map(({ key, plain }) => ({ key, plain }))).toEqual([
      { key: "Secret/toys/two.fleet.paris", plain: {} },
    ]);
    expect([...target.ids("one"), ...target.ids("two")]).toEqual(["fleet/paris", "fleet/paris"]);
    expect(told).toEqual({ one: ["fleet/paris", "fleet/paris"], two: ["fleet/paris"] });
    const reads = bench.hub.requests.filter(({ verb, namespace }) => (verb === "list" || verb === "watch") && namespace === toys);
    expect(reads.map(({ resource }) => resource).toSorted()).toEqual(["configmaps", "secrets"]);
  });

  it("never holds what is secret", async (test) => {
    const { target } = await follow(test, [
      marked(secrets, "fleet/paris", { server: toBase64("https://paris"), token: toBase64("geheim") }),
    ]);
    const seen = JSON.stringify(target.of("one", "fleet/paris"));
    expect(seen).not.toContain("geheim");
    expect(seen).not.toContain(toBase64("geheim"));
  });

  it("is told to both clusters where somebody gives an object to another", async (test) => {
    const { bench, target, told } = await follow(test, [marked(secrets, "fleet/paris", {})]);
    const object = bench.hub.get("Secret", toys, "one.fleet.paris")!;
    told.one.length = 0;
    bench.hub.apply({ ...object, metadata: { ...object.metadata, annotations: { "rollcall.dev/cluster": "fleet/rome" } } });
    await soon(() => expect(told.one.sort()).toEqual(["fleet/paris", "fleet/rome"]));
    expect([...target.ids("one")]).toEqual(["fleet/rome"]);
  });

  it("is nobody's where its marks are taken away, and both are told", async (test) => {
    const { bench, target, told } = await follow(test, [marked(secrets, "fleet/paris", {})]);
    const { metadata, ...object } = bench.hub.get("Secret", toys, "one.fleet.paris")!;
    told.one.length = 0;
    bench.hub.apply({ ...object, metadata: { ...metadata, labels: {} } });
    await soon(() => expect(told.one).toEqual(["fleet/paris"]));
    expect([...target.ids("one")]).toEqual([]);
  });
});

describe.concurrent("a write of ours", patience, () => {
  it("is known before the watch brings it, and its echo is no news", async (test) => {
    const { target, transport, told } = await follow(test);
    const object = marked(secrets, "fleet/paris", { server: toBase64("https://paris"), token: toBase64("geheim") });
    const { metadata } = await create(transport, secrets, object);
    target.wrote(secrets, { ...object, metadata });
    expect(target.of("one", "fleet/paris")).toMatchObject([{ plain: { server: "https://paris" } }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told.one.filter((id) => id === "fleet/paris").length).toBeLessThanOrEqual(2);
    expect(target.of("one", "fleet/paris")).toHaveLength(1);
  });

  it("is not taken for what stands where the watch was further already", async (test) => {
    const { bench, target, transport } = await follow(test);
    const object = marked(secrets, "fleet/paris", { server: toBase64("https://paris") });
    const { metadata } = await create(transport, secrets, object);
    bench.hub.remove("Secret", toys, "one.fleet.paris");
    bench.hub.apply(marked(secrets, "fleet/rome", {}));
    await soon(() => expect([...target.ids("one")]).toEqual(["fleet/rome"]));
    target.wrote(secrets, { ...object, metadata });
    expect([...target.ids("one")]).toEqual(["fleet/rome"]);
  });

  it("leaves what it did not touch as it was: their keys, and all of it where only a label changed", async (test) => {
    const data = { mine: "1", theirs: "2" };
    const { target, transport } = await follow(test, [marked(configMaps, "fleet/paris", data), marked(secrets, "fleet/paris", {})]);
    const before = target.of("one", "fleet/paris").find(({ kind }) => kind.kind === "ConfigMap")!;
    const { uid, resourceVersion } = before.metadata;
    const changed = { metadata: { uid, resourceVersion }, data: { mine: "3" } };
    const { metadata } = await patch(transport, configMaps, before, changed);
    target.wrote(configMaps, { ...marked(configMaps, "fleet/paris", { mine: "3" }), metadata }, before);
    const after = target.of("one", "fleet/paris").find(({ kind }) => kind.kind === "ConfigMap")!;
    expect(after.whole?.data).toEqual({ mine: "3", theirs: "2" });
    const labelled = await patch(transport, configMaps, after, {
      metadata: { uid, resourceVersion: after.metadata.resourceVersion, labels: { "rollcall.dev/state": "leaving" } },
    });
    target.wrote(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata: labelled.metadata }, after);
    const last = target.of("one", "fleet/paris").find(({ kind }) => kind.kind === "ConfigMap")!;
    expect(last.whole?.data).toEqual({ mine: "3", theirs: "2" });
    expect(last.metadata.labels).toMatchObject({ "rollcall.dev/state": "leaving" });
  });

  it("that deletes is not made twice, though the watch has not seen it yet; one that came in between is another", async (test) => {
    const { bench, target, transport } = await follow(test, [marked(secrets, "fleet/paris", {})]);
    const [before] = target.of("one", "fleet/paris");
    await remove(transport, secrets, before!);
    target.removed(before!);
    expect(target.isRemoved(before!)).toBe(true);
    bench.hub.apply(marked(secrets, "fleet/paris", {}));
    await soon(() => expect(target.of("one", "fleet/paris")[0]?.metadata.uid).not.toBe(before!.metadata.uid));
    expect(target.isRemoved(target.of("one", "fleet/paris")[0]!)).toBe(false);
  });
});

describe.concurrent("who depends on a cluster", patience, () => {
  it("is asked once a second, by however many, and anew after that", async (test) => {
    const { bench, target } = await follow(test);
    bench.hub.apply(visit("paris"));
    const answers = await Promise.all(Array.from({ length: 50 }, () => target.dependents(visits)));
    expect(new Set(answers.map((all) => all.length))).toEqual(new Set([1]));
    const asked = () => bench.hub.requests.filter(({ resource }) => resource === "visits").length;
    expect(asked()).toBe(1);
    bench.hub.apply(visit("rome"));
    await soon(async () => expect(await target.dependents(visits)).toHaveLength(2));
    expect(asked()).toBe(2);
  });
});

describe.concurrent("an event that comes twice, late or out of order", patience, () => {
  it("changes nothing: what stands is never older than it was", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(cluster({ name: "paris" }));
    const engine = await bench.start();
    await engine.settle();
    const before = engine.target.of("list", "fleet/paris").find(({ kind }) => kind.kind === "Secret");
    bench.fleet.put(cluster({ name: "paris", labels: { "toy.example/new": "yes" } }));
    await engine.settle();
    const from = bench.writes().length;
    // The watch begins anew and tells again what it told before.
    bench.hub.closeWatches();
    await engine.settle();
    engine.target.wrote(before!.kind, { apiVersion: "v1", kind: "Secret", metadata: before!.metadata });
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(engine.target.of("list", "fleet/paris").find(({ kind }) => kind.kind === "Secret")?.metadata.labels).toMatchObject({
      "toy.example/new": "yes",
    });
    expect(fromBase64(bench.hub.get("Secret", toys, "fleet.paris")!.data!["name"]!)).toBe("paris");
  });
});
