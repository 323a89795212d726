import type { ClusterId } from "@rollcall/contract";
import type { Described, Placed, Ready } from "./answerable.ts";
import type { Asked, ClustersRequest, PlacementName } from "./request.ts";
import { unended, type Shape } from "./shape.ts";
import { inOrder, labelsOf, nameOf, oneLine, serverOf, wordsOf, type Words } from "./words.ts";

/** One cluster, for scripts. */
export interface ClusterJson extends Words {
  readonly id: ClusterId;
  /** The name that the consumer shows. */
  readonly shownName: string;
  readonly server: string;
  readonly clusterSet: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its place in the decision from 0; null where no decision chose it. */
  readonly order: number | null;
  readonly reason: string;
}

/** What a script gets. */
export interface ClustersJson {
  readonly list: string;
  readonly placement: PlacementName | null;
  readonly generation: string;
  readonly clusters: readonly ClusterJson[];
}

/** All members of a list, or of a placement within it. */
export function clustersJson(
  members: readonly Described[],
  { list, placement, sort = "decision", generation }: Asked<ClustersRequest> & Pick<Ready, "generation">,
): ClustersJson {
  const clusters = inOrder(members, sort).map((member) => ({ ...own(member), ...placeOf(member) }));
  return { list, placement: placement ?? null, generation, clusters };
}

/** How a script is answered. */
export const clustersShape: Shape<ClustersRequest> = {
  member: (member) => unended(own(member), 1),
  add: () => (member) => `,${JSON.stringify(placeOf(member)).slice(1)}`,
  open: ({ list, placement = null }, { generation }) => `${unended({ list, placement, generation }, 1)},"clusters":[`,
  close: "]}",
};

function own(member: Described): Omit<ClusterJson, "order" | "reason"> {
  const { cluster } = member;
  return {
    id: member.id,
    shownName: nameOf(member),
    server: serverOf(member),
    clusterSet: cluster.clusterSet ?? "",
    labels: labelsOf(cluster),
    ...wordsOf(cluster),
  };
}

function placeOf({ order, reason = "" }: Placed): Pick<ClusterJson, "order" | "reason"> {
  return { order: order ?? null, reason: oneLine(reason) };
}
