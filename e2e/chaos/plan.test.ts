import { expect, it } from "vitest";
import { planOf, programs } from "./plan.ts";

it("the same seed plans the same run, and another one another", () => {
  expect(planOf(7, 1)).toEqual(planOf(7, 1));
  expect(planOf(7, 1)).not.toEqual(planOf(8, 1));
});

it("every program is killed, stopped and paused, some for long, and everything that people do is done", () => {
  const { faults, changes } = planOf(1, 10);
  for (const program of programs) {
    expect(new Set(faults[program].map(({ how }) => how))).toEqual(new Set(["kill", "stop", "pause"]));
    expect(Math.max(...faults[program].map(({ lasts }) => lasts))).toBeGreaterThan(30_000);
    expect(Math.max(...faults[program].map(({ lasts }) => lasts))).toBeLessThanOrEqual(120_000);
  }
  expect(new Set(changes.map(({ does }) => does)).size).toBe(14);
});
