import { annotations, endpointHash, isRefusal, type ClusterId, type Refusal } from "@rollcall/contract";
import { isPastHarm } from "./membership.ts";
import type { PassParts } from "./parts.ts";
import type { Entry } from "./render.ts";
import { anchorOf } from "./standing.ts";

/**
 * Under which id a newcomer stands on the list already, so that it takes over what stands there instead of meeting it.
 *   server and CA    member ids               the other         then
 *   differ           -                        -                 nobody
 *   the same         none, or two             -                 nobody: it is another cluster, and waits until that one is gone
 *   the same         one and the same         chosen, unknown   nobody: one of the two has to be left out
 *   the same         one and the same         past its harm     nobody: it leaves first
 *   the same         one and the same         not chosen        that one: its profile has another name now
 */
export function predecessorOf<Options>(
  id: ClusterId,
  entry: Entry | Refusal | undefined,
  { adapter, options, claims, inventory, kinds, orders, owner, roll, target }: PassParts<Options>,
): ClusterId | undefined {
  if (entry === undefined || isRefusal(entry) || target.of(owner.list, id).length > 0 || inventory.choose(id).is !== "chosen")
    return undefined;
  const before = claims.holder(entry.claims[0]!);
  if (before === undefined || before === id) return undefined;
  // Whom a person excluded by name is to go, whatever its profile is called next.
  if (inventory.choose(before).is !== "not chosen" || orders().exclude.has(before)) return undefined;
  const absence = roll.roll().absences.get(before);
  if (absence !== undefined && isPastHarm(absence, adapter.leave(options))) return undefined;
  const stands = anchorOf(target.of(owner.list, before), kinds)?.metadata.annotations ?? {};
  const { connection, memberId } = entry.cluster;
  const isSame = memberId !== undefined && memberId !== "" && stands[annotations.memberId] === memberId;
  return isSame && stands[annotations.endpoint] === endpointHash(connection) ? before : undefined;
}
