import type { ClusterId } from "@rollcall/contract";
import { isApiError, read, servedVersion } from "@rollcall/kube";
import { readBook } from "@rollcall/sync";
import type { AtList } from "./at-list.ts";

const group = "multicluster.x-k8s.io";
const plural = "clusterprofiles";

/** Whether nobody knows a cluster: it has no profile, and the list does not miss it. What cannot be read may be known. */
export async function isUnheardOf({ config, transports, book }: AtList, id: ClusterId): Promise<boolean> {
  const [namespace, name] = id.split("/") as [string, string];
  try {
    if ((await readBook(book))?.roll.absences.has(id)) return false;
    if (!config.inventory.namespaces.includes(namespace)) return true;
    const hub = await transports.to(config.inventory);
    const version = await servedVersion(hub, group, plural, ["v1alpha1", "v1alpha2"]);
    if (version === undefined) return false;
    await read(hub, { apiVersion: `${group}/${version}`, kind: "ClusterProfile", plural, namespace }, name, namespace);
    return false;
  } catch (error) {
    return isApiError(error, 404);
  }
}
