import { isRefusal, refusalOf, type Cluster, type Kept, type KubeObject, type Reachable, type Refusal } from "@rollcall/contract";
import { claimsOf } from "./claims.ts";
import { marked } from "./marks.ts";
import type { PassParts } from "./parts.ts";
import type { Standing } from "./standing.ts";

/** The objects of one cluster as they should stand. */
export interface Entry {
  readonly cluster: Reachable;
  readonly objects: readonly KubeObject[];
  /** What only one cluster of a list may have. */
  readonly claims: readonly string[];
}

/** The cluster's objects as they should stand, or why there can be none. Whatever an adapter throws concerns this cluster alone. */
export async function render<Options>(cluster: Cluster, anchor: Standing | undefined, parts: PassParts<Options>): Promise<Entry | Refusal> {
  const { adapter, options, connect, owner } = parts;
  try {
    const reachable = await connect(cluster, adapter.login(cluster, options));
    if (isRefusal(reachable)) return reachable;
    const kept: Kept | undefined = anchor && { name: anchor.metadata.name, plain: anchor.plain };
    const objects = adapter.entry(reachable, options, kept).map((object) => marked(object, reachable, owner));
    return { cluster: reachable, objects, claims: claimsOf(reachable.connection, adapter, objects) };
  } catch (error) {
    return refusalOf(error);
  }
}
