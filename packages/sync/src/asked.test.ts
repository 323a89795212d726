import type { ClusterId } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerPlacement, type Asked, type AskedInput } from "./asked.ts";
import { defaultGuard } from "./guard.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const some = (count: number, prefix = "c"): readonly ClusterId[] => Array.from({ length: count }, (_, at) => `${prefix}${at}/it`);
const of = (...ids: readonly ClusterId[]): Asked => ({ clusters: new Set(ids) });

interface Given {
  readonly before?: Asked;
  readonly named: readonly ClusterId[];
  /** Everybody who is spoken of, unless said otherwise. */
  readonly listed?: readonly ClusterId[];
  readonly ack?: string;
  readonly now?: number;
}

function input({ before, named, listed = [...(before?.clusters ?? []), ...named], ack, now: at = now }: Given): AskedInput {
  return {
    name: "argocd web",
    now: at,
    settings: defaultGuard,
    named: new Set(named),
    listed: new Map(listed.map((id) => [id, undefined])),
    ...(before && { before }),
    ...(ack !== undefined && { ack }),
  };
}

const answered = (given: Given): readonly ClusterId[] => [...answerPlacement(input(given)).asked.clusters].sort();

describe("a placement that somebody asks for", () => {
  it("is answered with whom its decision names and the list answers", () => {
    expect(answered({ named: some(3), listed: some(2) })).toEqual(some(2));
    expect(answerPlacement(input({ named: [] }))).toEqual({ asked: of(), usesAck: false });
  });

  it("moves at once from all of its clusters to others", () => {
    const moved = answerPlacement(input({ before: of(...some(10, "a")), named: some(10, "b") }));
    expect([...moved.asked.clusters].sort()).toEqual(some(10, "b"));
    expect(moved.asked.held).toBeUndefined();
  });

  it("loses at once whoever left the list, since the list's guard has let them go", () => {
    expect(answered({ before: of(...some(3)), named: some(3), listed: some(1) })).toEqual(some(1));
  });

  it("keeps everybody while it would lose half, until a person says yes to exactly that", () => {
    const given = { before: of(...some(4)), named: some(2) };
    const held = answerPlacement(input(given));
    expect([...held.asked.clusters]).toEqual(some(4));
    expect(held.asked.held?.why).toBe("2 of 4 would leave, half or more");
    const later = { ...given, before: held.asked, now: now + 3_600_000 };
    expect(answerPlacement(input(later)).asked.held?.digest).toBe(held.asked.held!.digest);
    expect(answered({ ...later, ack: "another" })).toEqual(some(4));
    expect(answerPlacement(input({ ...later, ack: held.asked.held!.digest! }))).toMatchObject({
      asked: { clusters: new Set(some(2)) },
      usesAck: true,
    });
  });

  it("keeps everybody while nobody would be left", () => {
    expect(answered({ before: of(...some(1)), named: [] })).toEqual(some(1));
  });

  it("loses as many as may go in a window, and the others in the next ones", () => {
    const first = answerPlacement(input({ before: of(...some(10)), named: some(10).slice(3) }));
    expect(first.asked.clusters.size).toBe(8);
    expect(first.asked.held?.why).toMatch(/^1 more would leave, and the next may at /);
    const again = { before: first.asked, named: some(10).slice(3) };
    expect(answered(again)).toHaveLength(8);
    expect(answered({ ...again, now: now + 600_001 })).toEqual(some(10).slice(3));
  });

  it("never loses more in a window than its guard lets go, whatever its decision says and however often it is asked", () => {
    const ids = some(12);
    const turns = fc.array(fc.record({ named: fc.subarray([...ids]), later: fc.nat(120_000) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.subarray([...ids], { minLength: 1 }), turns, (first, all) => {
        let [before, at] = [of(...first), now];
        for (const { named, later } of all) {
          at += later;
          const { asked } = answerPlacement(input({ before, named, listed: ids, now: at }));
          const stood = before.clusters.size;
          expect(asked.clusters.size).toBeGreaterThan(0);
          expect(stood - asked.clusters.size).toBeLessThanOrEqual(Math.max(1, Math.floor(stood * 0.2)));
          before = asked;
        }
      }),
    );
  });
});
