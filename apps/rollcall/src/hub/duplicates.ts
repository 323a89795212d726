import type { Cluster, ClusterId, Refusal } from "@rollcall/contract";
import { duplicates } from "@rollcall/inventory";
import type { Inventory } from "@rollcall/sync";
import type { Twins } from "./twins.ts";

export interface DuplicatesOptions {
  readonly twins: Twins;
  readonly cluster: (id: ClusterId) => Cluster | undefined;
  /** Whether somebody who chooses in one way has chosen it. */
  readonly isChosen: (id: ClusterId) => boolean;
  /** Another number whenever anything may have changed in what these say. */
  readonly edition: () => number;
}

/** Those who were chosen of one member, and who of them may not join while none is on the list. */
interface Group {
  readonly chosen: readonly Cluster[];
  readonly refused: ReadonlyMap<ClusterId, Refusal>;
}

/** Why a cluster may not join, for another profile that is chosen speaks of the same member. Each member is judged once, however many are asked about. */
export function duplicatesOf({ twins, cluster, isChosen, edition }: DuplicatesOptions): Required<Inventory>["duplicate"] {
  const groups = new Map<string, Group>();
  let of: number | undefined;

  function groupOf(id: ClusterId, memberId: string): Group {
    if (of !== edition()) groups.clear();
    of = edition();
    const known = groups.get(memberId);
    if (known !== undefined) return known;
    const chosen = twins.of(id).flatMap((each) => (isChosen(each) ? [cluster(each)!] : []));
    const group = { chosen, refused: duplicates(chosen, new Set()) };
    groups.set(memberId, group);
    return group;
  }

  return (id, isOnList) => {
    const it = cluster(id);
    if (it?.memberId === undefined || twins.count(id) < 2) return undefined;
    const { chosen, refused } = groupOf(id, it.memberId);
    const onList = chosen.filter((each) => isOnList(each.id));
    if (onList.length === 0 || !chosen.includes(it)) return refused.get(id);
    return duplicates([it, ...onList.filter((each) => each !== it)], new Set(onList.map((each) => each.id))).get(id);
  };
}
