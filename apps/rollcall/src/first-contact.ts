import type { ClusterId } from "@rollcall/contract";
import { isApiError, read, type Transport } from "@rollcall/kube";
import type { Config } from "./config/config.ts";
import type { Hub } from "./hub.ts";

/** What the inventory has, for somebody who wants to know whether it was found at all. */
export interface Inventoried {
  /** So many profiles were found. */
  readonly profiles: number;
  /** So many of them are chosen by none of the lists that were looked at. */
  readonly unselected: number;
  /** Namespaces of the inventory in which nothing was found. */
  readonly empty: readonly string[];
}

/** Counts what a hub has, and what lists choose of it. */
export function inventoried(hub: Hub, { inventory: { namespaces }, lists }: Config): Inventoried {
  const { clusters, refused } = hub.fleet();
  const all = new Set<ClusterId>([...clusters.keys(), ...refused.keys()]);
  const inventories = lists.map((list) => hub.inventory(list));
  const isUnselected = (id: ClusterId): boolean => inventories.every((inventory) => inventory.choose(id).is === "not chosen");
  return {
    profiles: all.size,
    unselected: [...clusters.keys()].filter(isUnselected).length,
    empty: namespaces.filter((namespace) => ![...all].some((id) => id.startsWith(`${namespace}/`))),
  };
}

const kind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** Those of these namespaces that are not there; whoever may not look at one is told nothing of it. */
export async function absentNamespaces(transport: Transport, names: readonly string[]): Promise<readonly string[]> {
  const absent = await Promise.all(
    names.map(async (name) => {
      try {
        await read(transport, kind, name);
        return [];
      } catch (error) {
        return isApiError(error, 404) ? [name] : [];
      }
    }),
  );
  return absent.flat();
}
