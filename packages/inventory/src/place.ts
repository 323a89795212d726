import type { Profile } from "./profile.ts";
import { clusterSetOfNamespace } from "./words.ts";

/** The same profile where it lies: what its namespace is labelled with counts where the profile itself names no cluster set. */
export function placed(profile: Profile, namespaceLabels: Readonly<Record<string, string>>): Profile {
  if (!("cluster" in profile) || profile.cluster.clusterSet !== undefined) return profile;
  const clusterSet = clusterSetOfNamespace(namespaceLabels);
  return clusterSet === undefined ? profile : { ...profile, cluster: { ...profile.cluster, clusterSet } };
}
