import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { openTransport, type Transport } from "./transport.ts";

/** A request as it reached the server. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they came. */
  readonly rawHeaders: readonly (readonly string[])[];
  readonly body: string;
}

/** What a server does with a request. */
export type Answer = (response: ServerResponse, asked: Asked) => void;

/** A server over real HTTP that says what a test wants to hear, gone when the test's block ends. */
export interface Scripted extends AsyncDisposable {
  readonly url: string;
  readonly transport: Transport;
  readonly asked: readonly Asked[];
  /** Cuts every connection, as a broken network does. */
  cut(): void;
  /** Stops listening; `start` listens on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function scripted(answer: Answer): Promise<Scripted> {
  const asked: Asked[] = [];
  async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url!, "http://server");
    const { headers, rawHeaders: raw } = request;
    const rawHeaders = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]!]] : []));
    const one: Asked = { method: request.method!, path, query, headers, rawHeaders, body: await text(request) };
    asked.push(one);
    answer(response, one);
  }
  const server = createServer((request, response) => void hear(request, response));
  const start = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  };
  await start(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const transport = openTransport({ url });
  return {
    url,
    transport,
    asked,
    cut: () => server.closeAllConnections(),
    stop,
    start: () => start(port),
    async [Symbol.asyncDispose]() {
      await transport.close();
      await stop();
    },
  };
}

/** Answers with a body, as JSON unless it is text. */
export function says(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const type = typeof body === "string" ? "text/plain" : "application/json";
  return (response) =>
    void response.writeHead(status, { "content-type": type, ...headers }).end(typeof body === "string" ? body : JSON.stringify(body));
}

/** The next of these answers for each request, the last for all others. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let at = 0;
  return (response, asked) => answers[Math.min(at++, answers.length - 1)]!(response, asked);
}
