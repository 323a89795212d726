import type { Silent } from "@rollcall/answers";
import type { ClusterId } from "@rollcall/contract";
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
  const rest = ({ window, since, held, decision }: Asked): string => JSON.stringify([window, since, held, decision]);
  return (
    before !== undefined &&
    before.clusters.size === now.clusters.size &&
    before.clusters.isSubsetOf(now.clusters) &&
    rest(before) === rest(now)
  );
}

/** Why those who were answered before are not to be left out for having lost what stood for them. */
export function lostInWords(lost: readonly ClusterId[]): string | undefined {
  if (lost.length === 0) return undefined;
  const who = lost.slice(0, 5).join(", ") + (lost.length > 5 ? ` and ${lost.length - 5} more` : "");
  return `${who} was answered before, and what stood for it on the list is gone; it is made anew when it can be, and rollcall status says what keeps it from that`;
}

/** Why what is found by the same words is another decision, as long as somebody would be left out for that. */
export function whyAnother(before: Asked | undefined, { id, named }: Decision): string | undefined {
  if (before?.decision === undefined || before.decision === id || before.clusters.isSubsetOf(new Set(named.keys()))) return undefined;
  return `another decision goes by that name now (${id}, before it was ${before.decision}); ask with its namespace if that is meant, or bring the other one back`;
}
