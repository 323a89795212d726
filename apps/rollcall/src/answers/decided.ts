import type { Silent } from "@rollcall/answers";
import type { Decision } from "@rollcall/inventory";
import type { Asked } from "@rollcall/sync";
import type { PlacementView } from "../hub/placement.ts";

/** Why a decision says nothing that could be answered. */
export function whyNot(view: PlacementView): Silent | undefined {
  const { found, doubt } = view.seen();
  if (doubt !== undefined) return { is: "incomplete", why: doubt.message };
  if (found.is !== "found") return { is: found.is === "missing" ? "no placement" : "ambiguous", why: found.why.message };
  const { state } = found.decision;
  return state.is === "complete" ? undefined : { is: "incomplete", why: state.why.message };
}

/** The decision that is meant, where it is known. */
export function decisionIn(view: PlacementView): Decision | undefined {
  const { found } = view.seen();
  return found.is === "found" ? found.decision : undefined;
}

/** Another text whenever the decision says something else; what others say is none of its business. */
export function versionOf(view: PlacementView): string {
  const { id, generation } = decisionIn(view) ?? {};
  return `${id} ${generation}`;
}

/** Whether there is nothing new to write down. */
export function isSame(before: Asked | undefined, now: Asked): boolean {
  const rest = ({ window, since, held }: Asked): string => JSON.stringify([window, since, held]);
  return (
    before !== undefined &&
    before.clusters.size === now.clusters.size &&
    before.clusters.isSubsetOf(now.clusters) &&
    rest(before) === rest(now)
  );
}
