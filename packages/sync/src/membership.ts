import { firstHarm, refusal, type Leave, type Refusal, type Step, type Verdict } from "@rollcall/contract";
import type { Absence, Cause, Leaving, Way } from "./roll.ts";

/** What a list does about a cause: which way, after how many seconds; or keep the cluster. */
export interface Removal {
  readonly then: Way | "keep";
  readonly after: number;
}

export type Removals = Readonly<Record<Cause, Removal>>;

/** Deselected is somebody's will, so it is done cleanly and soon; a vanished profile may be a mistake, so it waits longer and touches nothing. */
export const defaultRemovals: Removals = {
  deselected: { then: "drain", after: 600 },
  unregistered: { then: "release", after: 3600 },
  unhealthy: { then: "keep", after: 0 },
};

/** What the inventory says of a cluster at this moment. */
export type Choice =
  /** With a reason why it may not join now, if there is one; whoever is on the list stays. */
  | { readonly is: "chosen"; readonly newcomer?: Refusal }
  | { readonly is: "not chosen"; readonly cause: Cause }
  /** We cannot know: the hub is unread, half read, or another one. */
  | {
      readonly is: "unknown";
      readonly why: Refusal;
      /** A decision that is being written does not name it: whoever is on the list stays, and nobody else has to do with that. */
      readonly isUnnamed?: true;
    };

export interface MembershipInput {
  readonly now: number;
  readonly choice: Choice;
  /** Objects of ours stand for it. */
  readonly stands: boolean;
  /** Those who ask are answered with it, though nothing stands any more. */
  readonly isNamed?: boolean;
  /** What stands there is this very cluster; else it stands for one that bore the name before. */
  readonly isSame: boolean;
  /** Why it cannot be reached, when its profile is there and it cannot. */
  readonly refused?: Refusal;
  readonly absence?: Absence;
  readonly removals: Removals;
  readonly leave: Leave;
  /** Why it takes no step on its way out, when a person says so. */
  readonly hold?: Refusal;
  /** The guard's word on the first harmful step: a reason to hold, or nothing. Asked only right before it. */
  readonly guard: () => Refusal | undefined;
}

export type State = "newcomer" | "member" | "missing" | "leaving" | "gone";

export interface Membership {
  readonly state: State;
  readonly verdict?: Verdict;
  /** What the roll is to say of it: an absence, or nothing any more. */
  readonly absence?: Absence;
  /** What may be done now. A step is begun only when the roll says so. */
  readonly may: "write" | "nothing" | { readonly take: Step };
  /** When to look again, in milliseconds from now. */
  readonly again?: number;
}

/**
 * What a cluster is to a list, and what may be done about it.
 *   stands   choice          absence            outcome
 *   no       chosen          -                  newcomer: write; refused, or kept from joining: nobody, with the reason
 *   yes      chosen          -                  member: write; refused: stale, nothing is written
 *   yes      chosen, unwell  for being unhealthy  stale: whatever it was
 *   yes      chosen          missing            member again, free; refused: stale, and no longer missing
 *   yes      chosen          leaving            member again if every harmful step can be undone; else it leaves, then joins
 *   another  chosen          any                as if unregistered: who bore the name before leaves first
 *   any      unknown         any                stale: whatever it was
 *   yes      not chosen      -                  missing, grace begins
 *   yes      not chosen      missing, in grace  missing
 *   yes      not chosen      missing, after it  quiet steps, then the guard, then leaving
 *   any      not chosen      leaving            the next steps; held: none
 *   answered not chosen      any                as if it stood: it goes by its steps
 *   no       not chosen      no step left       gone
 */
export function membership(given: MembershipInput): Membership {
  const input: MembershipInput = given.absence === undefined ? given : { ...given, absence: fitting(given.absence, given.leave) };
  const { choice, stands, refused, absence } = input;
  if (choice.is === "unknown") {
    const isNobody = choice.isUnnamed && !stands && !input.isNamed && absence === undefined;
    return isNobody ? { state: "gone", may: "nothing" } : unmoved(input, { is: "stale", ...choice.why });
  }
  const isLeaving = absence !== undefined && isPastHarm(absence, input.leave);
  if (choice.is === "not chosen")
    return stands || isLeaving || input.isNamed ? absent(input, choice.cause) : { state: "gone", may: "nothing" };
  const here = stands ? "member" : "newcomer";
  const mustGo = isLeaving && !canReturn(input, absence.leaving!);
  if (refused !== undefined) {
    const verdict: Verdict = { is: "stale", ...refused };
    // It is chosen, so what it was missing for is over, whether or not it can be reached: the next absence has a grace of its own.
    if (!isLeaving) return { state: here, verdict, may: "nothing" };
    // A release needs no login, and neither does what nothing is left of.
    if (!mustGo || (stands && absence.leaving?.way === "drain")) return unmoved(input, verdict);
  }
  // Whose health is being counted anew, after a restart, is not well yet: what was begun neither goes on nor is taken back.
  if (choice.newcomer !== undefined && absence?.cause === "unhealthy") return unmoved(input, { is: "stale", ...choice.newcomer });
  if (stands && !input.isSame) return absent(input, "unregistered", replaced);
  if (mustGo) return absent(input, absence.cause);
  if (!stands && choice.newcomer !== undefined) return { state: here, verdict: { is: "stale", ...choice.newcomer }, may: "nothing" };
  return { state: here, may: "write" };
}

const replaced: Verdict = {
  is: "waits",
  ...refusal("Replaced", "another cluster bears this name now (new uid, other server or CA); the old one leaves first, then it joins"),
};

/** Nothing is known, so nothing moves: a member stays, a newcomer waits, who is leaving stands still. */
function unmoved({ choice, stands, absence, leave }: MembershipInput, verdict: Verdict): Membership {
  const state = absence === undefined ? (stands ? "member" : "newcomer") : isPastHarm(absence, leave) ? "leaving" : "missing";
  return { state, verdict, may: "nothing", ...(absence && { absence }), ...(choice.is === "unknown" && { again: askAgain }) };
}

/** What is unknown may be known again without anyone telling. */
const askAgain = 10_000;

function absent(input: MembershipInput, cause: Cause, why?: Verdict): Membership {
  const { absence, now, removals, leave, refused } = input;
  const isGoing =
    absence?.leaving !== undefined && isPastHarm(absence, leave) && !(absence.cause !== cause && cameToNothing(input, absence.leaving));
  if (isGoing) return taking(input, absence, absence.leaving, why);

  // Another cause is another story, with a grace of its own.
  const known: Absence = absence?.cause === cause ? absence : { cause, since: now, ...managerOf(absence) };
  const { then, after } = removals[cause];
  const missing = (verdict: Verdict | undefined, again?: number): Membership => ({
    state: "missing",
    absence: known,
    may: "nothing",
    ...(verdict && { verdict }),
    ...(again !== undefined && { again }),
  });
  if (then === "keep")
    return missing({ is: "held", ...refusal("Kept", `removal.${cause}.then is keep: it stays until you say otherwise`) });
  const left = known.since + after * 1000 - now;
  // The guard counts whom the roll calls missing, so that nobody goes in the look that finds it out.
  if (left > 0 || known !== absence) return missing(why, Math.max(1, left));
  // To drain with a login that does not work would hang in the consumer, and orphan what it cannot reach.
  if (then === "drain" && refused !== undefined) return missing({ is: "stale", ...refused });
  const leaving: Leaving = known.leaving?.way === then ? known.leaving : { way: then, steps: spelled(leave[then]), step: 0, since: now };
  return taking(input, known, leaving, why);
}

function managerOf(absence: Absence | undefined): Pick<Absence, "manager"> {
  return absence?.manager === undefined ? {} : { manager: absence.manager };
}

/** Takes the step that is next. Only what is written down as begun is done. */
function taking(
  { now, choice, leave, guard, hold }: MembershipInput,
  absence: Absence,
  leaving: Leaving,
  why: Verdict | undefined,
): Membership {
  const steps = leave[leaving.way];
  const step = steps[leaving.step];
  if (step === undefined) return { state: "gone", may: "nothing", ...(choice.is === "chosen" && { again: 1 }) };
  const isBegun = leaving.does === step.does;
  if (hold !== undefined) {
    const state = leaving.step > firstHarm(steps) || (isBegun && leaving.step === firstHarm(steps)) ? "leaving" : "missing";
    return { state, absence, may: "nothing", verdict: { is: "held", ...hold } };
  }
  if (!isBegun && leaving.step === firstHarm(steps)) {
    const held = guard();
    if (held !== undefined) return { state: "missing", absence, may: "nothing", verdict: { is: "held", ...held } };
  }
  return {
    state: leaving.step < firstHarm(steps) ? "missing" : "leaving",
    absence: isBegun ? absence : { ...absence, leaving: { ...leaving, does: step.does, since: now } },
    may: { take: step },
    ...(why && { verdict: why }),
  };
}

/** The absence once its present step is done: it comes to the next one, which is not begun yet. */
export function stepDone(absence: Absence, now: number): Absence {
  const { leaving } = absence;
  if (leaving === undefined) return absence;
  const { does: _, ...at } = leaving;
  return { ...absence, leaving: { ...at, step: leaving.step + 1, since: now } };
}

/** Whether the first harmful step has been begun. */
export function isPastHarm({ leaving }: Absence, leave: Leave): boolean {
  if (leaving === undefined || !fits(leaving, leave)) return false;
  const harm = firstHarm(leave[leaving.way]);
  return leaving.step > harm || (leaving.step === harm && leaving.does !== undefined);
}

/** Every harmful step so far can be undone; a delete that nothing came of yet never happened. */
function canReturn({ leave, stands }: MembershipInput, { way, step, does }: Leaving): boolean {
  const steps = leave[way];
  const taken = steps.slice(firstHarm(steps), does === undefined ? step : step + 1);
  return taken.every((each, at) => each.undo || (each.does === "delete" && stands && firstHarm(steps) + at === step));
}

/** Only a delete was begun, and what it was to delete still stands: for another cause, that never happened. */
function cameToNothing({ leave, stands }: MembershipInput, { way, step }: Leaving): boolean {
  const steps = leave[way];
  return stands && step === firstHarm(steps) && steps[step]?.does === "delete";
}

/** A leaving is at a place in the steps that it began with. Where an upgrade has others, it begins anew, guard and all. */
function fitting(absence: Absence, leave: Leave): Absence {
  const { leaving, ...anew } = absence;
  return leaving === undefined || fits(leaving, leave) ? absence : anew;
}

/** Whether a leaving speaks of the steps that there are now. */
export function fits({ way, steps }: Leaving, leave: Leave): boolean {
  return steps === spelled(leave[way]);
}

/** The steps of a way in words, the harmful ones marked as in the design's table. */
function spelled(steps: readonly Step[]): string {
  return steps.map(({ does, final }) => (final ? `${does}!` : does)).join(" ");
}
