import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceDecisions, type Decision, type DecisionRule, decisionsAt, noDecisions, recalled, type Slice } from "../index.ts";
import { fleetOf, slice, unreadable } from "./slices.test.helper.ts";

const clusters = fleetOf(["a", "b", "c", "d", "e", "f"].map((name) => `fleet/${name}`));

/** What somebody writes at a second: a slice, or the name of one that is deleted. */
type Write = readonly [second: number, what: Slice | string];

/** What the one decision says at a second, after all that was written until then. */
function at(second: number, writes: readonly Write[], rule: DecisionRule = {}): Decision | undefined {
  let decisions = noDecisions(rule);
  for (const [when, what] of writes) {
    if (when > second) break;
    const seen = typeof what === "string" ? { id: `multicluster.x-k8s.io/fleet/${what}` } : { id: what.id, slice: what };
    decisions = advanceDecisions(decisions, { slices: [seen], clusters }, when * 1000).decisions;
  }
  return [...decisionsAt(decisions, second * 1000)][0];
}

function says(decision: Decision | undefined): string {
  if (decision === undefined) return "missing";
  const names = (of: Decision): string => of.clusters.map((id) => id.replace("fleet/", "")).join("");
  if (decision.state.is === "complete") return names(decision);
  const { why, until } = decision.state;
  const last = decision.last === undefined ? "" : `, was ${names(decision.last)}`;
  return `${names(decision)}? ${why.reason}${until === undefined ? "" : ` until ${until / 1000}`}${last}`;
}

const part = (index: number, of: string, more: object = {}): Slice =>
  slice({ name: `k-${index}`, key: "k", index, of: of.split(""), ...more });
const alone = (of: string): Slice => slice({ name: "k-0", of: of.split("") });

describe("a decision settles before anybody is let go for it", () => {
  it.each<{ when: string; writes: readonly Write[]; then: Readonly<Record<number, string>> }>([
    {
      when: "it stands alone, it is written at once",
      writes: [
        [0, alone("ab")],
        [9, alone("c")],
      ],
      then: { 0: "ab", 9: "c" },
    },
    { when: "it is new and small", writes: [[0, part(0, "ab")]], then: { 0: "ab? Settling until 3", 3: "ab" } },
    {
      when: "it is new and several",
      writes: [
        [0, part(0, "a")],
        [1, part(1, "b")],
      ],
      then: { 1: "ab? Settling until 31", 31: "ab" },
    },
    {
      when: "it is small and stays so",
      writes: [
        [0, part(0, "ab")],
        [9, part(0, "bc")],
      ],
      then: { 9: "bc? Settling until 12, was ab", 12: "bc" },
    },
    {
      when: "it only grows, it is not all written either",
      writes: [
        [0, part(0, "a")],
        [9, part(0, "ab")],
      ],
      then: { 9: "ab? Settling until 12, was a", 12: "ab" },
    },
    {
      when: "it is emptied",
      writes: [
        [0, part(0, "ab")],
        [9, part(0, "")],
      ],
      then: { 9: "? Settling until 12, was ab", 12: "" },
    },
    {
      when: "a slice is not there any more",
      writes: [
        [0, part(0, "a")],
        [0, part(1, "b")],
        [60, "k-1"],
      ],
      then: { 30: "ab", 60: "a? Settling until 90, was ab", 90: "a" },
    },
    {
      when: "a slice is deleted and written anew, nothing ever happened",
      writes: [
        [0, part(0, "a")],
        [0, part(1, "b")],
        [60, "k-1"],
        [80, part(1, "b")],
      ],
      then: { 79: "a? Settling until 90, was ab", 80: "ab", 95: "ab" },
    },
    {
      when: "all are deleted first and written anew slowly",
      writes: [
        [0, part(0, "a")],
        [0, part(1, "b")],
        [60, "k-0"],
        [61, "k-1"],
        [80, part(0, "c")],
        [100, part(1, "d")],
      ],
      then: {
        60: "b? IndexGap, was ab",
        61: "missing",
        80: "c? Settling until 110, was ab",
        100: "cd? Settling until 130, was ab",
        130: "cd",
      },
    },
    {
      when: "a cluster moves from one slice to another",
      writes: [
        [0, part(0, "ab")],
        [0, part(1, "c")],
        [60, part(0, "b")],
        [75, part(1, "ca")],
      ],
      then: { 60: "bc? Settling until 90, was abc", 75: "bca" },
    },
    {
      when: "only the order is another",
      writes: [
        [0, part(0, "ab")],
        [60, part(0, "ba")],
      ],
      then: { 60: "ba" },
    },
    {
      when: "each change begins the wait anew",
      writes: [
        [0, part(0, "a")],
        [2, part(0, "b")],
        [4, part(0, "c")],
      ],
      then: { 4: "c? Settling until 7", 6: "c? Settling until 7", 7: "c" },
    },
    {
      when: "what is written says nothing new",
      writes: [
        [0, part(0, "a")],
        [2, part(0, "a")],
      ],
      then: { 2: "a? Settling until 3", 3: "a" },
    },
    {
      when: "a small one may be becoming several",
      writes: [
        [0, part(0, "a")],
        [60, part(0, "b")],
        [61, part(1, "a")],
      ],
      then: { 60: "b? Settling until 63, was a", 61: "ba? Settling until 91, was a" },
    },
    {
      when: "an index is missing, for ever",
      writes: [
        [0, part(0, "ab")],
        [60, part(0, "a")],
        [60, part(2, "c")],
      ],
      then: { 9999: "ac? IndexGap, was ab" },
    },
    {
      when: "revisions differ, for ever",
      writes: [
        [0, part(0, "a", { revision: "1" })],
        [0, part(1, "b", { revision: "1" })],
        [60, part(0, "c", { revision: "2" })],
      ],
      then: { 9999: "cb? MixedRevisions, was ab" },
    },
    {
      when: "a slice cannot be read",
      writes: [
        [0, alone("ab")],
        [9, unreadable(alone(""))],
      ],
      then: { 9999: "? UnreadableSlice, was ab" },
    },
    {
      when: "it is being deleted, and is gone, and comes back",
      writes: [
        [0, alone("a")],
        [5, { ...alone("a"), terminating: true }],
        [6, "k-0"],
        [9, alone("b")],
      ],
      then: { 5: "a? SliceGoing, was a", 6: "missing", 9: "b" },
    },
    {
      when: "it was gone for more than an hour, it is new",
      writes: [
        [0, part(0, "a")],
        [0, part(1, "b")],
        [60, "k-0"],
        [60, "k-1"],
        [9000, slice({ name: "x", of: [] })],
        [9001, part(0, "a")],
      ],
      then: { 9001: "" },
    },
  ])("when $when", ({ writes, then }) => {
    for (const [second, expected] of Object.entries(then)) expect(says(at(Number(second), writes)), `at ${second}`).toBe(expected);
  });

  it("as a full slice alone, for another may follow", () => {
    const full = part(0, "", { of: Array.from({ length: 100 }, (_, at) => `n${at}`) });
    expect(at(29, [[0, full]])?.state).toMatchObject({ is: "incomplete", until: 30_000 });
    expect(at(30, [[0, full]])?.state).toEqual({ is: "complete" });
  });

  it.each<{ when: string; answered: readonly string[]; writes: readonly Write[]; then: string }>([
    { when: "it names just those, it is complete", answered: ["a", "b"], writes: [[0, part(0, "ba")]], then: "ba" },
    { when: "it names fewer", answered: ["a", "b"], writes: [[0, part(0, "a")]], then: "a? Settling until 3" },
    { when: "it names another", answered: ["a", "b"], writes: [[0, part(0, "ac")]], then: "ac? Settling until 3" },
    { when: "it names more", answered: ["a"], writes: [[0, part(0, "ab")]], then: "ab? Settling until 3" },
    { when: "it cannot be all", answered: ["a", "b"], writes: [[0, part(1, "ab")]], then: "ab? IndexGap" },
  ])("anew after a restart, unless somebody remembers whom it named: $when", ({ answered, writes, then }) => {
    expect(says(recalled(at(0, writes)!, new Set(answered.map((name) => `fleet/${name}`))))).toBe(then);
  });

  it("for as long as its rule says", () => {
    const rule = { settle: { one: 1, several: 5 } };
    expect(says(at(0, [[0, part(0, "a")]], rule))).toBe("a? Settling until 1");
    expect(
      says(
        at(
          0,
          [
            [0, part(0, "a")],
            [0, part(1, "b")],
          ],
          rule,
        ),
      ),
    ).toBe("ab? Settling until 5");
  });
});

describe("while slices are rewritten one by one", () => {
  const letters = "abcdef".split("");
  /** Clusters dealt out to a few slices, as a scheduler would: each once. */
  const dealt = fc
    .tuple(fc.subarray(letters), fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat({ max: 3 })))
    .map(([names, count, places]) => {
      const slices = Array.from({ length: count }, (): string[] => []);
      for (const name of names) slices[(places.next().value as number) % count]!.push(name);
      return slices;
    });
  type Dealt = readonly (readonly string[])[];
  const setOf = (dealt: Dealt): string => dealt.flat().sort().join("");
  const write = (of: Dealt, revision?: string): readonly (readonly [string, Slice])[] =>
    of.map((names, index) => [`k-${index}`, part(index, names.join(""), revision === undefined ? {} : { revision })]);

  /** All writes that turn one into the other, in any order, with some seconds between them. */
  function rewriting(
    was: Dealt,
    is: Dealt,
    order: () => number,
    pause: () => number,
    revisions: readonly [string?, string?],
  ): readonly Write[] {
    const gone = was.slice(is.length).map((_, at) => [`k-${is.length + at}`, `k-${is.length + at}`] as const);
    const said = new Set(write(was, revisions[0]).map((each) => JSON.stringify(each)));
    // What says nothing new is no write, and no sign that somebody is still at it.
    const news = write(is, revisions[1]).filter((each) => !said.has(JSON.stringify(each)));
    const next = [...news, ...gone].map((each) => [order(), each] as const);
    const begins: Write[] = write(was, revisions[0]).map(([, slice]) => [0, slice]);
    let second = 100;
    return [...begins, ...next.sort(([a], [b]) => a - b).map(([, [, what]]): Write => [(second += pause()), what])];
  }

  /** Every set that somebody who asks all the time is told of. */
  function told(writes: readonly Write[]): ReadonlySet<string> {
    const moments = writes.flatMap(([second]) => [second, second + 1, second + 29]).filter((second) => second >= 100);
    const seen = [...moments, 9999].map((second) => {
      const decision = at(second, writes);
      const said = decision?.state.is === "complete" ? decision : decision?.last;
      return said?.clusters
        .map((id) => id.replace("fleet/", ""))
        .sort()
        .join("");
    });
    return new Set(seen.filter((each) => each !== undefined));
  }

  const stream = fc.infiniteStream(fc.nat());

  it("a reader sees the one set or the other and nothing in between, as long as nobody dawdles", () => {
    fc.assert(
      fc.property(dealt, dealt, stream, stream, (was, is, order, pauses) => {
        // Between small and several a pause must not be long enough to look like the end.
        const longest = was.length > 1 ? 29 : 2;
        const writes = rewriting(
          was,
          is,
          () => order.next().value,
          () => pauses.next().value % (longest + 1),
          [],
        );
        expect([setOf(was), setOf(is)]).toEqual(expect.arrayContaining([...told(writes)]));
        expect(says(at(9999, writes))).not.toContain("?");
      }),
    );
  });

  it("and with revisions however long it takes, as long as the number of slices stays", () => {
    fc.assert(
      fc.property(dealt, dealt, stream, stream, (was, is, order, pauses) => {
        const same = was.map((_, at) => is[at] ?? []);
        const writes = rewriting(
          was,
          same,
          () => order.next().value,
          () => pauses.next().value % 999,
          ["1", "2"],
        );
        expect([setOf(was), setOf(same)]).toEqual(expect.arrayContaining([...told(writes)]));
      }),
    );
  });
});
