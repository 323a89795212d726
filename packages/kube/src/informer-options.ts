import type { Kind, KubeObject } from "@rollcall/contract";
import type { Change, Store } from "./store.ts";
import type { Transport } from "./transport.ts";

export interface InformerOptions<T> {
  readonly transport: Transport;
  readonly kind: Kind;
  readonly labelSelector?: string;
  /** Such as `metadata.name=fleet`: whoever may follow one object by its name alone has to ask for it so. */
  readonly fieldSelector?: string;
  /** What is kept of an object, made as soon as it is parsed; the object itself is let go. */
  readonly project: (object: KubeObject) => T;
  /** Told of changes: of the first list bit by bit, of a later one as a whole, then event by event. Only a whole list removes. What it throws at is told again. */
  readonly onChange?: (changes: readonly Change<T>[]) => void;
  readonly onEvent?: (event: InformerEvent) => void;
  readonly signal: AbortSignal;
  /** Milliseconds without a line after which the watch is believed dead. Bookmarks come about once a minute. */
  readonly silence?: number;
  readonly pageSize?: number;
  /** Milliseconds before the first retry; doubles from there. */
  readonly firstRetry?: number;
  /** Whether the first list may come as a stream (WatchList); a server that cannot do that is asked for pages. */
  readonly watchList?: boolean;
}

/** What happens to a list and watch, for logs and metrics. */
export type InformerEvent =
  /** Everything is known. `missed` counts the changes that no watch had told: none in a first list. */
  | {
      readonly type: "listed";
      readonly kind: string;
      readonly objects: number;
      readonly missed: number;
      readonly how: "stream" | "pages";
      /** It is not the first list. */
      readonly again?: true;
    }
  /** The server has agreed to be watched. */
  | { readonly type: "connected"; readonly kind: string; readonly again: boolean }
  /** `absent`: the kind is not served. Whoever was told as deleted right before went with it: nobody has chosen that for them. */
  | { readonly type: "failed"; readonly kind: string; readonly error: unknown; readonly retryIn: number; readonly absent: boolean }
  | { readonly type: "poison"; readonly kind: string; readonly key: string; readonly error: unknown }
  | { readonly type: "went back"; readonly kind: string; readonly from: string; readonly to: string };

/** A collection kept in memory: listed completely once, then followed. */
export interface Informer<T> {
  readonly store: Store<T>;
  /** Resolves when the first list is complete; until then nothing may be concluded from what is absent. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  /** Why it cannot be followed at the moment, if it cannot. */
  problem(): unknown;
  /** Milliseconds since the server was heard of last; undefined before the first time. */
  lastHeard(): number | undefined;
}
