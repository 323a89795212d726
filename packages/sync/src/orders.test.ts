import { describe, expect, it } from "vitest";
import { inForce, inWords, nextEnd, noOrders, readOrders, writeOrders, type Orders } from "./orders.ts";

const at = Date.parse("2026-11-21T10:00:00Z");
const until = Date.parse("2026-11-21T12:00:00Z");
const all: Orders = {
  pause: { why: "migration", by: "ada", at, until },
  hold: new Map([["fleet/paris", { why: "a demo runs there", at }]]),
  exclude: new Map([["fleet/rome", { why: "broken", at, until: until + 1 }]]),
};

describe("orders", () => {
  it("are read back as they were given", () => expect(readOrders(writeOrders(all))).toEqual(all));

  it("say the same in the same words, whoever was named first", () => {
    const [one, two] = [
      ["b/b", { why: "w", at }],
      ["a/a", { why: "w", at }],
    ] as const;
    expect(writeOrders({ ...noOrders, hold: new Map([one, two]) })).toBe(writeOrders({ ...noOrders, hold: new Map([two, one]) }));
  });

  it("are nothing where nobody ordered anything", () => {
    expect(writeOrders(noOrders)).toBeUndefined();
    expect(readOrders(undefined)).toEqual(noOrders);
  });

  it.each([
    ["no JSON", "{", "they are no JSON"],
    ["another version", '{"version":2}', "its version is 2"],
    ["null", "null", "its version is undefined"],
    ["an order without a reason", '{"version":1,"hold":{"a/b":{"at":"2026-11-21T10:00:00Z"}}}', 'hold["a/b"] has no why'],
    ["a list for a map", '{"version":1,"exclude":["a/b"]}', "exclude names no clusters"],
    ["a time that is none", '{"version":1,"pause":{"why":"x","at":"now"}}', "pause.at is no time"],
    ["an end that is none", '{"version":1,"pause":{"why":"x","at":"2026-11-21T10:00:00Z","until":1}}', "pause.until is no time"],
    ["nobody", '{"version":1,"pause":{"why":"x","by":1,"at":"2026-11-21T10:00:00Z"}}', "pause.by is no text"],
    ["no order", '{"version":1,"pause":true}', "pause is no order"],
  ])("that are %s are an error, not a guess", (_, text, why) => {
    expect(() => readOrders(text)).toThrow(expect.objectContaining({ reason: "BadOrders", message: expect.stringContaining(why) }));
  });

  it("end when they said they would", () => {
    expect(inForce(all, until - 1)).toEqual(all);
    expect(inForce(all, until)).toEqual({ hold: all.hold, exclude: all.exclude });
    expect(inForce(all, until + 1)).toEqual({ hold: all.hold, exclude: new Map() });
    expect(nextEnd(all, at)).toBe(until);
    expect(nextEnd(all, until)).toBe(until + 1);
    expect(nextEnd(all, until + 1)).toBeUndefined();
  });

  it("say who gave them, why, and until when", () => {
    expect(inWords(all.pause!)).toBe("ada: migration (until 2026-11-21T12:00:00.000Z)");
    expect(inWords(all.hold.get("fleet/paris")!)).toBe("a demo runs there");
  });
});
