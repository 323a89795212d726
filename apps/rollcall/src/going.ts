import { firstHarm, type ClusterId, type Step, type Verdict } from "@rollcall/contract";
import { inWords, type Cause, type Way } from "@rollcall/sync";
import { moment } from "./ago.ts";
import type { Found, Seen } from "./look.ts";

/** A cluster that is on a list and no longer chosen: how it goes, and what keeps it. */
export interface Going {
  readonly cluster: ClusterId;
  readonly state: "missing" | "leaving";
  readonly cause: Cause;
  readonly since: string;
  /** The roll knows of it; until then no word about it counts. */
  readonly isNoted: boolean;
  readonly way: Way | "keep";
  /** Its way in words. */
  readonly steps: readonly string[];
  /** The step that it has come to. */
  readonly at?: string;
  /** With that step it leaves, and it may take it now; else it comes before, or it is leaving already. */
  readonly leavesNow?: true;
  /** Before this it does not go, unless somebody says so. */
  readonly earliest?: string;
  /** What keeps it even then, or what is to be said of it. */
  readonly verdict?: Verdict;
}

/** How a cluster goes, if it does. */
export function goingOf(cluster: ClusterId, { membership, users }: Found, seen: Seen): Going | undefined {
  const { state, absence, verdict, may } = membership;
  if (absence === undefined || (state !== "missing" && state !== "leaving")) return undefined;
  const { removals, consumer, options } = seen.list;
  const { cause, since, leaving } = absence;
  const { then, after } = removals[cause];
  const way = state === "leaving" ? leaving!.way : then;
  const steps = way === "keep" ? [] : consumer.adapter.leave(options)[way];
  const at = typeof may === "object" ? may.take : state === "leaving" ? steps[leaving!.step] : undefined;
  const leavesNow = state === "missing" && typeof may === "object" && leaving?.step === firstHarm(steps);
  const later = state === "missing" && way !== "keep" ? heldLater(cluster, seen) : undefined;
  // What the guard says to each of them is said once for all.
  const says: Verdict | undefined =
    (users && { is: "waits", ...users }) ?? (verdict?.reason === "GuardHolds" ? (later ?? verdict) : (verdict ?? later));
  return {
    cluster,
    state,
    cause,
    since: moment(since),
    isNoted: seen.roll.absences.get(cluster)?.cause === cause,
    way,
    steps: steps.map(stepInWords),
    ...(at && { at: stepInWords(at) }),
    ...(leavesNow && { leavesNow }),
    ...(state === "missing" && way !== "keep" && { earliest: moment(since + after * 1000) }),
    ...(says && { verdict: says }),
  };
}

/** What will keep it when its grace is over, as things stand. */
function heldLater(cluster: ClusterId, { orders, guard, roll }: Seen): Verdict | undefined {
  const order = orders.hold.get(cluster);
  if (order !== undefined) return { is: "held", reason: "Hold", message: `it is held by order: ${inWords(order)}` };
  if (guard.needsAck === undefined || roll.acked.has(cluster)) return undefined;
  return { is: "held", reason: "GuardHolds", message: guard.needsAck };
}

/** Whether the guard waits for a person's word, and whether a word would count: the roll has to know of everyone whom it is about. */
export function ackOf(
  { list, guard, roll }: Seen,
  going: readonly Going[],
): { readonly why: string; readonly digest?: string } | undefined {
  // Where nobody leaves, nobody is asked.
  if (guard.needsAck === undefined || list.mode !== "sync") return undefined;
  // Of whom nothing can be known nobody is asked: a yes would be to what nobody has seen.
  const waiting = going.filter(
    ({ cluster, state, way, verdict }) =>
      state === "missing" && way !== "keep" && verdict?.is !== "stale" && verdict?.reason !== "Hold" && !roll.acked.has(cluster),
  );
  if (waiting.length === 0) return undefined;
  const counts = waiting.every(({ isNoted }) => isNoted);
  return { why: guard.needsAck, ...(counts && { digest: guard.digest }) };
}

/** Whether it stays for now, its time come or not. */
export function isHeld({ verdict }: Going): boolean {
  return verdict?.is === "held" || verdict?.is === "stale";
}

/** What it does now, where it does anything. */
export function nowOf({ at, leavesNow }: Going): string | undefined {
  return leavesNow ? `leaves now: ${at}` : at;
}

/** The command by which a person says yes. */
export function ackCommand(list: string, digest: string, config: string): string {
  const path = /^[\w./-]+$/.test(config) ? config : `'${config.replaceAll("'", String.raw`'\''`)}'`;
  return `rollcall ack ${list} ${digest} --config ${path}`;
}

function stepInWords(step: Step): string {
  switch (step.does) {
    case "outOfAnswers":
      return "leave it out of answers";
    case "relabel":
      return `label it ${step.state}`;
    case "dropFromIndex":
      return "take it out of the objects that name many";
    case "untilUnused":
      return step.deadline === undefined ? "wait until nothing uses it" : `wait until nothing uses it, ${step.deadline}s at the most`;
    case "wait":
      return `wait ${step.seconds}s`;
    case "delete":
      return step.kind === undefined ? "delete what stands for it" : `delete its ${step.kind}`;
    default:
      return step satisfies never;
  }
}
