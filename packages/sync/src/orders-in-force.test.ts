import { digestOf } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import {
  acknowledge,
  cluster,
  patience,
  rollObjectOf,
  rollOf,
  soon,
  stateNamespace,
  toy,
  toyWorkbench,
  toys,
  type Engine,
  type Finishing,
  type Workbench,
} from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { digestByRoll } from "./digest-by-roll.ts";
import { confirm, giveOrders, readBook, type OrderBook } from "./order-book.ts";
import { defaultRemovals, type Removals } from "./membership.ts";
import { readOrders, type Orders } from "./orders.ts";

const removals = { deselected: { then: "drain", after: 60 }, unregistered: { then: "release", after: 0 } } as const;
const names = ["oslo", "paris", "rome", "vienna", "york"];

function standing({ hub }: Workbench): readonly string[] {
  return hub
    .list("Secret", toys)
    .map(({ metadata }) => metadata.name.replace("fleet.", ""))
    .sort();
}

function bookOf({ hub }: Workbench): OrderBook {
  const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  return { transport, namespace: stateNamespace, owner: { instance: "rollcall", list: "list" } };
}

async function order(bench: Workbench, change: (orders: Orders) => Partial<Orders>): Promise<void> {
  const book = bookOf(bench);
  await giveOrders(book, (orders) => ({ ...orders, ...change(orders) }));
  await book.transport.close();
}

const because = (bench: Workbench, seconds?: number) => ({
  why: "a demo runs there",
  by: "ada",
  at: bench.now(),
  ...(seconds !== undefined && { until: bench.now() + seconds * 1000 }),
});
const on = (bench: Workbench, name: string, seconds?: number) => new Map([[`fleet/${name}`, because(bench, seconds)]]);

async function withMembers(test: Finishing): Promise<readonly [Workbench, Engine]> {
  const bench = await toyWorkbench(test, { removals });
  bench.fleet.put(...names.map((name) => cluster({ name, manager: name })));
  const engine = await bench.start();
  await engine.settle();
  expect(standing(bench)).toEqual(names);
  return [bench, engine];
}

describe.concurrent("an order to hold a cluster", patience, () => {
  it("keeps it from going, says whose word that is, and ends at its time", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ hold: on(bench, "paris", 300) }));
    bench.fleet.remove("paris");
    await engine.settle();
    expect(standing(bench)).toContain("paris");
    const { state, verdict } = engine.list.status().get("fleet/paris")!;
    expect(state).toBe("missing");
    expect(verdict).toMatchObject({ is: "held", reason: "Hold", message: expect.stringContaining("ada: a demo runs there (until ") });
    bench.advance(301);
    await engine.settle();
    expect(standing(bench)).not.toContain("paris");
  });

  it("stops it in the middle of its leaving too", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.hub.apply({
      ...bench.hub.get("Secret", toys, "fleet.paris")!,
      metadata: { ...bench.hub.get("Secret", toys, "fleet.paris")!.metadata, finalizers: ["example.test/slow"] } as never,
    });
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    bench.advance(61);
    await order(bench, () => ({ hold: on(bench, "paris") }));
    await soon(() => expect(engine.roll.orders().hold.size).toBe(1));
    const from = bench.writes().length;
    await engine.settle();
    bench.advance(3600);
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({ is: "held", reason: "Hold" });
  });

  it("is not overruled by a person's word about the others", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ hold: on(bench, "paris") }));
    await soon(() => expect(engine.roll.orders().hold.size).toBe(1));
    bench.fleet.remove("oslo", "paris", "rome", "vienna");
    await engine.settle();
    expect(standing(bench)).toEqual(names);
    acknowledge(bench, engine.list.view().digest);
    await engine.settle();
    expect(standing(bench)).toEqual(["paris", "york"]);
    expect(rollOf(bench).acked).toEqual(new Set());
  });
});

describe.concurrent("an order to exclude a cluster", patience, () => {
  it("has it leave as if it were deselected, and return when the order is taken back", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ exclude: on(bench, "paris") }));
    await soon(() => expect(engine.list.status().get("fleet/paris")?.state).toBe("missing"));
    await soon(() => expect(rollOf(bench).absences.get("fleet/paris")).toMatchObject({ cause: "deselected" }));
    for (const _ of [1, 2]) {
      bench.advance(61);
      await engine.settle();
    }
    expect(standing(bench)).toEqual(["oslo", "rome", "vienna", "york"]);
    await order(bench, () => ({ exclude: new Map() }));
    await soon(() => expect(standing(bench)).toEqual(names));
    expect(rollObjectOf(bench)!.data).not.toHaveProperty("orders");
  });

  it("keeps a newcomer from joining until its time is over", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ exclude: on(bench, "zagreb", 60) }));
    await soon(() => expect(engine.roll.orders().exclude.size).toBe(1));
    bench.fleet.put(cluster({ name: "zagreb" }));
    await engine.settle();
    expect(standing(bench)).toEqual(names);
    bench.advance(61);
    await engine.settle();
    expect(standing(bench)).toContain("zagreb");
  });

  it("says nothing of a cluster while the hub says nothing of it", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.fleet.doubt({ reason: "HubUnreachable", message: "the hub cannot be followed" });
    await order(bench, () => ({ exclude: on(bench, "paris") }));
    await soon(() => expect(engine.roll.orders().exclude.size).toBe(1));
    bench.advance(3600);
    await engine.settle();
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale" } });
  });
});

describe.concurrent("an order to pause a list", patience, () => {
  it("ends every write, tells what would be written, and its end takes everything up again", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ pause: because(bench, 600) }));
    await soon(() => expect(engine.list.status().get("fleet/york")?.verdict?.reason).toBe("Paused"));
    const from = bench.writes().length;
    bench.fleet.put(cluster({ name: "zagreb" }), cluster({ name: "rome", displayName: "Roma", manager: "rome" }));
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(300);
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(engine.events).toContainEqual(expect.objectContaining({ is: "would", cluster: "fleet/zagreb" }));
    bench.advance(301);
    await engine.settle();
    expect(standing(bench)).toEqual(["oslo", "rome", "vienna", "york", "zagreb"]);
  });

  it("ends by itself, without anybody looking", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ pause: { why: "a moment", at: bench.now(), until: bench.now() + 300 } }));
    await soon(() => expect(engine.list.status().get("fleet/york")?.verdict?.reason).toBe("Paused"));
    bench.advance(1);
    await soon(() => expect(engine.list.status().get("fleet/york")?.verdict).toBeUndefined());
  });
});

describe.concurrent("orders", patience, () => {
  it("outlive a restart and what the engine writes on the roll", async (test) => {
    const [bench, first] = await withMembers(test);
    await order(bench, () => ({ hold: on(bench, "paris") }));
    bench.fleet.remove("oslo");
    await first.settle();
    await first.kill();
    bench.fleet.remove("paris");
    bench.advance(601);
    const second = await bench.start();
    await second.settle();
    bench.advance(601);
    await second.settle();
    expect(standing(bench)).toEqual(["paris", "rome", "vienna", "york"]);
  });

  it("of two people at once both count", async (test) => {
    const [bench] = await withMembers(test);
    await Promise.all(names.map((name) => order(bench, ({ hold }) => ({ hold: new Map([...hold, ...on(bench, name)]) }))));
    expect(readOrders(rollObjectOf(bench)!.data?.["orders"]).hold.size).toBe(5);
  });

  it("can be given before there is a roll", async (test) => {
    const bench = await toyWorkbench(test, { removals });
    await order(bench, () => ({ exclude: on(bench, "paris") }));
    bench.fleet.put(cluster({ name: "paris" }), cluster({ name: "rome" }));
    const engine = await bench.start();
    await engine.settle();
    expect(standing(bench)).toEqual(["rome"]);
    expect(rollOf(bench).hub).toBe("hub-1");
  });

  it("that cannot be read let nobody go, and are complained about", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ hold: on(bench, "paris") }));
    await soon(() => expect(engine.roll.orders().hold.size).toBe(1));
    const object = rollObjectOf(bench)!;
    bench.hub.apply({ ...object, data: { ...object.data, orders: "{ garbage" } });
    bench.fleet.remove("paris");
    await engine.settle();
    expect(standing(bench)).toContain("paris");
    await soon(() => expect(engine.errors).toContainEqual(expect.objectContaining({ reason: "BadOrders" })));
  });
});

describe.concurrent("a word given by the command", patience, () => {
  it("is a word about exactly that digest", async (test) => {
    const [bench, engine] = await withMembers(test);
    bench.fleet.remove(...names.slice(0, 3));
    await engine.settle();
    const book = bookOf(bench);
    test.onTestFinished(() => book.transport.close());
    expect(await readBook({ ...book, owner: { instance: "rollcall", list: "other" } })).toBeUndefined();
    await confirm(book, "0123456789");
    await engine.settle();
    expect(await readBook(book)).toMatchObject({ ack: "0123456789" });
    await confirm(book, engine.list.view().digest);
    await engine.settle();
    expect(standing(bench)).toEqual(["vienna", "york"]);
    expect(await readBook(book)).not.toHaveProperty("ack");
    await expect(confirm({ ...book, owner: { instance: "rollcall", list: "other" } }, "0123456789")).rejects.toMatchObject({
      reason: "NoRoll",
    });
  });

  it("can be told from one about another plan by the roll alone", async (test) => {
    const [bench, engine] = await withMembers(test);
    await order(bench, () => ({ hold: on(bench, "rome") }));
    bench.fleet.remove(...names.slice(0, 4));
    await engine.settle();
    const book = bookOf(bench);
    test.onTestFinished(() => book.transport.close());
    const by = async (keeps: Partial<Removals> = {}): Promise<string> => {
      const page = (await readBook(book))!;
      return digestByRoll({
        list: "list",
        ...page,
        removals: { ...defaultRemovals, ...keeps },
        leave: toy.leave({ namespace: toys }),
        now: bench.now(),
      });
    };
    expect(await by()).toBe(engine.list.view().digest);
    expect(await by({ unregistered: { then: "keep", after: 0 } })).toBe(digestOf(["list"]));
    await order(bench, () => ({ hold: new Map() }));
    await engine.settle();
    expect(await by()).toBe(engine.list.view().digest);
  });
});
