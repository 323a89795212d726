import type { Kind, KubeObject } from "@rollcall/contract";
import { ApiError, errorFrom, foreignAnswer } from "./errors.ts";
import { collectionPath } from "./path.ts";
import type { Transport } from "./transport.ts";

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: KubeObject; readonly resourceVersion: string }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };

export interface WatchOptions {
  readonly from: string;
  readonly labelSelector?: string;
  readonly signal: AbortSignal;
  /** Called when the server has agreed to be watched, and with every line: a sign of life. */
  readonly alive?: () => void;
}

/** The events of a collection from a resourceVersion on, until the server ends it. Throws an ApiError for an ERROR event, 410 among them. */
export async function* watch(
  transport: Transport,
  kind: Kind,
  { from, labelSelector, signal, alive }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  // A random length, so that many watches never end in the same second.
  const seconds = 300 + Math.floor(Math.random() * 300);
  const query = new URLSearchParams({ watch: "1", resourceVersion: from, allowWatchBookmarks: "true", timeoutSeconds: String(seconds) });
  if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
  const lines = await transport.lines({ method: "GET", path: `${collectionPath(kind)}?${query.toString()}`, signal });
  alive?.();
  for await (const line of lines) {
    alive?.();
    yield event(line, kind);
  }
}

function event(line: string, kind: Kind): WatchEvent {
  const what = `watch of ${kind.plural}`;
  const { type, object } = parsed(line, what);
  if (type === "ERROR") {
    const { code } = object as { code?: number };
    throw typeof code === "number"
      ? errorFrom(code, JSON.stringify(object), what)
      : new ApiError(0, "WatchError", `${what}: ${line.slice(0, 200)}`);
  }
  const resourceVersion = object?.metadata?.resourceVersion;
  if (object === undefined || typeof resourceVersion !== "string") throw foreignAnswer(what, "an event has no resourceVersion");
  if (type === "BOOKMARK") return { type, resourceVersion };
  if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") return { type, object, resourceVersion };
  throw foreignAnswer(what, `an event is of type ${JSON.stringify(type)}`);
}

function parsed(line: string, what: string): { type?: string; object?: KubeObject } {
  try {
    return JSON.parse(line) as { type?: string; object?: KubeObject };
  } catch {
    throw foreignAnswer(what, "a line is no JSON");
  }
}
