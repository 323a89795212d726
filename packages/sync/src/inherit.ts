import { annotations, endpointHash, isRefusal, refusal, type Cluster, type ClusterId, type Refusal } from "@rollcall/contract";
import { isPastHarm } from "./membership.ts";
import type { PassParts } from "./parts.ts";
import type { Entry } from "./render.ts";
import { anchorOf, type Standing } from "./standing.ts";

/**
 * Under which id a newcomer stands on the list already, so that it takes over what stands there instead of meeting it.
 *   server and CA    member ids               the other                         then
 *   differ           -                        -                                 nobody
 *   the same         none, or two             -                                 nobody: it is another cluster, and waits until that one is gone
 *   the same         one and the same         chosen, unknown, unhealthy        nobody: one of the two has to be left out
 *   the same         one and the same         held by order, excluded           nobody: a person means it by that name
 *   the same         one and the same         missing, in its grace             nobody yet: it may be back in a moment
 *   the same         one and the same         past its harm                     nobody: it leaves first
 *   the same         one and the same         missing, its grace is over        that one: its profile has another name now
 * A profile of that name that is another cluster by its uid is as good as none.
 */
export function predecessorOf<Options>(
  id: ClusterId,
  entry: Entry | Refusal | undefined,
  parts: PassParts<Options>,
): ClusterId | undefined {
  const { claims, inventory, kinds, owner, target } = parts;
  if (entry === undefined || isRefusal(entry) || target.of(owner.list, id).length > 0 || inventory.choose(id).is !== "chosen")
    return undefined;
  const before = claims.holder(entry.claims[0]!);
  if (before === undefined || before === id) return undefined;
  const anchor = anchorOf(target.of(owner.list, before), kinds);
  if (!isMeant(before, anchor, parts)) return undefined;
  const stands = anchor?.metadata.annotations ?? {};
  return isSameMember(entry.cluster, stands) && stands[annotations.endpoint] === endpointHash(entry.cluster.connection)
    ? before
    : undefined;
}

/** Why a cluster that would go now does not: another profile is about to take over what stands for it. */
export function heirOf<Options>(id: ClusterId, anchor: Standing | undefined, parts: PassParts<Options>): Refusal | undefined {
  const { claims, inventory } = parts;
  if (anchor === undefined || !isMeant(id, anchor, parts)) return undefined;
  const heir = claims.waiting(id).find((each) => {
    const cluster = inventory.cluster(each);
    if (cluster === undefined || inventory.choose(each).is !== "chosen") return false;
    const stands = anchor.metadata.annotations;
    const isThere = cluster.access.some(({ endpoint }) => !isRefusal(endpoint) && endpointHash(endpoint) === stands[annotations.endpoint]);
    return isThere && isSameMember(cluster, stands);
  });
  return heir === undefined
    ? undefined
    : refusal("HasHeir", `profile ${heir} speaks of the same member, and takes over what stands for it`);
}

/** Whether one that is missing may be taken for another name of somebody else. */
function isMeant<Options>(before: ClusterId, anchor: Standing | undefined, parts: PassParts<Options>): boolean {
  const { adapter, inventory, now, options, orders, removals, roll } = parts;
  const { exclude, hold } = orders();
  if (exclude.has(before) || hold.has(before)) return false;
  const choice = inventory.choose(before);
  const isAnother = inventory.cluster(before)?.uid !== anchor?.metadata.annotations[annotations.clusterUid];
  if (choice.is === "unknown" || (choice.is === "chosen" && !isAnother)) return false;
  const absence = roll.roll().absences.get(before);
  if (absence === undefined || absence.cause === "unhealthy" || isPastHarm(absence, adapter.leave(options))) return false;
  return now() >= absence.since + removals[absence.cause].after * 1000;
}

function isSameMember({ memberId }: Pick<Cluster, "memberId">, stands: Readonly<Record<string, string>>): boolean {
  return memberId !== undefined && memberId !== "" && stands[annotations.memberId] === memberId;
}
