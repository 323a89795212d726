import { expect, it } from "vitest";
import { duration } from "./duration.ts";

it.each([
  ["0", 0],
  [0, 0],
  ["0s", 0],
  ["30s", 30],
  ["10m", 600],
  ["1h", 3600],
  ["2d", 172_800],
  ["365d", 31_536_000],
])("%j is %i seconds", (value, seconds) => {
  expect(duration().parse(value)).toBe(seconds);
});

it.each([
  ["10", 'a duration such as 30s, 10m or 1h, got "10"'],
  [10, "a duration such as 30s, 10m or 1h, got 10"],
  ["-1h", 'a duration such as 30s, 10m or 1h, got "-1h"'],
  ["1.5h", 'a duration such as 30s, 10m or 1h, got "1.5h"'],
  ["1h30m", 'a duration such as 30s, 10m or 1h, got "1h30m"'],
  ["1 h", 'a duration such as 30s, 10m or 1h, got "1 h"'],
  ["", 'a duration such as 30s, 10m or 1h, got ""'],
  [null, "a duration such as 30s, 10m or 1h, got nothing"],
  [true, "a duration such as 30s, 10m or 1h, got true"],
  [Number.NaN, "a duration such as 30s, 10m or 1h, got NaN"],
  [["1h"], "a duration such as 30s, 10m or 1h, got a list"],
  ["366d", 'a duration of at most 365d, got "366d"'],
  [`${"9".repeat(400)}d`, `a duration of at most 365d, got "${"9".repeat(100)}…"`],
])("%j is none", (value, expected) => {
  expect(duration().safeParse(value).error?.issues[0]?.message).toBe(`expected ${expected}`);
});
