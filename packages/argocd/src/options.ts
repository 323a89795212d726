import type { MappedFrom, Source } from "./source.ts";

/** How the clusters of one list are shown to one Argo CD. */
export interface ArgoCdOptions {
  /** Argo CD's own namespace: it looks for cluster Secrets nowhere else. */
  readonly namespace: string;
  /** The name that Argo CD shows for a newcomer, made of `{namespace}` and `{name}`; `{name}` when absent. */
  readonly name?: string;
  /** Which labels of the profile the Secret carries: keys, or all keys of a prefix as `topology.kubernetes.io/*`. */
  readonly copyLabels?: readonly string[];
  /** Further labels of the Secret, each by its key; they win over copied ones. */
  readonly labels?: Readonly<Record<string, Source>>;
  /** Annotations of the Secret, each by its key. */
  readonly annotations?: Readonly<Record<string, Source>>;
  /** The one Argo CD project that may use these clusters, or where each cluster says its own and which it may say. */
  readonly project?: string | ProjectFrom;
  /** Which application controller has these clusters: one for all, one that each cluster says, or spread evenly over so many. */
  readonly shard?: number | MappedFrom | { readonly hash: number };
  /** The only namespaces that Argo CD looks at in these clusters; all when absent. */
  readonly namespaces?: readonly string[];
  /** With `namespaces`: whether Argo CD looks at what belongs to no namespace too. */
  readonly clusterResources?: boolean;
  /** Who logs in: Argo CD `by itself` when absent. */
  readonly login?: "by itself" | "with a credential from us";
  /** Whether Argo CD knows how to tell a plugin of its cluster, as 3.5 and later do; true when absent. */
  readonly passClusterInfo?: boolean;
  /** Whether `{name}`, `{namespace}` and `{server}` in a plugin's arguments and environment stand for the cluster's own. */
  readonly placeholders?: boolean;
  /** Servers that are never declared: those of the cluster that Argo CD or the inventory itself lives in. */
  readonly refuse?: readonly string[];
}

/** A profile says which project its cluster is for, and the operator which projects it may say. */
export interface ProjectFrom extends MappedFrom {
  readonly allowed: readonly string[];
}
