/** How the clusters of one list are shown to Flux. */
export interface FluxOptions {
  /** Where Kustomizations and HelmReleases are that use the clusters: Flux reads a kubeconfig from nowhere but their own namespace. */
  readonly namespace: string;
  /** Further such namespaces; each gets a copy under the same name. */
  readonly namespaces?: readonly string[];
  /** What the objects of a newcomer are called, made of `{namespace}` and `{name}`; `{namespace}.{name}` when absent. */
  readonly name?: string;
  /** The Secret's data key; `value` when absent, which Flux reads without being told. */
  readonly key?: string;
  /** Whether Flux looks at once when an object changes, and not when the interval of its users is over; false when absent. */
  readonly watch?: boolean;
  /** Flux logs in by itself, as ConfigMaps say; when absent it finds a credential of ours in a Secret. */
  readonly configMap?: ConfigMapOptions;
  /** Which kinds of Flux's objects may use the clusters: those whose controllers are installed; both when absent. */
  readonly users?: readonly User[];
  /** Seconds after which a release no longer waits for users; without it, it waits until there are none. */
  readonly deadline?: number;
}

/** How Flux finds a cluster and logs in to it without a credential of ours. */
export interface ConfigMapOptions {
  /** Whose identities it logs in with; when absent, those of the cloud that each cluster's own login is about. */
  readonly provider?: Provider;
  /** The cluster's resource name in its cloud: a text with `{namespace}` and `{name}`, or where each profile says it. */
  readonly cluster?: string | ClusterFrom;
  /** Whether Flux asks the cloud for address and CA, and the profile's own are not written; false when absent. */
  readonly lookup?: boolean;
  /** For whom its tokens are made; for `generic` the cluster's address when absent. */
  readonly audiences?: readonly string[];
  /** The ServiceAccount, in the namespace of each user, with whose identity it logs in; the controller's own when absent. */
  readonly serviceAccountName?: string;
}

/** Whose identities Flux logs in with; `generic` is those of the cluster that Flux runs in. */
export type Provider = "generic" | "aws" | "azure" | "gcp";

/** A kind of Flux's objects that names clusters. */
export type User = "Kustomization" | "HelmRelease";

/** Where a profile says it: in a label, a property, or the exec extension of the way in that was chosen. */
export interface ClusterFrom {
  readonly from: "label" | "property" | "extension";
  readonly key: string;
}
