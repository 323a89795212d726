import { digestOf } from "@rollcall/contract";
import type { Owner } from "@rollcall/sync";
import { oneLine } from "../one-line.ts";
import type { Left, LeftBehind } from "./left.ts";
import type { Fate } from "./let-go.ts";
import type { Use } from "./users.ts";

/** Names exactly these objects and what becomes of them: another object, or another fate, has another digest. */
export function detachDigest({ instance, list }: Owner, fate: Fate, { objects, rolls }: LeftBehind): string {
  const named = ({ transport, key, metadata }: Left): string => `${transport.url} ${key} ${metadata.uid}`;
  return digestOf([`${fate} ${instance} ${list}`, ...[...objects, ...rolls].map(named)]);
}

/** What was found, server by server. */
export function foundInWords(list: string, { objects, strays, rolls }: LeftBehind): string {
  const rows = [
    ...objects.map((left) => [left, left.cluster!] as const),
    ...rolls.map((left) => [left, left.metadata.name.endsWith("-answers") ? "whom it answered last" : "the roll"] as const),
    ...strays.map((left) => [left, "a stray: its marks are about another object, so it is left alone"] as const),
  ];
  const width = Math.max(...rows.map(([{ key }]) => key.length));
  const servers = Map.groupBy(rows, ([{ transport }]) => transport.url);
  return [...servers]
    .flatMap(([url, of]) => [
      `list ${list} has left on ${url}`,
      ...of.map(([{ key }, what]) => `  ${oneLine(key).padEnd(width)}  ${oneLine(what)}`),
      "",
    ])
    .join("\n");
}

/** What is going to happen to it, and what that costs. */
export function fateInWords(fate: Fate, { objects, rolls }: LeftBehind): string {
  const costs = new Set(objects.flatMap(({ plain }) => [...plain.keys()].map(({ cost }) => cost.remove.release)));
  const what =
    fate === "keep"
      ? "our marks are to be taken off and nothing else is changed, so that they stay and nobody manages them"
      : `to be deleted; ${[...costs].join("; ")}`;
  const many = objects.length === 1 ? "1 object" : `${objects.length} objects`;
  return [...(objects.length > 0 ? [`${many}: ${what}`] : []), ...rolls.map(({ key }) => `${key}: to be deleted`), ""].join("\n");
}

/** Who would lose what, a line each. */
export function usesInWords(uses: readonly Use[]): string {
  return uses
    .map(({ left, by }) => {
      const more = by.length > 3 ? ` and ${by.length - 3} more` : "";
      return `${oneLine(`  ${left.key} is used by ${by.slice(0, 3).join(", ")}${more}`)}\n`;
    })
    .join("");
}
