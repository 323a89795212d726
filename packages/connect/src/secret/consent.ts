import { type Cluster, type KubeObject, objectKey, type Refusal, refusal } from "@rollcall/contract";
import type { Place } from "./place.ts";
import type { SecretSetting } from "./setting.ts";

/** What whoever owns a Secret writes on it. */
export const secretWords = {
  /** Label or annotation: the profiles that may use it, as `name` for one beside it or as `namespace/name`, with commas between them. */
  consent: "rollcall.dev/consent",
  /** Annotation: the server that its token is for. */
  server: "rollcall.dev/server",
} as const;

const pushed = {
  profile: "x-k8s.io/cluster-profile",
  namespace: "x-k8s.io/cluster-profile-namespace",
  consumer: "x-k8s.io/cluster-inventory-consumer",
} as const;

/** Why a Secret may not be used for a cluster, if so. A profile names any Secret that it likes; here the Secret has to name the profile. */
export function consentProblem(secret: KubeObject, cluster: Cluster, setting: SecretSetting, how: Place["how"]): Refusal | undefined {
  const consumer = secret.metadata.labels?.[pushed.consumer];
  if (setting.preset === "push" && consumer !== undefined && consumer !== setting.consumer)
    return {
      ...refusal(
        "OtherConsumer",
        `${objectKey(secret)} was pushed for consumer ${JSON.stringify(consumer)}, and we read as ${JSON.stringify(setting.consumer)}; set consumer of this provider, or ask for a Secret of our own`,
      ),
      revokes: true,
    };
  if (setting.consent === "namespace" || namesProfile(secret, cluster, how)) return undefined;
  const todo = `if that may use it, annotate it with ${secretWords.consent}: ${cluster.id}, or set consent: namespace of this provider if all in that namespace may be used`;
  return { ...refusal("NoConsent", `${objectKey(secret)} does not name profile ${cluster.id}; ${todo}`), revokes: true };
}

function namesProfile({ metadata, type }: KubeObject, cluster: Cluster, how: Place["how"]): boolean {
  const { labels = {}, annotations = {} } = metadata;
  // A bare name is one beside the Secret; from elsewhere it would be any namespace's.
  const isBeside = metadata.namespace === cluster.namespace;
  const named = [labels[secretWords.consent], annotations[secretWords.consent]].flatMap((each) => each?.split(",") ?? []);
  if (named.some((each) => each.trim() === cluster.id || (isBeside && each.trim() === cluster.name))) return true;

  // KEP-4322's push model: without a namespace it means the one beside it, as multicluster-runtime reads it, and else "default".
  const namespace = labels[pushed.namespace] ?? (isBeside ? cluster.namespace : "default");
  if (labels[pushed.profile] === cluster.name && namespace === cluster.namespace) return true;

  // Cluster API's own kubeconfig of the cluster of that name; it is sent nowhere but to its own server.
  const isOfClusterApi = how === "kubeconfig" && type === "cluster.x-k8s.io/secret";
  if (isBeside && isOfClusterApi && labels["cluster.x-k8s.io/cluster-name"] === cluster.name) return true;

  // Open Cluster Management makes the profile the owner of the token that it puts beside it.
  return isBeside && ownersOf(metadata).some((owner) => isProfile(owner, cluster));
}

interface Owner {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

function ownersOf(metadata: KubeObject["metadata"] & { readonly ownerReferences?: readonly Owner[] }): readonly Owner[] {
  return metadata.ownerReferences ?? [];
}

function isProfile({ apiVersion, kind, name, uid }: Owner, cluster: Cluster): boolean {
  return (
    apiVersion?.startsWith("multicluster.x-k8s.io/") === true && kind === "ClusterProfile" && name === cluster.name && uid === cluster.uid
  );
}
