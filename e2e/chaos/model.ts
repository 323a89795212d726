/** How a profile was from a moment on. What is not chosen may be gone. */
export interface Phase {
  /** When it may have begun: the request was sent. */
  readonly from: number;
  /** When it surely had: the answer was there. */
  readonly sure: number;
  readonly profile?: { readonly uid: string; readonly endpoint: string; readonly isSelected: boolean };
}

/** A stretch of time, in milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Which cluster a Secret stands for. */
export interface Identity {
  readonly uid: string;
  readonly endpoint: string;
}

export type Cause = "deselected" | "unregistered";

/** What is known of a run when something is judged. */
export interface Known {
  /** When a program of the chain was down or stood still, or had just come back: nobody has to notice anything then. */
  readonly blind: readonly Stretch[];
  /** Milliseconds of good sight after which a thing is noticed. */
  readonly lag: number;
}

/** Why a cluster is not chosen in a phase, or nothing if it is. */
function causeIn({ profile }: Phase, { uid, endpoint }: Identity): Cause | undefined {
  if (profile === undefined) return "unregistered";
  if (!profile.isSelected) return "deselected";
  return profile.uid === uid || profile.endpoint === endpoint ? undefined : "unregistered";
}

/**
 * What was wrong with a step that harmed at a moment: nothing if the cluster was not chosen for as long as its grace, by anything that
 * could be known then. What came and went unseen, or came just now, could not.
 */
export function harmProblem(
  phases: readonly Phase[],
  who: Identity,
  at: number,
  graces: Readonly<Partial<Record<Cause, number>>>,
  known: Known,
): string | undefined {
  const past = phases.filter(({ from }) => from <= at);
  const newest = past.findLastIndex((_, index) => isNoticed(past, index, at, known));
  const waited = past.flatMap((phase, index) => {
    const cause = causeIn(phase, who);
    const grace = cause && graces[cause];
    if (index < Math.max(0, newest) || cause === undefined || grace === undefined) return [];
    return [{ cause, grace, is: at - absentSince(past, index, cause, who, known) }];
  });
  if (waited.length === 0) return "it was chosen";
  if (waited.some(({ grace, is }) => is >= grace)) return undefined;
  return waited.map(({ cause, grace, is }) => `it was ${cause} for ${is} ms, and its grace is ${grace} ms`).join("; ");
}

/** The earliest moment since which anybody may think that it is absent for this cause. */
function absentSince(past: readonly Phase[], index: number, cause: Cause, who: Identity, known: Known): number {
  let since = past[index]!.from;
  for (let before = index - 1; before >= 0; before -= 1) {
    if (causeIn(past[before]!, who) === cause) since = past[before]!.from;
    else if (isNoticed(past, before, past[before + 1]!.from, known)) break;
  }
  return since;
}

/** Whether a phase surely was there long enough, with nobody blind, that it must have been seen. */
function isNoticed(past: readonly Phase[], index: number, until: number, known: Known): boolean {
  const next = past[index + 1];
  return isSeen({ from: past[index]!.sure, to: Math.min(until, next?.from ?? until) }, known);
}

/** Whether what was so all the time must have been seen. */
export function isSeen({ from, to }: Stretch, { blind, lag }: Known): boolean {
  let clear = from;
  for (const each of blind.toSorted((a, b) => a.from - b.from)) {
    if (each.to <= clear || each.from >= to) continue;
    if (each.from - clear >= lag) return true;
    clear = Math.max(clear, each.to);
  }
  return to - clear >= lag;
}

/** A cluster that began to leave, as the roll tells it. */
export interface LetGo {
  /** When the window began that it is counted in; the answer to a write may come long after. */
  readonly at: number;
  readonly cluster: string;
  /** By a person's word. */
  readonly isAcked: boolean;
  /** How many stood when the guard's window began. */
  readonly members: number;
}

export interface GuardRule {
  readonly max: number;
  readonly percent: number;
  /** Milliseconds. */
  readonly window: number;
}

/** What the guard should have held: more in one window than it allows, or half a list, without a person's word. */
export function guardProblems(all: readonly LetGo[], { max, percent, window }: GuardRule): readonly string[] {
  const problems: string[] = [];
  let since = Number.NEGATIVE_INFINITY;
  let gone = new Set<string>();
  for (const { at, cluster, isAcked, members } of all.toSorted((a, b) => a.at - b.at)) {
    if (isAcked) continue;
    if (at >= since + window) [since, gone] = [at, new Set()];
    gone.add(cluster);
    const allowed = Math.min(max, Math.max(1, Math.floor((percent * members) / 100)));
    const when = new Date(at).toISOString();
    if (gone.size > allowed) problems.push(`${when}: ${[...gone].join(", ")} were let go in one window; ${allowed} of ${members} may`);
    if (members >= 4 && gone.size * 2 >= members) problems.push(`${when}: half of ${members} or more were let go without an ack`);
  }
  return problems;
}
