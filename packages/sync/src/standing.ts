import { hash } from "node:crypto";
import { fromBase64, labels, objectKey, type ClusterId, type Kind, type KubeObject, type ObjectMeta } from "@rollcall/contract";

import { clusterOf } from "./marks.ts";

/** What the store keeps of an object of ours: of a Secret's data, hashes and the few keys that are no secret. */
export interface Standing {
  readonly kind: Kind;
  readonly key: string;
  readonly list: string;
  /** Whose object it is; none on objects that name many. */
  readonly cluster?: ClusterId;
  readonly metadata: ObjectMeta & {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  /** Of each data key of a Secret, a hash by meaning. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly plain: Readonly<Record<string, string>>;
  /** What is no Secret is kept as it is. */
  readonly whole?: KubeObject;
}

/** What an adapter says of its Secrets' data: which keys are plain, and which are compared by meaning. */
export interface Reading {
  readonly plain?: readonly string[];
  readonly same?: Readonly<Record<string, (value: string) => string>>;
}

/** Projects an object as it is parsed: secret values are hashed here and go no further. */
export function standing(kind: Kind, object: KubeObject, reading: Reading): Standing {
  const { metadata, data = {} } = object;
  const isSecret = kind.kind === "Secret" && kind.apiVersion === "v1";
  const cluster = clusterOf(metadata);
  return {
    kind,
    key: objectKey({ kind: kind.kind, metadata }),
    list: metadata.labels?.[labels.list] ?? "",
    ...(cluster !== undefined && { cluster }),
    metadata: withoutNoise(metadata),
    ...(object.type !== undefined && { type: object.type }),
    hashes: isSecret ? hashes(data, reading) : {},
    plain: isSecret ? plainValues(data, reading.plain ?? []) : {},
    ...(!isSecret && { whole: { ...object, metadata: withoutNoise(metadata) } }),
  };
}

/** The object by which the consumer knows the cluster: of what stands, the kind that is written last, and of one kind the last place. */
export function anchorOf(own: readonly Standing[], kinds: readonly Kind[]): Standing | undefined {
  const order = ({ kind, metadata }: Standing): number =>
    kinds.findIndex(
      (each) =>
        each.kind === kind.kind && each.apiVersion === kind.apiVersion && [undefined, "*", metadata.namespace].includes(each.namespace),
    );
  return own.toSorted((a, b) => order(b) - order(a))[0];
}

/** Hashes each data value: of what it means, where the consumer spells it in its own way. */
export function hashes(data: Readonly<Record<string, string>>, { same = {} }: Reading): Record<string, string> {
  // Anyone may have put a key named "constructor" there, which every object seems to have.
  const sameOf = (key: string): ((value: string) => string) | undefined => (Object.hasOwn(same, key) ? same[key] : undefined);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, hash("sha256", meaning(value, sameOf(key)), "base64url")]));
}

export function plainValues(data: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (data[key] === undefined ? [] : [[key, fromBase64(data[key]) ?? ""]])));
}

function meaning(value: string, same: ((value: string) => string) | undefined): string {
  const text = same && fromBase64(value);
  if (text === undefined) return value;
  try {
    return same!(text);
  } catch {
    // What stands there may be anything. It means nothing then, and the error would quote it.
    return value;
  }
}

/** Others' bookkeeping stays out of memory; kubectl's copy of an object holds what the object hides. */
function withoutNoise({
  name,
  namespace,
  uid,
  resourceVersion,
  deletionTimestamp,
  labels: own,
  annotations: notes,
}: ObjectMeta): Standing["metadata"] {
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...rest } = notes ?? {};
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    labels: own ?? {},
    annotations: rest,
  };
}

/** What a change did not touch is as it was. */
export function merged(before: Standing, now: Standing, removed: readonly string[]): Standing {
  const keep = (old: Readonly<Record<string, string>>, fresh: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries({ ...old, ...fresh }).filter(([key]) => !removed.includes(key)));
  const whole = before.whole && {
    ...before.whole,
    ...now.whole,
    ...(before.whole.data && { data: keep(before.whole.data, now.whole?.data ?? {}) }),
  };
  return { ...before, ...now, hashes: keep(before.hashes, now.hashes), plain: keep(before.plain, now.plain), ...(whole && { whole }) };
}

/** Exactly which versions of which objects stand, as a text to compare. */
export function versionsOf(standing: readonly Standing[]): string {
  return standing.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).join();
}
