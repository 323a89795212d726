import type { ServedKind } from "./kinds.ts";
import type { ListOptions } from "./list-options.ts";
import { isJsonObject, type HubObject } from "./object.ts";
import { badRequest, StatusError, tooLargeVersion } from "./status-error.ts";
import type { Store } from "./store.ts";

/** One page of a list. */
export interface Page {
  readonly items: readonly HubObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
}

/** Where a list goes on: the version that all its pages show (-1: whatever stands then), and the key after which the next one begins. */
interface Token {
  readonly version: number;
  readonly after: string;
}

const expired =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/** A page of a list: all pages of one list show the same moment, whatever happens meanwhile. */
export function listPage(store: Store, kind: ServedKind, namespace: string | undefined, options: ListOptions): Page {
  const token = options.continue === "" ? undefined : readToken(options);
  const version = token === undefined ? versionAsked(store, options) : token.version < 0 ? store.version : token.version;
  const prefix = namespace === undefined ? "" : `/${namespace}`;
  const meant = snapshot(store, kind, version, token).flatMap(([key, object]): (readonly [string, HubObject])[] => {
    if (!key.startsWith(`${prefix}/`)) return [];
    const within = key.slice(prefix.length);
    return (token === undefined || within > token.after) && options.matches(object) ? [[within, object]] : [];
  });
  // A real server answers resourceVersion=0 from its cache, which knows no pages.
  const limit = options.limit === 0 || options.resourceVersion === "0" ? meant.length : options.limit;
  const page = meant.slice(0, limit);
  const rest = meant.length - page.length;
  return {
    items: page.map(([, object]) => object),
    metadata: {
      resourceVersion: String(version),
      ...(rest > 0 && { continue: writeToken({ version, after: page.at(-1)![0] }) }),
      ...(rest > 0 && !options.selective && { remainingItemCount: rest }),
    },
  };
}

function snapshot(store: Store, kind: ServedKind, version: number, token: Token | undefined): readonly (readonly [string, HubObject])[] {
  const objects = store.at(kind.resource, version);
  if (objects !== undefined) return objects;
  if (token === undefined) throw new StatusError(410, "Expired", `The resourceVersion for the provided list is too old.`);
  throw new StatusError(410, "Expired", expired, { continue: writeToken({ version: -1, after: token.after }) });
}

function versionAsked(store: Store, { resourceVersion, exact }: ListOptions): number {
  if (Number(resourceVersion) > store.version) throw tooLargeVersion(resourceVersion, store.version);
  return exact ? Number(resourceVersion) : store.version;
}

/** The spelling is the real server's, so that a test can make an old token out of a young one. */
function writeToken({ version, after }: Token): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: `${after}\0` })).toString("base64url");
}

function readToken(options: ListOptions): Token {
  if (options.resourceVersion !== "") throw badRequest("specifying resource version is not allowed when using continue");
  const token = parsed(Buffer.from(options.continue, "base64url").toString());
  if (!isJsonObject(token) || typeof token["rv"] !== "number" || typeof token["start"] !== "string" || token["rv"] === 0)
    throw badRequest("invalid continue token: continue key is not valid");
  return { version: token["rv"], after: token["start"].replace(/\0$/, "") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
