import { describe, expect, it, vi } from "vitest";
import { backoff, sleep } from "./backoff.ts";
import { isNewer } from "./version.ts";

describe("back-off", () => {
  it("waits between half and all of a time that doubles up to a limit, and starts anew after a success", () => {
    const wait = backoff({ first: 100, most: 400 });
    for (const ceiling of [100, 200, 400, 400]) {
      const delay = wait.next();
      expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
      expect(delay).toBeLessThanOrEqual(ceiling);
    }
    wait.reset();
    expect(wait.next()).toBeLessThanOrEqual(100);
  });

  it("comes soon once, however long it has become, and again after a success", () => {
    const wait = backoff({ first: 100, most: 8000 });
    for (let n = 0; n < 6; n += 1) wait.next();
    expect(wait.soon()).toBeLessThanOrEqual(100);
    expect(wait.soon()).toBeGreaterThanOrEqual(3200);
    wait.reset();
    expect(wait.soon()).toBeLessThanOrEqual(100);
    expect(wait.next()).toBeLessThanOrEqual(100);
  });

  it("lets no two clients come back in step", () => {
    const delays = Array.from({ length: 20 }, () => backoff().next());
    expect(new Set(delays).size).toBeGreaterThan(10);
    expect(new Set(delays.map(() => backoff().soon())).size).toBeGreaterThan(10);
  });
});

describe("sleep", () => {
  it("ends by itself and leaves nothing behind on its signal", async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    await sleep(1, signal);
    expect(removed).toHaveBeenCalledWith("abort", expect.any(Function));
  });

  it("wakes at once when told to stop, and does not begin when told before", async () => {
    const stop = new AbortController();
    const asleep = sleep(60_000, stop.signal);
    stop.abort();
    await asleep;
    await sleep(60_000, stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });
});

describe("versions", () => {
  it.each([
    { one: "10", other: "9", newer: true },
    { one: "9", other: "10", newer: false },
    { one: "10", other: "10", newer: false },
    { one: "90071992547409931", other: "90071992547409930", newer: true },
    { one: "1", other: "", newer: true },
    { one: "", other: "1", newer: false },
  ])("$one is newer than $other: $newer", ({ one, other, newer }) => {
    expect(isNewer(one, other)).toBe(newer);
  });
});
