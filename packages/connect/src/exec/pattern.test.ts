import { describe, expect, it } from "vitest";
import { longestValue, readPattern } from "./pattern.ts";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

describe("a pattern", () => {
  it.each([
    ["", ["", "a"]],
    [uuid, ["00000000-0000-4000-8000-0000000007e1", "x00000000-0000-4000-8000-0000000007e1"]],
    [uuid, ["00000000-0000-4000-8000-0000000007e1", "00000000-0000-4000-8000-0000000007e1\n"]],
    ["a|b", ["b", "ab"]],
    [
      "https://login\\.microsoftonline\\.(?:com|us)/?",
      ["https://login.microsoftonline.com/", "https://login.microsoftonline.com.evil.test/"],
    ],
    ["[)*+?]{3}", [")*+", "a"]],
  ])("%s takes whole values alone", (source, [good, bad]) => {
    const pattern = readPattern(source);
    expect(pattern).toBeInstanceOf(RegExp);
    expect([(pattern as RegExp).test(good!), (pattern as RegExp).test(bad!)]).toEqual([true, false]);
  });

  it.each([
    ["(a+)+", "repeats a group"],
    ["(?:a|a)*", "repeats a group"],
    ["(a){2,}", "repeats a group"],
    [".*.*.*.*", "more than 3"],
    ["a?b?c?d?", "more than 3"],
    ["a{1,9}b{1,9}c{1,9}d{1,9}", "more than 3"],
    ["(a|a)(a|a)(a|a)(a|a)b", "more than 3 groups"],
    ["(?:a|a)(?:a|a)((?:a|a))b", "more than 3 groups"],
    ["((((((a))))))", "more than 3 groups"],
    ["(?:a*)*", "repeats a group"],
    ["(?:a{1,9}){1,9}", "repeats a group"],
    ["(a)\\1", "refers back"],
    ["(?=a)a", "looks ahead"],
    ["(?<!a)b", "looks ahead"],
    ["(?<n>a)\\k<n>", "refers back"],
    ["[^](a+)+", "repeats a group"],
    ["(", "no regular expression"],
    ["a)|(b", "no regular expression"],
  ])("%s is refused, since a stranger could make it work for ever", (source, why) => {
    expect(readPattern(source)).toContain(why);
  });

  it.each([
    [".*-.*-.*", "-"],
    ["[a-z-]+-[a-z-]+-[a-z-]+", "a-"],
    ["(|a|aa|aaa|aaaa)(|a|aa|aaa|aaaa)(|a|aa|aaa|aaaa)a*", "a"],
  ])("%s takes values of 64 characters at most, since it leaves several things open", (source, part) => {
    const pattern = readPattern(source) as RegExp;
    const value = part.repeat(65);
    expect([pattern.test(value.slice(0, 64)), pattern.test(value.slice(0, 65))]).toEqual([true, false]);
  });

  it.each([["(|a)(|a)a*"], ["[^]*"], ["(a|b)(a|b)(a|b)a{509}"]])("%s takes values of 512 characters", (source) => {
    expect((readPattern(source) as RegExp).test("a".repeat(longestValue))).toBe(true);
  });

  it("that is taken is done soon, however the value is made", () => {
    const since = performance.now();
    for (const source of [".*.*.*x", "a*a*a*b", "[a-z]+[a-z]+[a-z]+1", "(|a|aa|aaa|aaaa)(|a|aa|aaa|aaaa)(|a|aa|aaa|aaaa)a*a*a*b"])
      for (const length of [64, longestValue]) (readPattern(source) as RegExp).test("a".repeat(length));
    (readPattern(".*-.*-.*") as RegExp).test(`${"-".repeat(longestValue - 1)}\u2028`);
    expect(performance.now() - since).toBeLessThan(3000);
  });
});
