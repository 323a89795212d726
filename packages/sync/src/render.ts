import {
  isRefusal,
  objectKey,
  refusalOf,
  type Cluster,
  type Kept,
  type KubeObject,
  type Reachable,
  type Refusal,
} from "@rollcall/contract";
import { claimsOf } from "./claims.ts";
import { assumed, markedWithLogin, readLogin, surroundings, withToken } from "./login-mark.ts";
import { marked } from "./marks.ts";
import type { PassParts } from "./parts.ts";
import { anchorOf, type Standing } from "./standing.ts";

/** The objects of one cluster as they should stand. */
export interface Entry {
  readonly cluster: Reachable;
  readonly objects: readonly KubeObject[];
  /** What only one cluster of a list may have. */
  readonly claims: readonly string[];
  /** Data keys, each behind its object's, that hold a credential which is good and not known here: they are left as they are. */
  readonly left?: ReadonlySet<string>;
  /** Data keys, named likewise, in which something stands for a credential that nobody has got: this is to be looked at, and never written. */
  readonly unknown?: ReadonlySet<string>;
}

/** The cluster's objects as they should stand, or why there can be none. Whatever an adapter throws concerns this cluster alone. */
export async function render<Options>(cluster: Cluster, own: readonly Standing[], parts: PassParts<Options>): Promise<Entry | Refusal> {
  const { adapter, options, connect, kinds, now } = parts;
  const anchor = anchorOf(own, kinds);
  const kept: Kept | undefined = anchor && { name: anchor.metadata.name, plain: anchor.plain };
  const make = (reachable: Reachable): readonly KubeObject[] => adapter.entry(reachable, options, kept);
  try {
    const login = adapter.login(cluster, options);
    const handed = login === "with a credential from us" ? readLogin(own, now()) : undefined;
    const reachable = await connect(cluster, login, handed);
    if (isRefusal(reachable)) return reachable;
    const entry = entryOf(reachable, make, own, parts);
    if (entry !== undefined) return entry;
    // What stands is not what was handed over, or would be written otherwise now: that takes a credential that is known.
    const anew = await connect(cluster, login);
    return isRefusal(anew) ? anew : (entryOf(anew, make, own, parts) ?? notKnown);
  } catch (error) {
    return refusalOf(error);
  }
}

function entryOf<Options>(
  cluster: Reachable,
  make: (cluster: Reachable) => readonly KubeObject[],
  own: readonly Standing[],
  { adapter, mode, now, owner }: PassParts<Options>,
): Entry | undefined {
  const { connection, handed } = cluster;
  const { login } = connection;
  const isCredential = login.kind === "credential";
  const shapes = isCredential && (handed !== undefined || login.assumed) ? surroundings(make, cluster, adapter) : [];
  // An adapter refuses a credential that holds nothing; what stands in for it here is taken out again before anything is written.
  const plain = make(isCredential && login.assumed ? withToken(cluster, "assumed") : cluster);
  const claims = claimsOf(connection, adapter, plain);
  if (isCredential && login.assumed) {
    const objects = plain.map((object) => marked(object, cluster, owner));
    const as = assumed(objects, own, shapes, { isLooking: mode === "observe", now: now() });
    const unknown = new Set(objects.flatMap((object, at) => Object.keys(shapes[at] ?? {}).map((key) => `${objectKey(object)} ${key}`)));
    if (as !== undefined) return { cluster, claims, ...as, unknown };
    // Nothing is written of this; it says that something would be.
    return mode === "observe" ? { cluster, claims, objects, unknown } : undefined;
  }
  const objects = plain.map((object) => marked(object, cluster, owner));
  return { cluster, claims, objects: handed === undefined ? objects : markedWithLogin(objects, handed, shapes, adapter) };
}

const notKnown: Refusal = {
  reason: "CredentialUnknown",
  message: "its credential is not known here and nobody gave another; restart Rollcall",
};
