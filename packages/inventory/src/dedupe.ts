import { type Cluster, type ClusterId, type Refusal, refusal } from "@rollcall/contract";

/**
 * Who of the clusters that a list selected may not join, because another profile speaks of the same member.
 *   of one member id            then
 *   one                         -
 *   some are on the list        they stay, all of them; newcomers are refused: DuplicateMember
 *   newcomers, one is oldest    it may join; the others are refused: DuplicateMember
 *   newcomers, none is oldest   all are refused: AmbiguousMember
 * Without a member id nobody is taken for anybody else. Nobody leaves a list for this.
 */
export function duplicates(clusters: readonly Cluster[], onList: ReadonlySet<ClusterId>): ReadonlyMap<ClusterId, Refusal> {
  const refused = new Map<ClusterId, Refusal>();
  for (const [memberId, all] of byMember(clusters)) {
    const newcomers = all.filter(({ id }) => !onList.has(id));
    if (newcomers.length === 0 || all.length === 1) continue;
    const chosen = newcomers.length < all.length ? all.filter(({ id }) => onList.has(id)) : oldest(newcomers);
    // Hundreds may share an id, as where somebody has copied one: what is said of them is said once.
    const why = chosen.length > 0 ? duplicate(memberId, chosen) : ambiguous(memberId, newcomers);
    for (const each of newcomers) if (each !== chosen[0]) refused.set(each.id, why);
  }
  return refused;
}

function byMember(clusters: readonly Cluster[]): ReadonlyMap<string, readonly Cluster[]> {
  const members = new Map<string, Cluster[]>();
  for (const cluster of clusters) {
    if (cluster.memberId === undefined || cluster.memberId === "") continue;
    const known = members.get(cluster.memberId);
    if (known === undefined) members.set(cluster.memberId, [cluster]);
    else known.push(cluster);
  }
  return members;
}

/** The one that was created first; nobody where that cannot be told. */
function oldest(newcomers: readonly Cluster[]): readonly Cluster[] {
  if (newcomers.length === 1) return newcomers;
  const ages = newcomers.map(({ createdAt }) => Date.parse(createdAt));
  const first = ages.reduce((a, b) => Math.min(a, b));
  // A time that cannot be read might be the earliest: NaN is no minimum of anything, so nobody is found.
  const found = newcomers.filter((_, at) => ages[at] === first);
  return found.length === 1 ? found : [];
}

function duplicate(memberId: string, chosen: readonly Cluster[]): Refusal {
  return refusal("DuplicateMember", `its member id ${JSON.stringify(memberId)} is that of ${named(chosen)} already; ${remedy}`);
}

function ambiguous(memberId: string, newcomers: readonly Cluster[]): Refusal {
  return refusal(
    "AmbiguousMember",
    `its member id ${JSON.stringify(memberId)} is on ${named(newcomers)}, and none of them is the oldest, so none is used; ${remedy}`,
  );
}

const remedy = "select only one of them, or have their cluster manager give each member its own id";

function named(clusters: readonly Cluster[]): string {
  let first: readonly string[] = [];
  for (const { id } of clusters) if (first.length < most || id < first.at(-1)!) first = [...first, id].sort().slice(0, most);
  const more = clusters.length - first.length;
  return `${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const most = 5;
