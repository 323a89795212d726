import { Client } from "undici";
import { now } from "./clock.ts";

/** An answer, and how long it took until its last byte was there. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly milliseconds: number;
  /** How long until its first: all of it was made by then. */
  readonly head: number;
}

/** Asks one question after the other, as Argo CD does, on a connection that is kept. */
export interface Asking {
  readonly url: string;
  ask(parameters: object, encoding?: "gzip" | "identity"): Promise<Heard>;
  close(): Promise<void>;
}

const path = "/api/v1/getparams.execute";

export function askers(url: string, token: string): Asking {
  const client = new Client(url);
  return {
    url,
    async ask(parameters, encoding = "identity") {
      const began = now();
      const { statusCode, headers, body } = await client.request({
        method: "POST",
        path,
        headers: headersOf(token, encoding),
        body: questionOf(parameters),
      });
      const head = now() - began;
      const bytes = Buffer.from(await body.arrayBuffer());
      return { status: statusCode, headers, body: bytes, milliseconds: now() - began, head };
    },
    close: () => client.close(),
  };
}

/** The same question as it goes over the wire. */
export function onTheWire(url: string, token: string, parameters: object): string {
  const body = questionOf(parameters);
  const headers = { host: new URL(url).host, ...headersOf(token, "gzip"), "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([key, value]) => `${key}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

function questionOf(parameters: object): string {
  return JSON.stringify({ applicationSetName: "web", input: { parameters } });
}

/** What Argo CD's client sends. */
function headersOf(token: string, encoding: string): Record<string, string> {
  return {
    "user-agent": "Go-http-client/1.1",
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "accept-encoding": encoding,
  };
}
