import { assumingLogins } from "@rollcall/connect";
import { isRefusal, refusal, refusalOf, type Cluster, type ClusterId, type KubeObject, type Refusal } from "@rollcall/contract";
import { duplicates, judgeHealth, parseProfile, placed, seeHealth, type Chosen } from "@rollcall/inventory";
import { claimsOf, marked, newClaims, oldestFirst, type Claims } from "@rollcall/sync";
import type { Config, ListConfig } from "./config/config.ts";
import { narrowed } from "./hub/placement.ts";
import { decisionsIn, isDecision, placedBy, type Placed } from "./render-decisions.ts";

export interface Rendered {
  readonly objects: readonly RenderedObject[];
  /** Why something is not there; without a list, why a profile is on none. */
  readonly refusals: readonly (Refusal & { readonly list?: string; readonly cluster: ClusterId })[];
  /** What became of the clusters, list by list. */
  readonly lists: readonly ListCount[];
}

interface RenderedObject {
  readonly object: KubeObject;
  /** Its data keys that hold no secret. */
  readonly plain: readonly string[];
}

export interface ListCount {
  readonly list: string;
  readonly listed: number;
  readonly refused: number;
  readonly notSelected: number;
}

/** What each list would hold if these were all the profiles and decisions of the hub. Namespaces among them say what they are labelled with. */
export async function renderLists(config: Config, objects: readonly unknown[]): Promise<Rendered> {
  const { namespaces } = config.inventory;
  const all = objects.flatMap(items);
  const labels = new Map(all.filter(isNamespace).map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const stored = all.flatMap((each) => (isNamespace(each) ? [] : [asStored(each, namespaces)]));
  const read = stored.flatMap((each) => {
    if (isDecision(each)) return [];
    const profile = parseProfile(each);
    return [placed(profile, labels.get(profile.id.split("/")[0]!) ?? {})];
  });
  const named = read.filter((profile) => "cluster" in profile);
  const clusters = named.flatMap(({ cluster }, at) => (whyOnNoList(named, at, namespaces) === undefined ? [cluster] : []));
  clusters.sort(asOnHub);
  const unusable = [
    ...read.flatMap((profile) => ("refusal" in profile ? [{ cluster: profile.id, ...profile.refusal }] : [])),
    ...named.flatMap(({ id }, at) => {
      const why = whyOnNoList(named, at, namespaces);
      return why === undefined ? [] : [{ cluster: id, ...why }];
    }),
  ];
  const decisions = decisionsIn(stored, clusters, config);
  const lists = await Promise.all(config.lists.map((list) => renderList(list, placedBy(list, decisions), clusters, labels, config)));
  return {
    objects: lists.flatMap(({ objects }) => objects),
    refusals: [...unusable, ...lists.flatMap(({ refusals }) => refusals)],
    lists: lists.map(({ count }) => count),
  };
}

async function renderList(
  list: ListConfig,
  placed: Placed | undefined,
  all: readonly Cluster[],
  namespaces: ReadonlyMap<string, unknown>,
  config: Config,
) {
  const { adapter } = list.consumer;
  const order = list.order ?? (placed && ((a: Cluster, b: Cluster) => placed.placeOf(a.id) - placed.placeOf(b.id)));
  const clusters = order === undefined ? all : all.toSorted(order);
  const claims = newClaims();
  const objects: RenderedObject[] = [];
  const refusals: Rendered["refusals"][number][] = [];
  const chosen = clusters.filter((cluster) => {
    const said = whether(cluster, list, placed, namespaces);
    if ("refusal" in said) refusals.push({ list: list.name, cluster: cluster.id, ...said.refusal });
    return "refusal" in said || said.chosen;
  });
  const undecided = new Set(refusals.map(({ cluster }) => cluster));
  const doubles = duplicates(
    chosen.filter(({ id }) => !undecided.has(id)),
    new Set(),
  );
  for (const [cluster, why] of doubles) refusals.push({ list: list.name, cluster, ...why });
  const decided = chosen.filter(({ id }) => !undecided.has(id) && !doubles.has(id));
  for (const cluster of decided) {
    const entry = await entryOf(cluster, list, config, claims).catch(refusalOf);
    if (isRefusal(entry)) refusals.push({ list: list.name, cluster: cluster.id, ...entry });
    else objects.push(...entry.map((object) => ({ object, plain: adapter.plain ?? [] })));
  }
  const refused = refusals.length;
  const count = { list: list.name, listed: chosen.length - refused, refused, notSelected: clusters.length - chosen.length };
  const last = decided.flatMap((cluster) => {
    const why = list.order?.refusal(cluster);
    return why === undefined ? [] : [{ list: list.name, cluster: cluster.id, ...why, message: `it comes last: ${why.message}` }];
  });
  return { objects, refusals: [...refusals, ...last], count };
}

/** Whether a list chooses a cluster that it does not have yet. */
function whether(
  cluster: Cluster,
  { select, health, asksNamespaces }: ListConfig,
  placed: Placed | undefined,
  namespaces: ReadonlyMap<string, unknown>,
): Chosen {
  const { namespace, clusterSet } = cluster;
  if (asksNamespaces && clusterSet === undefined && !namespaces.has(namespace)) {
    const todo = `add what \`kubectl get namespace ${namespace} -o yaml\` says`;
    return {
      refusal: refusal("NamespaceUnread", `namespace "${namespace}" is in no file, and its labels may name a cluster set; ${todo}`),
    };
  }
  const said = narrowed(placed?.says(cluster.id), select(cluster));
  if (said.is === "not chosen") return { chosen: false };
  if (said.is === "unknown") return { refusal: said.why };
  // A file does not say since when.
  const well = judgeHealth({ ...health, joinAfter: 0 }, seeHealth(undefined, cluster.health, 0), 0);
  const why = well.is === "not to join" ? well.why : said.newcomer;
  return why === undefined ? { chosen: true } : { refusal: why };
}

/** The marked objects of one cluster, or why there can be none. */
async function entryOf(
  cluster: Cluster,
  { name, consumer, options }: ListConfig,
  { instance, providers }: Config,
  claims: Claims,
): Promise<readonly KubeObject[] | Refusal> {
  const { adapter } = consumer;
  const reachable = await assumingLogins(() => providers)(cluster, adapter.login(cluster, options));
  if (isRefusal(reachable)) return reachable;
  if (reachable.connection.login.kind === "credential") return noCredential;
  const entry = adapter.entry(reachable, options).map((object) => marked(object, reachable, { instance, list: name }));
  return claims.take(cluster.id, claimsOf(reachable.connection, adapter, entry)) ?? entry;
}

// Nothing can be made ready to apply with a credential that nobody has got.
const noCredential = refusal(
  "NeedsCredential",
  "its consumer gets a credential, and nobody is asked for one here; rollcall plan shows what would be made of it",
);

/** Why no list can have a cluster, whatever it selects. */
function whyOnNoList(all: readonly { readonly cluster: Cluster }[], at: number, namespaces: readonly string[]): Refusal | undefined {
  const { id, namespace, terminating } = all[at]!.cluster;
  if (!namespaces.includes(namespace))
    return refusal("NotWatched", `its namespace "${namespace}" is not in inventory.namespaces (${namespaces.join(", ")}); add it there`);
  if (terminating) return refusal("Terminating", "it is being deleted, so no list chooses it");
  if (all.some(({ cluster }, index) => index > at && cluster.id === id))
    return refusal("Twice", "a profile of this name comes again later on; the last one counts");
  return undefined;
}

/** What stands on the hub already comes first there; a file that does not say when it was made is made now. */
function asOnHub(a: Cluster, b: Cluster): number {
  if ((a.createdAt === "") !== (b.createdAt === "")) return a.createdAt === "" ? 1 : -1;
  if (a.createdAt === b.createdAt && a.uid === b.uid) return a.id < b.id ? -1 : 1;
  return oldestFirst(a, b);
}

/** A List is as good as its items. */
function items(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  const { kind, items: inner } = value as { kind?: unknown; items?: unknown };
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(inner) ? inner : [value];
}

function isNamespace(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  return apiVersion === "v1" && kind === "Namespace" && typeof metadata?.name === "string";
}

/** A file has no uid and may have no namespace: the API server gives the one, and whoever applies it the other. */
function asStored(value: unknown, namespaces: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { metadata } = value as { metadata?: Readonly<Record<string, unknown>> | null };
  const namespace = metadata?.["namespace"] || (namespaces.length === 1 ? namespaces[0] : "default");
  return { ...value, metadata: { ...metadata, namespace, uid: metadata?.["uid"] || "not-stored-yet" } };
}
