import type { Kind, KubeObject } from "./object.ts";

/** One step of leaving. The first `final` one is the first that the consumer can feel: the guard stands right before it. */
export type Step = Does & {
  /** The first harmful step. */
  readonly final?: true;
  /** It can be taken back when the cluster is chosen again. */
  readonly undo?: true;
};

type Does =
  | { readonly does: "outOfAnswers" }
  | { readonly does: "relabel"; readonly state: State }
  | { readonly does: "dropFromIndex" }
  | {
      readonly does: "untilUnused";
      /** What may depend on the cluster: listed on demand, never watched. */
      readonly reads: readonly Kind[];
      /** Whether this one does. */
      uses(dependent: KubeObject, own: Own): boolean;
      /** Seconds after which the wait ends anyway; without it, it never does. */
      readonly deadline?: number;
    }
  | { readonly does: "wait"; readonly seconds: number }
  /** Deletes the cluster's objects of one kind, or all of them, the anchor last. */
  | { readonly does: "delete"; readonly kind?: string };

/** What a marked object says of its cluster. */
export type State = "member" | "leaving";

/** The anchor of a cluster as the consumer knows it. */
export interface Own {
  readonly name: string;
  readonly namespace: string;
  readonly plain: Readonly<Record<string, string>>;
}

/** Marks a step as the first harmful one. */
export function final(step: Step): Step {
  return { ...step, final: true };
}

/** Tells the consumer's selectors that the cluster is going; taken back when it is chosen again. */
export function relabel(state: State): Step {
  return { does: "relabel", state, undo: true };
}

/** Stops naming the cluster to those who ask. */
export const outOfAnswers: Step = { does: "outOfAnswers", undo: true };

/** Takes the cluster out of the objects that name many; those who are named there again start anew, so it is never taken back. */
export const dropFromIndex: Step = { does: "dropFromIndex" };

/** Deletes the cluster's objects, the anchor last. */
export const remove: Step = { does: "delete" };

/** Waits until nothing uses the cluster any more. */
export function untilUnused(reads: readonly Kind[], uses: (dependent: KubeObject, own: Own) => boolean, deadline?: number): Step {
  return { does: "untilUnused", reads, uses, undo: true, ...(deadline !== undefined && { deadline }) };
}

/** Waits for a while. */
export function wait(seconds: number): Step {
  return { does: "wait", seconds, undo: true };
}

/** How far a leaving goes before anyone can feel it: the place of the first final step. */
export function firstHarm(steps: readonly Step[]): number {
  const at = steps.findIndex((step) => step.final);
  return at === -1 ? 0 : at;
}
