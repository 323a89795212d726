import type { ClusterId } from "@rollcall/contract";
import { openTransport, type Transport } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askedBook, type AskedBook } from "./asked-book.ts";
import type { Asked } from "./asked.ts";

const namespace = "rollcall";
let hub: MemoryHub;
let transport: Transport;

beforeAll(async () => {
  hub = await startMemoryHub({ namespaces: [namespace] });
  transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
});
afterAll(async () => {
  await transport.close();
  await hub.stop();
});

async function open(list: string): Promise<AskedBook> {
  const book = askedBook({ transport, namespace, owner: { instance: "rollcall", list } });
  await book.load();
  return book;
}

const of = (...ids: readonly ClusterId[]): Asked => ({ clusters: new Set(ids) });

describe("what placements were answered last", () => {
  it("is known to the next program", async () => {
    const held = { why: "half", digest: "0123456789" };
    const window = { since: 1, members: 3, groups: {}, gone: ["fleet/rome"] };
    const whole: Asked = { clusters: new Set(["edge/oslo", "fleet/lima", "fleet/paris"]), window, since: 7, held };
    const book = await open("one");
    expect(book.get("web")).toBeUndefined();
    await book.put("web", whole);
    await book.put("shop", of());
    const next = await open("one");
    expect([next.get("web"), next.get("shop"), next.placements().toSorted()]).toEqual([whole, of(), ["shop", "web"]]);
    await next.put("web", undefined);
    expect((await open("one")).placements()).toEqual(["shop"]);
  });

  it("is not written over by one who has not read what another wrote", async () => {
    const [one, other] = [await open("two"), await open("two")];
    await one.put("web", of("fleet/a"));
    await expect(other.put("web", of("fleet/b"))).rejects.toMatchObject({ status: 409 });
    expect(other.get("web")).toEqual(of("fleet/a"));
    await other.put("web", of("fleet/a", "fleet/b"));
    await expect(one.put("web", of())).rejects.toMatchObject({ status: 409 });
    expect(one.get("web")).toEqual(of("fleet/a", "fleet/b"));
  });

  it("is one write after the other, however many ask at once", async () => {
    const book = await open("three");
    await Promise.all(Array.from({ length: 20 }, (_, at) => book.put(`p${at}`, of(`fleet/c${at}`))));
    expect((await open("three")).placements()).toHaveLength(20);
  });

  it("fits into an object: ten thousand clusters do, and what does not is refused and changes nothing", async () => {
    const book = await open("four");
    const many = of(...Array.from({ length: 10_000 }, (_, at) => `fleet/cluster-${at}`));
    await book.put("web", many);
    await expect(book.put("all", of(...Array.from({ length: 10_000 }, (_, at) => `fleet/${"x".repeat(90)}${at}`)))).rejects.toMatchObject({
      reason: "AnswersFull",
    });
    expect((await open("four")).get("web")).toEqual(many);
  });

  it("cannot be read: that is an error which says what to do, for who asks about it and nobody else, since a guess would leave somebody out", async () => {
    const book = await open("five");
    await book.put("web", of("fleet/a"));
    const stands = hub.get("ConfigMap", namespace, "rollcall-five-answers")!;
    const [key] = Object.keys(stands.data!);
    await book.put("shop", of("fleet/b"));
    hub.apply({
      ...hub.get("ConfigMap", namespace, "rollcall-five-answers")!,
      data: { ...hub.get("ConfigMap", namespace, "rollcall-five-answers")!.data, [key!]: "{}" },
    });
    const next = await open("five");
    expect(() => next.get("web")).toThrow(/delete the key/);
    expect(next.placements()).toEqual(["shop"]);
  });
});
