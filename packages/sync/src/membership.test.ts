import { final, firstHarm, refusal, remove, type Leave } from "@rollcall/contract";
import { toy } from "@rollcall/testing";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  defaultRemovals,
  isPastHarm,
  membership,
  stepDone,
  type Choice,
  type Membership,
  type MembershipInput,
  type Removals,
} from "./membership.ts";
import { readRoll, writeRoll, type Absence, type Cause, type Leaving } from "./roll.ts";

const leave = toy.leave({ namespace: "toys" });
const steps = { drain: "untilUnused relabel! outOfAnswers dropFromIndex wait delete", release: "delete! outOfAnswers" };

const now = Date.parse("2026-11-21T10:00:00Z");
const minute = 60_000;

const chosen: Choice = { is: "chosen" };
const unknown: Choice = { is: "unknown", why: refusal("HubUnread", "the hub has not answered yet") };
const notChosen = (cause: Cause): Choice => ({ is: "not chosen", cause });
const unwell = refusal("NotHealthy", "it is not well");
const refused = refusal("NoProvider", "nobody knows how to log in");
const guardHolds = refusal("GuardHolds", "too many at once");

/** One look; what is not given is a member that is chosen, can be reached and need not fear the guard. */
function look(given: Partial<MembershipInput>): Membership {
  return membership({
    now,
    choice: chosen,
    stands: true,
    isSame: true,
    removals: defaultRemovals,
    leave,
    guard: () => undefined,
    ...given,
  });
}

/** Missing since so many minutes, and perhaps on its way. */
function missing(cause: Cause, ago: number, on?: Partial<Leaving>): Absence {
  const [since, way] = [now - ago * minute, on?.way ?? "drain"];
  return { cause, since, ...(on && { leaving: { way, steps: steps[way], step: 0, since, ...on } }) };
}

/** An outcome in words: the state, the verdict's reason, what may be done, in how many milliseconds to look again. */
function told({ state, verdict, may, again }: Membership): string {
  const what = typeof may === "object" ? may.take.does : may === "write" ? "write" : undefined;
  return [state, verdict?.reason, what, again].filter((word) => word !== undefined).join(" ");
}

/** What the roll is to say, in words: cause, minutes since, way, step, and the step's name once it is begun. */
function noted({ absence }: Membership): string | undefined {
  if (absence === undefined) return undefined;
  const { cause, since, leaving } = absence;
  const on = leaving && [leaving.way, leaving.step, leaving.does].filter((word) => word !== undefined).join(" ");
  return [cause, (now - since) / minute, on].filter((word) => word !== undefined).join(" ");
}

describe("every state meets every choice", () => {
  const columns = ["chosen", "refused", "another", "deselected", "unregistered", "unhealthy", "unknown"] as const;
  const choices: Readonly<Record<(typeof columns)[number], Partial<MembershipInput>>> = {
    chosen: {},
    refused: { refused },
    another: { isSame: false },
    deselected: { choice: notChosen("deselected") },
    unregistered: { choice: notChosen("unregistered") },
    unhealthy: { choice: notChosen("unhealthy") },
    unknown: { choice: unknown },
  };
  const missingAgain = "member write | member NoProvider | missing Replaced 3600000";
  const nothing = { stands: false } as const;

  // In the order of the columns: who is chosen, who is not; what is to come of an hour's grace or ten minutes' is told in milliseconds.
  const rows: readonly (readonly [was: string, given: Partial<MembershipInput>, isChosen: string, isNot: string])[] = [
    ["nobody", nothing, "newcomer write | newcomer NoProvider | newcomer write", "gone | gone | gone | newcomer HubUnread 10000"],
    ["a member", {}, missingAgain, "missing 600000 | missing 3600000 | missing Kept | member HubUnread 10000"],
    [
      "missing, in its grace",
      { absence: missing("deselected", 5) },
      missingAgain,
      "missing 300000 | missing 3600000 | missing Kept | missing HubUnread 10000",
    ],
    [
      "missing, its grace over",
      { absence: missing("deselected", 60) },
      missingAgain,
      "missing untilUnused | missing 3600000 | missing Kept | missing HubUnread 10000",
    ],
    [
      "missing, waiting quietly",
      { absence: missing("deselected", 60, { step: 0, does: "untilUnused" }) },
      missingAgain,
      "missing untilUnused | missing 3600000 | missing Kept | missing HubUnread 10000",
    ],
    [
      "missing, right before the first harm",
      { absence: missing("deselected", 60, { step: 1 }) },
      missingAgain,
      "leaving relabel | missing 3600000 | missing Kept | missing HubUnread 10000",
    ],
    [
      "leaving, being relabelled",
      { absence: missing("deselected", 60, { step: 1, does: "relabel" }) },
      "member write | leaving NoProvider | leaving Replaced relabel",
      "leaving relabel | leaving relabel | leaving relabel | leaving HubUnread 10000",
    ],
    [
      "leaving, relabelled",
      { absence: missing("deselected", 60, { step: 2 }) },
      "member write | leaving NoProvider | leaving Replaced outOfAnswers",
      "leaving outOfAnswers | leaving outOfAnswers | leaving outOfAnswers | leaving HubUnread 10000",
    ],
    [
      "leaving, out of answers",
      { absence: missing("deselected", 60, { step: 3 }) },
      "member write | leaving NoProvider | leaving Replaced dropFromIndex",
      "leaving dropFromIndex | leaving dropFromIndex | leaving dropFromIndex | leaving HubUnread 10000",
    ],
    [
      "leaving, being dropped from the index",
      { absence: missing("deselected", 60, { step: 3, does: "dropFromIndex" }) },
      "leaving dropFromIndex | leaving NoProvider | leaving Replaced dropFromIndex",
      "leaving dropFromIndex | leaving dropFromIndex | leaving dropFromIndex | leaving HubUnread 10000",
    ],
    [
      "leaving, waiting after the drop",
      { absence: missing("deselected", 60, { step: 4, does: "wait" }) },
      "leaving wait | leaving NoProvider | leaving Replaced wait",
      "leaving wait | leaving wait | leaving wait | leaving HubUnread 10000",
    ],
    [
      "leaving after the drop, being deleted",
      { absence: missing("deselected", 60, { step: 5, does: "delete" }) },
      "leaving delete | leaving NoProvider | leaving Replaced delete",
      "leaving delete | leaving delete | leaving delete | leaving HubUnread 10000",
    ],
    [
      "leaving, deleted",
      { ...nothing, absence: missing("deselected", 60, { step: 5, does: "delete" }) },
      "leaving delete | leaving delete | leaving delete",
      "leaving delete | leaving delete | leaving delete | leaving HubUnread 10000",
    ],
    [
      "drained, no step left",
      { ...nothing, absence: missing("deselected", 60, { step: 6 }) },
      "gone 1 | gone 1 | gone 1",
      "gone | gone | gone | leaving HubUnread 10000",
    ],
    [
      "being released, and nothing came of it yet",
      { absence: missing("unregistered", 120, { way: "release", step: 0, does: "delete" }) },
      "member write | leaving NoProvider | leaving Replaced delete",
      "missing 600000 | leaving delete | missing Kept | leaving HubUnread 10000",
    ],
    [
      "being released, its objects gone",
      { ...nothing, absence: missing("unregistered", 120, { way: "release", step: 0, does: "delete" }) },
      "leaving delete | leaving delete | leaving delete",
      "leaving delete | leaving delete | leaving delete | leaving HubUnread 10000",
    ],
    [
      "being released, still in answers",
      { ...nothing, absence: missing("unregistered", 120, { way: "release", step: 1 }) },
      "leaving outOfAnswers | leaving outOfAnswers | leaving outOfAnswers",
      "leaving outOfAnswers | leaving outOfAnswers | leaving outOfAnswers | leaving HubUnread 10000",
    ],
    [
      "missing, and somebody deleted its objects",
      { ...nothing, absence: missing("deselected", 60) },
      "newcomer write | newcomer NoProvider | newcomer write",
      "gone | gone | gone | missing HubUnread 10000",
    ],
  ];

  const cells = rows.flatMap(([was, given, ...then]) => {
    const words = then.join(" | ").split(" | ");
    return columns.map((column, at) => ({ was, column, then: words[at], input: { ...given, ...choices[column] } }));
  });
  it.each(cells)("$was, now $column: $then", ({ input, then }) => expect(told(look(input))).toBe(then));
});

describe("what the roll is to say", () => {
  const rows: readonly { readonly when: string; readonly given: Partial<MembershipInput>; readonly then: string | undefined }[] = [
    { when: "a newcomer joins", given: { stands: false }, then: undefined },
    { when: "a member stays", given: {}, then: undefined },
    { when: "a member cannot be reached", given: { refused }, then: undefined },
    { when: "a member is deselected", given: { choice: notChosen("deselected") }, then: "deselected 0" },
    {
      when: "it is still deselected",
      given: { choice: notChosen("deselected"), absence: missing("deselected", 5) },
      then: "deselected 5",
    },
    { when: "it blinked: it is chosen again", given: { absence: missing("unregistered", 5) }, then: undefined },
    { when: "it is chosen again and cannot be reached", given: { refused, absence: missing("deselected", 60) }, then: undefined },
    {
      when: "its profile is deleted while it is deselected: a new grace",
      given: { choice: notChosen("unregistered"), absence: missing("deselected", 60, { step: 0, does: "untilUnused" }) },
      then: "unregistered 0",
    },
    { when: "nothing is known of it", given: { choice: unknown, absence: missing("deselected", 60) }, then: "deselected 60" },
    {
      when: "its grace is over",
      given: { choice: notChosen("deselected"), absence: missing("deselected", 60) },
      then: "deselected 60 drain 0 untilUnused",
    },
    {
      when: "the guard lets it go",
      given: { choice: notChosen("deselected"), absence: missing("deselected", 60, { step: 1 }) },
      then: "deselected 60 drain 1 relabel",
    },
    {
      when: "the guard holds it",
      given: { choice: notChosen("deselected"), absence: missing("deselected", 60, { step: 1 }), guard: () => guardHolds },
      then: "deselected 60 drain 1",
    },
    {
      when: "the guard holds it at its very first step",
      given: { choice: notChosen("unregistered"), absence: missing("unregistered", 60), guard: () => guardHolds },
      then: "unregistered 60",
    },
    {
      when: "it is chosen again while it can be taken back",
      given: { absence: missing("deselected", 60, { step: 2, does: "outOfAnswers" }) },
      then: undefined,
    },
    {
      when: "it is chosen again too late",
      given: { absence: missing("deselected", 60, { step: 3, does: "dropFromIndex" }) },
      then: "deselected 60 drain 3 dropFromIndex",
    },
    {
      when: "its cause changes too late",
      given: { choice: notChosen("unregistered"), absence: missing("deselected", 60, { step: 3, does: "dropFromIndex" }) },
      then: "deselected 60 drain 3 dropFromIndex",
    },
    {
      when: "its health is being counted anew, after a restart",
      given: { choice: { is: "chosen", newcomer: unwell }, absence: missing("unhealthy", 60, { way: "release", step: 0, does: "delete" }) },
      then: "unhealthy 60 release 0 delete",
    },
    {
      when: "it is chosen, cannot join now and was deselected before",
      given: { choice: { is: "chosen", newcomer: unwell }, absence: missing("deselected", 60) },
      then: undefined,
    },
    { when: "it is gone", given: { stands: false, absence: missing("deselected", 60, { step: 6 }) }, then: undefined },
    { when: "another cluster bears its name", given: { isSame: false }, then: "unregistered 0" },
  ];
  it.each(rows)("when $when: $then", ({ given, then }) => expect(noted(look(given))).toBe(then));

  it("remembers the manager of a profile that is deleted while it is deselected", () => {
    const absence: Absence = { ...missing("deselected", 5), manager: "ocm" };
    expect(look({ choice: notChosen("unregistered"), absence }).absence).toEqual({ cause: "unregistered", since: now, manager: "ocm" });
  });
});

describe("each cause goes the way that the config says", () => {
  const ways = { drain: "missing untilUnused", release: "leaving delete", keep: "missing Kept" } as const;
  const rows = (["deselected", "unregistered", "unhealthy"] as const).flatMap((cause) =>
    (["drain", "release", "keep"] as const).map((then) => ({ cause, then, outcome: ways[then] })),
  );

  it.each(rows)("$cause: $then, when its grace is over", ({ cause, then, outcome }) => {
    const removals: Removals = { ...defaultRemovals, [cause]: { then, after: 300 } };
    expect(told(look({ choice: notChosen(cause), removals, absence: missing(cause, 5) }))).toBe(outcome);
  });

  it.each(rows.filter(({ then }) => then !== "keep"))("$cause: $then, and nothing before", ({ cause, then }) => {
    const removals: Removals = { ...defaultRemovals, [cause]: { then, after: 301 } };
    expect(told(look({ choice: notChosen(cause), removals, absence: missing(cause, 5) }))).toBe("missing 1000");
  });

  it("waits ten minutes to drain and an hour to release, and keeps the unhealthy", () => {
    const { deselected, unregistered, unhealthy } = defaultRemovals;
    expect([deselected, unregistered, unhealthy.then]).toEqual([{ then: "drain", after: 600 }, { then: "release", after: 3600 }, "keep"]);
  });

  it("without any grace it is noted as missing first, so that the guard counts it", () => {
    const removals: Removals = { ...defaultRemovals, unregistered: { then: "release", after: 0 } };
    const guard = vi.fn<MembershipInput["guard"]>();
    const first = look({ isSame: false, removals, guard });
    expect([told(first), noted(first)]).toEqual(["missing Replaced 1", "unregistered 0"]);
    expect(guard).not.toHaveBeenCalled();
    expect(told(look({ isSame: false, removals, guard, absence: first.absence! }))).toBe("leaving Replaced delete");
  });

  it("begins anew when the config changes the way during a quiet wait", () => {
    const removals: Removals = { ...defaultRemovals, deselected: { then: "release", after: 600 } };
    const absence = missing("deselected", 60, { step: 0, does: "untilUnused" });
    expect(noted(look({ choice: notChosen("deselected"), removals, absence }))).toBe("deselected 60 release 0 delete");
  });

  it("keeps its way once it is leaving, whatever the config says now", () => {
    const removals: Removals = { ...defaultRemovals, deselected: { then: "keep", after: 0 } };
    const absence = missing("deselected", 60, { step: 2, does: "outOfAnswers" });
    expect(told(look({ choice: notChosen("deselected"), removals, absence }))).toBe("leaving outOfAnswers");
  });
});

describe("a credential that fails", () => {
  const gone = { choice: notChosen("deselected"), refused } as const;

  it.each([
    { when: "before a drain has begun", absence: missing("deselected", 60), then: "missing NoProvider" },
    { when: "during its quiet wait", absence: missing("deselected", 60, { does: "untilUnused" }), then: "missing NoProvider" },
    { when: "right before its first harm", absence: missing("deselected", 60, { step: 1 }), then: "missing NoProvider" },
  ])("stops a drain $when", ({ absence, then }) => expect(told(look({ ...gone, absence }))).toBe(then));

  it("stops the drain of an unhealthy one too", () => {
    const removals: Removals = { ...defaultRemovals, unhealthy: { then: "drain", after: 0 } };
    expect(told(look({ choice: notChosen("unhealthy"), refused, removals, absence: missing("unhealthy", 1) }))).toBe("missing NoProvider");
  });

  it("does not stop a drain that the consumer has felt already", () => {
    expect(told(look({ ...gone, absence: missing("deselected", 60, { step: 2 }) }))).toBe("leaving outOfAnswers");
  });

  it("never stops a release", () => {
    const removals: Removals = { ...defaultRemovals, deselected: { then: "release", after: 0 } };
    expect(told(look({ ...gone, removals, absence: missing("deselected", 1) }))).toBe("leaving delete");
  });

  it("gives the next absence a grace of its own, when it was chosen in between", () => {
    const between = look({ refused, absence: missing("deselected", 60) });
    const { absence } = between;
    expect(told(look({ choice: notChosen("deselected"), ...(absence && { absence }) }))).toBe("missing 600000");
  });
});

describe("the guard", () => {
  const gone = { choice: notChosen("deselected") } as const;
  const asked = (given: Partial<MembershipInput>): { readonly times: number; readonly then: string } => {
    const guard = vi.fn<MembershipInput["guard"]>(() => guardHolds);
    const then = told(look({ ...gone, guard, ...given }));
    return { times: guard.mock.calls.length, then };
  };

  it.each([
    { when: "in its grace", absence: missing("deselected", 5), times: 0, then: "missing 300000" },
    { when: "waiting quietly", absence: missing("deselected", 60), times: 0, then: "missing untilUnused" },
    { when: "right before the first harm", absence: missing("deselected", 60, { step: 1 }), times: 1, then: "missing GuardHolds" },
    { when: "past it", absence: missing("deselected", 60, { step: 1, does: "relabel" }), times: 0, then: "leaving relabel" },
    { when: "later, between two steps", absence: missing("deselected", 60, { step: 4 }), times: 0, then: "leaving wait" },
  ])("is asked $times times about one that is $when", ({ absence, times, then }) => expect(asked({ absence })).toEqual({ times, then }));

  it("is asked again after a member came back", () => {
    const back = look({ absence: missing("deselected", 60, { step: 1, does: "relabel" }) });
    expect(back.absence).toBeUndefined();
    expect(asked({ absence: missing("deselected", 60, { step: 1 }) }).times).toBe(1);
  });

  it("is not asked again after a restart", () => {
    const begun = look({ ...gone, absence: missing("deselected", 60, { step: 1 }) }).absence!;
    const text = writeRoll({ absences: new Map([["fleet/paris", begun]]), acked: new Set() });
    const { absences } = readRoll(text);
    expect(asked({ absence: absences.get("fleet/paris")! })).toEqual({ times: 0, then: "leaving relabel" });
  });

  it("stands before the first step where no step is marked as harmful", () => {
    const unmarked: Leave = { drain: [remove], release: [remove] };
    expect(asked({ leave: unmarked, absence: missing("deselected", 60) })).toEqual({ times: 1, then: "missing GuardHolds" });
  });
});

describe("an upgrade that brings other steps", () => {
  const [quiet, relabelled, ...others] = leave.drain;
  const upgraded: Leave = { ...leave, drain: [relabelled!, ...others] };
  const slower: Leave = { ...leave, drain: [quiet!, quiet!, relabelled!, ...others] };
  const renamed: Leave = { ...leave, drain: [{ ...relabelled!, ...remove }, ...others] };

  it.each([
    { when: "a quiet wait would now be past harm", leave: upgraded, on: { step: 1 } },
    { when: "the step that is begun has become the harmful one", leave: renamed, on: { step: 0, does: "untilUnused" } },
    { when: "a leaving that had begun would now be quiet", leave: slower, on: { step: 1, does: "relabel" } },
    { when: "a wait would be jumped over", leave: upgraded, on: { step: 3 } },
    { when: "the roll does not say which steps they were", leave, on: { step: 3, steps: "" } },
  ])("begins the leaving anew, guard and all: $when", ({ leave, on }) => {
    const absence = missing("deselected", 60, on);
    expect(isPastHarm(absence, leave)).toBe(false);

    const guard = vi.fn<MembershipInput["guard"]>(() => guardHolds);
    const outcome = look({ choice: notChosen("deselected"), leave, absence, guard });
    const isHarmFirst = firstHarm(leave.drain) === 0;
    expect(guard).toHaveBeenCalledTimes(isHarmFirst ? 1 : 0);
    expect(told(outcome)).toBe(isHarmFirst ? "missing GuardHolds" : "missing untilUnused");
  });

  it("leaves nothing of it behind while nothing is known", () => {
    const absence = missing("deselected", 60, { step: 2 });
    expect(noted(look({ choice: unknown, leave: upgraded, absence }))).toBe("deselected 60");
  });
});

describe("one that is chosen again while it is deleted kind by kind", () => {
  const kinds: Leave = { ...leave, release: [final({ does: "delete", kind: "ConfigMap" }), { does: "delete", kind: "Secret" }] };
  const on = (step: number): Absence => missing("unregistered", 120, { way: "release", steps: "delete! delete", step, does: "delete" });

  it("stays while nothing came of it", () => expect(told(look({ leave: kinds, absence: on(0) }))).toBe("member write"));

  it("goes on once the first kind is gone", () => expect(told(look({ leave: kinds, absence: on(1) }))).toBe("leaving delete"));
});

describe("a step that is done", () => {
  it("is followed by the next one, which is not begun", () => {
    const absence = missing("deselected", 60, { step: 1, does: "relabel" });
    expect(stepDone(absence, now)).toEqual({ ...absence, leaving: { way: "drain", steps: steps.drain, step: 2, since: now } });
  });

  it("is no step of one that is not on its way", () => {
    const absence = missing("deselected", 5);
    expect(stepDone(absence, now)).toBe(absence);
  });

  it("takes a drain through all of them, and the cluster is gone", () => {
    const seen: string[] = [];
    let absence: Absence | undefined = missing("deselected", 60);
    for (let at = 0; absence !== undefined && at < 20; at += 1) {
      const outcome = look({ choice: notChosen("deselected"), stands: seen.at(-1) !== "leaving delete", absence });
      seen.push(told(outcome));
      absence = outcome.absence && stepDone(outcome.absence, now);
    }
    expect(seen).toEqual([
      "missing untilUnused",
      "leaving relabel",
      "leaving outOfAnswers",
      "leaving dropFromIndex",
      "leaving wait",
      "leaving delete",
      "gone",
    ]);
  });
});

describe("whatever happens, in whatever order", () => {
  const [quiet, relabelled, ...others] = leave.drain;
  const leaves: readonly Leave[] = [
    leave,
    { ...leave, drain: [relabelled!, quiet!, ...others] },
    { ...leave, drain: [quiet!, ...leave.drain] },
  ];
  const policies: readonly Removals[] = [
    defaultRemovals,
    { deselected: { then: "drain", after: 0 }, unregistered: { then: "drain", after: 60 }, unhealthy: { then: "drain", after: 30 } },
    { deselected: { then: "release", after: 5 }, unregistered: { then: "keep", after: 0 }, unhealthy: { then: "release", after: 0 } },
  ];

  /** What a list, a hub and a consumer do around membership, as small as can be. */
  interface World {
    now: number;
    choice: Choice;
    isRefused: boolean;
    /** Which cluster the hub means by the name, and which one stands on the list. */
    meant: number;
    stands: number | undefined;
    guardSays: "yes" | "no";
    leave: Leave;
    removals: Removals;
    absence: Absence | undefined;
    /** Whether steps come to their end, or wait. */
    isDone: boolean;
    // What the world itself remembers, to judge by.
    saidYes: boolean;
    story: { readonly cause: Cause; readonly since: number } | undefined;
  }

  /** A cluster that is not what stands there is as good as unregistered; of one that is unread nothing is known. */
  function follow(world: World): void {
    const { choice, isRefused, stands, meant, story, absence, leave } = world;
    const { way, step } = absence?.leaving ?? {};
    // Who is leaving has had its grace, whatever becomes the cause meanwhile; a delete that nothing came of is no leaving.
    const isUntouched = way !== undefined && stands !== undefined && leave[way][step!]?.does === "delete" && step === firstHarm(leave[way]);
    if (choice.is === "unknown" || (absence && isPastHarm(absence, leave) && !isUntouched)) return;
    const isAnother = stands !== undefined && stands !== meant && !isRefused;
    const cause = choice.is === "not chosen" ? choice.cause : isAnother ? "unregistered" : undefined;
    if (cause === undefined) world.story = undefined;
    else if (cause !== story?.cause) world.story = { cause, since: world.now };
  }

  /** A pass: look, remember, write or take the step. A cut comes right after the roll was written, a loss instead of it. */
  function passOf(world: World, ends: "well" | "cut" | "lost" = "well"): Membership & { readonly isMore: boolean } {
    const { story, saidYes } = world;
    follow(world);
    const { now, choice, stands, meant, isRefused, removals, leave, absence } = world;
    const outcome = membership({
      now,
      choice,
      stands: stands !== undefined,
      isSame: isRefused || stands === meant,
      ...(isRefused && { refused }),
      ...(absence && { absence }),
      removals,
      leave,
      guard: () => {
        if (world.guardSays === "no") return guardHolds;
        const { cause, since } = world.story!;
        expect(removals[cause].then).not.toBe("keep");
        expect(now - since).toBeGreaterThanOrEqual(removals[cause].after * 1000);
        world.saidYes = true;
        return undefined;
      },
    });
    if (ends === "lost") {
      // What nobody has written down was never seen.
      Object.assign(world, { story, saidYes });
      return { ...outcome, isMore: true };
    }
    if (outcome.state === "member" || outcome.state === "newcomer") Object.assign(world, { saidYes: false, story: undefined });
    world.absence = outcome.absence;
    if (ends === "cut") return { ...outcome, isMore: true };
    if (outcome.may === "write") world.stands = meant;
    if (typeof outcome.may === "object") take(world, outcome);
    return { ...outcome, isMore: typeof outcome.may === "object" || outcome.again !== undefined };
  }

  function take(world: World, { may, absence }: Membership): void {
    const { way, step, does } = absence!.leaving!;
    const all = world.leave[way];
    expect(may).toEqual({ take: all[step] });
    expect(does).toBe(all[step]!.does);
    if (step >= firstHarm(all)) expect(world.saidYes).toBe(true);
    if (!world.isDone) return;
    if (does === "delete") world.stands = undefined;
    world.absence = stepDone(absence!, world.now);
  }

  const cause = fc.constantFrom<Cause>("deselected", "unregistered", "unhealthy");
  type Change = (world: World) => void;
  const some = <T>(values: fc.Arbitrary<T>, happens: (world: World, value: T) => void): fc.Arbitrary<Change> =>
    values.map((value) => (world) => happens(world, value));
  const change: fc.Arbitrary<Change> = fc.oneof(
    { arbitrary: some(fc.integer({ min: 1, max: 5000 }), (world, seconds) => (world.now += seconds * 1000)), weight: 4 },
    { arbitrary: some(cause, (world, cause) => (world.choice = notChosen(cause))), weight: 4 },
    { arbitrary: some(fc.constantFrom(chosen, unknown), (world, choice) => (world.choice = choice)), weight: 2 },
    some(fc.boolean(), (world, isRefused) => (world.isRefused = isRefused)),
    some(fc.integer({ min: 0, max: 2 }), (world, meant) => (world.meant = meant)),
    some(fc.constantFrom("yes", "no"), (world, says) => (world.guardSays = says)),
    some(fc.boolean(), (world, isDone) => (world.isDone = isDone)),
    some(fc.constantFrom(...leaves), (world, leave) => (world.leave = leave)),
    some(fc.constantFrom(...policies), (world, removals) => (world.removals = removals)),
    fc.constant((world: World) => (world.absence = restarted(world.absence))),
    fc.constant((world: World) => (world.stands = undefined)),
  );
  const looks = fc.array(fc.constantFrom("well" as const, "well" as const, "well" as const, "cut" as const, "lost" as const), {
    maxLength: 4,
  });
  const life = fc.array(fc.tuple(change, looks), { maxLength: 40 });

  function restarted(absence: Absence | undefined): Absence | undefined {
    const absences = new Map(absence === undefined ? [] : [["fleet/paris", absence]]);
    return readRoll(writeRoll({ absences, acked: new Set() })).absences.get("fleet/paris");
  }

  function newWorld(): World {
    const at = { now, meant: 0, stands: 0, absence: undefined, story: undefined } as const;
    return { ...at, choice: chosen, isRefused: false, guardSays: "yes", leave, removals: defaultRemovals, isDone: true, saidYes: false };
  }

  function lived(events: readonly (readonly [Change, readonly ("well" | "cut" | "lost")[]])[]): World {
    const world = newWorld();
    for (const [happens, looks] of events) {
      happens(world);
      for (const ends of looks) passOf(world, ends);
    }
    return world;
  }

  it("nobody is harmed without a grace that is over and a yes of the guard since it was last a member", () => {
    fc.assert(
      fc.property(life, (events) => void lived(events)),
      { numRuns: 2000 },
    );
  });

  it("who is chosen and can be reached ends as a member, even if it has to leave first", () => {
    const atRest = { choice: chosen, isRefused: false, guardSays: "yes", isDone: true, removals: defaultRemovals } as const;
    fc.assert(
      fc.property(life, (events) => {
        const world = Object.assign(lived(events), atRest);
        const before = world.stands;
        // As a list does: it looks again when it was asked to, and when what stands has changed.
        for (let at = 0, isMore = true; isMore && at < 40; at += 1) {
          const stood = world.stands;
          const outcome = passOf(world);
          isMore = outcome.isMore || world.stands !== stood;
          world.now += outcome.again ?? 1;
        }
        expect({ stands: world.stands, absence: world.absence }).toEqual({ stands: world.meant, absence: undefined });
        expect(told(passOf(world)), `after ${String(before)}`).toBe("member write");
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a newcomer that may not join now", () => {
  const choice: Choice = { is: "chosen", newcomer: unwell };
  it("waits, with the reason", () => expect(told(look({ choice, stands: false }))).toBe("newcomer NotHealthy"));
  it("is no newcomer once it stands: it is kept as it should be", () => expect(told(look({ choice }))).toBe("member write"));
});

describe("whoever is held by order", () => {
  const hold = refusal("Hold", "a person says so");
  const deselected = notChosen("deselected");
  it.each([
    ["takes no step when its grace is over", { choice: deselected, absence: missing("deselected", 60) }, "missing Hold"],
    [
      "stops in the middle of its leaving",
      { choice: deselected, absence: missing("deselected", 60, { step: 1, does: "relabel" }) },
      "leaving Hold",
    ],
    ["stops between two steps", { choice: deselected, absence: missing("deselected", 60, { step: 4 }) }, "leaving Hold"],
    ["is a member as ever while it is chosen", {}, "member write"],
  ])("%s", (_, given, then) => expect(told(look({ hold, ...given }))).toBe(then));
});

describe("a decision that is being written and does not name a cluster", () => {
  const unnamed: Choice = { is: "unknown", why: refusal("Settling", "its slices changed a moment ago"), isUnnamed: true };

  it("has nothing to do with one that is not on the list, and says nothing of it", () =>
    expect(told(look({ choice: unnamed, stands: false }))).toBe("gone"));

  it("lets nobody go who is on it, or answered, or on the way out", () => {
    expect(told(look({ choice: unnamed }))).toMatch(/^member Settling/);
    expect(told(look({ choice: unnamed, stands: false, isNamed: true }))).toMatch(/Settling/);
    expect(told(look({ choice: unnamed, stands: false, absence: missing("deselected", 1) }))).toMatch(/^missing Settling/);
  });
});

it("whoever is answered goes by its steps though nothing stands for it any more", () => {
  const gone = { choice: notChosen("deselected"), stands: false };
  expect(told(look(gone))).toBe("gone");
  expect(told(look({ ...gone, isNamed: true }))).toMatch(/^missing/);
});
