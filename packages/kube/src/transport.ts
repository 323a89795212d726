import type { Dispatcher } from "undici";
import { newConnections, type Pools } from "./connections.ts";
import { ApiError, errorFrom, foreignAnswer, unreachable } from "./errors.ts";
import { newGate } from "./gate.ts";
import { parseJson } from "./json.ts";
import { type Answer, NotSent, request, within } from "./request.ts";
import type { ServerConfig } from "./server.ts";
import { requestLines, type Streamed } from "./stream.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call from its turn on, and as many at the most until it is its turn. */
  readonly timeout?: number;
  /** Bytes of its answer at the most; 32 MiB unless said otherwise. */
  readonly most?: number;
}

/** One API server: pooled connections, our login on every request, typed errors. */
export interface Transport {
  readonly url: string;
  /** Sends one call and gives its JSON. Throws an ApiError for everything that is not a 2xx with a JSON object. */
  call(call: Call): Promise<unknown>;
  /** Opens a stream of lines, such as a watch; deadlines are the caller's. */
  lines(call: Call): Promise<AsyncIterable<string>>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Calls in flight at the most, each on a connection of its own; fewer while the server struggles. */
  readonly connections?: number;
  /** Calls a second at the most; without it, the server alone says how many it can take. */
  readonly qps?: number;
}

type Options = Dispatcher.DispatchOptions;

/** With what we logged in, which an answer may repeat. */
interface Sent {
  readonly sent: string;
}

const json = "application/json";
export const mergePatch = "application/merge-patch+json";
/** Asks for names, labels and annotations only: no data comes back. */
export const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** A write that takes longer says that the server has too much to do: kube-apiserver's own objective for the slowest hundredth. */
const slow = 1000;

/** Opens the transport to a server. Nothing is sent twice, unless it was not sent at all or refused for its login alone. */
export function openTransport(config: ServerConfig, { connections: most = 32, qps }: TransportOptions = {}): Transport {
  const base = new URL(config.url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const connections = newConnections(config, most);
  const gate = newGate({ most, qps });

  /** Sends with our login, and once more with a fresh one when it was refused, or over fresh connections when none could be made. */
  async function send<T extends { readonly status: number }>(
    call: Call,
    over: (pools: Pools, options: Options) => Promise<T>,
  ): Promise<T & Sent> {
    const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
    const type = call.body === undefined ? {} : { "content-type": call.contentType ?? json };
    let token = await config.token?.();
    for (let again = false; ; again = true) {
      await connections.ready();
      const pools = connections.pools();
      const login = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const headers = { accept: call.accept ?? json, "user-agent": "rollcall", ...config.headers, ...login, ...type };
      try {
        const answer = await over(pools, { origin: base.origin, path: prefix + call.path, method: call.method, headers, ...body });
        const sent = token ?? String(config.headers?.["authorization"] ?? "").replace(/^\S+ /, "");
        if (answer.status !== 401 || again) return { ...answer, sent };
        const refused = token;
        token = await config.token?.(refused ?? "");
        if (token === refused && !(await connections.renewed(pools))) return { ...answer, sent };
      } catch (error) {
        if (!(await connections.renewed(pools)) || again || !(error instanceof NotSent)) throw error;
      }
    }
  }

  /** The error of an answer that is not 2xx. A server that asks for a pause gets it from all calls. */
  function refused({ status, headers, sent }: Omit<Answer, "text"> & Sent, text: string, what: string): ApiError {
    const error = errorFrom(status, text, what, headers["retry-after"], sent);
    if (status === 429 || status === 503) gate.pause(error.retryAfter ?? 0);
    return error;
  }

  return {
    url: config.url,
    async call(call) {
      const what = describe(call);
      const { timeout = 10_000, signal } = call;
      await gate.enter(timeout, what, signal);
      const began = performance.now();
      let status = 0;
      try {
        const answer = await within(timeout, signal, (stop) =>
          send(call, ({ calls }, options) => request(calls, options, what, stop, call.most)),
        );
        ({ status } = answer);
        if (isGood(status)) return parsed(answer.text, what);
        throw refused(answer, answer.text, what);
      } catch (cause) {
        throw cause instanceof ApiError ? cause : unreachable(what, cause);
      } finally {
        // A long list is no sign of trouble.
        gate.leave(began, status === 429 || (call.method !== "GET" && performance.now() - began > slow));
      }
    },
    async lines(call) {
      const what = describe(call);
      const { signal } = call;
      // A login that hangs is left behind, too.
      const begin = (): Promise<Streamed & Sent> => send(call, ({ streams }, options) => requestLines(streams, options, what, signal));
      const answer = await within(undefined, signal, begin).catch((cause: unknown) => {
        throw unreachable(what, cause);
      });
      const { status, headers, lines, problem } = answer;
      if (!isGood(status)) throw refused(answer, problem ?? "", what);
      if (String(headers["content-type"]).includes("json")) return lines;
      await lines.return?.();
      throw foreignAnswer(what, `its type is ${String(headers["content-type"])}`);
    },
    async close() {
      gate.close();
      await connections.destroy();
    },
  };
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

function parsed(text: string, what: string): unknown {
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw foreignAnswer(what, "it is no JSON object");
}

function describe({ method, path }: Call): string {
  return `${method} ${path.split("?")[0]}`;
}
