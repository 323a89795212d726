import { toBase64, type KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { patience, soon, toyWorkbench, toys, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { newTarget, type Target, type TargetList } from "./target.ts";

const secretsIn = (namespace: string) => ({ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace }) as const;

function list(name: string, namespace = toys, told: string[] = []): TargetList {
  return { list: name, kinds: [secretsIn(namespace)], reading: { plain: ["server"] }, onChange: (ids) => told.push(...ids) };
}

function secret(name: string, list: string, namespace = toys): KubeObject {
  const labels = { "rollcall.dev/instance": "rollcall", "rollcall.dev/list": list };
  const metadata = { name: `${list}.${name}`, namespace, labels, annotations: { "rollcall.dev/cluster": `fleet/${name}` } };
  return { apiVersion: "v1", kind: "Secret", metadata, data: { server: toBase64(`https://${name}`), token: toBase64("geheim") } };
}

interface Running {
  readonly bench: Workbench;
  readonly target: Target;
  /** How often Secrets were listed or watched in a namespace, all in all. */
  readonly reads: (namespace?: string) => number;
}

/** A target at work, of which list `one` is told. */
async function run(test: Finishing, before: readonly KubeObject[] = []): Promise<Running> {
  const bench = await toyWorkbench(test, { namespaces: ["more"] });
  for (const object of before) bench.hub.apply(object);
  const { hub } = bench;
  const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  const stopping = new AbortController();
  test.onTestFinished(async () => {
    stopping.abort();
    await transport.close();
  });
  const target = newTarget({ transport, instance: "rollcall" });
  target.join(list("one"));
  target.start(stopping.signal);
  await target.synced();
  const reads = (namespace = toys): number =>
    hub.requests.filter((each) => each.resource === "secrets" && each.namespace === namespace && ["list", "watch"].includes(each.verb))
      .length;
  return { bench, target, reads };
}

describe.concurrent("a list that joins while its target is at work", patience, () => {
  it("reads what stands of it in its own way, though it was followed before anybody knew how to read it", async (test) => {
    const { target } = await run(test, [secret("paris", "two"), secret("rome", "one")]);
    expect(target.of("two", "fleet/paris")).toMatchObject([{ plain: {} }]);
    target.join(list("two"));
    await target.synced("two");
    expect(target.of("two", "fleet/paris")).toMatchObject([{ plain: { server: "https://paris" } }]);
    expect(target.of("one", "fleet/rome")).toMatchObject([{ plain: { server: "https://rome" } }]);
  });

  it("costs one read more where something of it stands, and none where nothing does or it was here before", async (test) => {
    const { target, reads } = await run(test, [secret("paris", "two")]);
    const before = reads();
    target.join(list("three"));
    await target.synced("three");
    expect(reads()).toBe(before);
    const two = list("two");
    target.join(two);
    await target.synced("two");
    expect(reads()).toBe(before + 1);
    target.leave("two");
    target.join(two);
    await target.synced("two");
    expect(reads()).toBe(before + 1);
  });

  it("follows a place of its own, and nobody waits for it there", async (test) => {
    const { bench, target } = await run(test);
    bench.hub.apply(secret("paris", "two", "more"));
    const told: string[] = [];
    target.join(list("two", "more", told));
    await target.synced("one");
    await target.synced("two");
    expect(told).toEqual(["fleet/paris"]);
  });
});

describe.concurrent("a list that leaves while its target is at work", patience, () => {
  it("is told nothing more, and the others are", async (test) => {
    const { bench, target } = await run(test);
    const told = { two: [] as string[], three: [] as string[] };
    target.join(list("two", toys, told.two));
    target.join(list("three", toys, told.three));
    target.leave("two");
    bench.hub.apply(secret("paris", "two"));
    bench.hub.apply(secret("rome", "three"));
    await soon(() => expect(told.three).toEqual(["fleet/rome"]));
    expect(told.two).toEqual([]);
  });

  it("takes along what nobody else asks about: nothing there is followed, or believed, any more", async (test) => {
    const { bench, target, reads } = await run(test);
    bench.hub.apply(secret("paris", "two", "more"));
    target.join(list("two", "more"));
    await target.synced("two");
    expect([...target.ids("two")]).toEqual(["fleet/paris"]);
    target.leave("two");
    expect([...target.ids("two")]).toEqual([]);
    const [before, others] = [reads("more"), reads()];
    bench.hub.closeWatches();
    bench.hub.remove("Secret", "more", "two.paris");
    await soon(() => expect(reads()).toBeGreaterThan(others));
    expect(reads("more")).toBe(before);
    target.join(list("two", "more"));
    await target.synced("two");
    expect([...target.ids("two")]).toEqual([]);
  });
});
