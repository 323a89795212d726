import type { KubeObject } from "@rollcall/contract";

/** A kind as the memory hub takes it. */
interface ServableKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly status?: true;
  readonly immutable?: readonly string[];
  readonly validate?: (object: KubeObject) => string | undefined;
}

/** ClusterProfile for the memory hub, with what of its schema the cases look at. */
export const clusterProfileKind: ServableKind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespaced: true,
  status: true,
  immutable: ["spec.clusterManager"],
  validate: (object) => {
    const { spec, status } = object as { readonly spec?: Spec; readonly status?: Status };
    if (spec?.clusterManager?.name === undefined) return "spec.clusterManager: Required value";
    return status?.accessProviders?.flatMap(({ cluster }, at) => extensionProblems(cluster, `status.accessProviders[${at}].cluster`))[0];
  },
};

interface Spec {
  readonly clusterManager?: { readonly name?: string };
}

interface Status {
  readonly accessProviders?: readonly { readonly cluster?: Cluster }[];
}

interface Cluster {
  readonly extensions?: readonly { readonly extension: unknown }[];
}

/** The schema types an extension as an object, so the array of an `additional-args` extension never gets in. */
function extensionProblems(cluster: Cluster | undefined, path: string): readonly string[] {
  const extensions = cluster?.extensions ?? [];
  return extensions.flatMap(({ extension }, at) =>
    Array.isArray(extension) ? [`${path}.extensions[${at}].extension: Invalid value: "array": must be of type object: "array"`] : [],
  );
}
