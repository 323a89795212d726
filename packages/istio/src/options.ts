import type { ClusterId } from "@rollcall/contract";
import type { MappedFrom, Source } from "./source.ts";

/** What one istiod is to know of a cluster, however it reads it. */
export interface MeshOptions {
  /** The namespace of the istiod that reads: it looks nowhere else. */
  readonly namespace: string;
  /** The label or property that says a cluster's ID in the mesh; the name of its profile when absent. */
  readonly clusterId?: MappedFrom;
  /** The ID of some clusters, by `namespace/name` of their profiles; it wins over `clusterId`. */
  readonly clusterIds?: Readonly<Record<ClusterId, string>>;
  /** The ID of the cluster that the reading istiod itself serves: no cluster is its own remote. */
  readonly ownId?: string;
  /** Where a profile says another address of its API server for this mesh; the usual one where it says none. */
  readonly server?: ServerFrom;
  /** Servers that are never declared: those of the cluster that istiod or the inventory itself lives in. */
  readonly refuse?: readonly string[];
}

/** A profile says where its credential is sent, and the operator which hosts it may say: `api.example.com`, `*.example.com`, `10.0.0.1:6443`. */
export interface ServerFrom extends MappedFrom {
  readonly allowed: readonly string[];
}

/** How the clusters of one list are shown to one istiod, one Secret for each. */
export interface IstioOptions extends MeshOptions {
  /** Who finds the Secrets by its label: Istio alone when absent. */
  readonly readers?: readonly ("istio" | "kiali")[];
  /** Further labels of the Secret, each by its key, for people and their selectors: istiod reads none of them. */
  readonly labels?: Readonly<Record<string, Source>>;
}

/** How the clusters of one list are shown to an istiod that reads kubeconfig files, all of them in one Secret that it mounts. */
export interface IstioFilesOptions extends MeshOptions {
  /** The name of that Secret. */
  readonly secret: string;
}
