import type { Access, Cluster, KubeObject } from "@rollcall/contract";
import {
  cluster,
  patience,
  soon,
  stateNamespace,
  toyWorkbench,
  toys,
  visit,
  type Engine,
  type Finishing,
  type Given,
  type Workbench,
} from "@rollcall/testing";
import { openTransport } from "@rollcall/kube";
import { describe, expect, it } from "vitest";
import { giveOrders } from "./order-book.ts";

const removals = { deselected: { then: "drain", after: 60 }, unregistered: { then: "release", after: 60 } } as const;
const names = ["oslo", "paris", "rome", "vienna"];
const at = (name: string, ca = "one ca"): readonly Access[] => [
  { provider: "fleet", endpoint: { server: `https://${name}.example.test:6443`, ca } },
];
const before = (name: string, given: Partial<Given> = {}): Cluster =>
  cluster({ name, manager: name, memberId: `member-${name}`, access: at(name), ...given });
/** The same cluster as another cluster manager publishes it. */
const after = (name: string, given: Partial<Given> = {}): Cluster =>
  cluster({
    name: `cluster-${name}`,
    namespace: "inventory",
    manager: "another",
    displayName: name,
    memberId: `member-${name}`,
    access: at(name),
    ...given,
  });

async function withMembers(test: Finishing, given: Partial<Given> = {}): Promise<readonly [Workbench, Engine]> {
  const bench = await toyWorkbench(test, { removals });
  bench.fleet.put(...names.map((name) => before(name, given)));
  const engine = await bench.start();
  await engine.settle();
  expect(secrets(bench)).toHaveLength(4);
  return [bench, engine];
}

function secrets({ hub }: Workbench): readonly KubeObject[] {
  return hub.list("Secret", toys);
}

const whatIsRead = (bench: Workbench) => secrets(bench).map(({ metadata, data }) => [metadata.name, metadata.uid, data]);
const deletes = (bench: Workbench, from: number) => bench.writes(from).filter(({ verb }) => verb === "delete");
const verdictOf = (engine: Engine, id: string) => engine.list.status().get(id)?.verdict?.reason;

describe.concurrent("another cluster manager publishes the same clusters under other names", patience, () => {
  for (const isAtOnce of [true, false])
    it(`${isAtOnce ? "at once" : "some time later"}: nothing is deleted or made, and what the consumer reads stays as it is`, async (test) => {
      const [bench, engine] = await withMembers(test);
      const is = whatIsRead(bench);
      const from = bench.writes().length;
      bench.fleet.remove(...names);
      if (!isAtOnce) await engine.settle();
      bench.fleet.put(...names.map((name) => after(name)));
      await engine.settle();
      // The old names might be back in a moment.
      expect(bench.writes(from).filter(({ path }) => path.includes(toys))).toEqual([]);
      for (const _ of [1, 2]) {
        bench.advance(3600);
        await engine.settle();
      }
      expect(deletes(bench, from)).toEqual([]);
      expect(whatIsRead(bench)).toEqual(is);
      const states = [...engine.list.status()].map(([id, { state }]) => `${id} ${state}`).sort();
      expect(states).toEqual(names.map((name) => `inventory/cluster-${name} member`));
      // By this program and by the next: it is done once.
      const done = bench.writes().length;
      await engine.stop();
      await (await bench.start()).settle();
      expect(bench.writes(done)).toEqual([]);
    });

  it("while the old profiles are still there: the new ones wait, and take over when the old ones go", async (test) => {
    const [bench, engine] = await withMembers(test);
    const from = bench.writes().length;
    bench.fleet.put(after("paris"));
    await engine.settle();
    expect(verdictOf(engine, "inventory/cluster-paris")).toBe("DuplicateMember");
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(engine.list.status().get("inventory/cluster-paris")).toMatchObject({ state: "member" });
    expect(engine.list.status().has("fleet/paris")).toBe(false);
    expect(deletes(bench, from)).toEqual([]);
    expect(secrets(bench)).toHaveLength(4);
  });

  it("and one of them has another CA: it is another cluster, and waits until the old one is gone", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.fleet.remove("paris");
    bench.fleet.put(after("paris", { access: at("paris", "another ca") }));
    await engine.settle();
    expect(verdictOf(engine, "inventory/cluster-paris")).toBe("DuplicateMember");
    bench.advance(61);
    await engine.settle();
    expect(secrets(bench).map(({ metadata }) => metadata.name)).toContain("inventory.cluster-paris");
    expect(secrets(bench).map(({ metadata }) => metadata.name)).not.toContain("fleet.paris");
  });

  for (const [what, id] of [
    ["the member ids differ", "another"],
    ["there is no member id", undefined],
  ] as const)
    it(`and ${what}: it is another cluster, whatever the server says, and joins when the old one is gone`, async (test) => {
      const [bench, engine] = await withMembers(test);
      bench.fleet.remove("paris");
      const { memberId: _, ...unnamed } = after("paris");
      bench.fleet.put(id === undefined ? unnamed : { ...unnamed, memberId: id });
      await engine.settle();
      expect(verdictOf(engine, "inventory/cluster-paris")).toBe("Collision");
      bench.advance(61);
      await engine.settle();
      expect(secrets(bench).map(({ metadata }) => metadata.name)).toContain("inventory.cluster-paris");
    });

  it("while one is leaving already: what has begun is ended first", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.labels).toMatchObject({ "rollcall.dev/state": "leaving" });
    bench.fleet.put(after("paris"));
    await engine.settle();
    expect(verdictOf(engine, "inventory/cluster-paris")).toBe("DuplicateMember");
    bench.advance(61);
    await engine.settle();
    await soon(() => expect(bench.hub.get("Secret", toys, "inventory.cluster-paris")).toBeDefined());
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toBeUndefined();
  });

  it("while something uses one that was deselected: it is in use under its new name", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.hub.apply(visit("paris"));
    bench.fleet.select(({ id }) => id !== "fleet/paris");
    await engine.settle();
    bench.fleet.put(after("paris"));
    await engine.settle();
    bench.advance(3600);
    await engine.settle();
    expect(engine.list.status().get("inventory/cluster-paris")).toMatchObject({ state: "member" });
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toBeDefined();
  });

  it("to somebody else's profile while the true one blinks: nothing moves, and the true one is as it was", async (test) => {
    const [bench, engine] = await withMembers(test);
    const is = whatIsRead(bench);
    bench.fleet.put(after("paris", { labels: { "toy.example/env": "evil" } }));
    await engine.settle();
    bench.fleet.remove("paris");
    await engine.settle();
    bench.fleet.put(after("paris", { access: at("attacker") }));
    await engine.settle();
    bench.fleet.put(before("paris"));
    await engine.settle();
    expect(whatIsRead(bench)).toEqual(is);
    expect(engine.list.status().get("fleet/paris")?.verdict).toBeUndefined();
    expect(verdictOf(engine, "inventory/cluster-paris")).toBe("DuplicateMember");
  });

  it("while a person holds one by its old name: it stays that", async (test) => {
    const [bench, engine] = await withMembers(test);
    const transport = openTransport({ url: bench.hub.url, token: () => Promise.resolve(bench.hub.token) });
    const book = { transport, namespace: stateNamespace, owner: { instance: "rollcall", list: "list" } };
    await giveOrders(book, (orders) => ({ ...orders, hold: new Map([["fleet/paris", { why: "a demo", at: bench.now() }]]) }));
    await transport.close();
    await soon(() => expect(engine.roll.orders().hold.size).toBe(1));
    bench.fleet.remove("paris");
    bench.fleet.put(after("paris"));
    await engine.settle();
    bench.advance(3600);
    await engine.settle();
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "missing", verdict: { reason: "Hold" } });
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toBeDefined();
  });

  it("and the old name is another cluster's at once: nothing that lives is deleted", async (test) => {
    const [bench, engine] = await withMembers(test);
    const from = bench.writes().length;
    bench.fleet.put(after("paris"), before("paris", { uid: "another", memberId: "another", access: at("another") }));
    await engine.settle();
    for (const _ of [1, 2]) {
      bench.advance(61);
      await engine.settle();
    }
    expect(deletes(bench, from)).toEqual([]);
    expect(engine.list.status().get("inventory/cluster-paris")).toMatchObject({ state: "member" });
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.annotations).toMatchObject({
      "rollcall.dev/cluster": "inventory/cluster-paris",
    });
  });

  it("and the list only looks: it says so and writes nothing", async (test) => {
    const [bench, first] = await withMembers(test);
    await first.stop();
    bench.fleet.remove("paris");
    bench.fleet.put(after("paris"));
    const from = bench.writes().length;
    const sync = await bench.start();
    await sync.settle();
    await sync.stop();
    const noted = bench.writes().length;
    bench.advance(61);
    const engine = await bench.start({ mode: "observe" });
    await engine.settle();
    expect(bench.writes(noted)).toEqual([]);
    expect(bench.writes(from).filter(({ path }) => path.includes(toys))).toEqual([]);
    expect(engine.events).toContainEqual(expect.objectContaining({ is: "would", cluster: "inventory/cluster-paris" }));
  });
});

describe.concurrent("profiles with one member id", patience, () => {
  it("are one cluster: the oldest joins, the others are told whose it is", async (test) => {
    const bench = await toyWorkbench(test, { removals });
    bench.fleet.put(
      before("paris", { memberId: "m", createdAt: "2026-11-20T11:00:00Z" }),
      before("oslo", { memberId: "m", createdAt: "2026-11-20T10:00:00Z" }),
    );
    const engine = await bench.start();
    await engine.settle();
    expect(secrets(bench).map(({ metadata }) => metadata.name)).toEqual(["fleet.oslo"]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({
      state: "newcomer",
      verdict: { is: "stale", reason: "DuplicateMember" },
    });
  });

  it("are nobody where none is the oldest", async (test) => {
    const bench = await toyWorkbench(test, { removals });
    bench.fleet.put(before("paris", { memberId: "m" }), before("oslo", { memberId: "m" }));
    const engine = await bench.start();
    await engine.settle();
    expect(secrets(bench)).toEqual([]);
    expect(verdictOf(engine, "fleet/paris")).toBe("AmbiguousMember");
  });

  it("do not move who is on the list already, and who waits joins when that one is gone", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.fleet.put(before("paris", { memberId: "m" }));
    await engine.settle();
    bench.fleet.put(before("york", { memberId: "m", createdAt: "2020-01-01T00:00:00Z" }));
    await engine.settle();
    expect(verdictOf(engine, "fleet/york")).toBe("DuplicateMember");
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(secrets(bench).map(({ metadata }) => metadata.name)).toContain("fleet.york");
  });
});
