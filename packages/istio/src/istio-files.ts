import {
  dropFromIndex,
  final,
  outOfAnswers,
  refusal,
  refusalOf,
  remove,
  RollcallError,
  secretData,
  toBase64,
  type Adapter,
  type Indexed,
  type Kept,
  type KubeObject,
  type Member,
  type Reachable,
  type Refusal,
  type Unlisted,
} from "@rollcall/contract";
import { clusterIdOf, idIn } from "./cluster-id.ts";
import type { IstioFilesOptions } from "./options.ts";
import { remoteKubeconfig } from "./remote-kubeconfig.ts";

/**
 * Declares clusters to an istiod that reads kubeconfig files: one Secret to be mounted, a file for each cluster.
 * None of its Secrets carries Istio's label, by which the file's name would become a cluster's ID.
 */
export const istioFiles: Adapter<IstioFilesOptions> = {
  name: "istio-files",
  writes: ({ namespace }) => [{ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace }],
  login: () => "with a credential from us",
  entry: (cluster, options, kept) => [clusterSecret(cluster, options, kept)],
  index: (members, options, current) => mountedSecret(members, options, current),
  leave: () => {
    const steps = [final(dropFromIndex), remove, outOfAnswers];
    return { drain: steps, release: steps };
  },
  plain: ["name", "server"],
};

/** What an API server lets one Secret hold, in bytes. */
const mostBytes = 1024 * 1024;

/** One cluster by itself: nobody mounts it, but the login in it lasts over a restart, and its name has room for one of each ID. */
function clusterSecret(cluster: Reachable, options: IstioFilesOptions, kept?: Kept): KubeObject {
  const id = clusterIdOf(cluster, options, prefixOf(options), kept?.name);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: kept?.name ?? `${prefixOf(options)}${id}`, namespace: options.namespace },
    type: "Opaque",
    data: secretData({
      name: kept?.plain["name"] || id,
      server: cluster.connection.server,
      kubeconfig: remoteKubeconfig(cluster, id, options),
    }),
  };
}

function mountedSecret(members: readonly Member[], options: IstioFilesOptions, current?: KubeObject): Indexed {
  const listed = members.filter((member) => member.listed);
  const ids = listed.map((member) => idOf(member, options));
  // Somebody is meant of whom nobody knows the file: none can be left out.
  if (ids.includes(undefined) || (listed.length === 0 && current === undefined)) return { objects: [], unlisted: [] };
  const stands = (at: number): string | undefined => current?.data?.[fileName(ids[at]!)];
  const files = new Map<string, string>();
  const unlisted: Unlisted[] = [];
  let bytes = 0;
  // Whoever has a file keeps it, whoever else finds no room for theirs.
  const order = listed.map((_, at) => at).sort((a, b) => Number(!stands(a)) - Number(!stands(b)));
  for (const at of order) {
    const { id, cluster } = listed[at]!;
    const name = fileName(ids[at]!);
    const made = cluster === undefined ? notRead(id) : fileOf(cluster, ids[at]!, options);
    // What cannot be made now, such as with a credential that is not known here, is left as it stands.
    const file = typeof made === "string" ? made : stands(at);
    const size = ((file?.length ?? 0) * 3) / 4;
    if (files.has(name)) unlisted.push({ id, ...sameId(id, ids[at]!) });
    else if (!file) unlisted.push({ id, ...(made as Refusal) });
    else if (!stands(at) && bytes + size > mostBytes) unlisted.push({ id, ...noRoom(id, options) });
    else {
      files.set(name, file);
      bytes += size;
    }
  }
  const data = Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  const { namespace, secret } = options;
  return { objects: [{ apiVersion: "v1", kind: "Secret", metadata: { name: secret, namespace }, type: "Opaque", data }], unlisted };
}

/** By the name that stands; a name that is not of our making says nothing, and then the profile does. */
function idOf({ name, cluster }: Member, options: IstioFilesOptions): string | undefined {
  const prefix = prefixOf(options);
  const stands = idIn(name, prefix);
  if (stands !== undefined || cluster === undefined) return stands;
  const said = orRefusal(() => clusterIdOf(cluster, options, prefix));
  return typeof said === "string" ? said : undefined;
}

function fileOf(cluster: Reachable, id: string, options: IstioFilesOptions): string | Refusal {
  return orRefusal(() => toBase64(remoteKubeconfig(cluster, id, options)));
}

function orRefusal(make: () => string): string | Refusal {
  try {
    return make();
  } catch (error) {
    if (error instanceof RollcallError) return refusalOf(error);
    throw error;
  }
}

function prefixOf({ secret }: IstioFilesOptions): string {
  return `${secret}.`;
}

/** istiod reads files of this ending alone, and takes the cluster's ID from what is in them. */
function fileName(id: string): string {
  return `${id}.yaml`;
}

function notRead(id: string): Refusal {
  return refusal("NotRead", `${id} cannot be read at the moment and has no file yet; it gets one as soon as it can be read`);
}

function sameId(id: string, as: string): Refusal {
  return refusal("SameClusterId", `the cluster ID "${as}" of ${id} is another cluster's on this list already; leave one of the two out`);
}

function noRoom(id: string, { secret }: IstioFilesOptions): Refusal {
  return refusal(
    "NoRoom",
    `Secret ${secret} has no room for the file of ${id}; declare clusters by a labelled Secret each, or leave some out`,
  );
}
