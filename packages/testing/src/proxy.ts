import { createServer, request as plain, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { request as secure } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

/** A request on its way through the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
}

/** What a client gets instead of the target's answer. */
export type ProxyAnswer =
  | { readonly status: number; readonly body?: string; readonly contentType?: string; readonly headers?: Readonly<Record<string, string>> }
  /** 200 and not one byte of body, as from a broken load balancer. */
  | "empty 200"
  /** The connection breaks without an answer. */
  | "reset";

/** Which requests are answered in the target's place, how, and how many of them (all, unless said). */
export interface ProxyRule {
  readonly when: (request: ProxiedRequest) => boolean;
  readonly answer: ProxyAnswer;
  readonly times?: number;
}

/** A request that came, and who answered it. */
export interface SeenRequest extends ProxiedRequest {
  readonly answeredBy: "target" | "rule";
}

/** A proxy before an API server that can go wrong on demand. */
export interface Proxy {
  /** Where clients connect: plain HTTP. */
  readonly url: string;
  /** Adds a rule, of which the first that fits decides; the answer takes it away again. */
  readonly rule: (rule: ProxyRule) => () => void;
  /** Every request so far, in order. */
  readonly requests: readonly SeenRequest[];
  /** Breaks every connection that is open now, watches too. */
  readonly closeAll: () => void;
  readonly stop: () => Promise<void>;
}

/** Where the proxy sends what no rule answers. */
export interface ProxyOptions {
  readonly target: string;
  /** PEM that an `https` target is trusted by. */
  readonly ca?: string;
}

/** Starts a proxy on a free port; everything passes through as it comes, until a rule says otherwise. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const rules: { readonly rule: ProxyRule; left: number }[] = [];
  const requests: SeenRequest[] = [];

  const take = (request: ProxiedRequest): ProxyAnswer | undefined => {
    const found = rules.find(({ rule, left }) => left > 0 && rule.when(request));
    if (found !== undefined) found.left -= 1;
    return found?.rule.answer;
  };

  const server = createServer((incoming, response) => {
    const request = describe(incoming);
    const instead = take(request);
    requests.push({ ...request, answeredBy: instead === undefined ? "target" : "rule" });
    if (instead === undefined) forward(options, incoming, response);
    else answer(instead, incoming, response);
  });
  // A connection that is closed just when a client uses it again would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    rule(rule) {
      const added = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(added);
      return () => void (added.left = 0);
    },
    closeAll: () => server.closeAllConnections(),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function describe({ method = "GET", url = "/" }: IncomingMessage): ProxiedRequest {
  const { pathname, searchParams } = new URL(url, "http://proxy");
  return { method, path: pathname, query: searchParams, isWatch: ["1", "true"].includes(searchParams.get("watch") ?? "") };
}

function answer(instead: ProxyAnswer, incoming: IncomingMessage, response: ServerResponse): void {
  if (instead === "reset") return void incoming.socket.resetAndDestroy();
  incoming.resume();
  const { status, body = "", contentType = "application/json", headers } = instead === "empty 200" ? { status: 200 } : instead;
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body), ...headers }).end(body);
}

function forward({ target, ca }: ProxyOptions, incoming: IncomingMessage, response: ServerResponse): void {
  const url = new URL(incoming.url ?? "/", target);
  const options = { method: incoming.method, headers: without(["host", "connection"], incoming.headers), agent: false as const };
  const outgoing = url.protocol === "https:" ? secure(url, { ...options, ...(ca !== undefined && { ca }) }) : plain(url, options);

  outgoing.once("response", (from) => {
    response.writeHead(from.statusCode ?? 502, without(["connection", "keep-alive"], from.headers));
    // A watch may be silent for long: its client must know at once that it has begun.
    response.flushHeaders();
    pipeline(from, response, () => undefined);
  });
  // What breaks behind the proxy breaks before it too, as if there were none.
  outgoing.once("error", () => incoming.socket.resetAndDestroy());
  response.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

// These speak of one connection, and there are two.
function without(names: readonly string[], headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
