import type { Cluster, ClusterId, Refusal } from "@rollcall/contract";
import {
  placementSays,
  recalled,
  type Chosen,
  type DecisionApi,
  type findPlacement,
  type Found,
  type Placement,
  type PlacementSays,
} from "@rollcall/inventory";
import type { HubDecisions } from "./decisions.ts";

/** Which decision chooses, as it was said and compiled once. */
export interface PlacementChoice {
  readonly said: Placement;
  readonly find: ReturnType<typeof findPlacement>;
}

/** What was found of a placement, and why nothing may be concluded from what it does not name. */
interface PlacementSeen {
  readonly found: Found;
  readonly doubt: Refusal | undefined;
}

/** What the decision that somebody means says now. */
export interface PlacementView {
  seen(): PlacementSeen;
  /** Another number whenever any answer here may be another. */
  edition(): number;
  says(id: ClusterId): PlacementSays;
  /** It is known, does not say all that its scheduler means yet, and does not name this one. */
  isUnnamed(id: ClusterId): boolean;
  /** It is known, and says all that its scheduler means. */
  isComplete(): boolean;
  /** Whom it names, in its order. */
  named(): Iterable<ClusterId>;
  /** Its order; whoever it does not name comes last. */
  readonly order: (a: Cluster, b: Cluster) => number;
}

export interface PlacementViewOptions {
  readonly placement: PlacementChoice;
  readonly decisions: HubDecisions;
  /** Who stands on the list of whoever asks: a decision that names just those needs no time to settle after a restart. */
  readonly standing?: () => ReadonlySet<ClusterId>;
}

/** The APIs in which the decision may be that a placement means. */
export function apisOf({ said }: PlacementChoice): readonly DecisionApi[] {
  return said.api === undefined ? bothApis : [said.api];
}

/** The APIs that have decisions. */
export const bothApis: readonly DecisionApi[] = ["multicluster.x-k8s.io", "cluster.open-cluster-management.io"];

/** All has to hold: who is known not to be chosen by the one is not chosen, whatever the other cannot say. */
export function narrowed(placement: PlacementSays = { is: "chosen" }, selected: Chosen): PlacementSays {
  if ("refusal" in selected) return placement.is === "not chosen" ? placement : { is: "unknown", why: selected.refusal };
  return selected.chosen ? placement : { is: "not chosen" };
}

/** Looks for the decision once each time that any changes, however many clusters are asked about. */
export function viewPlacement({ placement, decisions, standing }: PlacementViewOptions): PlacementView {
  const apis = apisOf(placement);
  let known: (PlacementSeen & { readonly of: number }) | undefined;
  let places: { readonly of: number; readonly at: ReadonlyMap<ClusterId, number> } | undefined;

  function seen(): NonNullable<typeof known> {
    const of = decisions.edition();
    if (known?.of === of) return known;
    const { decisions: all, moment } = decisions.current();
    const found = remembered(placement.find(all, moment));
    return (known = { of, found, doubt: decisions.doubt(apis, placement.said.namespace) ?? doubtOf(found) });
  }

  function doubtOf(found: Found): Refusal | undefined {
    if (found.is !== "found") return undefined;
    // Where it names just those who stand, nobody would go for it.
    return standing && isJust(found.decision.named, standing()) ? undefined : decisions.doubtOf(found.decision);
  }

  function remembered(found: Found): Found {
    // Of what it said before nothing is known only after a restart, or when it is new.
    if (found.is !== "found" || found.decision.last !== undefined || standing === undefined) return found;
    return found.decision.state.is === "complete" ? found : { is: "found", decision: recalled(found.decision, standing()) };
  }

  function named(): Iterable<ClusterId> {
    const { found } = seen();
    return found.is === "found" ? found.decision.named.keys() : [];
  }

  function placeOf(id: ClusterId): number {
    const { of } = seen();
    if (places?.of !== of) places = { of, at: new Map(Array.from(named(), (each, at) => [each, at])) };
    return places.at.get(id) ?? places.at.size;
  }

  return {
    seen,
    edition: () => decisions.edition(),
    says(id) {
      const { found, doubt } = seen();
      const said = placementSays(found, id);
      return said.is === "chosen" || doubt === undefined ? said : { is: "unknown", why: doubt };
    },
    isUnnamed(id) {
      const { found, doubt } = seen();
      return doubt === undefined && found.is === "found" && found.decision.state.is !== "complete" && !found.decision.named.has(id);
    },
    isComplete() {
      const { found, doubt } = seen();
      return doubt === undefined && found.is === "found" && found.decision.state.is === "complete";
    },
    named,
    order: (a, b) => placeOf(a.id) - placeOf(b.id) || (a.id < b.id ? -1 : 1),
  };
}

function isJust(named: ReadonlyMap<ClusterId, unknown>, ids: ReadonlySet<ClusterId>): boolean {
  return named.size === ids.size && [...ids].every((id) => named.has(id));
}
