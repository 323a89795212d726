import { toBase64, type KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { patience, soon, toyWorkbench, toys, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it, vi } from "vitest";
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

describe.concurrent("what stands of a list where it does not write", patience, () => {
  const keys = (target: Target): readonly string[] =>
    target
      .strays()
      .map(({ key }) => key)
      .toSorted();

  it("is nobody's though another list is kept there: a copy by hand is never taken for what it was copied from", async (test) => {
    const { bench, target } = await run(test, [secret("paris", "one")]);
    target.join(list("two", "more"));
    await target.synced("two");
    const { uid: _, resourceVersion: __, ...metadata } = bench.hub.get("Secret", toys, "one.paris")!.metadata;
    bench.hub.apply({ ...secret("paris", "one"), metadata: { ...metadata, namespace: "more" } });
    bench.hub.apply(secret("rome", "one", "more"));
    await soon(() => expect(keys(target)).toEqual(["Secret/more/one.paris", "Secret/more/one.rome"]));
    expect(target.of("one", "fleet/paris").map(({ key }) => key)).toEqual(["Secret/toys/one.paris"]);
    expect([target.of("one", "fleet/rome"), [...target.ids("one")]]).toEqual([[], ["fleet/paris"]]);
  });

  it("stays nobody's after the list moved away, and is its own again when it comes back", async (test) => {
    const { target } = await run(test, [secret("paris", "one")]);
    target.join(list("two"));
    target.leave("one");
    target.join(list("one", "more"));
    await target.synced("one");
    expect([target.of("one", "fleet/paris"), [...target.ids("one")], keys(target)]).toEqual([[], [], ["Secret/toys/one.paris"]]);
    target.leave("one");
    target.join({ ...list("one"), kinds: [{ ...secretsIn("*"), apiVersion: "v1" }] });
    await target.synced("one");
    expect([target.of("one", "fleet/paris").length, [...target.ids("one")], keys(target)]).toEqual([1, ["fleet/paris"], []]);
  });
});

describe("a delete that was accepted", () => {
  it("is made again after a minute where its object is still there: the answer was not the server's", patience, async (test) => {
    const { target } = await run(test, [secret("paris", "one")]);
    const [paris] = target.of("one", "fleet/paris");
    const clock = vi.spyOn(performance, "now");
    test.onTestFinished(() => clock.mockRestore());
    const now = performance.now();
    clock.mockReturnValue(now);
    target.removed(paris!);
    clock.mockReturnValue(now + 59_000);
    expect(target.isRemoved(paris!)).toBe(true);
    clock.mockReturnValue(now + 60_000);
    expect(target.isRemoved(paris!)).toBe(false);
  });
});
