import { describe, expect, it } from "vitest";
import { interval, median, quantile } from "./statistics.ts";

describe("the statistics of the bench", () => {
  it.each([
    { of: [3, 1, 2], is: 2 },
    { of: [4, 1, 2, 3], is: 2.5 },
    { of: [7], is: 7 },
  ])("takes $is for the middle of $of", ({ of, is }) => {
    expect(median(of)).toBe(is);
  });

  it("finds the value below which 99 of 100 lie", () => {
    expect(
      quantile(
        Array.from({ length: 101 }, (_, at) => at),
        0.99,
      ),
    ).toBeCloseTo(99);
  });

  it("gives an interval that holds the median, within what was measured, and the same each time", () => {
    const values = [1.1, 1.3, 1.2, 1.25, 1.6, 1.15, 1.2];
    const { median, low, high } = interval(values);
    expect(median).toBe(1.2);
    expect(low).toBeGreaterThanOrEqual(1.1);
    expect(low).toBeLessThan(1.2);
    expect(high).toBeGreaterThan(1.2);
    expect(high).toBeLessThanOrEqual(1.6);
    expect(interval(values)).toEqual({ median, low, high });
  });

  it("has nothing to say of no values", () => {
    expect(median([])).toBeNaN();
  });
});
