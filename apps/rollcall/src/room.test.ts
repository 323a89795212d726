import { remove, type Leave } from "@rollcall/contract";
import type { Absence, Planned, Roll } from "@rollcall/sync";
import { expect, it } from "vitest";
import { roomGiven } from "./room.ts";

const leave: Leave = { drain: [{ ...remove, final: true }], release: [{ ...remove, final: true }] };
const guard = { room: 1, nextWindow: 600_000 };
const absence = (since: number, does?: string): Absence => ({
  cause: "unregistered",
  since,
  leaving: { way: "release", steps: "delete!", step: 0, since, ...(does !== undefined && { does }) },
});
const goes = (since: number): Planned => ({
  membership: { state: "leaving", absence: absence(since, "delete"), may: { take: leave.release[0]! } },
  changes: [],
  own: [],
});
const given = (since: Readonly<Record<string, number>>, roll: Partial<Roll>): Readonly<Record<string, string>> => {
  const all = new Map(Object.entries(since).map(([id, at]) => [id, goes(at)]));
  const found = roomGiven(all, { guard, leave, roll: { absences: new Map(), acked: new Set(), ...roll } });
  return Object.fromEntries([...found].map(([id, { membership }]) => [id, `${membership.state} ${membership.verdict?.reason ?? "-"}`]));
};

it("lets go first who has been missing for longest, and holds the others until the next window", () => {
  expect(given({ a: 3, b: 1, c: 2 }, {})).toEqual({ a: "missing GuardPaces", b: "missing -", c: "missing GuardPaces" });
});

it("takes no room for those to whom a person said yes, nor for those whom the roll calls leaving", () => {
  const absences = new Map([["b", absence(2, "delete")]]);
  expect(given({ a: 1, b: 2, c: 3 }, { acked: new Set(["a"]), absences })).toEqual({ a: "missing -", b: "leaving -", c: "missing -" });
});

it("takes nobody for leaving of whom the roll only says that a step was come to", () => {
  expect(given({ a: 1 }, { absences: new Map([["a", absence(1)]]) })).toEqual({ a: "missing -" });
});
