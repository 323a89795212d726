import { annotations, canonicalJson, labels, objectKey, refusal, type KubeObject, type Refusal } from "@rollcall/contract";
import { ownerLabels, readWrote, type Owner } from "./marks.ts";
import { hashes, type Reading, type Standing } from "./standing.ts";

/** One write that is to be made, or why it is not. */
export type Change =
  | { readonly do: "create"; readonly key: string; readonly object: KubeObject }
  | {
      readonly do: "change";
      readonly key: string;
      readonly standing: Standing;
      readonly patch: Patch;
      readonly object: KubeObject;
      readonly changes: readonly string[];
    }
  | { readonly do: "refuse"; readonly key: string; readonly refusal: Refusal };

/** A merge patch: only what differs, `null` for what goes. */
export interface Patch {
  readonly metadata: {
    readonly uid: string | undefined;
    readonly resourceVersion: string | undefined;
    readonly labels?: Readonly<Record<string, string | null>>;
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly data?: Readonly<Record<string, string | null>>;
  readonly spec?: unknown;
}

export interface PlanInput {
  readonly desired: readonly KubeObject[];
  readonly current: readonly Standing[];
  readonly owner: Owner;
  readonly reading: Reading;
  /** Data keys, each behind its object's, that are left as they stand. */
  readonly left?: ReadonlySet<string>;
}

/**
 * Works out the changes that turn what stands into what is desired.
 *   stands         desired    change
 *   -              A          create A
 *   A              A          -
 *   A              A'         change A
 *   A, ours        -          - (only a leave step deletes)
 *   A, not ours    A'         refuse: ForeignObject
 */
export function plan({ desired, current, owner, reading, left }: PlanInput): readonly Change[] {
  const standing = new Map(current.map((each) => [each.key, each]));
  return desired.flatMap((object) => {
    const key = objectKey(object);
    const stands = standing.get(key);
    if (stands === undefined) return [{ do: "create" as const, key, object }];
    if (!isOurs(stands, owner)) return [{ do: "refuse" as const, key, refusal: foreignObject(key) }];
    // A Secret that says no type is given this one by the API server.
    if (stands.type !== undefined && stands.type !== (object.type ?? "Opaque"))
      return [{ do: "refuse" as const, key, refusal: wrongType(key, stands.type) }];
    return difference(key, object, stands, reading, left);
  });
}

export function isOurs({ metadata }: Pick<Standing, "metadata">, owner: Owner): boolean {
  return Object.entries(ownerLabels(owner)).every(([label, value]) => metadata.labels[label] === value);
}

export function foreignObject(key: string): Refusal {
  return refusal(
    "ForeignObject",
    `${key} exists and is not ours; it stays untouched. Rename or remove it, or leave this cluster out of the list`,
  );
}

function wrongType(key: string, type: string): Refusal {
  return refusal(
    "ImmutableType",
    `${key} is a Secret of type ${type}, which the API server does not let anyone change; delete it, and it is made anew`,
  );
}

function difference(key: string, object: KubeObject, stands: Standing, reading: Reading, left?: ReadonlySet<string>): readonly Change[] {
  const wrote = readWrote(stands.metadata.annotations[annotations.wrote]);
  const { metadata } = object;
  const ofLabels = differing(metadata.labels, stands.metadata.labels, wrote.labels);
  const ofAnnotations = differing(metadata.annotations, stands.metadata.annotations, [...(wrote.annotations ?? []), annotations.login]);
  const all =
    stands.whole === undefined ? differingData(object, stands, wrote.data, reading) : differing(object.data, stands.whole.data, wrote.data);
  const data = Object.fromEntries(Object.entries(all).filter(([name]) => !left?.has(`${key} ${name}`)));
  const spec = object.spec !== undefined && !isContained(object.spec, stands.whole?.spec);
  const changes = [
    ...Object.keys(ofLabels).map((each) => `labels.${each}`),
    ...Object.keys(ofAnnotations).map((each) => `annotations.${each}`),
    ...Object.keys(data).map((each) => `data.${each}`),
    ...(spec ? ["spec"] : []),
  ];
  if (changes.length === 0) return [];
  const { uid, resourceVersion } = stands.metadata;
  const patch: Patch = {
    metadata: { uid, resourceVersion, ...some("labels", ofLabels), ...some("annotations", ofAnnotations) },
    ...some("data", data),
    ...(spec && { spec: object.spec }),
  };
  return [{ do: "change", key, standing: stands, patch, object, changes }];
}

/** Takes what is secret out of what stands, and what was said of it, and leaves the rest: the login was withdrawn, the cluster was not. */
export function revocation(current: readonly Standing[], { plain = [] }: Reading): readonly Change[] {
  return current.flatMap((standing): readonly Change[] => {
    const { uid, resourceVersion } = standing.metadata;
    const secret = Object.keys(standing.hashes).filter((key) => !plain.includes(key));
    if (secret.length === 0) return [];
    const said = Object.keys(standing.metadata.annotations).filter((key) => key === annotations.login);
    const patch: Patch = { metadata: { uid, resourceVersion, ...some("annotations", noneOf(said)) }, data: noneOf(secret) };
    const { apiVersion, kind } = standing.kind;
    const object = { apiVersion, kind, metadata: standing.metadata };
    const changes = [...said.map((key) => `annotations.${key}`), ...secret.map((key) => `data.${key}`)];
    return [{ do: "change", key: standing.key, standing, patch, object, changes }];
  });
}

function noneOf(keys: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(keys.map((key) => [key, null]));
}

/** The patch that sets one label of ours, for a step of leaving. */
export function relabelPatch({ metadata: { uid, resourceVersion } }: Standing, state: string): Patch {
  return { metadata: { uid, resourceVersion, labels: { [labels.state]: state } } };
}

type Keys = Readonly<Record<string, string>>;

/** What is to be set, and what we once put there and want no more; keys of others are never looked at. */
function differing(desired: Keys = {}, stands: Keys = {}, wrote: readonly string[] = []): Record<string, string | null> {
  const gone = wrote.filter((key) => !Object.hasOwn(desired, key) && Object.hasOwn(stands, key));
  const set = Object.entries(desired).filter(([key, value]) => stands[key] !== value);
  return Object.fromEntries([...set, ...gone.map((key) => [key, null] as const)]);
}

function differingData(
  object: KubeObject,
  stands: Standing,
  wrote: readonly string[] | undefined,
  reading: Reading,
): Record<string, string | null> {
  const { data = {} } = object;
  const changed = differing(hashes(data, reading), stands.hashes, wrote);
  return Object.fromEntries(Object.entries(changed).map(([key, hash]) => [key, hash === null ? null : data[key]!]));
}

/** Whether everything that is desired is there; what others or the API server added does not count. */
function isContained(desired: unknown, live: unknown): boolean {
  if (Array.isArray(desired) || typeof desired !== "object" || desired === null) return canonicalJson(desired) === canonicalJson(live);
  if (typeof live !== "object" || live === null) return false;
  const has = live as Readonly<Record<string, unknown>>;
  return Object.entries(desired).every(([key, value]) => isContained(value, has[key]));
}

function some<Key extends string, Value extends object>(key: Key, value: Value): Partial<Record<Key, Value>> {
  return Object.keys(value).length > 0 ? ({ [key]: value } as Partial<Record<Key, Value>>) : {};
}
