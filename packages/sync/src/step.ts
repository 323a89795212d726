import {
  firstHarm,
  labels,
  objectKey,
  refusal,
  refusalOf,
  type Kind,
  type KubeObject,
  type Leave,
  type Own,
  type Refusal,
  type Step,
} from "@rollcall/contract";
import { relabelAll, removeOne, type Wrote } from "./apply.ts";
import { fits } from "./membership.ts";
import type { Leaving } from "./roll.ts";
import type { Standing } from "./standing.ts";
import type { Target } from "./target.ts";

export interface StepInput {
  readonly step: Step;
  /** When the step was begun. */
  readonly since: number;
  readonly now: number;
  readonly own: readonly Standing[];
  /** The object by which the consumer knows the cluster. */
  readonly anchor: Standing | undefined;
  readonly target: Target;
  /** Every write is noted here as soon as it is made. */
  readonly wrote: Wrote[];
}

export interface StepTaken {
  readonly isDone: boolean;
  /** Whom it waits for. */
  readonly waits?: Refusal;
  /** Milliseconds until it is worth another look. */
  readonly again?: number;
}

const done: StepTaken = { isDone: true };

/** Takes one step of leaving, as far as it goes now. Safe to take again. */
export async function takeStep(input: StepInput): Promise<StepTaken> {
  const { step, since, now, own, target, wrote } = input;
  switch (step.does) {
    // Who answers asks the roll how far the leaving went, so that being written down is all there is to do.
    case "outOfAnswers":
    case "dropFromIndex":
      return done;
    case "relabel":
      await relabelAll(own, step.state, labels.state, target, wrote);
      return done;
    case "wait":
      return until(since + step.seconds * 1000, now);
    case "untilUnused":
      return untilUnused(input, step);
    case "delete":
      return deleteAll(input, step.kind);
    default:
      return step satisfies never;
  }
}

/**
 * Who uses a cluster that has come right before its first harmful step, by the waits that it has behind it.
 * The guard may have held it for long since; where the wait has a deadline, that has decided once and for all.
 */
export async function usedMeanwhile(
  leave: Leave,
  leaving: Leaving,
  input: Omit<StepInput, "step" | "since" | "wrote">,
): Promise<Refusal | undefined> {
  if (leaving.does !== undefined || !fits(leaving, leave)) return undefined;
  const steps = leave[leaving.way];
  return leaving.step === firstHarm(steps) ? whoUses(steps, leaving, input) : undefined;
}

/** Who uses a cluster of which something stands that is about to be deleted, by the waits that it has behind it. */
export async function usedStill(
  leave: Leave,
  leaving: Leaving,
  input: Omit<StepInput, "step" | "since" | "wrote">,
): Promise<Refusal | undefined> {
  const isThere = input.own.some(({ metadata }) => metadata.deletionTimestamp === undefined);
  return isThere && fits(leaving, leave) ? whoUses(leave[leaving.way], leaving, input) : undefined;
}

async function whoUses(
  steps: readonly Step[],
  leaving: Leaving,
  input: Omit<StepInput, "step" | "since" | "wrote">,
): Promise<Refusal | undefined> {
  for (const step of steps.slice(0, leaving.step)) {
    if (step.does !== "untilUnused" || step.deadline !== undefined) continue;
    const { waits } = await untilUnused({ ...input, step, since: leaving.since, wrote: [] }, step);
    if (waits !== undefined) return waits;
  }
  return undefined;
}

function until(time: number, now: number): StepTaken {
  return now >= time ? done : { isDone: false, again: time - now };
}

async function untilUnused({ anchor, since, now, target }: StepInput, step: Extract<Step, { does: "untilUnused" }>): Promise<StepTaken> {
  if (anchor === undefined) return done;
  const deadline = step.deadline === undefined ? Number.POSITIVE_INFINITY : since + step.deadline * 1000;
  if (now >= deadline) return done;
  const again = Math.min(deadline - now, lookAgain(now - since));
  try {
    const users = await dependents(step, ownOf(anchor), target);
    return users.length === 0 ? done : { isDone: false, again, waits: inUse(users) };
  } catch (error) {
    // What cannot be read may be there: a wait never ends on an error.
    const { message } = refusalOf(error);
    return { isDone: false, again, waits: refusal("CannotRead", `cannot tell who uses it: ${message}`) };
  }
}

async function dependents(step: Extract<Step, { does: "untilUnused" }>, own: Own, target: Target): Promise<readonly string[]> {
  const lists = await Promise.all(step.reads.map((kind: Kind) => target.dependents(kind)));
  return lists.flat().flatMap((object: KubeObject) => (step.uses(object, own) ? [objectKey(object)] : []));
}

function inUse(users: readonly string[]): Refusal {
  const more = users.length > 3 ? ` and ${users.length - 3} more` : "";
  return refusal("InUse", `waits until nobody uses it: ${users.slice(0, 3).join(", ")}${more}`);
}

/** Soon at first, then less and less often: from one second to half a minute. */
function lookAgain(waited: number): number {
  return Math.min(30_000, Math.max(1000, waited / 4));
}

/** Done only when our own watch has seen them go; the anchor goes last. */
async function deleteAll({ own, anchor, target, wrote }: StepInput, kind: string | undefined): Promise<StepTaken> {
  const objects = own.filter((each) => kind === undefined || each.kind.kind === kind);
  if (objects.length === 0) return done;
  for (const standing of objects.toSorted((a, b) => Number(a === anchor) - Number(b === anchor))) {
    if (standing.metadata.deletionTimestamp !== undefined) continue;
    const deleted = await removeOne(standing, target);
    if (deleted !== undefined) wrote.push(deleted);
  }
  return { isDone: false, again: 5000, waits: refusal("Deleting", "waits until its objects are seen to be gone") };
}

function ownOf({ metadata, plain }: Standing): Own {
  return { name: metadata.name, namespace: metadata.namespace ?? "", plain };
}
