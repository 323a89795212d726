import type { Cluster, ClusterId, Refusal } from "@rollcall/contract";
import { same } from "./json.ts";
import type { Profile } from "./profile.ts";

/** All clusters of a hub at one moment. Never edited: a change makes the next generation, and untouched clusters stay the same objects. */
export interface Fleet {
  readonly generation: number;
  readonly clusters: ReadonlyMap<ClusterId, Cluster>;
  readonly refused: ReadonlyMap<ClusterId, Refusal>;
}

/** What the watch saw of one profile; without a profile it is gone. */
export interface Seen {
  readonly id: ClusterId;
  readonly profile?: Profile;
}

/** A fleet before anything was seen. */
export const emptyFleet: Fleet = { generation: 0, clusters: new Map(), refused: new Map() };

/**
 * Applies what the watch saw; of an id that was seen twice, the last counts.
 *   was        seen                      then
 *   -          cluster or refusal        entered, changed
 *   A          A, a heartbeat later      - (same fleet, same generation, no ids)
 *   A          A', cluster or refusal    replaced, changed
 *   A          gone                      left out, changed
 *   -          gone                      -
 */
export function advance(fleet: Fleet, seen: readonly Seen[]): { readonly fleet: Fleet; readonly changed: readonly ClusterId[] } {
  const last = new Map(seen.map(({ id, profile }) => [id, profile]));
  const changes = [...last].filter(([id, profile]) => !isKnown(fleet, id, profile));
  if (changes.length === 0) return { fleet, changed: [] };
  const clusters = new Map(fleet.clusters);
  const refused = new Map(fleet.refused);
  for (const [id, profile] of changes) {
    if (profile !== undefined && "cluster" in profile) clusters.set(id, profile.cluster);
    else clusters.delete(id);
    if (profile !== undefined && "refusal" in profile) refused.set(id, profile.refusal);
    else refused.delete(id);
  }
  return { fleet: { generation: fleet.generation + 1, clusters, refused }, changed: changes.map(([id]) => id) };
}

function isKnown(fleet: Fleet, id: ClusterId, profile: Profile | undefined): boolean {
  const [cluster, refusal] = [fleet.clusters.get(id), fleet.refused.get(id)];
  if (profile === undefined) return cluster === undefined && refusal === undefined;
  if ("refusal" in profile) return refusal !== undefined && same(refusal, profile.refusal);
  // Heartbeats change the resource version and nothing that a list could use.
  return cluster !== undefined && same(cluster, { ...profile.cluster, resourceVersion: cluster.resourceVersion });
}
