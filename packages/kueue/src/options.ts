/** How the clusters of one list are shown to one Kueue. */
export interface KueueOptions {
  /** Kueue's own namespace: it looks for kubeconfigs and profiles nowhere else. */
  readonly namespace: string;
  /** The name of the MultiKueueConfig that lists the clusters, as an AdmissionCheck names it. */
  readonly config: string;
  /** How Kueue gets into a cluster: with a kubeconfig of ours (`kubeConfig`, when absent), by the cluster's profile, or by the profile where it can. */
  readonly clusterSource?: "kubeConfig" | "clusterProfileRef" | "auto";
  /** The access providers in Kueue's own configuration; `auto` goes by them. */
  readonly providers?: readonly string[];
  /** Whether profiles are copied into Kueue's namespace: those that are not there when absent, all of them, or none. */
  readonly mirror?: boolean;
  /** What the names of newcomers begin with, where two lists show one cluster to the same Kueue. */
  readonly prefix?: string;
  /** How many clusters the MultiKueueConfig may name: 20 when absent, which Kueue takes since 0.16. */
  readonly maxClusters?: number;
  /** What becomes of the MultiKueueConfig when no cluster is left: it goes on naming the last ones (`keep`, when absent), or it is deleted. */
  readonly whenEmpty?: "keep" | "delete";
  /** Seconds for which a cluster that leaves waits for the Workloads on it; an hour when absent. */
  readonly deadline?: number;
  /** Seconds between two cleanings of Kueue, as its own configuration says; 60 when absent. */
  readonly gcInterval?: number;
  /** The version of Kueue's API; v1beta2 when absent. Kueue before 0.15 serves v1beta1 alone. */
  readonly version?: "v1beta2" | "v1beta1";
  /** Servers that are never declared: those of the cluster that Kueue or the inventory itself lives in. */
  readonly refuse?: readonly string[];
}
