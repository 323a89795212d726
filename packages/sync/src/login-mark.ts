import { annotations, canonicalJson, Hidden, type Handed, type KubeObject, type Reachable } from "@rollcall/contract";
import { hashes, type Reading, type Standing } from "./standing.ts";

/** What is remembered on an object of the credential in it. */
interface LoginMark extends Handed {
  /** Of each data key that holds some of it: a hash of what was written, and one of what surrounds the credential there. */
  readonly keys: Readonly<Record<string, readonly [is: string, shape: string]>>;
}

/** The data of one object by key, as an adapter makes it for a cluster. */
export type Make = (cluster: Reachable) => readonly KubeObject[];

/**
 * Which data keys hold some of the credential, and what surrounds it there: an adapter is asked twice with logins that mean nothing,
 * and a key that differs holds some of it.
 */
export function surroundings(make: Make, cluster: Reachable, reading: Reading): readonly Readonly<Record<string, string>>[] {
  const [one, other] = ["one", "another"].map((word) => make(withToken(cluster, word)));
  return one!.map(({ data }, at) => {
    const [a, b] = [hashes(data ?? {}, reading), hashes(other![at]?.data ?? {}, reading)];
    return Object.fromEntries(Object.entries(a).filter(([key, hash]) => b[key] !== hash));
  });
}

/** With a mark on each object that holds some of the credential. */
export function markedWithLogin(
  objects: readonly KubeObject[],
  handed: Handed,
  shapes: readonly Readonly<Record<string, string>>[],
  reading: Reading,
): readonly KubeObject[] {
  return objects.map((object, at) => {
    const is = hashes(object.data ?? {}, reading);
    const keys = Object.fromEntries(
      Object.entries(shapes[at] ?? {}).map(([key, shape]) => [key, [short(is[key]!), short(shape)] as const]),
    );
    if (Object.keys(keys).length === 0) return object;
    const mark: LoginMark = { ...handed, keys };
    const { metadata } = object;
    return {
      ...object,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.login]: canonicalJson({ ...mark }) } },
    };
  });
}

/** What stands says of the credential that was handed over, if it says so completely. */
export function readLogin(own: readonly Standing[]): LoginMark | undefined {
  for (const { metadata } of own) {
    const mark = parsed(metadata.annotations[annotations.login]);
    if (mark !== undefined) return mark;
  }
  return undefined;
}

/** When the credential that stands ends, as far as it says so. */
export function credentialEnd(own: readonly Standing[]): string | undefined {
  return readLogin(own)?.until;
}

/**
 * The objects as they should stand when the credential in them is not known here and what stands is to be left as it is; nothing where
 * what stands is not what was written, or would be written otherwise now. Whoever only looks takes what leaves no word for good, and what
 * does not stand yet for what it would be.
 */
export function assumed(
  objects: readonly KubeObject[],
  own: readonly Standing[],
  shapes: readonly Readonly<Record<string, string>>[],
  isLooking: boolean,
): { readonly objects: readonly KubeObject[]; readonly left: ReadonlySet<string> } | undefined {
  const left = new Set<string>();
  const kept = objects.map((object, at) => {
    const shape = shapes[at] ?? {};
    if (Object.keys(shape).length === 0) return object;
    const stands = own.find(({ metadata, kind }) => kind.kind === object.kind && metadata.name === object.metadata.name);
    if (stands === undefined) return isLooking ? object : undefined;
    const mark = parsed(stands.metadata.annotations[annotations.login]);
    if (mark === undefined && !isLooking) return undefined;
    const isSame =
      mark === undefined ||
      Object.entries(shape).every(([key, hash]) => {
        const [is, was] = mark.keys[key] ?? [];
        return is === short(stands.hashes[key] ?? "") && was === short(hash);
      });
    if (!isSame) return undefined;
    for (const key of Object.keys(shape)) left.add(`${stands.key} ${key}`);
    const { data, metadata } = object;
    const known = Object.fromEntries(Object.entries(data ?? {}).filter(([key]) => !Object.hasOwn(shape, key)));
    const word = stands.metadata.annotations[annotations.login];
    const notes = { ...metadata.annotations, ...(word !== undefined && { [annotations.login]: word }) };
    return { ...object, metadata: { ...metadata, annotations: notes }, data: known };
  });
  return kept.every((object) => object !== undefined) ? { objects: kept, left } : undefined;
}

/** The cluster with a login that means nothing, to see where an adapter puts it. */
export function withToken(cluster: Reachable, word: string): Reachable {
  const { login } = cluster.connection;
  return {
    ...cluster,
    connection: { ...cluster.connection, login: { kind: "credential", provider: login.provider, token: new Hidden(word) } },
  };
}

/** Long enough that nobody finds another text for it, short enough to be read. */
function short(hash: string): string {
  return hash.slice(0, 22);
}

function parsed(text: string | undefined): LoginMark | undefined {
  if (text === undefined) return undefined;
  try {
    const said = JSON.parse(text) as Partial<LoginMark> | null;
    const isWhole = [said?.by, said?.from, said?.until].every((each) => typeof each === "string") && typeof said?.keys === "object";
    return isWhole && said.keys !== null ? (said as LoginMark) : undefined;
  } catch {
    return undefined;
  }
}
