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
  | { readonly is: "chosen" }
  | { readonly is: "not chosen"; readonly cause: Cause }
  /** We cannot know: the hub is unread, half read, or another one. */
  | { readonly is: "unknown"; readonly why: Refusal };

export interface MembershipInput {
  readonly now: number;
  readonly choice: Choice;
  /** Objects of ours stand for it. */
  readonly stands: boolean;
  /** What stands there is this very cluster; else it stands for one that bore the name before. */
  readonly isSame: boolean;
  /** Why it cannot be reached, when its profile is there and it cannot. */
  readonly refused?: Refusal;
  readonly absence?: Absence;
  readonly removals: Removals;
  readonly leave: Leave;
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
 *   no       chosen          -                  newcomer: write; refused: nobody, with the reason
 *   yes      chosen          -                  member: write; refused: stale, nothing is written
 *   yes      chosen          missing            member again, free
 *   yes      chosen          leaving            member again if every harmful step can be undone; else it leaves, then joins
 *   any      unknown         any                stale: whatever it was
 *   yes      not chosen      -                  missing, grace begins
 *   yes      not chosen      missing, in grace  missing
 *   yes      not chosen      missing, after it  quiet steps, then the guard, then leaving
 *   any      not chosen      leaving            the next steps
 *   no       not chosen      no step left       gone
 */
export function membership(input: MembershipInput): Membership {
  const { choice, stands, refused, absence } = input;
  if (choice.is === "unknown") return unmoved(input, { is: "stale", ...choice.why });
  const isLeaving = absence !== undefined && isPastHarm(absence, input.leave);
  if (choice.is === "not chosen") return stands || isLeaving ? absent(input, choice.cause) : { state: "gone", may: "nothing" };
  if (refused !== undefined) return unmoved(input, { is: "stale", ...refused });
  if (stands && !input.isSame) return absent(input, "unregistered", replaced);
  if (isLeaving && !canReturn(input, absence.leaving!)) return absent(input, absence.cause);
  return { state: stands ? "member" : "newcomer", may: "write" };
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
  if (absence !== undefined && isPastHarm(absence, leave)) return taking(input, absence, why);

  // Another cause is another story, with a grace of its own.
  const known: Absence = absence?.cause === cause ? absence : { cause, since: now };
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
  if (left > 0) return missing(why, left);
  // To drain with a login that does not work would hang in the consumer, and orphan what it cannot reach.
  if (then === "drain" && cause === "deselected" && refused !== undefined) return missing({ is: "stale", ...refused });
  return taking(input, known.leaving?.way === then ? known : { ...known, leaving: { way: then, step: 0, since: now } }, why);
}

/** Takes the step that is next. Only what is written down as begun is done. */
function taking({ now, leave, guard }: MembershipInput, absence: Absence, why: Verdict | undefined): Membership {
  const leaving = absence.leaving!;
  const steps = leave[leaving.way];
  const step = steps[leaving.step];
  if (step === undefined) return { state: "gone", may: "nothing" };
  const isBegun = leaving.does === step.does;
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
  return leaving === undefined ? absence : { ...absence, leaving: { way: leaving.way, step: leaving.step + 1, since: now } };
}

/** Whether the first harmful step has been begun. */
export function isPastHarm({ leaving }: Absence, leave: Leave): boolean {
  if (leaving === undefined) return false;
  const harm = firstHarm(leave[leaving.way]);
  return leaving.step > harm || (leaving.step === harm && leaving.does !== undefined);
}

/** Every harmful step so far can be undone; a delete that nothing came of yet never happened. */
function canReturn({ leave, stands }: MembershipInput, { way, step, does }: Leaving): boolean {
  const steps = leave[way];
  const taken = steps.slice(firstHarm(steps), does === undefined ? step : step + 1);
  return taken.every((each, at) => each.undo || (each.does === "delete" && stands && firstHarm(steps) + at === step));
}
