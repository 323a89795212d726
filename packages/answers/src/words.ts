import { isRefusal, objectName, shortHash, type Answered, type Cluster, type Health } from "@rollcall/contract";
import type { Described, Placed } from "./answerable.ts";
import type { Sort } from "./request.ts";

/** What a profile says of its cluster, as far as it is anybody's business: no credentials and no ways in. */
export interface Words {
  readonly namespace: string;
  /** The profile's own name; a consumer may show another one. */
  readonly name: string;
  readonly displayName: string;
  readonly manager: string;
  readonly version: string;
  readonly health: Health;
  readonly properties: Readonly<Record<string, string>>;
}

/** The words of a cluster. They end up in other people's templates: each is one line, and none is missing. */
export function wordsOf({ namespace, name, displayName, manager, version = "", health, properties }: Cluster): Words {
  return {
    namespace,
    name,
    displayName: oneLine(displayName),
    manager: oneLine(manager),
    version: oneLine(version),
    health,
    properties: inKeyOrder(Object.entries(properties).map(([key, value]) => [oneLine(key), oneLine(value)])),
  };
}

/** The labels of a profile, in the order of their keys. */
export function labelsOf({ labels }: Cluster): Readonly<Record<string, string>> {
  return inKeyOrder(Object.entries(labels));
}

/** The name that the consumer shows; where it shows none, one that no two clusters share. */
export function nameOf({ id, plain }: Answered): string {
  const slash = id.indexOf("/");
  return plain["name"] ?? objectName({ namespace: id.slice(0, slash), name: id.slice(slash + 1) });
}

/** The server as it stands in the consumer's list; where there is none, the first that the profile offers. */
export function serverOf({ plain, cluster }: Described): string {
  return plain["server"] ?? cluster.access.flatMap(({ endpoint }) => (isRefusal(endpoint) ? [] : [endpoint.server]))[0] ?? "";
}

/** The order of an answer: it depends on nothing but who is in it. */
export function inOrder<Member extends Placed>(members: readonly Member[], sort: Sort): readonly Member[] {
  const keyed = members.map((member) => ({ member, name: nameOf(member), order: sort === "decision" ? (member.order ?? Infinity) : 0 }));
  keyed.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order) || compared(a.name, b.name) || compared(a.member.id, b.member.id));
  return keyed.map(({ member }) => member);
}

function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function inKeyOrder(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compared(a, b)));
}

const longestLine = 1024;

/**
 * A text that can stand in somebody's YAML without beginning a line of its own. What is changed ends in a hash of the whole, and so
 * does what looks as if it had been changed: two texts never become one.
 */
export function oneLine(text: string): string {
  const breaks = /[\p{Cc}\u2028\u2029]+/gu;
  if (text.length <= longestLine && text.search(breaks) === -1 && !/_[0-9a-f]{10}$/.test(text)) return text;
  const hash = `_${shortHash(text)}`;
  return `${text
    .replaceAll(breaks, " ")
    .slice(0, longestLine - hash.length)
    .toWellFormed()}${hash}`;
}
