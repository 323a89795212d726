import { type ClusterId, isRefusal, type Refusal, refusal } from "@rollcall/contract";
import { fields, quoted, recordOf, text, texts } from "../json.ts";
import { isNamespace, isObjectName } from "../names.ts";

/** Whose rules a slice follows: those of KEP-5313, or OCM's own. Only the API group tells them apart. */
export type DecisionApi = "multicluster.x-k8s.io" | "cluster.open-cluster-management.io";

/** One PlacementDecision object: some of the clusters that a scheduler chose, in its order. */
export interface Slice {
  /** Unique on a hub, over both APIs. */
  readonly id: string;
  readonly api: DecisionApi;
  readonly namespace: string;
  readonly name: string;
  /** What all slices of one decision have in common; a slice without it stands alone. */
  readonly key?: string;
  /** What the scheduler was asked about; several decisions may share it. */
  readonly placementKey?: string;
  /** Its place among the slices. Several may share one, and what is no whole number is none. */
  readonly index?: number;
  readonly revision?: string;
  readonly scheduler?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It is being deleted, perhaps only to be written anew. */
  readonly terminating?: true;
  /** Whom it names; or why nobody can say, which is never the same as nobody. */
  readonly rows: readonly Row[] | Refusal;
}

/** One line of a slice: a cluster, and why it was chosen. */
export interface Row {
  readonly id: ClusterId;
  readonly reason?: string;
  /** It names a profile of another namespace than its own. */
  readonly isElsewhere?: true;
  /** No profile can bear such a name; the id only shows it. */
  readonly bad?: true;
}

/** What one object says: a slice, or why it is none. */
export type SliceRead = { readonly id: string } & ({ readonly slice: Slice } | { readonly refusal: Refusal });

const kep: DecisionApi = "multicluster.x-k8s.io";
const ocm: DecisionApi = "cluster.open-cluster-management.io";
const versions: Readonly<Record<DecisionApi, readonly string[]>> = { [kep]: ["v1alpha1", "v1alpha2"], [ocm]: ["v1beta1"] };

/** The name by which OCM's profiles and decisions say whose they are. */
export const ocmManager = "open-cluster-management";

/** What one PlacementDecision of either API says. Never throws, whatever the object. */
export function parseDecision(object: unknown): SliceRead {
  const { apiVersion, kind, metadata, ...body } = fields(object);
  const [group = "", version = ""] = (text(apiVersion) ?? "").split("/");
  const { namespace, name, labels, deletionTimestamp } = fields(metadata);
  const id = [group, text(namespace), text(name)].filter(Boolean).join("/") || "(unnamed)";
  if ((group !== kep && group !== ocm) || kind !== "PlacementDecision") {
    const what = `${quoted(text(kind) ?? "")} of ${quoted(text(apiVersion) ?? "")}`;
    const remedy = `ask for placementdecisions.${kep} or placementdecisions.${ocm}`;
    return { id, refusal: refusal("NotAPlacementDecision", `it is a ${what}, not a PlacementDecision; ${remedy}`) };
  }
  const [inNamespace, called] = [text(namespace), text(name)];
  if (inNamespace === undefined || called === undefined)
    return { id, refusal: refusal("NoIdentity", "it lacks metadata.namespace or name; read it from an API server, which gives both") };
  if (!isNamespace(inNamespace) || !isObjectName(called))
    return { id, refusal: refusal("BadName", `${quoted(id)} is no namespace and name that an API server would take; rename it`) };

  const words = recordOf(texts(labels));
  const known = versions[group].includes(version);
  return {
    id,
    slice: {
      id,
      api: group,
      namespace: inNamespace,
      name: called,
      ...(group === kep ? kepWords(words, body["schedulerName"]) : ocmWords(words)),
      labels: words,
      ...(text(deletionTimestamp) !== undefined && { terminating: true as const }),
      rows: known ? rowsOf(group, inNamespace, body) : unknownVersion(group, version),
    },
  };
}

type Words = Pick<Slice, "key" | "placementKey" | "index" | "revision" | "scheduler">;

function kepWords(labels: Slice["labels"], schedulerName: unknown): Words {
  return said({
    key: text(labels[`${kep}/decision-key`]),
    placementKey: text(labels[`${kep}/placement-key`]),
    index: indexOf(labels[`${kep}/decision-index`]),
    revision: text(labels[`${kep}/decision-revision`]),
    scheduler: text(schedulerName),
  });
}

/** OCM numbers groups of clusters, not slices, so several slices may share an index. */
function ocmWords(labels: Slice["labels"]): Words {
  const placement = text(labels[`${ocm}/placement`]);
  return said({ key: placement, placementKey: placement, index: indexOf(labels[`${ocm}/decision-group-index`]), scheduler: ocmManager });
}

function said(words: { readonly [K in keyof Words]: Words[K] | undefined }): Words {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

function indexOf(label: string | undefined): number | undefined {
  return label !== undefined && /^\d{1,15}$/.test(label) ? Number(label) : undefined;
}

function rowsOf(api: DecisionApi, namespace: string, body: Readonly<Record<string, unknown>>): Slice["rows"] {
  const [path, decisions] = api === kep ? ["decisions", body["decisions"]] : ["status.decisions", fields(body["status"])["decisions"]];
  // OCM creates an object first and says afterwards whom it means: until then nothing is said, which is not "nobody".
  if (!Array.isArray(decisions))
    return refusal("NoDecisions", `it has no ${path} yet, so whom it means is not known; its scheduler has to write it`);
  const rows: Row[] = [];
  for (const [at, each] of decisions.entries()) {
    const { clusterProfileRef, clusterName, reason } = fields(each);
    const ref = api === kep ? fields(clusterProfileRef) : { name: clusterName };
    const [name, because] = [text(ref["name"]), text(reason)];
    const where = ref["namespace"] ?? "";
    if (name === undefined || typeof where !== "string")
      return refusal("BadRow", `${path}[${at}] names no cluster, so whom it means is not known; its scheduler has to mend it`);
    rows.push({ ...idOf(where || namespace, name, namespace), ...(because !== undefined && { reason: because }) });
  }
  return rows;
}

function idOf(namespace: string, name: string, here: string): Row {
  if (!isNamespace(namespace) || !isObjectName(name)) return { id: quoted(`${namespace}/${name}`), bad: true };
  return { id: `${namespace}/${name}`, ...(namespace !== here && { isElsewhere: true }) };
}

function unknownVersion(api: DecisionApi, version: string): Refusal {
  const message = `version ${quoted(version)} of PlacementDecision is not known here; read it as ${versions[api].join(" or ")}`;
  return refusal("UnknownVersion", message);
}

/** Whether a slice says whom it means. */
export function isReadable(slice: Slice): slice is Slice & { readonly rows: readonly Row[] } {
  return !isRefusal(slice.rows);
}
