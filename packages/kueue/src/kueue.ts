import { bounded, isRefusal, kubeconfig, objectName, secretData } from "@rollcall/contract";
import type { Adapter, Cluster, Kept, Kind, KubeObject, Login, Reachable } from "@rollcall/contract";
import { health } from "./health.ts";
import { index } from "./index-of-clusters.ts";
import { group, leave } from "./leave.ts";
import { isMirrored, mirror, profiles } from "./mirror.ts";
import type { KueueOptions } from "./options.ts";
import { checkKubeconfig, checkProfile, checkServer } from "./usable.ts";

/** Declares a cluster to Kueue as a MultiKueueCluster, and the list as one MultiKueueConfig. */
export const kueue: Adapter<KueueOptions> = { name: "kueue", writes, login, entry, index, leave, health };

function writes(options: KueueOptions): readonly Kind[] {
  const { namespace } = options;
  const source = sourceOf(options);
  const apiVersion = group(options);
  return [
    ...(source === "clusterProfileRef" ? [] : [{ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace }]),
    ...(source === "kubeConfig" || options.mirror === false ? [] : [profiles(namespace)]),
    { apiVersion, kind: "MultiKueueCluster", plural: "multikueueclusters" },
    { apiVersion, kind: "MultiKueueConfig", plural: "multikueueconfigs" },
  ];
}

function login({ access }: Cluster, options: KueueOptions): Login {
  const source = sourceOf(options);
  if (source === "kubeConfig") return "with a credential from us";
  if (source === "clusterProfileRef") return "by itself";
  const { providers = [] } = options;
  // Kueue does not hand the TLS name of a profile to its client.
  const canUse = access.some(
    ({ provider, endpoint }) => providers.includes(provider) && !isRefusal(endpoint) && endpoint.tlsName === undefined,
  );
  return canUse ? "by itself" : "with a credential from us";
}

/** Every object of a cluster has the one name, so that what is left of it on its way out still says how it was called. */
function entry(cluster: Reachable, options: KueueOptions, kept?: Kept): readonly KubeObject[] {
  checkServer(cluster, options);
  const name = kept?.name ?? bounded(`${options.prefix ?? ""}${objectName(cluster)}`, 253);
  const source = sourceOf(options);
  if (source === "kubeConfig" || (source === "auto" && cluster.connection.login.kind === "credential")) {
    checkKubeconfig(cluster);
    return [secret(cluster, name, options), multiKueueCluster(name, { kubeConfig: { location: name, locationType: "Secret" } }, options)];
  }
  checkProfile(cluster, options);
  if (!isMirrored(cluster, options)) return [multiKueueCluster(name, { clusterProfileRef: { name: cluster.name } }, options)];
  return [mirror(cluster, name, options), multiKueueCluster(name, { clusterProfileRef: { name } }, options)];
}

/** Kueue knows no profiles in its old API. */
function sourceOf({ clusterSource = "kubeConfig", version }: KueueOptions): NonNullable<KueueOptions["clusterSource"]> {
  return version === "v1beta1" ? "kubeConfig" : clusterSource;
}

function secret(cluster: Reachable, name: string, { namespace }: KueueOptions): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "Opaque",
    // Named after the object: another byte makes Kueue start all its watches anew, even one of a profile's new name.
    data: secretData({ kubeconfig: kubeconfig(cluster, { name }) }),
  };
}

type ClusterSource =
  | { readonly kubeConfig: { readonly location: string; readonly locationType: "Secret" } }
  | { readonly clusterProfileRef: { readonly name: string } };

function multiKueueCluster(name: string, source: ClusterSource, options: KueueOptions): KubeObject {
  return {
    apiVersion: group(options),
    kind: "MultiKueueCluster",
    metadata: { name },
    spec: options.version === "v1beta1" ? source : { clusterSource: source },
  };
}
