import type { Cluster } from "@rollcall/contract";
import type { MeshOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { valueOf } from "./source.ts";

/** Whether it can be the ID of a cluster: it becomes part of a Secret's name and the value of a label on every endpoint. */
export function isClusterId(text: string): boolean {
  return /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

/**
 * The ID of a cluster in the mesh; the object that stands for it is named `<prefix><ID>`, so a namespace has room for one of each ID.
 * Another ID is a removal for everybody in the mesh: it has to come by the guard, and never as a change of what stands.
 */
export function clusterIdOf(cluster: Cluster, options: MeshOptions, prefix: string, standing?: string): string {
  const id = saidId(cluster, options);
  if (!isClusterId(id))
    throw refuse(
      "BadClusterId",
      `the cluster ID of ${cluster.id} has to be 1 to 63 lower-case letters, digits and "-", a letter or digit first and last, got ${quoted(id)}; correct it where it is said, or set it in the list's option clusterIds`,
    );
  if (id === options.ownId)
    throw refuse(
      "OwnCluster",
      `${cluster.id} has the cluster ID "${id}", which is that of the istiod that reads this list, and it would ignore it; leave it out of the list`,
    );
  const stands = standing === undefined ? undefined : idIn(standing, prefix);
  if (stands !== undefined && stands !== id)
    throw refuse(
      "ClusterIdChanged",
      `${cluster.id} stands as "${stands}" and is now to be "${id}", which would take its endpoints out of the mesh; say the old ID again, or leave the cluster out of the list until it is gone and choose it anew`,
    );
  return id;
}

/** The ID that is part of an object's name, if it is a name of ours. */
export function idIn(name: string, prefix: string): string | undefined {
  const id = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return isClusterId(id) ? id : undefined;
}

/** Nothing stands in for an ID that is not said: istiod would take the cluster's own proxies for strangers. */
function saidId(cluster: Cluster, { clusterId, clusterIds = {} }: MeshOptions): string {
  if (Object.hasOwn(clusterIds, cluster.id)) return clusterIds[cluster.id]!;
  if (clusterId === undefined) return cluster.name;
  const said = valueOf(cluster, clusterId);
  if (said !== undefined && said !== "") return said;
  throw refuse(
    "NoClusterId",
    `${cluster.id} has no ${clusterId.from} ${quoted(clusterId.key)} that says its cluster ID in the mesh; set it in its ClusterProfile to the clusterName that Istio was installed with there, or set it in the list's option clusterIds`,
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
