import { describe, expect, it } from "vitest";
import { readLoginWords, writeLoginWords, type LoginWord } from "./login-words.ts";

const since = Date.parse("2026-11-21T10:00:00Z");
const word = (message = "why"): LoginWord => ({ reason: "NoConsent", message, since });

describe("what is left word of logins", () => {
  it("is read back as it was written", () => {
    const words = new Map<string, LoginWord>([
      ["fleet/paris", word()],
      ["fleet/oslo", { ...word(), lasts: true }],
    ]);
    expect(readLoginWords(writeLoginWords(words))).toEqual(words);
    expect(writeLoginWords(new Map())).toBeUndefined();
    expect(readLoginWords(undefined)).toEqual(new Map());
  });

  it("never fills the object that it stands in, which must hold what must not be lost", () => {
    const many = new Map(Array.from({ length: 10_000 }, (_, at) => [`fleet/c${at}`, word("x".repeat(10_000))]));
    expect(writeLoginWords(many)!.length).toBeLessThan(200_000);
  });

  it.each(["{", "null", "[null]", "7", '[{"cluster":7}]', '[{"cluster":"a/b","reason":1,"message":"m","since":"x"}]'])(
    "is nothing where somebody has written something else: %s",
    (text) => {
      expect(readLoginWords(text)).toEqual(new Map());
    },
  );
});
