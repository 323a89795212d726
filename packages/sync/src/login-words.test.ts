import { describe, expect, it } from "vitest";
import { loginWordsAfter, readLoginWords, writeLoginWords, type LoginWord, type LoginWords } from "./login-words.ts";

const since = Date.parse("2026-11-21T10:00:00Z");
const word = (message = "why"): LoginWord => ({ reason: "NoConsent", message, since });

describe("what is left word of logins", () => {
  it("is read back as it was written", () => {
    const words = new Map<string, LoginWord>([
      ["fleet/paris", word()],
      ["fleet/oslo", { ...word(), lasts: true }],
      ["fleet/rome", { ...word(), said: since + 7000 }],
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

  it("tells why of every namespace, however many clusters fail in one of them", () => {
    const many = Array.from({ length: 300 }, (_, at) => `aaa/c${at}`);
    const ids = [...many, "mmm/paris", ...many.map((id) => id.replace("aaa", "zzz"))];
    const told = [...readLoginWords(writeLoginWords(new Map(ids.map((id) => [id, word()])))).keys()];
    expect(told).toHaveLength(200);
    expect(told).toEqual(told.toSorted());
    expect(told).toContain("mmm/paris");
    expect(told.filter((id) => id.startsWith("aaa/"))).toHaveLength(100);
  });
});

describe("what is said of a login that goes on failing", () => {
  const minute = 60_000;
  const id = "fleet/paris";
  const failing = (after: number, message: string, more: Partial<LoginWord> = {}): LoginWords =>
    new Map([[id, { ...word(message), since: since + after, ...more }]]);
  const first = loginWordsAfter(undefined, failing(0, "request 1"));
  const said = (text: string | undefined): LoginWord | undefined => readLoginWords(text).get(id);

  it("is not written anew for the number of a request in it, and after ten minutes is, as old as it was", () => {
    expect(loginWordsAfter(first, failing(minute, "request 1"))).toBe(first);
    expect(loginWordsAfter(first, failing(9 * minute, "request 2"))).toBe(first);
    const anew = loginWordsAfter(first, failing(10 * minute, "request 3"));
    expect(said(anew)).toEqual({ ...word("request 3"), said: since + 10 * minute });
    expect(loginWordsAfter(anew, failing(19 * minute, "request 4"))).toBe(anew);
    expect(said(loginWordsAfter(anew, failing(20 * minute, "request 5")))).toMatchObject({ message: "request 5", since });
  });

  it("is written at once for another reason, for whether the old one lasts, and where it is over", () => {
    const other = loginWordsAfter(first, failing(minute, "request 2", { reason: "PluginFailed" }));
    expect(said(other)).toEqual({ ...word("request 2"), reason: "PluginFailed", since: since + minute });
    expect(said(loginWordsAfter(first, failing(minute, "request 1", { lasts: true })))).toMatchObject({ lasts: true });
    expect(loginWordsAfter(first, new Map())).toBeUndefined();
    expect(loginWordsAfter("{", new Map())).toBeUndefined();
  });

  it("is written with the newest of all, once something has to be written", () => {
    const both = loginWordsAfter(first, new Map([...failing(minute, "request 2"), ["fleet/rome", word()]]));
    expect(said(both)).toEqual({ ...word("request 2"), said: since + minute });
  });
});
