import type { KubeObject } from "@rollcall/contract";
import { profile as anyProfile, type GivenProfile } from "@rollcall/testing";

export const places = { fleet: "fleet", argocd: "argocd", state: "rollcall" } as const;

export const kinds = [
  { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", plural: "clusterprofiles", namespaced: true, status: true },
  { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true },
] as const;

export const profiles = kinds[0].plural;

/** Enough others that one may leave without anybody's word. */
export const others: readonly string[] = ["berlin", "lima", "oslo", "tokyo"];

/** Without any grace, so that a wrong removal would show. */
export const atOnce = { unregistered: { then: "release", after: 0 }, deselected: { then: "drain", after: 0 } };

/** A profile that the list selects, as a client sends it. */
export function prod(given: GivenProfile): KubeObject {
  const { metadata, ...rest } = anyProfile({ namespace: places.fleet, ...given, labels: { env: "prod", ...given.labels } });
  const { uid: _, creationTimestamp: __, ...own } = metadata;
  return { ...rest, metadata: own };
}

/** Waits that long: for what should not happen, there is nothing to wait for. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
