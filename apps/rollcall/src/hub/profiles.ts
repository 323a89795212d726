import { parseProfile, type Profile } from "@rollcall/inventory";
import type { FollowedKind } from "./follow-kind.ts";

/** ClusterProfiles, the older version first: of a profile that offers its logins in the deprecated way alone, the newer one shows none. */
export const profileKind: FollowedKind<Profile> = {
  group: "multicluster.x-k8s.io",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  versions: ["v1alpha1", "v1alpha2"],
  project: parseProfile,
};
