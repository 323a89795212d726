import type { Kind, KubeObject } from "@rollcall/contract";
import { backoff, sleep } from "./backoff.ts";
import { isApiError, retryAfter } from "./errors.ts";
import { list } from "./list.ts";
import { newStore, type Change, type Store } from "./store.ts";
import type { Transport } from "./transport.ts";
import { isNewer } from "./version.ts";
import { watch } from "./watch.ts";

export interface InformerOptions<T> {
  readonly transport: Transport;
  readonly kind: Kind;
  readonly labelSelector?: string;
  /** What is kept of an object, made as soon as it is parsed; the object itself is let go. */
  readonly project: (object: KubeObject) => T;
  /** Told of changes, a page or an event at a time; a page before its list is complete, so that it removes nobody. What it throws at is told again. */
  readonly onChange?: (changes: readonly Change<T>[]) => void;
  readonly onEvent?: (event: InformerEvent) => void;
  readonly signal: AbortSignal;
  /** Milliseconds without a line after which the watch is believed dead. Bookmarks come about once a minute. */
  readonly silence?: number;
  readonly pageSize?: number;
  /** Milliseconds before the first retry; doubles from there. */
  readonly firstRetry?: number;
}

/** What happens to a list and watch, for logs and metrics. */
export type InformerEvent =
  | { readonly type: "listed"; readonly kind: string; readonly objects: number }
  | { readonly type: "failed"; readonly kind: string; readonly error: unknown; readonly retryIn: number }
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
}

/** Starts to follow a collection and never gives up until told to stop. A failure keeps what is known; only a complete list or an event removes. */
export function startInformer<T>(options: InformerOptions<T>): Informer<T> {
  const store = newStore(options.project, (key, error) => options.onEvent?.({ type: "poison", kind: options.kind.kind, key, error }));
  let isSynced = false;
  let problem: unknown;
  /** Up to where everything is known; without it, only a list can tell. */
  let from: string | undefined;
  /** What was not taken in: the store knows it already, so that no list or event would bring it again. */
  let untold: readonly Change<T>[] = [];
  const synced = Promise.withResolvers<void>();

  async function follow(): Promise<void> {
    const wait = backoff(options.firstRetry === undefined ? {} : { first: options.firstRetry });
    while (!options.signal.aborted) {
      let watchedFrom: number | undefined;
      const watched = (): number => (watchedFrom === undefined ? 0 : performance.now() - watchedFrom);
      try {
        from ??= await relist();
        watchedFrom = performance.now();
        await watchOn(from);
        if (watched() < shortest) throw new Error("the watch ended as soon as it began");
        wait.reset();
      } catch (error) {
        if (options.signal.aborted) return;
        // A watch that was cut after hours of service is no reason to wait longer than after the first.
        if (watched() > stable) wait.reset();
        // Gone, or silence that may hide an older server: what a watch could have missed, a complete list finds.
        if (isApiError(error, 410) || error instanceof Silence) from = undefined;
        problem = error;
        const retryIn = Math.max(wait.next(), retryAfter(error));
        options.onEvent?.({ type: "failed", kind: options.kind.kind, error, retryIn });
        await sleep(retryIn, options.signal);
      }
    }
  }

  async function relist(): Promise<string> {
    const { transport, kind, signal } = options;
    let pass = store.begin();
    const before = store.version();
    let isBack = false;
    const version = await list(
      transport,
      kind,
      {
        ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
        ...(options.pageSize !== undefined && { pageSize: options.pageSize }),
        signal,
      },
      (items, at) => {
        // Said before anything that an older server tells is handed on, so that nobody acts on it unwarned.
        if (before !== undefined && isNewer(before, at) && !isBack) {
          isBack = true;
          options.onEvent?.({ type: "went back", kind: kind.kind, from: before, to: at });
        }
        tell(pass.page(items, at));
      },
      () => (pass = store.begin()),
    );
    tell(pass.end(version));
    isSynced = true;
    synced.resolve();
    options.onEvent?.({ type: "listed", kind: kind.kind, objects: store.size });
    return version;
  }

  async function watchOn(start: string): Promise<void> {
    let last = start;
    const quiet = new AbortController();
    const silence = options.silence ?? 90_000;
    const timer = setTimeout(() => quiet.abort(new Silence()), silence);
    const alive = (): void => {
      problem = undefined;
      timer.refresh();
    };
    try {
      const signal = AbortSignal.any([options.signal, quiet.signal]);
      const labels = options.labelSelector !== undefined && { labelSelector: options.labelSelector };
      for await (const event of watch(options.transport, options.kind, { from: start, ...labels, signal, alive })) {
        if (event.type !== "BOOKMARK") tell(store.event(event.type, event.object));
        if (isNewer(event.resourceVersion, last)) last = event.resourceVersion;
      }
    } catch (error) {
      throw quiet.signal.aborted ? quiet.signal.reason : error;
    } finally {
      clearTimeout(timer);
      // However it ended, the next watch goes on after the last event, so that nothing is told twice.
      from = last;
      store.reached(last);
    }
  }

  function tell(changes: readonly Change<T>[]): void {
    untold = untold.length === 0 ? changes : [...untold, ...changes];
    if (untold.length > 0) options.onChange?.(untold);
    untold = [];
  }

  void follow();
  return { store, synced: synced.promise, isSynced: () => isSynced, problem: () => problem };
}

/** A watch that the server ends sooner is a fault, or we would ask again without a pause. */
const shortest = 1000;

/** A watch that lived longer says that the server is well. */
const stable = 120_000;

class Silence extends Error {
  override readonly message = "the watch was silent for too long; listing again";
}
