import { type Cluster, type ClusterId, type Refusal, refusal } from "@rollcall/contract";
import { accessOf } from "./access.ts";
import { fields, quoted, recordOf, text, texts } from "./json.ts";
import { isNamespace, isObjectName } from "./names.ts";
import { clusterSetOf, conditionsOf, healthOf, propertiesOf } from "./words.ts";

/** What one ClusterProfile says: a cluster, or why it cannot be used. */
export type Profile = Read & ({ readonly cluster: Cluster } | { readonly refusal: Refusal });

interface Read {
  readonly id: ClusterId;
  readonly uid: string;
  readonly resourceVersion: string;
}

const group = "multicluster.x-k8s.io";
const versions = ["v1alpha1", "v1alpha2"];

/** What one ClusterProfile says: a cluster, or why it cannot be used. Never throws, whatever the object. */
export function parseProfile(object: unknown): Profile {
  const { apiVersion, kind, metadata, spec, status } = fields(object);
  const { namespace, name, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = fields(metadata);
  const read = {
    id: [namespace, name].map(text).filter(Boolean).join("/") || "(unnamed)",
    uid: text(uid) ?? "",
    resourceVersion: text(resourceVersion) ?? "",
  };
  const notOurs = whyNotOurs(apiVersion, kind);
  if (notOurs !== undefined) return { ...read, refusal: notOurs };
  const [inNamespace, called, manager] = [text(namespace), text(name), text(fields(fields(spec)["clusterManager"])["name"])];
  if (inNamespace === undefined || called === undefined || read.uid === "")
    return {
      ...read,
      refusal: refusal("NoIdentity", "it lacks metadata.namespace, name or uid; read it from an API server, which gives all three"),
    };
  if (!isNamespace(inNamespace) || !isObjectName(called))
    return { ...read, refusal: refusal("BadName", `${quoted(read.id)} is no namespace and name that an API server would take; rename it`) };
  if (manager === undefined)
    return {
      ...read,
      refusal: refusal("NoManager", "it has no spec.clusterManager.name; every profile needs one, so have its manager set it"),
    };

  const words = recordOf(texts(labels));
  const memberId = text(words[`${group}/inventory-member-id`]);
  const version = text(fields(fields(status)["version"])["kubernetes"]);
  const properties = propertiesOf(status);
  const conditions = conditionsOf(status);
  const clusterSet = clusterSetOf(words, properties);
  const cluster: Cluster = {
    ...read,
    namespace: inNamespace,
    name: called,
    ...(memberId !== undefined && { memberId }),
    createdAt: text(creationTimestamp) ?? "",
    displayName: text(fields(spec)["displayName"]) ?? called,
    manager,
    labels: words,
    properties,
    ...(version !== undefined && { version }),
    health: healthOf(conditions),
    conditions,
    ...(clusterSet !== undefined && { clusterSet }),
    ...(text(deletionTimestamp) !== undefined && { terminating: true as const }),
    access: accessOf(status),
  };
  return { ...read, cluster };
}

/** Other projects have a ClusterProfile too (Sveltos, kure): only the group tells them apart. */
function whyNotOurs(apiVersion: unknown, kind: unknown): Refusal | undefined {
  const [inGroup = "", version = ""] = (text(apiVersion) ?? "").split("/");
  if (inGroup !== group || kind !== "ClusterProfile") {
    const what = `${quoted(text(kind) ?? "")} of ${quoted(text(apiVersion) ?? "")}`;
    return refusal("NotAClusterProfile", `it is a ${what}, not a ClusterProfile of ${group}; ask for clusterprofiles.${group}`);
  }
  if (versions.includes(version)) return undefined;
  return refusal("UnknownVersion", `version ${quoted(version)} of ClusterProfile is not known here; read it as ${versions.join(" or ")}`);
}
