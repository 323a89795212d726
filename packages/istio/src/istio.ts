import { final, outOfAnswers, remove, secretData, type Adapter, type Kept, type KubeObject, type Reachable } from "@rollcall/contract";
import { clusterIdOf } from "./cluster-id.ts";
import { labelsOf } from "./labels.ts";
import type { IstioOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { remoteKubeconfig } from "./remote-kubeconfig.ts";

/** Declares a cluster to Istio as a remote Secret, equal in meaning to what `istioctl create-remote-secret` makes. */
export const istio: Adapter<IstioOptions> = {
  name: "istio",
  writes: ({ namespace }) => [{ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace }],
  // istiod refuses a kubeconfig that names a plugin or a file, and the whole of it.
  login: () => "with a credential from us",
  entry: (cluster, options, kept) => [remoteSecret(cluster, options, kept)],
  leave: () => ({ drain: [final(remove), outOfAnswers], release: [final(remove), outOfAnswers] }),
};

const prefixes = { istio: "istio-remote-secret-", kiali: "kiali-remote-secret-" };
const foundBy = { istio: "istio/multiCluster", kiali: "kiali.io/multiCluster" };

function remoteSecret(cluster: Reachable, options: IstioOptions, kept?: Kept): KubeObject {
  const { namespace, readers = ["istio"], labels } = options;
  const main = readers.includes("istio") ? "istio" : "kiali";
  checkReader(cluster, main, kept);
  const id = clusterIdOf(cluster, options, prefixes[main], kept?.name);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: kept?.name ?? `${prefixes[main]}${id}`,
      namespace,
      // Those that were asked for come first, so that they can never displace the ones that are looked for.
      labels: { ...labelsOf(cluster, labels), ...Object.fromEntries(readers.map((each) => [foundBy[each], "true"])) },
      ...(main === "istio" && { annotations: { "networking.istio.io/cluster": id } }),
    },
    type: "Opaque",
    // Every key is a cluster to Istio, so there is no room for another.
    data: secretData({ [id]: remoteKubeconfig(cluster, id, options) }),
  };
}

/** To take Istio's label away is to remove the cluster, and to add it later may give istiod one ID twice. */
function checkReader({ id }: Reachable, main: "istio" | "kiali", kept?: Kept): void {
  const other = main === "istio" ? "kiali" : "istio";
  if (kept?.name.startsWith(prefixes[other]))
    throw refuse(
      "ReaderChanged",
      `Secret ${kept.name} of ${id} was made for ${other}, and the list's option readers now says ${main}; put the option back, and make a list of its own for ${main}`,
    );
}
