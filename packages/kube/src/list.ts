import type { Kind, KubeObject } from "@rollcall/contract";
import { foreignAnswer, isApiError, isTooLarge } from "./errors.ts";
import { isObject, isOf } from "./object.ts";
import { collectionPath } from "./path.ts";
import type { Transport } from "./transport.ts";

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lists a collection in pages and hands each page on as it comes; gives the resourceVersion of the whole.
 * All pages are one snapshot. When its continue token expires the list starts again: `restart` is told, so that nothing of a half list is used.
 */
export async function list(
  transport: Transport,
  kind: Kind,
  { labelSelector, fieldSelector, pageSize = 500, signal }: ListOptions,
  page: (items: readonly KubeObject[], version: string) => void,
  restart: () => void,
): Promise<string> {
  let token = "";
  let limit = pageSize;
  let restarts = 0;
  for (;;) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
    if (fieldSelector !== undefined) query.set("fieldSelector", fieldSelector);
    if (token !== "") query.set("continue", token);
    let answer: ListAnswer;
    try {
      const path = `${collectionPath(kind)}?${query.toString()}`;
      answer = checked(await transport.call({ method: "GET", path, signal, timeout: 60_000 }), kind);
    } catch (error) {
      if (isTooLarge(error) && limit > 1) {
        limit = Math.ceil(limit / 4);
        continue;
      }
      if (token === "" || !isApiError(error, 410) || restarts === 3) throw error;
      restarts += 1;
      token = "";
      restart();
      continue;
    }
    page(
      answer.items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind })),
      answer.metadata.resourceVersion,
    );
    const next = answer.metadata.continue ?? "";
    if (next === "") return answer.metadata.resourceVersion;
    if (next === token) throw foreignAnswer(`list of ${kind.plural}`, "its pages do not go on");
    token = next;
  }
}

/** The whole collection at once, for lists that are short or asked for on demand. */
export async function listAll(transport: Transport, kind: Kind, options: ListOptions = {}): Promise<readonly KubeObject[]> {
  let all: KubeObject[] = [];
  await list(
    transport,
    kind,
    options,
    (items) => (all = all.concat(items)),
    () => (all = []),
  );
  return all;
}

interface ListAnswer {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

/** An empty 200, a proxy's page or another kind's list must never pass for an empty list. */
function checked(answer: unknown, kind: Kind): ListAnswer {
  const what = `list of ${kind.plural}`;
  const { kind: said, apiVersion, metadata, items } = answer as Partial<ListAnswer> & { kind?: unknown; apiVersion?: unknown };
  if (said !== `${kind.kind}List` || apiVersion !== kind.apiVersion) {
    throw foreignAnswer(what, `it is a ${String(apiVersion)} ${String(said)}, not a ${kind.apiVersion} ${kind.kind}List`);
  }
  if (typeof metadata?.resourceVersion !== "string" || metadata.resourceVersion === "")
    throw foreignAnswer(what, "it has no resourceVersion");
  // Go writes an empty list as null; a list that says nothing of its items was cut or made up on the way.
  if (items === null) return { metadata, items: [] };
  if (!Array.isArray(items)) throw foreignAnswer(what, "its items are no list");
  if (!items.every(isObject)) throw foreignAnswer(what, "an item has no name or no resourceVersion");
  if (!items.every((item) => isOf(item, kind))) throw foreignAnswer(what, "an item is of another kind");
  return { metadata, items };
}
