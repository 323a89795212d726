import { expect, it } from "vitest";
import { howLong, moment } from "./ago.ts";

it.each([
  [0, "0s"],
  [-5, "0s"],
  [90_000, "90s"],
  [120_000, "2m"],
  [119 * 60_000, "119m"],
  [7_200_000, "2h"],
  [47 * 3_600_000, "47h"],
  [72 * 3_600_000, "3d"],
])("%d milliseconds are told as %s", (milliseconds, says) => {
  expect(howLong(milliseconds)).toBe(says);
});

it("a moment is told to the second", () => {
  expect(moment(Date.UTC(2026, 10, 21, 3, 4, 5, 678))).toBe("2026-11-21T03:04:05Z");
});
