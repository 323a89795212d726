import { connect } from "@rollcall/connect";
import { fromBase64, isRefusal, refusalOf, sha256, type ClusterId, type KubeObject, type Refusal } from "@rollcall/contract";
import { advance, emptyFleet, parseProfile } from "@rollcall/inventory";
import { claimsOf, marked, newClaims, oldestFirst } from "@rollcall/sync";
import type { Config } from "./config/config.ts";

export interface Rendered {
  readonly objects: readonly { readonly object: KubeObject; readonly plain: readonly string[] }[];
  /** Why something is not there; without a list, why a profile cannot be used at all. */
  readonly refusals: readonly (Refusal & { readonly list?: string; readonly cluster: ClusterId })[];
}

/** What each list would hold if these were all the profiles of the hub. */
export async function renderLists(config: Config, profiles: readonly unknown[]): Promise<Rendered> {
  const objects: Rendered["objects"][number][] = [];
  const refusals: Rendered["refusals"][number][] = [];
  const watched = profiles.flatMap(items).map(asStored).map(parseProfile);
  for (const profile of watched) if ("refusal" in profile) refusals.push({ cluster: profile.id, ...profile.refusal });
  const { fleet } = advance(
    emptyFleet,
    watched.map((profile) => ({ id: profile.id, profile })),
  );

  for (const { name: list, consumer, options, select } of config.lists) {
    const { adapter } = consumer;
    const claims = newClaims();
    for (const cluster of [...fleet.clusters.values()].sort(oldestFirst)) {
      if (!config.inventory.namespaces.includes(cluster.namespace) || cluster.terminating || !select(cluster)) continue;
      try {
        const reachable = await connect(cluster, adapter.login(cluster, options), config.providers);
        const entry = isRefusal(reachable)
          ? reachable
          : adapter.entry(reachable, options).map((object) => marked(object, reachable, { instance: config.instance, list }));
        const taken =
          isRefusal(entry) || isRefusal(reachable) ? undefined : claims.take(cluster.id, claimsOf(reachable.connection, adapter, entry));
        const refused = isRefusal(entry) ? entry : taken;
        if (refused !== undefined) refusals.push({ list, cluster: cluster.id, ...refused });
        else if (!isRefusal(entry)) objects.push(...entry.map((object) => ({ object, plain: adapter.plain ?? [] })));
      } catch (error) {
        refusals.push({ list, cluster: cluster.id, ...refusalOf(error) });
      }
    }
  }
  return { objects, refusals };
}

/** A List is as good as its items. */
function items(value: unknown): readonly unknown[] {
  const { kind, items: inner } = value as { kind?: unknown; items?: unknown };
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(inner) ? inner : [value];
}

/** A file has no uid and may have no namespace: the API server gives both. */
function asStored(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { metadata } = value as { metadata?: object };
  return { ...value, metadata: { namespace: "default", uid: "not-stored-yet", resourceVersion: "0", ...metadata } };
}

/** A Secret to be read by people: plain keys in clear, the others as their length and hash. */
export function forReading(object: KubeObject, plain: readonly string[]): KubeObject {
  if (object.kind !== "Secret" || object.data === undefined) return object;
  const { data, ...rest } = object;
  const stringData = Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const clear = fromBase64(value) ?? value;
      return [key, plain.includes(key) ? clear : `(hidden: ${clear.length} characters, sha256 ${sha256(clear).slice(0, 12)})`];
    }),
  );
  return { ...rest, stringData } as KubeObject;
}
