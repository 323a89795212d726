import { Agent, request as send } from "node:https";

/** An API server's answer; `body` is the JSON in it, or undefined where there is none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
}

/** Sends requests to one API server as one user. */
export type Client = Ask & {
  /** Lets go of kept connections: needed after the server was killed. */
  readonly close: () => void;
};

type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** Without an end to them, a server that falls behind would be asked for one more handshake by each request, and fall behind further. */
const mostConnections = 32;

/** A client with a bearer token; a text body is sent as it is, any other as JSON. */
export function client(url: string, token: string, ca: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: mostConnections, ca });
  const ask: Ask = (method, path, body, headers) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const request = send(new URL(path, url), {
        method,
        agent,
        timeout: 30_000,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          // Node leaves the length out of a DELETE, and kube-apiserver then reads no body.
          ...(sent !== undefined && {
            "content-length": Buffer.byteLength(sent),
            "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
          }),
          ...headers,
        },
      });
      request.once("error", reject);
      request.once("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      request.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => resolve(answer(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
      });
      request.end(sent);
    });
  return Object.assign(ask, { close: () => agent.destroy() });
}

function answer(status: number, text: string): Answer {
  try {
    return { status, text, body: JSON.parse(text) };
  } catch {
    return { status, text, body: undefined };
  }
}
