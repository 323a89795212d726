/** What a request asks for, in the words of RBAC. */
export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

/** A request on its way through the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  readonly verb: Verb;
  /** The plural with its subresource, as RBAC spells it; empty where the path is no object's. */
  readonly resource: string;
  readonly namespace?: string;
  /** Of a creation, the name in the body. */
  readonly name?: string;
  readonly body: string;
}

/** Answers in the target's place. */
export type Instead =
  | {
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Seconds, for the header of that name. */
      readonly retryAfter?: number;
    }
  /** 200 and not one byte of body, as from a broken load balancer. */
  | "empty 200"
  /** 200 and a page for people, as from a login portal. */
  | "HTML 200"
  /** 410: the continue token or the resourceVersion is too old. */
  | "expired"
  /** The connection breaks without an answer. */
  | "reset"
  /** The connection stays, and nothing ever comes. */
  | "half-open";

/** The target's own answer, which comes through other than it was. */
export type Bent =
  /** It takes so many milliseconds longer. */
  | { readonly stall: number }
  /** So many bytes of the body pass; then it ends as if that were all, breaks, or is silent for ever. */
  | { readonly truncate: number; readonly then?: "end" | "reset" | "half-open" }
  /** The body passes in pieces of so many bytes, with so many milliseconds between them. */
  | { readonly drip: number; readonly every: number }
  /** It says that it is something else. */
  | { readonly contentType: string }
  /** The k-th event of a watch is lost, told twice, or replaced by an ERROR of 410 that ends the watch; 0 is before all events. */
  | (Counted & { readonly is: "lost" | "doubled" | "expired" })
  /** It comes so many milliseconds later than it should, and others overtake it. */
  | (Counted & { readonly is: "late"; readonly by: number });

/** An event of a watch. Bookmarks do not count, and of the others only those of this type and about this object, if they are said. */
export interface Counted {
  readonly event: number;
  readonly of?: "ADDED" | "MODIFIED" | "DELETED";
  readonly about?: string;
}

/** What a client gets instead of the target's answer, or of all of it. */
export type ProxyAnswer = Instead | Bent;

/** Which requests go wrong, how, and how many of them. What is not said matches all; everything but the functions can be written as JSON. */
export interface ProxyRule {
  readonly verb?: Verb | readonly Verb[];
  readonly resource?: string;
  readonly name?: string;
  readonly when?: (request: ProxiedRequest) => boolean;
  /** Only from the n-th of the requests that match, counted from 1. */
  readonly nth?: number;
  /** So many of them; all when not given, one when `nth` is. */
  readonly times?: number;
  /** Whether the target is spared the request, or does what it says before the answer goes wrong; `before` when not given. */
  readonly phase?: "before" | "after";
  /** Done, and waited for, before the answer: whatever else a test wants to happen at this very moment. */
  readonly meanwhile?: (request: ProxiedRequest) => unknown;
  /** Without an answer the request passes as it is. */
  readonly answer?: ProxyAnswer;
}

/** Rules at work: who decides about the next request. */
export interface FaultPlan {
  /** Adds a rule, of which the first that fits decides; the answer takes it away again. */
  add(rule: ProxyRule): () => void;
  /** The rule for a request; asking counts it. */
  take(request: ProxiedRequest): ProxyRule | undefined;
}

export function faultPlan(): FaultPlan {
  const rules = new Set<{ readonly rule: ProxyRule; seen: number }>();
  return {
    add(rule) {
      const added = { rule, seen: 0 };
      rules.add(added);
      return () => void rules.delete(added);
    },
    take(request) {
      for (const each of rules) {
        const { rule } = each;
        const { nth = 1, times = rule.nth === undefined ? Number.POSITIVE_INFINITY : 1 } = rule;
        if (each.seen >= nth - 1 + times || !isMeant(rule, request)) continue;
        each.seen += 1;
        if (each.seen >= nth) return rule;
      }
      return undefined;
    },
  };
}

function isMeant({ verb, resource, name, when }: ProxyRule, request: ProxiedRequest): boolean {
  if (verb !== undefined && ![verb].flat().includes(request.verb)) return false;
  if (resource !== undefined && resource !== request.resource) return false;
  if (name !== undefined && name !== request.name) return false;
  return when === undefined || when(request);
}

const verbs: Readonly<Record<string, Verb>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };

/** What a request is about, read from its path and its body as an API server reads them. */
export function describeRequest(method: string, url: string, body: string): ProxiedRequest {
  const { pathname: path, searchParams: query } = new URL(url, "http://proxy");
  const isWatch = ["1", "true"].includes(query.get("watch") ?? "");
  const place = placeOf(path);
  const name = place.name ?? (method === "POST" ? nameIn(body) : undefined);
  const verb = verbs[method] ?? (isWatch ? "watch" : place.name === undefined && place.resource !== "" ? "list" : "get");
  return { method, path, query, isWatch, body, verb, ...place, ...(name !== undefined && { name }) };
}

function placeOf(path: string): Pick<ProxiedRequest, "resource" | "namespace" | "name"> {
  const [, rest] = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
  if (rest === undefined) return { resource: "" };
  const parts = rest.split("/").map(decodeURIComponent);
  // Of namespaces themselves, the third part is no resource of theirs unless another follows.
  const [namespace, [plural = "", name, subresource]] =
    parts[0] === "namespaces" && parts.length > 2 ? [parts[1], parts.slice(2)] : [undefined, parts];
  return {
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

function nameIn(body: string): string | undefined {
  try {
    const { metadata } = JSON.parse(body) as { readonly metadata?: { readonly name?: string } };
    return metadata?.name;
  } catch {
    return undefined;
  }
}
