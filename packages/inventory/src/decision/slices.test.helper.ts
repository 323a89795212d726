import type { Cluster, ClusterId } from "@rollcall/contract";
import { parseDecision, parseProfile, type Slice } from "../index.ts";

interface Given {
  readonly name: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly placementKey?: string;
  readonly index?: string | number;
  readonly revision?: string;
  readonly scheduler?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly isGoing?: boolean;
  /** The names it has, as `name`, `namespace/name` or with a reason behind a colon. */
  readonly of: readonly string[];
}

const kep = "multicluster.x-k8s.io";
const ocm = "cluster.open-cluster-management.io";

/** A slice as KEP-5313 has it, in namespace `fleet`. */
export function slice({ of, scheduler, ...given }: Given): Slice {
  const words = {
    "decision-key": given.key,
    "placement-key": given.placementKey,
    "decision-index": given.index,
    "decision-revision": given.revision,
  };
  const decisions = of.map((each) => {
    const [ref = "", reason] = each.split(":");
    const [name, namespace] = ref.split("/").reverse();
    return { clusterProfileRef: { name, ...(namespace && { namespace }) }, ...(reason && { reason }) };
  });
  return parsed({
    apiVersion: `${kep}/v1alpha1`,
    kind: "PlacementDecision",
    metadata: metadata(given, kep, words),
    schedulerName: scheduler,
    decisions,
  });
}

/** A slice as OCM has it; without names it was only just created. */
export function ocmSlice({ of, ...given }: Omit<Given, "of"> & { readonly of?: readonly string[] }): Slice {
  const words = { placement: given.key, "decision-group-index": given.index };
  const status = of && { decisions: of.map((clusterName) => ({ clusterName, reason: "" })) };
  return parsed({ apiVersion: `${ocm}/v1beta1`, kind: "PlacementDecision", metadata: metadata(given, ocm, words), status });
}

/** A slice that nobody can read. */
export function unreadable(given: Slice): Slice {
  return { ...given, rows: { reason: "BadRow", message: "nobody can read it" } };
}

function metadata(given: Omit<Given, "of">, api: string, words: Readonly<Record<string, string | number | undefined>>): object {
  const said = Object.entries(words).filter(([, value]) => value !== undefined);
  return {
    name: given.name,
    namespace: given.namespace ?? "fleet",
    labels: { ...given.labels, ...Object.fromEntries(said.map(([word, value]) => [`${api}/${word}`, String(value)])) },
    ...(given.isGoing && { deletionTimestamp: "2026-11-20T10:00:00Z" }),
  };
}

function parsed(object: object): Slice {
  const read = parseDecision(object);
  if ("refusal" in read) throw new Error(read.refusal.message);
  return read.slice;
}

/** Clusters by their ids; what else is to be said of one comes in `more`. */
export function fleetOf(
  ids: Iterable<ClusterId>,
  more: Readonly<Record<ClusterId, Partial<Cluster>>> = {},
): ReadonlyMap<ClusterId, Cluster> {
  return new Map([...ids].map((id) => [id, { ...bare(id), ...more[id] }]));
}

function bare(id: ClusterId): Cluster {
  const [namespace, name] = id.split("/");
  const metadata = { namespace, name, uid: id };
  const read = parseProfile({ apiVersion: `${kep}/v1alpha1`, kind: "ClusterProfile", metadata, spec: { clusterManager: { name: "m" } } });
  if ("refusal" in read) throw new Error(read.refusal.message);
  return read.cluster;
}
