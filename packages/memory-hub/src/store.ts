import type { HubObject } from "./object.ts";

/** One thing that happened, as watches tell it. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly resource: string;
  readonly key: string;
  readonly object: HubObject;
  /** What stood until then. */
  readonly before?: HubObject;
}

/** All objects of a hub, one version counter for all of them, and what happened lately. */
export class Store {
  #version = 1;
  #changes: Change[] = [];
  /** Changes up to this version are no longer known. */
  #forgotten = 0;
  readonly #objects = new Map<string, Map<string, HubObject>>();
  readonly #opened = new Map<string, number>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #remembers: number;

  /** A real server forgets too; without a limit, renewing a lease for a day would fill the memory. */
  constructor(remembers: number = 20_000) {
    this.#remembers = remembers;
  }

  get version(): number {
    return this.#version;
  }

  get(resource: string, key: string): HubObject | undefined {
    return this.#objects.get(resource)?.get(key);
  }

  /** Objects by key as they stood at a version, sorted; undefined when that is forgotten. */
  at(resource: string, version: number = this.#version): readonly (readonly [string, HubObject])[] | undefined {
    if (version < this.oldest(resource)) return undefined;
    const objects = new Map(this.#objects.get(resource));
    for (const change of this.#newestFirst(version)) {
      if (change.resource !== resource) continue;
      if (change.before === undefined) objects.delete(change.key);
      else objects.set(change.key, change.before);
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What happened to a resource after a version; undefined when that is forgotten. */
  since(resource: string, version: number): readonly Change[] | undefined {
    if (version < this.oldest(resource)) return undefined;
    return this.#changes.filter((change) => change.resource === resource && change.version > version);
  }

  /** The first version from which a resource's changes are known. */
  oldest(resource: string): number {
    return Math.max(this.#forgotten, this.#opened.get(resource) ?? 0);
  }

  /** Puts an object in place of what stands under its key; its resourceVersion is the hub's next. */
  put(resource: string, object: HubObject): HubObject {
    const before = this.get(resource, keyOf(object));
    return this.#commit(resource, before === undefined ? "ADDED" : "MODIFIED", object, before);
  }

  /** Takes an object away; the last that is seen of it carries the version of its end. */
  delete(resource: string, object: HubObject): HubObject {
    return this.#commit(resource, "DELETED", object, this.get(resource, keyOf(object)));
  }

  /** A kind begins to be served: nothing is known of it from before, as with a fresh custom resource. */
  open(resource: string): void {
    this.#opened.set(resource, this.#version);
  }

  /** Forgets what happened, so that every version handed out so far is too old. */
  forget(): void {
    this.#version += 1;
    this.#forgotten = this.#version;
    this.#changes = [];
  }

  /** Calls back on every change until the returned function is called. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(resource: string, type: Change["type"], object: HubObject, before: HubObject | undefined): HubObject {
    this.#version += 1;
    const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    const key = keyOf(stamped);
    const objects = this.#objects.get(resource) ?? new Map<string, HubObject>();
    this.#objects.set(resource, objects);
    if (type === "DELETED") objects.delete(key);
    else objects.set(key, stamped);
    this.#remember({ type, version: this.#version, resource, key, object: stamped, ...(before && { before }) });
    return stamped;
  }

  #remember(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#remembers * 2) {
      this.#changes = this.#changes.slice(-this.#remembers);
      this.#forgotten = this.#changes[0]!.version - 1;
    }
    for (const listener of this.#listeners) listener(change);
  }

  *#newestFirst(after: number): Generator<Change> {
    for (let at = this.#changes.length - 1; at >= 0 && this.#changes[at]!.version > after; at -= 1) yield this.#changes[at]!;
  }
}

/** Where an object lies: `/namespace/name` or `/name`, in the order of a real server's lists. */
export function keyFor(
  { kind, namespace }: { readonly kind: { readonly namespaced: boolean }; readonly namespace: string | undefined },
  name: string,
): string {
  return kind.namespaced ? `/${namespace}/${name}` : `/${name}`;
}

function keyOf({ metadata: { namespace, name } }: HubObject): string {
  return namespace === undefined ? `/${name}` : `/${namespace}/${name}`;
}
