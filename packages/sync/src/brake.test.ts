import { describe, expect, it } from "vitest";
import { newBrake } from "./brake.ts";
import type { Change } from "./plan.ts";

const change = (value: string, resourceVersion = "1"): Change =>
  ({
    do: "change",
    key: "Secret/a/b",
    changes: ["data.config"],
    patch: { metadata: { uid: "u", resourceVersion }, data: { config: value } },
  }) as never;
const create = { do: "create", key: "Secret/a/b", object: {} } as never as Change;

/** How often it is written in so many seconds, when somebody undoes it at once and each look comes when it may. */
function writes(seconds: number, next: (at: number) => Change): number {
  const brake = newBrake();
  let count = 0;
  for (let now = 0; now < seconds * 1000;) {
    const held = brake.holds([next(count)], now);
    if (held === undefined) {
      brake.wrote("fleet/paris", [next(count)], now);
      count += 1;
    }
    now += held?.again ?? 10;
  }
  return count;
}

describe("whoever undoes what is written", () => {
  it.each([
    ["a change", () => change("same")],
    ["a change of each new version", (at: number) => change("same", String(at))],
    ["an object that is deleted", () => create],
  ])("%s: is put right at once five times, then less and less often", (_, next) => {
    expect(writes(1, next)).toBe(5);
    expect(writes(600, next)).toBeLessThan(16);
    expect(writes(3600, next)).toBeGreaterThan(15);
  });

  it("two things in turn is slowed down for each of them", () => {
    expect(writes(60, (at) => change(at % 2 === 0 ? "one" : "another"))).toBeLessThan(24);
  });

  it("is not held for long by a clock that was set back", () => {
    const brake = newBrake();
    for (const _ of [1, 2, 3, 4, 5, 6]) brake.wrote("fleet/paris", [change("same")], 86_400_000);
    expect(brake.holds([change("same")], 0)).toBeUndefined();
  });

  it("does not slow down what is really new", () => expect(writes(1, (at) => change(`value ${at}`))).toBe(100));

  it("is named by what it takes back, and by when the next try is", () => {
    const brake = newBrake();
    for (const _ of [1, 2, 3, 4, 5]) brake.wrote("fleet/paris", [change("same")], 0);
    const held = brake.holds([change("same")], 400);
    expect(held).toMatchObject({ again: 600, why: { reason: "Contested" } });
    expect(held?.why.message).toContain("data.config");
    expect(held?.why.message).toContain("1970-01-01T00:00:01.000Z");
  });

  it("is forgotten after ten quiet minutes, and with its cluster", () => {
    const brake = newBrake();
    for (const now of [0, 1, 2, 3, 4]) brake.wrote("fleet/paris", [change("same")], now);
    brake.wrote("fleet/paris", [change("same")], 700_000);
    expect(brake.holds([change("same")], 700_001)).toBeUndefined();
    for (const now of [0, 1, 2, 3, 4]) brake.wrote("fleet/paris", [change("same")], 700_010 + now);
    brake.forget("fleet/paris");
    expect(brake.holds([change("same")], 700_015)).toBeUndefined();
  });
});
