import type { ClusterId, Refusal } from "@rollcall/contract";
import { create, patch } from "@rollcall/kube";
import { ownerLabels } from "./marks.ts";
import { rollOf, type OrderBook } from "./order-book.ts";
import { rollKind, rollName } from "./roll-object.ts";
import { emptyRoll, writeRoll } from "./roll.ts";

/** What came of a cluster's login where it is really tried: whoever only looks tries none, and reads this. */
export interface LoginWord extends Refusal {
  /** Milliseconds. */
  readonly since: number;
  /** What it was handed before works still, and could not be renewed. */
  readonly lasts?: true;
  /** When its message was written anew for the same reason, if it was. */
  readonly said?: number;
}

export type LoginWords = ReadonlyMap<ClusterId, LoginWord>;

/** They stand in an object of 1 MiB beside what must not be lost. */
const most = 200;
const longest = 600;

/** Milliseconds: many messages hold a time or the number of a request, and are others at each try. */
const patience = 600_000;

/** As text, sorted and bounded, with as many of each namespace as can be; nothing where there is nothing to say. */
export function writeLoginWords(words: LoginWords): string | undefined {
  if (words.size === 0) return undefined;
  const lines = fewOfEach(words).map(([cluster, { reason, message, since, lasts, said }]) => {
    const times = { since: timeOf(since), ...(said !== undefined && { said: timeOf(said) }) };
    return JSON.stringify({ cluster, reason, message: cut(message), ...times, ...(lasts && { lasts }) });
  });
  return `[\n${lines.join(",\n")}\n]\n`;
}

/** The first of each namespace, then the second of each, and so on: clusters of one namespace alone cannot hide those of another. */
function fewOfEach(words: LoginWords): readonly (readonly [ClusterId, LoginWord])[] {
  const seen = new Map<string, number>();
  const ranked = sorted([...words]).map((entry) => {
    const namespace = entry[0].split("/", 1)[0]!;
    const rank = seen.get(namespace) ?? 0;
    seen.set(namespace, rank + 1);
    return { entry, rank };
  });
  const first = ranked.toSorted((a, b) => a.rank - b.rank).slice(0, most);
  return sorted(first.map(({ entry }) => entry));
}

function sorted<Word>(entries: readonly (readonly [ClusterId, Word])[]): readonly (readonly [ClusterId, Word])[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** Reads them back; what cannot be read is not worth more than nothing. */
export function readLoginWords(text: string | undefined): LoginWords {
  try {
    const said = JSON.parse(text ?? "[]") as readonly Partial<Record<keyof LoginWord | "cluster", unknown>>[];
    return new Map(
      said.flatMap(({ cluster, reason, message, since, lasts, said: anew }) => {
        const [at, again] = [since, anew].map((each) => (typeof each === "string" ? Date.parse(each) : NaN)) as [number, number];
        if (typeof cluster !== "string" || typeof reason !== "string" || typeof message !== "string" || Number.isNaN(at)) return [];
        const word = { reason, message, since: at, ...(!Number.isNaN(again) && { said: again }) };
        return [[cluster, { ...word, ...(lasts === true && { lasts }) }] as const];
      }),
    );
  } catch {
    return new Map();
  }
}

/**
 * The text that takes the place of another; the same one where that will do. What was said for the same reason is as old as it was, and
 * for another message alone nothing is written anew more often than every ten minutes.
 */
export function loginWordsAfter(text: string | undefined, now: LoginWords): string | undefined {
  const before = readLoginWords(text);
  const by = (pause: number): string | undefined =>
    writeLoginWords(new Map([...now].map(([id, word]) => [id, inPlaceOf(before.get(id), word, pause)])));
  return by(patience) === text ? text : by(0);
}

function inPlaceOf(before: LoginWord | undefined, word: LoginWord, pause: number): LoginWord {
  if (before?.reason !== word.reason || before.lasts !== word.lasts) return word;
  if (before.message === cut(word.message) || word.since - (before.said ?? before.since) < pause) return before;
  return { ...word, since: before.since, said: word.since };
}

/** Leaves word on the roll of a list, where it is not there yet. */
export async function sayOfLogins({ transport, namespace, owner }: OrderBook, now: LoginWords): Promise<void> {
  const found = await rollOf({ transport, namespace, owner });
  const logins = loginWordsAfter(found?.data?.["logins"], now);
  if (logins === found?.data?.["logins"]) return;
  const kind = rollKind(namespace);
  const metadata = { name: rollName(owner), namespace, labels: ownerLabels(owner) };
  if (found === undefined) {
    const data = { roll: writeRoll(emptyRoll), ...(logins !== undefined && { logins }) };
    await create(transport, kind, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  } else await patch(transport, kind, { metadata }, { metadata: { uid: found.metadata.uid }, data: { logins: logins ?? null } });
}

function cut(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}
