import type { Kind, KubeObject } from "@rollcall/contract";
import { ApiError, errorFrom, foreignAnswer } from "./errors.ts";
import { parseJson } from "./json.ts";
import { isObject, isOf } from "./object.ts";
import { collectionPath } from "./path.ts";
import { quote } from "./quote.ts";
import type { Transport } from "./transport.ts";

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: KubeObject; readonly resourceVersion: string }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string; /** All that was there has been told. */ readonly isAll?: true };

export interface WatchOptions {
  /** Where to go on; without it, the watch begins with all that is there. */
  readonly from?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly signal: AbortSignal;
  /** Called when the server has agreed to be watched, and with every line: a sign of life. */
  readonly alive?: () => void;
}

/** The events of a collection from a resourceVersion on, or from nothing, until the server ends it. Throws an ApiError for an ERROR event, 410 among them. */
export async function* watch(
  transport: Transport,
  kind: Kind,
  { from, labelSelector, fieldSelector, signal, alive }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  // A random length, so that many watches never end in the same second.
  const seconds = 300 + Math.floor(Math.random() * 300);
  const query = new URLSearchParams({ watch: "1", allowWatchBookmarks: "true", timeoutSeconds: String(seconds), ...since(from) });
  if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
  if (fieldSelector !== undefined) query.set("fieldSelector", fieldSelector);
  const lines = await transport.lines({ method: "GET", path: `${collectionPath(kind)}?${query.toString()}`, signal });
  alive?.();
  for await (const line of lines) {
    alive?.();
    yield event(line, kind);
  }
}

/** Without a version of our own, all that is there comes first, as the server knows it now and not as it remembers it. */
function since(from: string | undefined): Readonly<Record<string, string>> {
  return from === undefined ? { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" } : { resourceVersion: from };
}

function event(line: string, kind: Kind): WatchEvent {
  const what = `watch of ${kind.plural}`;
  const { type, object } = parsed(line, what);
  if (type === "ERROR") {
    const code = (object as { code?: unknown } | null | undefined)?.code;
    throw typeof code === "number"
      ? errorFrom(code, JSON.stringify(object), what)
      : new ApiError(0, "WatchError", `${what}: ${quote(line, 200)}`);
  }
  const resourceVersion = object?.metadata?.resourceVersion;
  if (typeof resourceVersion !== "string" || resourceVersion === "") throw foreignAnswer(what, "an event has no resourceVersion");
  if (!isOf(object!, kind)) throw foreignAnswer(what, `an event is about a ${String(object?.kind)}`);
  if (type === "BOOKMARK")
    return { type, resourceVersion, ...(object?.metadata.annotations?.["k8s.io/initial-events-end"] === "true" && { isAll: true }) };
  if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED")
    throw foreignAnswer(what, `an event is of type ${JSON.stringify(type)}`);
  if (!isObject(object)) throw foreignAnswer(what, "an event is about no object");
  return { type, object, resourceVersion };
}

function parsed(line: string, what: string): { type?: string; object?: KubeObject } {
  try {
    const value = parseJson(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw foreignAnswer(what, "a line is no JSON object");
}
