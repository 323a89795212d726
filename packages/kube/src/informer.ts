import { backoff, sleep } from "./backoff.ts";
import { isApiError, isNoVersion, retryAfter } from "./errors.ts";
import { cannotStream, firstState, NoState } from "./first-state.ts";
import type { Informer, InformerEvent, InformerOptions } from "./informer-options.ts";
import { relist } from "./relist.ts";
import { newStore, type Change } from "./store.ts";
import { isNewer } from "./version.ts";
import { Silence, watchdog } from "./watchdog.ts";
import { watch } from "./watch.ts";

/** A watch that the server ends sooner is a fault, or we would ask again without a pause. */
const shortest = 1000;

/** A watch that lived longer says that the server is well. */
const stable = 120_000;

/** Before a watch has told all that is there, one line follows another: so much silence, or so long without an end, and it will never say so. */
const impatience = 10_000;
const patience = 60_000;

type Said = InformerEvent extends infer Event ? (Event extends InformerEvent ? Omit<Event, "kind"> : never) : never;

/** Starts to follow a collection and never gives up until told to stop. A failure keeps what is known; only a complete list or an event removes. */
export function startInformer<T>(options: InformerOptions<T>): Informer<T> {
  const { transport, kind, signal, labelSelector, fieldSelector, silence = 90_000 } = options;
  const store = newStore(options.project, (key, error) => say({ type: "poison", key, error }));
  const synced = Promise.withResolvers<void>();
  let isSynced = false;
  let problem: unknown;
  let heardAt: number | undefined;
  let wasConnected = false;
  let hasStreams = options.watchList ?? true;
  let brokenStreams = 0;
  /** Up to where everything is known; without it, only a list can tell. */
  let from: string | undefined;
  /** What was not taken in: the store knows it already, so that no list or event would bring it again. */
  let untold: readonly Change<T>[] = [];

  async function follow(): Promise<void> {
    const wait = backoff(options.firstRetry === undefined ? {} : { first: options.firstRetry });
    while (!signal.aborted) {
      let watchedFrom: number | undefined;
      let began: string | undefined;
      const watched = (): number => (watchedFrom === undefined ? 0 : performance.now() - watchedFrom);
      try {
        if (from === undefined && (isSynced || !hasStreams)) from = await listPages();
        watchedFrom = performance.now();
        began = from;
        await watchOn(from);
        if (watched() < shortest) throw new Error("the watch ended as soon as it began");
        wait.reset();
      } catch (error) {
        if (signal.aborted) return;
        if (hasStreams && !isSynced && cannotStream(error)) {
          hasStreams = false;
          continue;
        }
        // A watch that was cut after hours of service is no reason to wait longer than after the first.
        if (watched() > stable) wait.reset();
        const absent = isApiError(error, 404);
        const isExpired = isNoVersion(error);
        // A line that cannot be read would come again each time that the watch goes on from before it.
        const isStuck = isApiError(error, 0) && error.reason !== "Unreachable" && from === began;
        // Gone, silence that may hide an older server, or a kind that may come back as another: what a watch could have missed, a complete list finds.
        if (absent || isExpired || isStuck || error instanceof Silence || isLongAgo()) from = undefined;
        problem = error;
        // The server is there and has said what helps: whatever failed before is no reason to put a list off.
        const retryIn = Math.max(isExpired ? wait.soon() : wait.next(), retryAfter(error));
        say({ type: "failed", error, retryIn, absent });
        await sleep(retryIn, signal);
      }
    }
  }

  async function listPages(): Promise<string> {
    const wentBack = (from: string, to: string): void => say({ type: "went back", from, to });
    const { version, missed } = await relist(options, { store, isFirst: !isSynced, tell, hear, wentBack });
    complete("pages", missed);
    return version;
  }

  async function watchOn(start: string | undefined): Promise<void> {
    const dog = watchdog(signal, start === undefined ? Math.min(silence, impatience) : silence);
    const first = firstState(store, tell);
    const giveUpAt = performance.now() + patience;
    let last = start;
    let isOpen = false;
    const alive = (): void => {
      hear();
      dog.heard();
      problem = undefined;
      if (!isOpen) say({ type: "connected", again: wasConnected });
      isOpen = wasConnected = true;
    };
    try {
      for await (const event of watch(transport, kind, { from: start, labelSelector, fieldSelector, signal: dog.signal, alive })) {
        if (last === undefined) {
          if (first.take(event)) {
            complete("stream", 0);
            dog.allow(silence);
            last = event.resourceVersion;
          } else if (performance.now() > giveUpAt) throw new NoState();
        } else {
          if (event.type !== "BOOKMARK") tell(store.event(event.type, event.object));
          if (isNewer(event.resourceVersion, last)) last = event.resourceVersion;
        }
      }
      if (last === undefined) throw new Error("the watch ended before it had told all that is there");
    } catch (error) {
      // Pages make progress where a stream that is cut again and again makes none.
      if (isOpen && last === undefined) brokenStreams += 1;
      if (last === undefined && (dog.signal.aborted || brokenStreams === 2)) throw new NoState();
      throw dog.signal.aborted ? dog.signal.reason : error;
    } finally {
      dog.end();
      // However it ended, the next watch goes on after the last event, so that nothing is told twice.
      from = last;
      if (last !== undefined) store.reached(last);
    }
  }

  function complete(how: "stream" | "pages", missed: number): void {
    const isAgain = isSynced;
    isSynced = true;
    synced.resolve();
    say({ type: "listed", objects: store.size, missed, how, ...(isAgain && { again: true }) });
  }

  /** A server that was away for so long may have been restored meanwhile, and be past our version by now. */
  function isLongAgo(): boolean {
    return heardAt !== undefined && performance.now() - heardAt > silence;
  }

  function hear(): void {
    heardAt = performance.now();
  }

  function say(event: Said): void {
    try {
      options.onEvent?.({ ...event, kind: kind.kind });
    } catch {
      // A log that fails is no reason to stop following.
    }
  }

  function tell(changes: readonly Change<T>[]): void {
    untold = untold.length === 0 ? changes : [...untold, ...changes];
    if (untold.length > 0) options.onChange?.(untold);
    untold = [];
  }

  void follow();
  return {
    store,
    synced: synced.promise,
    isSynced: () => isSynced,
    problem: () => problem,
    lastHeard: () => (heardAt === undefined ? undefined : performance.now() - heardAt),
  };
}
