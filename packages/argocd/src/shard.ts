import { sha256, type Reachable } from "@rollcall/contract";
import type { ArgoCdOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { valueOf } from "./source.ts";

/**
 * Which application controller has a cluster, or nothing where Argo CD is to decide. It depends on this cluster alone and, spread by
 * hash, on its object's name, which is kept for ever: another shard costs Argo CD a new look at everything in the cluster.
 */
export function shardOf(cluster: Reachable, objectName: string, { shard }: ArgoCdOptions): string | undefined {
  if (shard === undefined) return undefined;
  if (typeof shard === "number") return wholeNumber(cluster, String(shard), "the list's option shard");
  if ("hash" in shard) {
    if (shard.hash >= 1 && Number.isSafeInteger(shard.hash)) return String(jump(objectName, shard.hash));
    throw refuse("BadShard", `the list's option shard.hash has to be a whole number of at least 1, got ${shard.hash}; correct it`);
  }
  const said = valueOf(cluster, shard);
  return said === undefined ? undefined : wholeNumber(cluster, said, `its ${shard.from} ${JSON.stringify(shard.key)}`);
}

/** A negative shard is no controller's, and what is no number is left out by Argo CD: both would be seen by nobody. */
function wholeNumber({ id }: Reachable, text: string, where: string): string {
  if (/^(?:0|[1-9]\d{0,3})$/.test(text)) return text;
  const got = JSON.stringify(text.slice(0, 100));
  throw refuse("BadShard", `the shard of ${id} has to be a whole number from 0 to 9999, got ${got} from ${where}; correct it there`);
}

/** Jump consistent hash (Lamping and Veach): evenly spread, and with one shard more, only that one's share of clusters moves. */
function jump(name: string, shards: number): number {
  let key = BigInt(`0x${sha256(name).slice(0, 16)}`);
  let shard = -1;
  for (let next = 0; next < shards; next = Math.floor((shard + 1) * (2 ** 31 / (Number(key >> 33n) + 1)))) {
    shard = next;
    key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
  }
  return shard;
}
