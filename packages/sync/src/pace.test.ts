import { cluster, patience, toyWorkbench, toys } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { newPace } from "./pace.ts";

const settings = { perMinute: 2, canary: 1, watch: 30 };

describe("the pace of a list", () => {
  it("lets the canary go, watches it, and then so many a minute", () => {
    const pace = newPace(settings);
    expect(pace.ask(0)).toBe(0);
    expect(pace.ask(10)).toBe(29_990);
    expect(pace.ask(30_000)).toBe(0);
    expect(pace.ask(30_001)).toBe(29_999);
    expect(pace.ask(60_000)).toBe(0);
    expect(pace.ask(60_001)).toBe(29_999);
  });

  it("begins anew with a canary when all has been quiet", () => {
    const pace = newPace(settings);
    pace.ask(0);
    pace.ask(30_000);
    expect(pace.ask(130_000)).toBe(0);
    expect(pace.ask(130_001)).toBe(29_999);
  });
});

describe.concurrent("a mass change", patience, () => {
  it("reaches one member first and the others later; who joins or goes is not slowed down", async (test) => {
    const bench = await toyWorkbench(test, { pacing: settings });
    const fleet = (label: string) =>
      ["a", "b", "c", "d"].map((name) => cluster({ name, manager: name, labels: { "toy.example/is-now": label } }));
    bench.fleet.put(...fleet("one"));
    const engine = await bench.start();
    await engine.settle();
    const has = (label: string) =>
      bench.hub.list("Secret", toys).filter(({ metadata }) => metadata.labels?.["toy.example/is-now"] === label).length;
    expect(has("one")).toBe(4);

    bench.fleet.put(...fleet("two"), cluster({ name: "e" }));
    await engine.settle();
    expect(has("two")).toBe(1);
    expect(bench.hub.list("Secret", toys)).toHaveLength(5);
    const waiting = [...engine.list.status().values()].filter(({ verdict }) => verdict?.reason === "Paced");
    expect(waiting).toHaveLength(3);
    for (const many of [2, 3, 4]) {
      bench.advance(30);
      await engine.settle();
      expect(has("two")).toBe(many);
    }
    expect([...engine.list.status().values()].every(({ verdict }) => verdict === undefined)).toBe(true);
  });

  it("of marks alone is nobody's business and goes at once", async (test) => {
    const bench = await toyWorkbench(test, { pacing: settings });
    const fleet = ["a", "b", "c", "d"].map((name) => cluster({ name, manager: name }));
    bench.fleet.put(...fleet);
    const engine = await bench.start();
    await engine.settle();
    bench.fleet.put(...fleet.map((each) => ({ ...each, uid: `${each.uid}-again` })));
    await engine.settle();
    expect([...engine.list.status().values()].every(({ verdict }) => verdict === undefined)).toBe(true);
  });
});
