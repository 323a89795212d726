import type { ClusterId, Refusal } from "@rollcall/contract";
import { decisionsAt } from "@rollcall/inventory";
import { isApiError, read, type Transport } from "@rollcall/kube";
import type { Config } from "./config/config.ts";
import type { Hub } from "./hub.ts";
import { apisOf, viewPlacement } from "./hub/placement.ts";

/** What the inventory has, for somebody who wants to know whether it was found at all. */
export interface Inventoried {
  /** So many profiles were found. */
  readonly profiles: number;
  /** So many of them are chosen by none of the lists that were looked at. */
  readonly unselected: number;
  /** Namespaces of the inventory in which nothing was found. */
  readonly empty: readonly string[];
  /** How many decisions were found, and of which lists it is not known whom their placement chooses; absent where no list has one. */
  readonly decisions?: { readonly found: number; readonly unknown: readonly (Refusal & { readonly list: string })[] };
}

/** Counts what a hub has, and what lists choose of it. */
export function inventoried(hub: Hub, config: Config): Inventoried {
  const {
    inventory: { namespaces },
    lists,
  } = config;
  const { clusters, refused } = hub.fleet();
  const all = new Set<ClusterId>([...clusters.keys(), ...refused.keys()]);
  const inventories = lists.map((list) => hub.inventory(list));
  const isUnselected = (id: ClusterId): boolean => inventories.every((inventory) => inventory.choose(id).is === "not chosen");
  return {
    profiles: all.size,
    unselected: [...clusters.keys()].filter(isUnselected).length,
    empty: namespaces.filter((namespace) => ![...all].some((id) => id.startsWith(`${namespace}/`))),
    ...(lists.some(({ placement }) => placement !== undefined) && { decisions: decided(hub, config) }),
  };
}

function decided(hub: Hub, { lists }: Config): NonNullable<Inventoried["decisions"]> {
  const decisions = hub.decisions(lists.flatMap(({ placement }) => (placement === undefined ? [] : apisOf(placement))));
  const { decisions: all, moment } = decisions.current();
  const unknown = lists.flatMap(({ name, placement }) => {
    if (placement === undefined) return [];
    const { found, doubt } = viewPlacement({ placement, decisions }).seen();
    const why = doubt ?? (found.is === "found" ? undefined : found.why);
    return why === undefined ? [] : [{ list: name, ...why }];
  });
  return { found: [...decisionsAt(all, moment)].length, unknown };
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
