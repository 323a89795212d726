import type { Refusal } from "@rollcall/contract";
import { newReader } from "./fields.ts";
import { sorts, type ClustersRequest, type FluxRequest, type PlacementName } from "./request.ts";

/** Those who ask with a query. */
export type QueryRequest = FluxRequest | ClustersRequest;

const known = ["list", "placement", "namespace", "sort"];

/**
 * Reads the query of a GET: `list`, `sort`, and `placement`, which is a key, or `namespace/name` of one object; `namespace` narrows a key.
 * A misspelt key is refused, since the whole list would be the answer to what is left of the question.
 */
export function parseQuery<Asks extends QueryRequest["asks"]>(
  asks: Asks,
  query: Iterable<readonly [string, string]>,
): Extract<QueryRequest, { asks: Asks }> | Refusal {
  const reader = newReader();
  const pairs = [...query];
  const fields = new Map<string, unknown>(pairs);
  reader.noOthers(fields, "", known);
  for (const key of known) {
    const times = pairs.filter(([each]) => each === key).length;
    if (times > 1) reader.wrong(key, "one value", times);
  }
  const text = (key: string): string | undefined => (fields.has(key) ? reader.text(fields.get(key), key) : undefined);
  const list = reader.text(fields.get("list"), "list");
  // flux-operator keeps the first inputs when there are too many, so which come first must not be a matter of the day.
  const sort = fields.has("sort") ? reader.oneOf(fields.get("sort"), "sort", sorts) : asks === "flux" ? "name" : "decision";
  const [placement, namespace] = [text("placement"), text("namespace")];
  if (namespace !== undefined && (placement === undefined || placement.includes("/"))) {
    reader.wrong("namespace", "to stand beside a placement's key", namespace);
  }
  const named = placement === undefined ? undefined : placementOf(placement, namespace);
  if (named !== undefined && "name" in named && (named.name === "" || named.namespace === "")) {
    reader.wrong("placement", "a key or namespace/name", placement);
  }

  const wrong = reader.refusal("correct the URL; until then nothing is changed");
  if (wrong !== undefined) return wrong;
  return { asks, list: list!, ...(named && { placement: named }), sort: sort! } as Extract<QueryRequest, { asks: Asks }>;
}

function placementOf(text: string, namespace: string | undefined): PlacementName {
  const slash = text.indexOf("/");
  if (slash === -1) return { key: text, ...(namespace !== undefined && { namespace }) };
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
