import type { Kind, KubeObject } from "@rollcall/contract";
import {
  listAll,
  servedVersion,
  startInformer,
  type Change,
  type Informer,
  type InformerEvent,
  type InformerOptions,
  type Store,
  type Transport,
} from "@rollcall/kube";

/** A kind that a server may have in one of several versions. */
export interface FollowedKind<T> {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** The first one that the server has is read. */
  readonly versions: readonly [string, ...string[]];
  readonly project: (object: KubeObject) => T;
}

export interface FollowOptions<T> {
  readonly transport: Transport;
  readonly of: FollowedKind<T>;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  readonly timing: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
  readonly onChange: (changes: readonly Change<T>[]) => void;
  /** A namespace was listed completely: what is not in the store is not there. */
  readonly onListed: (namespace: string, store: Store<T>) => void;
  /** The server has none of the kind any more, in the version that it was read in. */
  readonly onAbsent?: (namespace: string) => void;
  readonly onEvent: (event: InformerEvent, namespace: string) => void;
}

/** The objects of a kind in some namespaces, each followed on its own. */
export interface Followed<T> {
  /** None before it is known in which version to ask. */
  informer(namespace: string): Informer<T> | undefined;
  /** Asks the server for all that is in a namespace now, whatever its watch has told. */
  list(namespace: string): Promise<readonly KubeObject[]>;
  /** Resolves when every namespace has been read completely once. */
  synced(): Promise<void>;
  /** Resolves when every namespace has been read, or could not be at first. */
  tried(): Promise<void>;
}

/** Follows a kind in the first version that the server has, and in another one when it stops having that. What is known stays meanwhile. */
export function followKind<T>(options: FollowOptions<T>): Followed<T> {
  const { transport, namespaces, signal, timing, onChange, onListed, onAbsent, onEvent } = options;
  const { group, kind, plural, versions, project } = options.of;
  const informers = new Map<string, Informer<T>>();
  const read = new Map(namespaces.map((namespace) => [namespace, Promise.withResolvers<void>()]));
  const tried = new Map(namespaces.map((namespace) => [namespace, Promise.withResolvers<void>()]));
  let version: string | undefined;
  let turn = new AbortController();
  let isAsking = false;

  const kindIn = (namespace: string, served: string): Kind => ({ apiVersion: `${group}/${served}`, kind, plural, namespace });

  function follow(now: string): void {
    version = now;
    turn.abort();
    turn = new AbortController();
    const inTurn = AbortSignal.any([signal, turn.signal]);
    for (const namespace of namespaces) {
      const heard = (event: InformerEvent): void => {
        if (!inTurn.aborted) told(namespace, event);
      };
      const informer = startInformer({
        ...timing,
        transport,
        kind: kindIn(namespace, now),
        project,
        onChange,
        onEvent: heard,
        signal: inTurn,
      });
      informers.set(namespace, informer);
    }
  }

  function told(namespace: string, event: InformerEvent): void {
    onEvent(event, namespace);
    if (event.type === "listed") {
      onListed(namespace, informers.get(namespace)!.store);
      read.get(namespace)?.resolve();
    }
    if (event.type === "listed" || event.type === "failed") tried.get(namespace)?.resolve();
    if (event.type !== "failed" || !event.absent) return;
    onAbsent?.(namespace);
    void askAgain(event, namespace);
  }

  const asked = (): Promise<string | undefined> => servedVersion(transport, group, plural, versions, signal);

  /** Each time that the server says 404; while it has none of the versions, those who wait go on asking. */
  async function askAgain(event: Extract<InformerEvent, { type: "failed" }>, namespace: string): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      const now = await asked();
      if (now !== undefined && now !== version && !signal.aborted) follow(now);
    } catch (error) {
      if (!signal.aborted) onEvent({ ...event, error }, namespace);
    } finally {
      isAsking = false;
    }
  }

  async function begin(): Promise<void> {
    // Who is not told may still be right; who is not says 404, and then it is asked again.
    const first = await asked().catch(() => undefined);
    if (!signal.aborted) follow(first ?? versions[0]);
  }

  const all = async (of: ReadonlyMap<string, { readonly promise: Promise<void> }>): Promise<void> => {
    await Promise.all([...of.values()].map(({ promise }) => promise));
  };

  void begin();
  return {
    informer: (namespace) => informers.get(namespace),
    list: (namespace) => listAll(transport, kindIn(namespace, version ?? versions[0]), { signal }),
    synced: () => all(read),
    tried: () => all(tried),
  };
}
