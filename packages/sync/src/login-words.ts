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
}

export type LoginWords = ReadonlyMap<ClusterId, LoginWord>;

/** They stand in an object of 1 MiB beside what must not be lost. */
const most = 200;
const longest = 600;

/** As text, sorted and bounded; nothing where there is nothing to say. */
export function writeLoginWords(words: LoginWords): string | undefined {
  if (words.size === 0) return undefined;
  const said = [...words].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, most);
  const lines = said.map(([cluster, { reason, message, since, lasts }]) =>
    JSON.stringify({ cluster, reason, message: cut(message), since: new Date(since).toISOString(), ...(lasts && { lasts }) }),
  );
  return `[\n${lines.join(",\n")}\n]\n`;
}

/** Reads them back; what cannot be read is not worth more than nothing. */
export function readLoginWords(text: string | undefined): LoginWords {
  try {
    const said = JSON.parse(text ?? "[]") as readonly Partial<Record<keyof LoginWord | "cluster", unknown>>[];
    return new Map(
      said.flatMap(({ cluster, reason, message, since, lasts }) => {
        const at = typeof since === "string" ? Date.parse(since) : NaN;
        if (typeof cluster !== "string" || typeof reason !== "string" || typeof message !== "string" || Number.isNaN(at)) return [];
        return [[cluster, { reason, message, since: at, ...(lasts === true && { lasts }) }] as const];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Leaves word on the roll of a list, where it is not there yet. What was said before for the same reason is as old as it was. */
export async function sayOfLogins({ transport, namespace, owner }: OrderBook, now: LoginWords): Promise<void> {
  const found = await rollOf({ transport, namespace, owner });
  const before = readLoginWords(found?.data?.["logins"]);
  const words = new Map([...now].map(([id, word]) => [id, isAsBefore(word, before.get(id)) ? before.get(id)! : word]));
  const logins = writeLoginWords(words);
  if (logins === found?.data?.["logins"]) return;
  const kind = rollKind(namespace);
  const metadata = { name: rollName(owner), namespace, labels: ownerLabels(owner) };
  if (found === undefined) {
    const data = { roll: writeRoll(emptyRoll), ...(logins !== undefined && { logins }) };
    await create(transport, kind, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  } else await patch(transport, kind, { metadata }, { metadata: { uid: found.metadata.uid }, data: { logins: logins ?? null } });
}

function isAsBefore({ reason, message, lasts }: LoginWord, before: LoginWord | undefined): boolean {
  return before?.reason === reason && before.message === cut(message) && before.lasts === lasts;
}

function cut(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}
