import type { ClusterId } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGuard, guard, heldBy, spentWindow, type GuardInput, type GuardView } from "./guard.ts";
import { emptyRoll, type Absence, type Cause, type Roll, type Window } from "./roll.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const confirm = (digest: string): string => `rollcall ack argocd ${digest}`;

/** A list of so many clusters, of which some would leave; each in a namespace and with a manager of its own, unless said otherwise. */
interface Given {
  readonly count?: number;
  readonly missing?: readonly ClusterId[];
  readonly members?: readonly (readonly [ClusterId, string?])[];
  readonly cause?: Cause;
  readonly list?: string;
  readonly now?: number;
  readonly settings?: Partial<GuardInput["settings"]>;
  readonly window?: Window;
  readonly acked?: readonly ClusterId[];
  /** On hold by order. */
  readonly kept?: readonly ClusterId[];
  /** Of whom a person was asked before. */
  readonly asked?: readonly ClusterId[];
}

const named = (count: number, from = 0): readonly ClusterId[] => Array.from({ length: count }, (_, at) => `ns-${from + at}/c`);

function input(given: Given): GuardInput {
  const {
    count = 0,
    missing = [],
    members,
    cause = "deselected",
    list = "argocd",
    settings,
    window,
    acked = [],
    kept = [],
    asked = [],
  } = given;
  const absences = new Map<ClusterId, Absence>(asked.map((id) => [id, { cause, since: now, asked: asked.length }]));
  const roll: Roll = { ...emptyRoll, absences, ...(window && { window }), acked: new Set(acked) };
  return {
    list,
    confirm,
    now: given.now ?? now,
    settings: { ...defaultGuard, ...settings },
    roll,
    members: new Map(members?.map(([id, manager]) => [id, manager]) ?? named(count).map((id) => [id, undefined])),
    missing: new Map(missing.map((id) => [id, cause])),
    kept: new Set(kept),
  };
}

/** What the guard says to one of those who would leave: its reason, or that it may go. */
function says(given: Given, id: ClusterId = given.missing?.[0] ?? "ns-0/c"): string {
  const asked = input(given);
  return heldBy(guard(asked), id, asked)?.reason ?? "go";
}

/** How many go in one window when so many of a list want to, one after the other. */
function goInOneWindow(count: number, wanting: number): number {
  let window: Window | undefined;
  let staying = named(count);
  for (;;) {
    const asked = input({
      members: staying.map((id) => [id]),
      missing: staying.slice(0, wanting - count + staying.length),
      ...(window && { window }),
    });
    const view = guard(asked);
    const [id] = asked.missing.keys();
    if (id === undefined || heldBy(view, id, asked) !== undefined) return count - staying.length;
    window = { ...view.window, gone: [...view.window.gone, id] };
    staying = staying.filter((each) => each !== id);
  }
}

describe("how many may go in one window", () => {
  it.each([
    { count: 2, wanting: 1, go: 1 },
    { count: 3, wanting: 2, go: 1 },
    { count: 4, wanting: 1, go: 1 },
    { count: 5, wanting: 2, go: 1 },
    { count: 9, wanting: 4, go: 1 },
    { count: 10, wanting: 4, go: 2 },
    { count: 14, wanting: 6, go: 2 },
    { count: 15, wanting: 6, go: 3 },
    { count: 24, wanting: 11, go: 4 },
    { count: 25, wanting: 11, go: 5 },
    { count: 30, wanting: 14, go: 5 },
    { count: 1000, wanting: 400, go: 5 },
  ])("$go of $count, when $wanting want to", ({ count, wanting, go }) => expect(goInOneWindow(count, wanting)).toBe(go));

  it("whole percents are counted whole", () => {
    expect(guard(input({ count: 100, missing: named(1), settings: { max: 50, percent: 29 } })).room).toBe(29);
  });

  it("is one, whatever the percentage", () => {
    expect(guard(input({ count: 3, missing: named(1), settings: { percent: 0 } })).room).toBe(1);
  });

  it("says when the next may go", () => {
    const asked = input({ count: 30, missing: named(2), window: { since: now - 60_000, members: 30, groups: {}, gone: named(5, 90) } });
    expect(heldBy(guard(asked), "ns-0/c", asked)).toEqual({
      reason: "GuardPaces",
      message: '5 clusters left list "argocd" in this window; the next may go at 2026-11-21T10:09:00.000Z',
    });
  });
});

describe("a person has to look first", () => {
  it.each([
    { when: "the only one would leave", given: { count: 1, missing: named(1) }, then: "GuardHolds" },
    { when: "both would leave", given: { count: 2, missing: named(2) }, then: "GuardHolds" },
    { when: "one of two would leave", given: { count: 2, missing: named(1) }, then: "go" },
    { when: "two of three would leave", given: { count: 3, missing: named(2) }, then: "go" },
    { when: "one of four would leave", given: { count: 4, missing: named(1) }, then: "go" },
    { when: "half of four would leave", given: { count: 4, missing: named(2) }, then: "GuardHolds" },
    { when: "two of five would leave", given: { count: 5, missing: named(2) }, then: "go" },
    { when: "three of five would leave", given: { count: 5, missing: named(3) }, then: "GuardHolds" },
    { when: "half of a thousand would leave", given: { count: 1000, missing: named(500) }, then: "GuardHolds" },
    { when: "almost half of a thousand would leave", given: { count: 1000, missing: named(499) }, then: "go" },
    { when: "all of a thousand would leave", given: { count: 1000, missing: named(1000) }, then: "GuardHolds" },
    {
      when: "the last one would leave after the others went with a yes",
      given: { members: [["a/1"], ["a/2"]], missing: ["a/1", "a/2"], acked: ["a/1"] },
      then: "GuardHolds",
    },
  ] satisfies readonly { when: string; given: Given; then: string }[])("$when: $then", ({ given, then }) => {
    expect(says(given, given.missing.at(-1))).toBe(then);
  });

  it("says why, and what to do", () => {
    const asked = input({ count: 10, missing: named(6) });
    const view = guard(asked);
    expect(heldBy(view, "ns-0/c", asked)).toEqual({
      reason: "GuardHolds",
      message: expect.stringMatching(
        /^6 of 10 would leave, half or more \(6 missing from list "argocd"\); check the hub, then confirm digest [0-9a-f]{10}: /,
      ),
    });
    expect(heldBy(view, "ns-0/c", asked)!.message).toContain(confirm(view.digest));
  });

  it("has nothing to say of a list where nobody would leave, and of an empty one", () => {
    expect(guard(input({ count: 4 })).needsAck).toBeUndefined();
    expect(guard(input({ count: 0 })).needsAck).toBeUndefined();
  });
});

describe("a whole namespace or manager of three or more has to wait", () => {
  // Thirty others keep every other rule quiet.
  const others = named(30).map((id) => [id, "theirs"] as const);
  const lab = (count: number): readonly ClusterId[] => Array.from({ length: count }, (_, at) => `lab/${at}`);
  const spread = (count: number): readonly ClusterId[] => Array.from({ length: count }, (_, at) => `spread-${at}/c`);

  const rows = [
    { when: "all three of a namespace", members: lab(3).map((id) => [id] as const), missing: lab(3), then: "GuardHolds" },
    { when: "two of three of a namespace", members: lab(3).map((id) => [id] as const), missing: lab(2), then: "go" },
    { when: "both of a namespace of two", members: lab(2).map((id) => [id] as const), missing: lab(2), then: "go" },
    { when: "all three of a manager", members: spread(3).map((id) => [id, "ocm"] as const), missing: spread(3), then: "GuardHolds" },
    { when: "two of three of a manager", members: spread(3).map((id) => [id, "ocm"] as const), missing: spread(2), then: "go" },
    { when: "both of a manager of two", members: spread(2).map((id) => [id, "ocm"] as const), missing: spread(2), then: "go" },
    { when: "three whose manager nobody knows", members: spread(3).map((id) => [id] as const), missing: spread(3), then: "go" },
    {
      when: "three, when a person said yes to two",
      members: lab(3).map((id) => [id] as const),
      missing: lab(3),
      acked: lab(2),
      then: "GuardHolds",
    },
  ];
  it.each(rows)("$when: $then", ({ members, missing, acked, then }) => {
    const given: Given = { members: [...others, ...members], missing, ...(acked && { acked }) };
    expect(says(given, missing.at(-1))).toBe(then);
  });

  it("names it", () => {
    const asked = input({ members: [...others, ...lab(3).map((id) => [id] as const)], missing: lab(3) });
    expect(guard(asked).needsAck).toBe("all 3 clusters of namespace lab would leave");
  });

  it.each(["namespace", "manager"])("even when they go one by one: the last one of a %s in a window waits", (group) => {
    const ids = group === "namespace" ? lab(3) : spread(3);
    const all = [...others, ...ids.map((id) => [id, "ocm"] as const)];
    const first = guard(input({ members: all, missing: [ids[0]!] }));
    // Those who went are past the first harmful step, and so no longer among those whom the guard is told of.
    const window = { ...first.window, gone: ids.slice(0, 2) };
    expect(says({ members: [...others, [ids[2]!, "ocm"]], missing: [ids[2]!], window })).toBe("GuardHolds");
  });

  it("does not hold others when a person said yes to all of them", () => {
    const members = [...others, ...lab(3).map((id) => [id] as const)];
    expect(says({ members, missing: [...lab(3), "ns-7/c"], acked: lab(3) }, "ns-7/c")).toBe("go");
  });

  it("does not mind a newcomer who could not make it whole again", () => {
    const window = guard(input({ members: [...others, ...lab(3).map((id) => [id] as const)] })).window;
    const members = [...others, ...lab(4).map((id) => [id] as const)];
    expect(says({ members, missing: lab(3), window })).toBe("GuardHolds");
  });
});

describe("the window", () => {
  const full: Window = { since: now - 600_000, members: 30, groups: {}, gone: named(5, 90) };

  it.each([
    { when: "a moment before its ten minutes are over", at: now - 1, then: "GuardPaces" },
    { when: "when its ten minutes are over", at: now, then: "go" },
  ])("$when: $then", ({ at, then }) => expect(says({ count: 25, missing: named(1), window: full, now: at })).toBe(then));

  it("counts those who went as going, so that half cannot leave in two halves", () => {
    const window: Window = { since: now - 1000, members: 10, groups: {}, gone: named(3, 90) };
    const settings = { max: 100, percent: 100 };
    expect(says({ count: 7, missing: named(1), window, settings })).toBe("go");
    expect(says({ count: 7, missing: named(2), window, settings })).toBe("GuardHolds");
  });

  it("goes by the list as it stood when the window began", () => {
    const window: Window = { since: now - 1000, members: 5, groups: {}, gone: named(1, 90) };
    // With a thousand newcomers five could go; of the five who were there, one may.
    expect(says({ count: 1000, missing: named(1), window })).toBe("GuardPaces");
  });

  it("begins with what stands now, and names whole groups of three or more", () => {
    const members = [["a/1", "ocm"], ["a/2", "ocm"], ["a/3"], ["b/1", "ocm"], ["b/2"]] as const;
    expect(guard(input({ members })).window).toEqual({ since: now, members: 5, groups: { "namespace a": 3, "manager ocm": 3 }, gone: [] });
  });

  it("says when the next one begins", () => {
    expect(guard(input({ count: 3 })).nextWindow).toBe(now + 600_000);
    expect(guard(input({ count: 3, window: { ...full, since: now - 1000 } })).nextWindow).toBe(now + 599_000);
  });
});

describe("a person's yes", () => {
  it("lets those go whom it was about, whatever the rules", () => {
    const given: Given = { count: 4, missing: named(4), acked: named(4) };
    expect(named(4).map((id) => says(given, id))).toEqual(["go", "go", "go", "go"]);
  });

  it("lets nobody else go", () => {
    expect(says({ count: 4, missing: named(4), acked: named(3) }, "ns-3/c")).toBe("GuardHolds");
  });

  it("does not count in the window", () => {
    expect(says({ count: 10, missing: named(6), acked: named(5) }, "ns-5/c")).toBe("go");
  });

  const digest = (given: Given): string => guard(input({ count: 10, missing: named(6), ...given })).digest;
  it.each([
    { when: "one more would leave", given: { missing: named(7) } },
    { when: "one less would leave", given: { missing: named(5) } },
    { when: "another would leave instead", given: { missing: [...named(5), "ns-8/c"] } },
    { when: "they would leave for another cause", given: { cause: "unregistered" } },
    { when: "it is another list", given: { list: "batch" } },
    { when: "a yes to one of them was given already", given: { acked: ["ns-0/c"] } },
  ] satisfies readonly { when: string; given: Given }[])("is to one plan only: another digest when $when", ({ given }) => {
    expect(digest(given)).not.toBe(digest({}));
  });

  it.each([
    { when: "the order", given: { missing: named(6).toReversed() } },
    { when: "the time", given: { now: now + 60_000 } },
    { when: "who stays", given: { count: 11 } },
  ] satisfies readonly { when: string; given: Given }[])("is to that plan whatever $when", ({ given }) =>
    expect(digest(given)).toBe(digest({})),
  );
});

describe("whatever happens, in whatever order", () => {
  const ids = fc.integer({ min: 0, max: 39 }).map((at) => `ns-${at % 9}/c-${at}`);
  const event = fc.oneof(
    { arbitrary: ids.map((id) => ({ is: "wants to go" as const, id })), weight: 6 },
    { arbitrary: ids.map((id) => ({ is: "tries" as const, id })), weight: 8 },
    ids.map((id) => ({ is: "stays after all" as const, id })),
    ids.map((id) => ({ is: "joins" as const, id })),
    fc.constant({ is: "all are acked" as const }),
    { arbitrary: fc.integer({ min: 1, max: 400 }).map((seconds) => ({ is: "time" as const, seconds })), weight: 2 },
  );

  it("no window lets more go unseen than the smaller of five and a fifth, never half of four, and never the last", () => {
    const life = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.array(event, { maxLength: 150 }));
    fc.assert(
      fc.property(life, ([count, events]) => {
        let at = now;
        let window: Window | undefined;
        let acked = new Set<ClusterId>();
        const members = new Map<ClusterId, string>();
        const missing = new Map<ClusterId, Cause>();
        for (let each = 0; each < count; each += 1) members.set(`ns-${each % 9}/c-${each}`, `m-${each % 4}`);

        const attempt = (id: ClusterId): void => {
          const asked: GuardInput = {
            list: "toys",
            confirm,
            now: at,
            settings: defaultGuard,
            roll: { ...emptyRoll, ...(window && { window }), acked },
            members,
            missing,
          };
          const view: GuardView = guard(asked);
          if (heldBy(view, id, asked) !== undefined) return;
          members.delete(id);
          missing.delete(id);
          if (acked.delete(id)) return;
          window = { ...view.window, gone: [...view.window.gone, id] };
          expect(members.size).toBeGreaterThan(0);
          expect(window.gone.length).toBeLessThanOrEqual(Math.max(1, Math.min(5, Math.floor(window.members / 5))));
          const half = window.members < 4 ? Number.POSITIVE_INFINITY : window.members / 2;
          expect(new Set(window.gone).size).toBeLessThan(half);
        };

        for (const event of events) {
          if (event.is === "time") at += event.seconds * 1000;
          else if (event.is === "all are acked") acked = new Set(missing.keys());
          else if (event.is === "joins") members.set(event.id, "m-0");
          else if (event.is === "wants to go" && members.has(event.id)) missing.set(event.id, "deselected");
          else if (event.is === "tries" && missing.has(event.id)) attempt(event.id);
          else if (event.is === "stays after all" && missing.delete(event.id)) acked.delete(event.id);
        }
      }),
    );
  });
});

describe("a yes", () => {
  it("counts for the absence that it was given for, and for no later one that looks like it", () => {
    const at = (since: number) =>
      guard({
        ...input({ count: 1, missing: ["ns-0/c"] }),
        roll: { ...emptyRoll, absences: new Map([["ns-0/c", { cause: "deselected", since }]]) },
      }).digest;
    expect(at(now)).toBe(at(now));
    expect(at(now)).toBe(at(now - 1));
    expect(at(now)).not.toBe(at(now + 5000));
  });
});

describe("a roll that was lost", () => {
  it("lets nobody go for one window, since nobody knows who left just now", () => {
    const members = input({ count: 30 }).members;
    const window = spentWindow(now, members, defaultGuard);
    expect(says({ count: 30, missing: named(1), window })).toBe("GuardPaces");
    expect(says({ count: 30, missing: named(1), window, acked: named(1) })).toBe("go");
    expect(says({ count: 30, missing: named(1), window, now: now + 600_000 })).toBe("go");
  });
});

describe("a hold on some of those who would leave", () => {
  const eight = { count: 8, missing: named(3), kept: named(1, 3) };
  it("lets nobody else go who waits for a yes: half of eight is half of eight", () => expect(says(eight)).toBe("GuardHolds"));
  it("is no one who is left", () => expect(says({ count: 3, missing: named(2), kept: named(1, 2) })).toBe("GuardHolds"));
  it("is no one of a group who stays", () => {
    const members = [...named(3).map((id) => [id, "one"] as const), ...named(9, 3).map((id) => [id, "two"] as const)];
    expect(says({ members, missing: named(2), kept: named(1, 2) })).toBe("GuardHolds");
  });
  it("is not what a yes is about", () => {
    const view = (given: Given): GuardView => guard(input(given));
    expect(view(eight).digest).toBe(view({ count: 8, missing: named(3) }).digest);
    expect(says({ ...eight, acked: named(3) })).toBe("go");
  });
});

describe("those of whom a person was asked", () => {
  it("do not go because the list has grown, or a window begins anew", () => {
    const grown = { count: 13, missing: named(6) };
    expect(says(grown)).toBe("go");
    expect(says({ ...grown, asked: named(6) })).toBe("GuardHolds");
    expect(says({ ...grown, asked: named(6), acked: named(6) })).toBe("go");
    // When some of them are there again, it is another question.
    expect(says({ count: 13, missing: named(1), asked: named(6) })).toBe("go");
  });
});
