import type { ServedKind } from "./kinds.ts";
import type { ListOptions } from "./list-options.ts";
import type { HubObject } from "./object.ts";
import { represent, type Form } from "./represent.ts";
import { StatusError, tooLargeVersion } from "./status-error.ts";
import type { Change, Store } from "./store.ts";

/** What is watched, and in which form it is told. */
export interface Watched {
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  readonly options: ListOptions;
  readonly form: Form;
  readonly bookmarkEvery: number;
}

/** The connection of a watch. */
export interface Wire {
  readonly event: (type: string, object: object) => void;
  readonly end: () => void;
}

/** A real server says where it stands shortly before it ends a watch, so that the next one need not look back. */
const lastBookmarkBeforeEnd = 2_000;
const longestWatch = 30 * 60_000;

/** Tells what happens to a resource from a version on, until the returned function is called or its time is up. */
export function watch(store: Store, watched: Watched, wire: Wire): () => void {
  const { kind, options, bookmarkEvery } = watched;
  const wantsState = options.sendInitialEvents || options.resourceVersion === "" || options.resourceVersion === "0";
  const from = Number(options.resourceVersion);
  // A server that is asked about its future stays silent until it gets there: no event, no bookmark, no error.
  const isAhead = (): boolean => from > store.version;
  if (options.sendInitialEvents && isAhead()) throw tooLargeVersion(options.resourceVersion, store.version);

  const tell = (change: Change): void => {
    const event = change.resource === kind.resource && change.version > from ? eventOf(watched, change) : undefined;
    if (event) wire.event(event.type, represent(kind, event.object, watched.form));
  };
  const bookmark = (annotations?: Record<string, string>): void => {
    if (!options.allowWatchBookmarks || isAhead()) return;
    const metadata = { resourceVersion: String(store.version), ...(annotations && { annotations }) };
    wire.event(
      "BOOKMARK",
      represent(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata } as unknown as HubObject, watched.form),
    );
  };

  if (wantsState) {
    for (const [key, object] of store.at(kind.resource) ?? []) {
      if (isMeant(watched, key, object)) wire.event("ADDED", represent(kind, object, watched.form));
    }
    bookmark({ "k8s.io/initial-events-end": "true" });
  } else {
    const missed = isAhead() ? [] : store.since(kind.resource, from);
    if (missed === undefined) {
      wire.event("ERROR", tooOld(from, store.oldest(kind.resource)));
      wire.end();
      return () => {};
    }
    for (const change of missed) tell(change);
  }

  const lasts = options.timeoutSeconds > 0 ? options.timeoutSeconds * 1000 : longestWatch;
  const silence = store.listen(tell);
  const timers = [setInterval(bookmark, bookmarkEvery), setTimeout(() => wire.end(), lasts)];
  if (lasts > lastBookmarkBeforeEnd) timers.push(setTimeout(bookmark, lasts - lastBookmarkBeforeEnd));
  return () => {
    silence();
    for (const timer of timers) clearTimeout(timer);
  };
}

/** A change as a selector sees it: what begins to be meant is new, what ends to be meant is gone, in its last form that was. */
function eventOf(watched: Watched, change: Change): { readonly type: Change["type"]; readonly object: HubObject } | undefined {
  const { key, before, object } = change;
  const was = before !== undefined && isMeant(watched, key, before);
  const is = change.type !== "DELETED" && isMeant(watched, key, object);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object };
  if (!was) return undefined;
  const last = change.type === "DELETED" ? object : before;
  return { type: "DELETED", object: { ...last, metadata: { ...last.metadata, resourceVersion: String(change.version) } } };
}

function isMeant({ namespace, options }: Watched, key: string, object: HubObject): boolean {
  return (namespace === undefined || key.startsWith(`/${namespace}/`)) && options.matches(object);
}

function tooOld(from: number, oldest: number): object {
  return new StatusError(410, "Expired", `too old resource version: ${from} (${oldest})`).status;
}
