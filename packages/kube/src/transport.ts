import { Agent, Pool, type Dispatcher } from "undici";
import { errorFrom, foreignAnswer, unreachable } from "./errors.ts";
import type { ServerConfig } from "./server.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. */
  readonly timeout?: number;
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

const json = "application/json";
export const mergePatch = "application/merge-patch+json";
/** Asks for names, labels and annotations only: no data comes back. */
export const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Opens the transport to a server. HTTP/1.1 on purpose: measured ahead of HTTP/2 against a kube-apiserver. */
export function openTransport(config: ServerConfig, { connections = 24 }: { readonly connections?: number } = {}): Transport {
  const base = new URL(config.url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const connect = tls(config);
  const calls = new Pool(base.origin, { connections, connect, allowH2: false });
  // Watches stay open for minutes: they get connections of their own, so that no call ever waits behind one.
  const streams = new Agent({ connect, allowH2: false, bodyTimeout: 0 });

  async function send(dispatcher: Dispatcher, call: Call, signal: AbortSignal | undefined): Promise<Dispatcher.ResponseData> {
    const token = await config.token?.();
    return dispatcher.request({
      origin: base.origin,
      path: prefix + call.path,
      method: call.method,
      headers: {
        accept: call.accept ?? json,
        "user-agent": "rollcall",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(call.body !== undefined && { "content-type": call.contentType ?? json }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      ...(signal && { signal }),
    });
  }

  return {
    url: config.url,
    async call(call) {
      const what = describe(call);
      const deadline = AbortSignal.timeout(call.timeout ?? 10_000);
      let status: number;
      let text: string;
      let headers: Dispatcher.ResponseData["headers"];
      try {
        const answer = await send(calls, call, call.signal ? AbortSignal.any([call.signal, deadline]) : deadline);
        ({ statusCode: status, headers } = answer);
        text = await answer.body.text();
      } catch (cause) {
        throw unreachable(what, cause);
      }
      if (status < 200 || status > 299) throw errorFrom(status, text, what, first(headers["retry-after"]));
      return parsed(text, what);
    },
    async lines(call) {
      const what = describe(call);
      let answer: Dispatcher.ResponseData;
      let problem: string | undefined;
      try {
        answer = await send(streams, call, call.signal);
        if (answer.statusCode < 200 || answer.statusCode > 299) problem = await answer.body.text();
      } catch (cause) {
        throw unreachable(what, cause);
      }
      const { statusCode, headers, body } = answer;
      if (problem !== undefined) throw errorFrom(statusCode, problem, what, first(headers["retry-after"]));
      if (!String(headers["content-type"]).includes("json")) {
        // Without a listener its end would be an uncaught exception, and the end of the process.
        body.on("error", () => {}).destroy();
        throw foreignAnswer(what, `its type is ${String(headers["content-type"])}`);
      }
      return splitLines(body, what);
    },
    async close() {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

function tls({ ca, tlsName, insecure, clientCertificate }: ServerConfig): NonNullable<Pool.Options["connect"]> {
  return {
    keepAlive: true,
    timeout: 10_000,
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { servername: tlsName }),
    ...(insecure && { rejectUnauthorized: false }),
    ...(clientCertificate && { cert: clientCertificate.certificate, key: clientCertificate.key }),
  };
}

async function* splitLines(body: AsyncIterable<Buffer>, what: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body) {
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) if (piece !== "") yield piece;
    }
  } catch (cause) {
    throw unreachable(what, cause);
  }
  if ((rest + decoder.decode()).trim() !== "") throw foreignAnswer(what, "it ends in the middle of a line");
}

function parsed(text: string, what: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw foreignAnswer(what, "it is no JSON object");
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function describe({ method, path }: Call): string {
  return `${method} ${path.split("?")[0]}`;
}
