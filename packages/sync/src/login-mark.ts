import {
  annotations,
  canonicalJson,
  Hidden,
  longestLife,
  objectKey,
  type Handed,
  type KubeObject,
  type Reachable,
} from "@rollcall/contract";
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

/**
 * What stands says of the credential in it, as far as it can be believed.
 *   the marks                                  then
 *   are of what is not there, or of no form    nothing
 *   disagree, or say times that cannot be      by whom it was handed over, and no times: it is got anew
 *   say one thing                              that
 */
export function readLogin(own: readonly Standing[], now: number): Handed | undefined {
  const marks = own.flatMap((each) => markOf(each) ?? []);
  const [mark] = marks;
  if (mark === undefined) return undefined;
  const { provider, by, from, until } = mark;
  const isBelieved = marks.every((other) => isSameWord(other, mark)) && isPossible(mark, now);
  return { provider, by, ...(isBelieved && from !== undefined && until !== undefined && { from, until }) };
}

/** When the credential that stands ends, as far as it says so. */
export function credentialEnd(own: readonly Standing[], now: number): string | undefined {
  return readLogin(own, now)?.until;
}

/** What an object says of the credential in it; one that was copied here, or outlived its credential, says nothing. */
function markOf({ metadata, hashes: stands }: Standing): LoginMark | undefined {
  const mark = parsed(metadata.annotations[annotations.login]);
  const isHere = Object.entries(mark?.keys ?? {}).every(([key, [is]]) => Object.hasOwn(stands, key) && is === short(stands[key]!));
  return isHere ? mark : undefined;
}

function isSameWord(one: Handed, other: Handed): boolean {
  return one.provider === other.provider && one.by === other.by && one.from === other.from && one.until === other.until;
}

/** A clock may have gone back, and anybody may have written anything: what lasts too long would never be got anew. */
function isPossible({ from = "", until = "" }: Handed, now: number): boolean {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  return start <= now && start < end && end <= now + longestLife;
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
  { isLooking, now }: { readonly isLooking: boolean; readonly now: number },
): { readonly objects: readonly KubeObject[]; readonly left: ReadonlySet<string> } | undefined {
  const left = new Set<string>();
  const said = readLogin(own, now);
  const kept = objects.map((object, at) => {
    const shape = shapes[at] ?? {};
    if (Object.keys(shape).length === 0) return object;
    const stands = own.find(({ key }) => key === objectKey(object));
    if (stands === undefined) return isLooking ? object : undefined;
    const word = stands.metadata.annotations[annotations.login];
    const mark = markOf(stands);
    const isUnsaid = word === undefined && isLooking;
    const isSaid = mark !== undefined && said !== undefined && isSameWord(mark, said);
    if (!isUnsaid && !(isSaid && isShaped(mark, shape))) return undefined;
    for (const key of Object.keys(shape)) left.add(`${stands.key} ${key}`);
    const { data, metadata } = object;
    const known = Object.fromEntries(Object.entries(data ?? {}).filter(([key]) => !Object.hasOwn(shape, key)));
    const notes = { ...metadata.annotations, ...(word !== undefined && { [annotations.login]: word }) };
    return { ...object, metadata: { ...metadata, annotations: notes }, data: known };
  });
  return kept.every((object) => object !== undefined) ? { objects: kept, left } : undefined;
}

/** Whether all that would be written of a credential now is there, and in no other surroundings than when it was written. */
function isShaped({ keys }: LoginMark, shape: Readonly<Record<string, string>>): boolean {
  return Object.entries(shape).every(([key, hash]) => Object.hasOwn(keys, key) && keys[key]![1] === short(hash));
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
    return said !== null && isWhole(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

function isWhole(said: Readonly<Partial<Record<keyof LoginMark, unknown>>>): said is LoginMark {
  const { provider, by, from, until, keys } = said;
  const isTimed = (from === undefined && until === undefined) || (isTime(from) && isTime(until));
  if (typeof provider !== "string" || typeof by !== "string" || !isTimed || typeof keys !== "object" || keys === null) return false;
  const pairs = Object.values(keys) as readonly unknown[];
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === "string");
  return pairs.length > 0 && pairs.every(isPair);
}

/** As we write it: `Date` reads much else, and what stands is shown to people. */
function isTime(said: unknown): said is string {
  return typeof said === "string" && !Number.isNaN(Date.parse(said)) && new Date(said).toISOString() === said;
}
