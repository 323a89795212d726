import { type ClusterId, type Refusal, refusal, RollcallError } from "@rollcall/contract";
import { quoted } from "../json.ts";
import { parseLabelSelector } from "../label-selector.ts";
import type { Decision } from "./decide.ts";
import { type Decisions, decisionsAt } from "./decisions.ts";
import { notOcm } from "./resolve.ts";
import type { DecisionApi } from "./slice.ts";

/** Which decision a list or an asker means; all that is said has to hold, and one of the first four has to be said. */
export interface Placement {
  /** The decision's key; for OCM's own, the name of the Placement. */
  readonly key?: string;
  /** The name of one of its objects. */
  readonly name?: string;
  /** The key of what was asked of the scheduler, on every slice. */
  readonly placementKey?: string;
  /** A Kubernetes label selector that holds for every slice. */
  readonly labels?: string;
  readonly namespace?: string;
  /** Whose rules count where both APIs have such a decision. */
  readonly api?: DecisionApi;
}

/** The one decision that is meant, or why there is no such one; without it nobody can say who is chosen. */
export type Found =
  | { readonly is: "found"; readonly decision: Decision }
  | { readonly is: "missing"; readonly why: Refusal }
  | { readonly is: "ambiguous"; readonly why: Refusal };

/** Compiled once, where a config or a request is read; throws RollcallError("BadPlacement" or "BadSelector"). */
export function findPlacement(placement: Placement): (decisions: Decisions, now: number) => Found {
  const { key, name, placementKey, labels, namespace, api } = placement;
  if ([key, name, placementKey, labels].every((each) => each === undefined || each === ""))
    throw bad("nothing says which decision is meant; give its key, its name, its placementKey or labels");
  const labelled = labels === undefined ? undefined : parseLabelSelector(labels);
  const holds = (decision: Decision): boolean =>
    (api === undefined || decision.api === api) &&
    (namespace === undefined || decision.namespace === namespace) &&
    (key === undefined || decision.slices[0]?.key === key) &&
    (name === undefined || decision.slices.some((slice) => slice.name === name)) &&
    (placementKey === undefined || decision.slices.every((slice) => slice.placementKey === placementKey)) &&
    (labelled === undefined || decision.slices.every((slice) => labelled(slice.labels)));
  return (decisions, now) => {
    const all = [...decisionsAt(decisions, now)].filter(holds);
    const [decision] = all;
    if (decision === undefined) return { is: "missing", why: missing(placement) };
    return all.length === 1 ? { is: "found", decision } : { is: "ambiguous", why: ambiguous(placement, all) };
  };
}

/** Whether a placement chose a cluster, or why nobody can say; `newcomer` is why one that is not on the list may not join. */
export type PlacementSays =
  | { readonly is: "chosen"; readonly newcomer?: Refusal }
  | { readonly is: "not chosen" }
  | { readonly is: "unknown"; readonly why: Refusal };

/**
 * What a placement says of a cluster. Whether there is such a cluster is the fleet's to say.
 *   decision              names it               then
 *   found                 yes                    chosen
 *   found                 a second time, as the  chosen, but not to join: losing to another profile of the
 *                         same member            same member is no reason to leave
 *   found                 as OCM's, and the      chosen, but not to join
 *                         profile is not
 *   found and complete    no                     not chosen
 *   found and incomplete  no                     unknown
 *   missing or ambiguous  -                      unknown
 */
export function placementSays(found: Found, id: ClusterId): PlacementSays {
  if (found.is !== "found") return { is: "unknown", why: found.why };
  const { named, state } = found.decision;
  const went = named.get(id)?.went;
  if (went?.is === "duplicate") {
    const message = `its placement chose the same member already, as ${went.of}; have its scheduler name only one of them`;
    return { is: "chosen", newcomer: refusal("DuplicateMember", message) };
  }
  // The profile of that name is not the cluster that is meant. Nobody joins for it, and whoever joined by an older word waits for a newer one.
  if (went?.is === "dangling" && went.why.reason === notOcm) return { is: "chosen", newcomer: went.why };
  if (went !== undefined) return { is: "chosen" };
  return state.is === "complete" ? { is: "not chosen" } : { is: "unknown", why: state.why };
}

function missing(placement: Placement): Refusal {
  return refusal("NoPlacement", `there is no decision with ${shown(placement)}; nothing changes until its scheduler writes one`);
}

function ambiguous(placement: Placement, all: readonly Decision[]): Refusal {
  const ids = all.map(({ id }) => id).sort();
  const named = ids.length > 5 ? `${ids.slice(0, 5).join(", ")} and ${ids.length - 5} more` : ids.join(", ");
  const remedy = "say which is meant by its key, name, namespace or api; nothing changes until then";
  return refusal("AmbiguousPlacement", `${all.length} decisions have ${shown(placement)}: ${named}; ${remedy}`);
}

function shown(placement: Placement): string {
  const said = Object.entries(placement).filter(([, value]) => value !== undefined);
  return said.map(([what, value]) => `${what} ${quoted(value)}`).join(", ");
}

function bad(message: string): RollcallError {
  return new RollcallError("BadPlacement", message, { retry: false });
}
