import { describe, expect, it } from "vitest";
import { turned } from "./block.ts";
import { bestFloor, invalid, type Block } from "./blocks.ts";

const block = (walls: Readonly<Record<string, number>>, around: Partial<Block> = {}): Block => ({
  n: 100,
  turn: 0,
  steal: 0,
  others: 0,
  load: 0,
  turnedAway: 0,
  isPinned: true,
  runs: {
    cold: Object.fromEntries(Object.entries(walls).map(([name, wall]) => [name, { wall, first: 1, cpu: 1, serverCpu: 1 }])),
    restart: {},
    heartbeats: {},
    propagation: {},
    memory: {},
  },
  ...around,
});

describe("a block of the bench", () => {
  it("gives each column each place", () => {
    const columns = ["floor", "ours", "stock"];
    const firsts = [0, 1, 2, 3, 4, 5].map((turn) => turned(columns, turn)[0]);
    expect(new Set(firsts)).toEqual(new Set(columns));
    for (const turn of [0, 1, 2, 3]) expect(turned(columns, turn).toSorted()).toEqual(columns);
  });

  it("is measured against the floor that is best in the middle, not against the luckiest run", () => {
    const blocks = [block({ a: 100, b: 50, ours: 1 }), block({ a: 90, b: 200, ours: 1 }), block({ a: 95, b: 210, ours: 1 })];
    expect(bestFloor(blocks)).toBe("a");
  });

  it.each([
    { when: "the host takes time away", odd: block({ a: 100 }, { steal: 3 }), why: "the host took 3.0 %" },
    { when: "its floor is far from that of the others", odd: block({ a: 121 }), why: "20 % off" },
    { when: "the server turns requests away", odd: block({ a: 100 }, { turnedAway: 4 }), why: "turned 4 requests away" },
  ])("says nothing when $when", ({ odd, why }) => {
    const fine = [block({ a: 100 }), block({ a: 101 }), block({ a: 99 })];
    const reasons = invalid([...fine, odd], "a");
    expect([...reasons.keys()]).toEqual([odd]);
    expect(reasons.get(odd)).toContain(why);
  });
});
