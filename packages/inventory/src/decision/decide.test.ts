import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Decision, type DecisionRule, type Slice } from "../index.ts";
import { fleetOf, ocmSlice, slice, unreadable } from "./slices.test.helper.ts";

const fleet = fleetOf(["fleet/a", "fleet/b", "fleet/c", "fleet/d", "south/a"]);

function one(slices: readonly Slice[], clusters: ReturnType<typeof fleetOf> = fleet, rule?: DecisionRule): Decision {
  const all = [...decide(slices, clusters, rule).values()];
  expect(all).toHaveLength(1);
  return all[0]!;
}

function went({ rows }: Decision): readonly string[] {
  return rows.map(
    ({ id, went }) => `${id} ${went.is === "dangling" ? went.why.reason : went.is === "duplicate" ? `as ${went.of}` : went.is}`,
  );
}

const part = (index: number | string, of: readonly string[], more: object = {}): Slice =>
  slice({ name: `k-${index}`, key: "k", index, of, ...more });

describe("slices become decisions", () => {
  it("that are the union of all with one key in one namespace and one API", () => {
    const slices = [
      part(0, ["a"]),
      part(1, ["b"]),
      slice({ name: "k-0", namespace: "south", key: "k", of: ["a"] }),
      slice({ name: "alone", placementKey: "p", of: ["c"] }),
      slice({ name: "alone-too", placementKey: "p", of: ["d"] }),
      slice({ name: "k", of: ["d"] }),
      ocmSlice({ name: "k-decision-1", key: "k", index: 0, of: ["b"] }),
    ];
    expect([...decide(slices, fleet)].map(([id, { called, named }]) => [id, called, [...named.keys()].join()])).toEqual([
      ["multicluster.x-k8s.io/fleet/key/k", "k", "fleet/a,fleet/b"],
      ["multicluster.x-k8s.io/south/key/k", "k", "south/a"],
      ["multicluster.x-k8s.io/fleet/name/alone", "alone", "fleet/c"],
      ["multicluster.x-k8s.io/fleet/name/alone-too", "alone-too", "fleet/d"],
      ["multicluster.x-k8s.io/fleet/name/k", "k", "fleet/d"],
      ["cluster.open-cluster-management.io/fleet/key/k", "k", "fleet/b"],
    ]);
  });

  it.each<{ when: string; names: readonly [string, (number | string)?][]; then: string }>([
    {
      when: "indexes are numbers, not texts",
      names: [
        ["x", 10],
        ["y", 9],
        ["z", 1],
      ],
      then: "z y x",
    },
    {
      when: "an index has zeros before it",
      names: [
        ["x", "010"],
        ["y", 2],
      ],
      then: "y x",
    },
    { when: "an index is missing or no number, it comes last", names: [["x"], ["y", "first"], ["z", 7]], then: "z x y" },
    {
      when: "indexes tie, names are sorted as a person would",
      names: [
        ["s-10", 1],
        ["s-9", 1],
        ["s-1", 1],
      ],
      then: "s-1 s-9 s-10",
    },
    { when: "names differ in zeros alone", names: [["s-1"], ["s-01"], ["s-1-b"]], then: "s-01 s-1 s-1-b" },
    { when: "names are part of each other", names: [["s-1-a"], ["s"], ["s-a"], ["s-1"]], then: "s s-1 s-1-a s-a" },
  ])("in order: $when", ({ names, then }) => {
    const slices = names.map(([name, index]) => slice({ name, key: "k", of: [], ...(index !== undefined && { index }) }));
    expect(
      one(slices)
        .slices.map(({ name }) => name)
        .join(" "),
    ).toBe(then);
    expect(
      one(slices.toReversed())
        .slices.map(({ name }) => name)
        .join(" "),
    ).toBe(then);
  });

  it("of those schedulers alone that the rule listens to", () => {
    const slices = [part(0, ["a"], { scheduler: "gpu" }), part(1, ["b"], { scheduler: "intruder" }), part(2, ["c"])];
    expect(one(slices, fleet, { schedulers: ["gpu"] }).clusters).toEqual(["fleet/a"]);
    expect(one(slices).clusters).toEqual(["fleet/a", "fleet/b", "fleet/c"]);
    const ocm = ocmSlice({ name: "k-decision-1", key: "k", of: ["a"] });
    expect(one([ocm], fleet, { schedulers: ["open-cluster-management"] }).rows).toHaveLength(1);
  });
});

describe("every line goes somewhere", () => {
  it("once, where it is named twice, in a slice or over slices; the first counts", () => {
    const decision = one([part(1, ["b", "a:late"]), part(0, ["a:first", "a:second", "c"])]);
    expect(went(decision)).toEqual(["fleet/a chosen", "fleet/a as fleet/a", "fleet/c chosen", "fleet/b chosen", "fleet/a as fleet/a"]);
    expect(decision.clusters).toEqual(["fleet/a", "fleet/c", "fleet/b"]);
    expect(decision.named.get("fleet/a")).toMatchObject({ reason: "first", slice: "k-0" });
  });

  it("once, where one member is named through two inventories; members without an id are never taken for another", () => {
    const same = { memberId: "m" };
    const clusters = fleetOf(["fleet/a", "south/a", "fleet/b", "fleet/c"], {
      "fleet/a": same,
      "south/a": same,
      "fleet/b": { memberId: "" },
    });
    expect(went(one([part(0, ["south/a", "b", "c", "a"])], clusters))).toEqual([
      "south/a chosen",
      "fleet/b chosen",
      "fleet/c chosen",
      "fleet/a as south/a",
    ]);
  });

  it("to another namespace where it says so, which is told", () => {
    expect(one([part(0, ["a", "south/a"])]).rows.map(({ isElsewhere }) => isElsewhere)).toEqual([false, true]);
  });

  it("nowhere, where nobody is found, and the others do not suffer for it", () => {
    const clusters = fleetOf(["fleet/a", "fleet/b"], { "fleet/b": { terminating: true } });
    const decision = one([part(0, ["gone", "A", "b", "a"])], clusters);
    expect(went(decision)).toEqual(["fleet/gone NoSuchProfile", '"fleet/A" BadReference', "fleet/b ProfileGoing", "fleet/a chosen"]);
    expect(decision).toMatchObject({ clusters: ["fleet/a"], state: { is: "complete" } });
  });

  it("to OCM's own profiles, where OCM names managed clusters", () => {
    const clusters = fleetOf(["fleet/a", "fleet/b", "south/c"], { "fleet/a": { manager: "open-cluster-management" } });
    const decision = one([ocmSlice({ name: "k-decision-1", key: "k", index: 0, of: ["a", "b", "c"] })], clusters);
    expect(went(decision)).toEqual(["fleet/a chosen", "fleet/b NotOcm", "fleet/c NoSuchProfile"]);
  });
});

describe("slices that cannot be all", () => {
  const ocm = (name: string, index: number): Slice => ocmSlice({ name, key: "k", index, of: ["a"] });

  it.each<{ when: string; slices: readonly Slice[]; then: string | undefined }>([
    { when: "none is missing", slices: [part(0, ["a"]), part(1, ["b"]), part(2, [])], then: undefined },
    { when: "indexes are shared", slices: [part(0, ["a"]), part(1, ["b"]), part(1, ["c"], { name: "k-1b" })], then: undefined },
    {
      when: "nobody says an index",
      slices: [slice({ name: "x", key: "k", of: ["a"] }), slice({ name: "y", key: "k", of: ["b"] })],
      then: undefined,
    },
    { when: "an index is missing", slices: [part(0, ["a"]), part(3, ["b"])], then: "IndexGap" },
    { when: "the first is missing", slices: [part(1, ["a"])], then: "IndexGap" },
    { when: "an index is beyond all reason", slices: [part(0, ["a"]), part("9".repeat(15), ["b"])], then: "IndexGap" },
    { when: "one stands alone, whatever its index", slices: [slice({ name: "x", index: 4, of: ["a"] })], then: undefined },
    { when: "revisions differ", slices: [part(0, ["a"], { revision: "1" }), part(1, ["b"], { revision: "2" })], then: "MixedRevisions" },
    { when: "one has no revision", slices: [part(0, ["a"], { revision: "1" }), part(1, ["b"])], then: "MixedRevisions" },
    { when: "revisions agree", slices: [part(0, ["a"], { revision: "1" }), part(1, ["b"], { revision: "1" })], then: undefined },
    { when: "one is being deleted", slices: [part(0, ["a"]), part(1, ["b"], { isGoing: true })], then: "SliceGoing" },
    { when: "the only one is being deleted", slices: [slice({ name: "x", of: ["a"], isGoing: true })], then: "SliceGoing" },
    { when: "one cannot be read", slices: [part(0, ["a"]), unreadable(part(1, ["b"]))], then: "UnreadableSlice" },
    {
      when: "OCM has created one and not written it",
      slices: [ocmSlice({ name: "k-decision-1", key: "k", index: 0 })],
      then: "UnreadableSlice",
    },
    { when: "OCM's names count on", slices: [ocm("k-decision-1", 0), ocm("k-decision-2", 1), ocm("k-decision-3", 1)], then: undefined },
    { when: "one of OCM's names is missing", slices: [ocm("k-decision-1", 0), ocm("k-decision-3", 0)], then: "IndexGap" },
    { when: "OCM's names are not OCM's", slices: [ocm("k-decision-x", 0), ocm("other-7", 0)], then: undefined },
  ])("when $when: $then", ({ slices, then }) => {
    const { state } = one(slices);
    expect(state.is === "incomplete" ? state.why.reason : undefined).toBe(then);
  });

  it("say which one is missing, and that nobody goes for it", () => {
    const { state } = one([part(0, ["a"]), part(3, ["b"])]);
    expect(state).toMatchObject({
      why: {
        message:
          'decision "k" in namespace fleet: the slice with index 1 is missing; nobody is let go until its scheduler has written all of it',
      },
    });
  });
});

describe("a decision for nobody", () => {
  it.each<{ when: string; slices: readonly Slice[]; then: boolean }>([
    { when: "it has no lines", slices: [part(0, [])], then: true },
    { when: "none of its slices has any", slices: [part(0, []), part(1, [])], then: true },
    { when: "one of its slices has one", slices: [part(0, []), part(1, ["a"])], then: false },
    { when: "nobody that it names is found", slices: [part(0, ["gone"])], then: false },
    { when: "a slice cannot be read", slices: [unreadable(part(0, []))], then: false },
  ])("when $when: $then", ({ slices, then }) => expect(one(slices).isEmpty).toBe(then));
});

describe("decisions of any slices", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c", "d", "south/a", "gone"), { maxLength: 6 });
  const key = fc.constantFrom("k", "l", undefined);
  const index = fc.constantFrom(undefined, "0", "1", "01", "9", "10", "x");
  const any = fc
    .uniqueArray(fc.record({ name: fc.constantFrom("x-1", "x-01", "x-10", "x-9", "y", "x-a1", "z"), key, index, of: names }), {
      selector: ({ name }) => name,
    })
    .map((all) => all.map(({ key, index, ...given }) => slice({ ...given, ...(key && { key }), ...(index && { index }) })));

  it("are the same in whatever order the slices come, and each time", () => {
    fc.assert(
      fc.property(any, fc.infiniteStream(fc.nat()), (slices, random) => {
        const keyed = slices.map((each) => [random.next().value, each] as const);
        const shuffled = keyed.sort(([a], [b]) => a - b).map(([, each]) => each);
        expect(decide(shuffled, fleet)).toEqual(decide(slices, fleet));
      }),
    );
  });

  it("choose each cluster once, in the order of their lines, and lose no line", () => {
    fc.assert(
      fc.property(any, (slices) => {
        for (const { slices: inOrder, rows, named, clusters } of decide(slices, fleet).values()) {
          const said = inOrder.flatMap(({ rows }) => (Array.isArray(rows) ? rows.map(({ id }: { id: string }) => id) : []));
          expect(rows.map(({ id }) => id)).toEqual(said);
          expect([...named.keys()]).toEqual([...new Set(said)]);
          expect(clusters).toEqual([...new Set(said)].filter((id) => fleet.has(id)));
        }
      }),
    );
  });
});
