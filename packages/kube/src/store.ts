import type { KubeObject } from "@rollcall/contract";
import { isNewer } from "./version.ts";

export interface Change<T> {
  /** `namespace/name`, or the name alone for kinds without a namespace. */
  readonly key: string;
  readonly before?: T;
  readonly after?: T;
}

/** What is known of a collection: a projection of each object, never older than one seen before. */
export interface Store<T> {
  readonly size: number;
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  /** Takes what a write of ours was answered with, so that the next look already sees it; false when something newer is known. */
  wrote(object: KubeObject, value: T): boolean;
}

interface Kept<T> {
  readonly version: string;
  readonly value: T;
}

interface ListPass<T> {
  /** A part of the list, which stands at this version if that is known yet. */
  page(items: readonly KubeObject[], version?: string): readonly Change<T>[];
  /** The list is complete: what it did not name is gone. */
  end(version: string): readonly Change<T>[];
}

/** Events come late by moments, so that only the latest deletions need to be known. */
const mostGone = 1000;

export interface OwnStore<T> extends Store<T> {
  /** Begins to take a list in: bit by bit as it comes, or as a whole when it is complete, so that nobody sees half of it. */
  begin(as?: "it comes" | "a whole"): ListPass<T>;
  event(type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): readonly Change<T>[];
  version(): string | undefined;
  reached(version: string): void;
}

/** An object that cannot be projected is reported and left as it was known; it never stops the others. */
export function newStore<T>(project: (object: KubeObject) => T, poison: (key: string, error: unknown) => void): OwnStore<T> {
  const kept = new Map<string, Kept<T>>();
  // What was deleted since the last list, and when: an event that comes late or twice does not bring it back.
  const gone = new Map<string, string>();
  let reached: string | undefined;
  // Up to here nothing is missing: what is not kept had been deleted by then, and only what is newer can be new.
  let certain: string | undefined;

  /** The projection, where it is newer than what is known. */
  function read(object: KubeObject, known: string | undefined): Kept<T> | undefined {
    const key = keyOf(object);
    const version = object.metadata.resourceVersion ?? "";
    if (known !== undefined && !isNewer(version, known)) return undefined;
    try {
      return { version, value: project(object) };
    } catch (error) {
      poison(key, error);
      return undefined;
    }
  }

  /** The version of an object that is known, or at which it was known to be gone. */
  const knownOf = (key: string): string | undefined => kept.get(key)?.version ?? gone.get(key) ?? certain;

  function put(key: string, now: Kept<T> | undefined): readonly Change<T>[] {
    if (now === undefined) return [];
    const before = kept.get(key);
    kept.set(key, now);
    return [{ key, ...(before && { before: before.value }), after: now.value }];
  }

  function bury(key: string, version: string): void {
    if (!isNewer(version, gone.get(key) ?? certain ?? "")) return;
    gone.delete(key);
    gone.set(key, version);
    if (gone.size <= mostGone) return;
    const [oldest, at] = gone.entries().next().value!;
    gone.delete(oldest);
    if (certain === undefined || isNewer(at, certain)) certain = at;
  }

  function drop(key: string): readonly Change<T>[] {
    const before = kept.get(key);
    kept.delete(key);
    return before === undefined ? [] : [{ key, before: before.value }];
  }

  return {
    get size() {
      return kept.size;
    },
    get: (key) => kept.get(key)?.value,
    *values() {
      for (const { value } of kept.values()) yield value;
    },
    wrote(object, value) {
      const key = keyOf(object);
      const version = object.metadata.resourceVersion ?? "";
      // A watch that is further may have lost the very event of it: only a deletion or a list says that it is gone.
      const known = knownOf(key);
      if (known !== undefined && !isNewer(version, known)) return false;
      kept.set(key, { version, value });
      return true;
    },
    begin(as = "it comes") {
      const seen = new Set<string>();
      const held = new Map<string, Kept<T>>();
      // A server that was restored from a backup counts from further back: what it lists is the truth, however old it looks.
      const wentBack = (version = reached): boolean => version !== undefined && reached !== undefined && isNewer(reached, version);
      return {
        page: (items, version) =>
          items.flatMap((item) => {
            const key = keyOf(item);
            seen.add(key);
            const now = read(item, wentBack(version) ? undefined : (kept.get(key)?.version ?? gone.get(key)));
            if (as === "it comes") return put(key, now);
            if (now !== undefined) held.set(key, now);
            return [];
          }),
        end(version) {
          const isOld = wentBack(version);
          // A write of ours that was made meanwhile is newer than the list: it is neither undone by it nor absent from it.
          const fresh = [...held].filter(([key, { version }]) => isOld || isNewer(version, kept.get(key)?.version ?? ""));
          const absent = [...kept].filter(([key, each]) => !seen.has(key) && (isOld || !isNewer(each.version, version)));
          reached = certain = version;
          gone.clear();
          return [...fresh.flatMap(([key, now]) => put(key, now)), ...absent.flatMap(([key]) => drop(key))];
        },
      };
    },
    event(type, object) {
      const version = object.metadata.resourceVersion ?? "";
      if (reached === undefined || isNewer(version, reached)) reached = version;
      const key = keyOf(object);
      if (type !== "DELETED") return put(key, read(object, knownOf(key)));
      const before = kept.get(key);
      if (before !== undefined && isNewer(before.version, version)) return [];
      bury(key, version);
      return drop(key);
    },
    version: () => reached,
    reached(version) {
      if (reached === undefined || isNewer(version, reached)) reached = version;
    },
  };
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
