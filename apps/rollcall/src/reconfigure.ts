import { canonicalJson } from "@rollcall/contract";
import type { Config, ListConfig, ReadConfig } from "./config/config.ts";
import { serverKey, serverOf } from "./servers.ts";

/** What another config comes to for what runs already. */
export interface Reconfiguration {
  /** What holds from now on. */
  readonly config: Config;
  readonly added: readonly ListConfig[];
  readonly changed: readonly ListConfig[];
  /** Of those that changed, who is kept in another place from now on. */
  readonly moved: readonly string[];
  /** Of those that moved, who is kept on another server, where its roll is not. */
  readonly toAnotherServer: readonly string[];
  /** Lists that the config does not name any more. */
  readonly gone: readonly string[];
  /** Lists that go on as they were, because what is said of them now is no good. */
  readonly asBefore: readonly string[];
  readonly newProviders: boolean;
  /** Keys that say something new, which holds after a restart. */
  readonly afterRestart: readonly string[];
}

/**
 * Judges a config that was read anew, list by list. Nothing comes of one that is no good as a whole, or names no list at all.
 *   before   now                    then
 *   -        good                   added
 *   A        A                      nothing
 *   A        A'                     changed
 *   A        with problems          as before
 *   A        not named              gone; as before where a list with problems does not say its name
 */
export function reconfigure(before: Config, { config: now, problems, leftOut }: ReadConfig): Reconfiguration | undefined {
  if (now === undefined || (now.lists.length === 0 && leftOut.length === 0)) return undefined;
  const known = new Map(before.lists.map((list) => [list.name, list]));
  const isNamed = ({ name }: ListConfig): boolean => now.lists.some((list) => list.name === name);
  const unnamed = before.lists.filter((list) => !isNamed(list));
  const asBefore = unnamed.filter(({ name }) => leftOut.includes(undefined) || leftOut.includes(name));
  // Without a provider that is misspelt now, its clusters could not be reached.
  const providers = problems.some(({ path }) => path.startsWith("providers")) ? before.providers : now.providers;
  const serverOn = (list: ListConfig): string => serverKey(serverOf(list, before));
  const changed = now.lists.filter(({ name, digest }) => known.has(name) && known.get(name)!.digest !== digest);
  return {
    config: { ...before, providers, lists: [...now.lists, ...asBefore] },
    added: now.lists.filter(({ name }) => !known.has(name)),
    changed,
    moved: changed.flatMap((list) => (isSame(placeOf(known.get(list.name)!), placeOf(list)) ? [] : [list.name])),
    toAnotherServer: changed.flatMap((list) => (serverOn(known.get(list.name)!) === serverOn(list) ? [] : [list.name])),
    gone: unnamed.filter((list) => !asBefore.includes(list)).map(({ name }) => name),
    asBefore: asBefore.map(({ name }) => name),
    newProviders: !isSame(before.providers, providers),
    afterRestart: restartKeys.flatMap(([key, of]) => (isSame(of(before), of(now)) ? [] : [key])),
  };
}

const restartKeys: readonly (readonly [string, (config: Config) => unknown])[] = [
  ["instance", ({ instance }) => instance],
  ["inventory", ({ inventory }) => inventory],
  ["state.namespace", ({ stateNamespace }) => stateNamespace],
  ["metrics", ({ metrics }) => metrics],
  ["serve", ({ serve }) => serve],
];

function placeOf({ target, consumer, options }: ListConfig): unknown {
  return [target, consumer.adapter.writes(options)];
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson([one]) === canonicalJson([other]);
}
