import { type Cluster, type ClusterId, type Refusal, refusal } from "@rollcall/contract";
import { ocmManager, type Row, type Slice } from "./slice.ts";

/** Where a line of a decision went: to a cluster, to one that an earlier line chose already, or nowhere. */
export type Went =
  | { readonly is: "chosen" }
  | { readonly is: "duplicate"; readonly of: ClusterId }
  | { readonly is: "dangling"; readonly why: Refusal };

/** One line of a decision. */
export interface NamedRow {
  readonly id: ClusterId;
  /** Why its scheduler chose it, in the scheduler's words. */
  readonly reason: string | undefined;
  /** The slice that it stands in. */
  readonly slice: string;
  /** It names a profile of another namespace than the decision's. */
  readonly isElsewhere: boolean;
  readonly went: Went;
}

type Readable = Slice & { readonly rows: readonly Row[] };

/**
 * Follows every line of slices that are in order.
 *   names                                        went
 *   what an earlier line named                   duplicate
 *   a member (by its id) that is chosen already  duplicate
 *   no profile, one that is going, no OCM one    dangling: the others do not suffer for it
 *   a profile, in whatever namespace             chosen
 */
export function resolve(
  slices: readonly Readable[],
  clusters: ReadonlyMap<ClusterId, Cluster>,
): {
  readonly rows: readonly NamedRow[];
  readonly named: ReadonlyMap<ClusterId, NamedRow>;
  readonly chosen: readonly ClusterId[];
} {
  const rows: NamedRow[] = [];
  const named = new Map<ClusterId, NamedRow>();
  const chosen: ClusterId[] = [];
  const members = new Map<string, ClusterId>();
  for (const slice of slices) {
    for (const row of slice.rows) {
      const { id, reason, isElsewhere = false } = row;
      const isAgain = named.has(id);
      const went: Went = isAgain ? { is: "duplicate", of: id } : wentOf(slice, row, clusters.get(id), members);
      // Of one shape, and spelled out: there may be ten thousand, each time a slice changes.
      const placed: NamedRow = { id, reason, slice: slice.name, isElsewhere, went };
      rows.push(placed);
      if (!isAgain) named.set(id, placed);
      if (went.is === "chosen") chosen.push(id);
    }
  }
  return { rows, named, chosen };
}

/** Why a profile is not the managed cluster that OCM names. */
export const notOcm = "NotOcm";

const chosen: Went = { is: "chosen" };

function wentOf({ api }: Slice, { id, bad }: Row, cluster: Cluster | undefined, members: Map<string, ClusterId>): Went {
  if (bad) return dangling("BadReference", `${id} is no namespace and name that a profile could have; its scheduler has to mend it`);
  if (cluster === undefined)
    return dangling(
      "NoSuchProfile",
      `no profile ${id} is known; it is gone, cannot be used, or its namespace is not in inventory.namespaces`,
    );
  if (cluster.terminating) return dangling("ProfileGoing", `profile ${id} is being deleted`);
  // OCM names managed clusters, and only its own profiles are called after them.
  if (api === "cluster.open-cluster-management.io" && cluster.manager !== ocmManager)
    return dangling(notOcm, `profile ${id} is not of ${ocmManager}, whose decision names only managed clusters of its own`);
  if (!cluster.memberId) return chosen;
  const first = members.get(cluster.memberId);
  if (first !== undefined) return { is: "duplicate", of: first };
  members.set(cluster.memberId, id);
  return chosen;
}

function dangling(reason: string, message: string): Went {
  return { is: "dangling", why: refusal(reason, message) };
}
