import type { Cluster } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceDecisions, decide, type Decision, type Decisions, decisionsAt, noDecisions, type Slice } from "../index.ts";
import { fleetOf, slice } from "./slices.test.helper.ts";

const clusters = fleetOf(["fleet/a", "fleet/b", "fleet/c"]);
const seen = (...slices: readonly Slice[]) => slices.map((each) => ({ id: each.id, slice: each }));
const byId = (decisions: Decisions, now = Infinity): ReadonlyMap<string, Decision> =>
  new Map([...decisionsAt(decisions, now)].map((each) => [each.id, each]));
const part = (key: string, index: number, of: readonly string[]): Slice => slice({ name: `${key}-${index}`, key, index, of });

describe("a change", () => {
  const before = advanceDecisions(
    noDecisions(),
    { slices: seen(part("k", 0, ["a"]), part("k", 1, ["b"]), part("l", 0, ["gone"])), clusters },
    0,
  );
  const [k, l] = [...byId(before.decisions).values()];

  it("of one slice makes its own decision say something else, and no other", () => {
    const { decisions, changed } = advanceDecisions(before.decisions, { slices: seen(part("k", 1, ["c"])), clusters }, 1);
    expect(changed).toEqual([k?.id]);
    expect(byId(decisions).get(l!.id)).toBe(l);
    expect(byId(decisions).get(k!.id)).toMatchObject({ clusters: ["fleet/a", "fleet/c"], generation: k!.generation + 1 });
  });

  it("that says nothing new is none", () => {
    expect(advanceDecisions(before.decisions, { slices: seen(part("k", 1, ["b"])), clusters }, 1)).toEqual({
      decisions: before.decisions,
      changed: [],
    });
    expect(advanceDecisions(before.decisions, { slices: [{ id: "nobody" }], clusters }, 1).changed).toEqual([]);
  });

  it("of several slices at once is one", () => {
    const news = { slices: seen(part("k", 1, ["c"]), part("k", 0, []), part("k", 1, ["b", "c"])), clusters };
    const { decisions, changed } = advanceDecisions(before.decisions, news, 1);
    expect(changed).toEqual([k?.id]);
    expect(byId(decisions).get(k!.id)).toMatchObject({ clusters: ["fleet/b", "fleet/c"], generation: k!.generation + 1 });
  });

  it("of a slice's key takes it from one decision to the other", () => {
    const { decisions, changed } = advanceDecisions(
      before.decisions,
      { slices: seen({ ...part("l", 1, ["b"]), id: part("k", 1, []).id, name: "k-1" }), clusters },
      1,
    );
    expect(changed).toEqual([k?.id, l?.id]);
    expect([...byId(decisions).values()].map(({ clusters }) => clusters)).toEqual([["fleet/a"], ["fleet/b"]]);
  });

  it("of a profile that nobody names, or that is still the same to a decision, is none", () => {
    const others = new Map([...clusters, ...fleetOf(["fleet/x"]), ...fleetOf(["fleet/a"], { "fleet/a": { labels: { new: "word" } } })]);
    expect(advanceDecisions(before.decisions, { clusters: others, changed: ["fleet/x", "fleet/a"] }, 1)).toEqual({
      decisions: before.decisions,
      changed: [],
    });
  });

  it("of a profile that is named makes the decision find it, and does not make it settle anew", () => {
    const { decisions, changed } = advanceDecisions(
      before.decisions,
      { clusters: new Map([...clusters, ...fleetOf(["fleet/gone"])]), changed: ["fleet/gone"] },
      2999,
    );
    expect(changed).toEqual([l?.id]);
    expect(byId(decisions, 3000).get(l!.id)).toMatchObject({
      clusters: ["fleet/gone"],
      state: { is: "complete" },
      generation: l!.generation + 1,
    });
  });

  it("of a slice and of a profile that it named is told once", () => {
    const news = { slices: seen(part("k", 0, [])), clusters: fleetOf(["fleet/b"]), changed: ["fleet/a"] };
    const { decisions, changed } = advanceDecisions(before.decisions, news, 60_000);
    expect(changed).toEqual([k?.id]);
    expect(byId(decisions, 60_001).get(k!.id)).toMatchObject({ clusters: ["fleet/b"], last: { clusters: ["fleet/b"] } });
  });

  it("of a profile is seen in what a decision said when it was complete, too", () => {
    const news = { slices: seen(part("k", 0, [])), clusters };
    const incomplete = advanceDecisions(before.decisions, news, 60_000).decisions;
    const { decisions } = advanceDecisions(incomplete, { clusters: fleetOf(["fleet/b"]), changed: ["fleet/a"] }, 60_001);
    expect(byId(decisions, 60_002).get(k!.id)).toMatchObject({ state: { is: "incomplete" }, last: { clusters: ["fleet/b"] } });
  });

  it("of a scheduler that is not listened to is none, and who is listened to no more is gone", () => {
    const mine = slice({ name: "x", scheduler: "mine", of: ["a"] });
    const first = advanceDecisions(
      noDecisions({ schedulers: ["mine"] }),
      { slices: seen(mine, slice({ name: "y", scheduler: "other", of: [] })), clusters },
      0,
    );
    expect(first.changed).toEqual(["multicluster.x-k8s.io/fleet/name/x"]);
    const then = advanceDecisions(first.decisions, { slices: seen({ ...mine, scheduler: "other" }), clusters }, 1);
    expect([...byId(then.decisions).keys()]).toEqual([]);
  });

  it("keeps nothing of a decision that is long gone", () => {
    const gone = advanceDecisions(before.decisions, { slices: [{ id: part("l", 0, []).id }], clusters }, 1).decisions;
    expect([gone.groups.size, gone.places.size]).toEqual([2, 2]);
    expect(advanceDecisions(gone, { clusters }, 3_700_000).decisions.groups.size).toBe(1);
  });
});

describe("step by step", () => {
  const key = fc.constantFrom(undefined, "k", "l");
  const names = fc.array(fc.constantFrom("a", "b", "c", "gone"), { maxLength: 3 });
  const event = fc.record({
    name: fc.constantFrom("s-0", "s-1", "s-2"),
    isGone: fc.boolean(),
    key,
    index: fc.nat({ max: 2 }),
    of: names,
    fleet: fc.subarray([...clusters.keys()]),
  });

  it("says what it says from scratch, whatever happened before", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let decisions = noDecisions();
        const slices = new Map<string, Slice>();
        let fleet: ReadonlyMap<string, Cluster> = new Map();
        for (const [at, { isGone, key, fleet: ids, ...given }] of events.entries()) {
          const now = slice({ ...given, ...(key && { key }) });
          if (isGone) slices.delete(now.id);
          else slices.set(now.id, now);
          const changed = [...clusters.keys()].filter((id) => fleet.has(id) !== ids.includes(id));
          fleet = fleetOf(ids);
          const news = { slices: [{ id: now.id, ...(!isGone && { slice: now }) }], clusters: fleet, changed };
          ({ decisions } = advanceDecisions(decisions, news, at));
        }
        const plain = (all: Iterable<Decision>) => new Map([...all].map((each) => [each.id, { ...each, generation: 0, last: undefined }]));
        expect(plain(decisionsAt(decisions, Infinity))).toEqual(plain(decide(slices.values(), fleet).values()));
      }),
      { numRuns: 300 },
    );
  });

  it("takes milliseconds for ten thousand clusters in a hundred slices", () => {
    const names = (index: number): readonly string[] => Array.from({ length: 100 }, (_, at) => `c-${index}-${at}`);
    const all = Array.from({ length: 100 }, (_, index) => part("k", index, names(index)));
    const fleet = fleetOf(all.flatMap(({ rows }) => (Array.isArray(rows) ? rows.map(({ id }: { id: string }) => id) : [])));
    let { decisions } = advanceDecisions(noDecisions(), { slices: seen(...all), clusters: fleet }, 0);
    const times = Array.from({ length: 21 }, (_, round) => {
      const began = performance.now();
      ({ decisions } = advanceDecisions(
        decisions,
        { slices: seen(part("k", 50, names(50).slice(round + 1))), clusters: fleet },
        round + 1,
      ));
      return performance.now() - began;
    }).sort((a, b) => a - b);
    expect(byId(decisions).size).toBe(1);
    // The median, and much room: this runs on busy machines.
    expect(times[10]).toBeLessThan(50);
  });
});
