import type { Refusal } from "./errors.ts";

/** `namespace/name` of a profile: unique on a hub, and how people name a cluster in configs, logs and status. */
export type ClusterId = string;

/** Tri-state on purpose: most profiles say nothing about their health, and nothing is not a fault. */
export type Health = "healthy" | "unhealthy" | "unknown";

/** One member cluster as its profile describes it. Holds no secrets. */
export interface Cluster {
  readonly id: ClusterId;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `multicluster.x-k8s.io/inventory-member-id`, when the profile carries one. */
  readonly memberId?: string;
  readonly createdAt: string;
  readonly resourceVersion: string;
  readonly displayName: string;
  readonly manager: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly health: Health;
  /** The status of each condition by its type. When it changed and why is a heartbeat's word and not kept. */
  readonly conditions: Readonly<Record<string, "True" | "False" | "Unknown">>;
  /** The cluster set that it is said to be in, whichever of the known spellings says so. */
  readonly clusterSet?: string;
  /** Its profile is being deleted: no longer chosen by anyone, though still to be seen. */
  readonly terminating?: true;
  /** All ways in that the profile offers, deprecated spelling merged, in no order of preference. */
  readonly access: readonly Access[];
}

/** One way in that a profile offers: a provider's name and, when it can be used, where the cluster is. */
export interface Access {
  readonly provider: string;
  readonly endpoint: Endpoint | Refusal;
  /** The exec extension (`client.authentication.k8s.io/exec`): what a plugin is told about this cluster. */
  readonly config?: unknown;
  /** What the profile would add to a plugin's command line; it goes nowhere unless the operator allows it by name. */
  readonly args?: readonly string[] | Refusal;
  /** What the profile would add to a plugin's environment; it goes nowhere unless the operator allows it by name. */
  readonly env?: readonly { readonly name: string; readonly value: string }[] | Refusal;
}

/** Where an API server is and how it is trusted, checked and ready to be written. */
export interface Endpoint {
  /** As the profile spells it, path and query included, without trailing slashes. */
  readonly server: string;
  /** PEM. Absent means that the system's roots are trusted, as on GKE. */
  readonly ca?: string;
  readonly tlsName?: string;
  readonly proxy?: string;
  readonly insecure?: true;
  readonly disableCompression?: true;
}
