import type { Cluster, ClusterId } from "@rollcall/contract";
import { advanceDecisions, noDecisions, parseDecision, placementSays, type Decisions, type PlacementSays } from "@rollcall/inventory";
import type { Config, ListConfig } from "./config/config.ts";

/** Whether an object of a file is a PlacementDecision; those of no API that is known are nobody's word. */
export function isDecision(value: unknown): boolean {
  return "slice" in parseDecision(value);
}

/** What decisions in files say; nobody is still writing them, so that they need no time to settle. */
export function decisionsIn(objects: readonly unknown[], clusters: readonly Cluster[], { inventory: { placements } }: Config): Decisions {
  const slices = objects.flatMap((object) => {
    const read = parseDecision(object);
    return "slice" in read && placements.namespaces.includes(read.slice.namespace) ? [read] : [];
  });
  const rule = { ...placements, settle: { one: 0, several: 0 } };
  return advanceDecisions(noDecisions(rule), { slices, clusters: new Map(clusters.map((each) => [each.id, each])) }, 0).decisions;
}

/** What the decision that a list follows says of a cluster, and in which place it names it. */
export interface Placed {
  says(id: ClusterId): PlacementSays;
  placeOf(id: ClusterId): number;
}

/** Undefined where a list follows none. */
export function placedBy({ placement }: ListConfig, decisions: Decisions): Placed | undefined {
  const found = placement?.find(decisions, 0);
  if (found === undefined) return undefined;
  const places = new Map(found.is === "found" ? Array.from(found.decision.named.keys(), (id, at) => [id, at]) : []);
  return { says: (id) => placementSays(found, id), placeOf: (id) => places.get(id) ?? places.size };
}
