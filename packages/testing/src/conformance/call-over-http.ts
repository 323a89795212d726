import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import type { Answered, Asked, Call } from "./case.ts";

/** Where a server is, and the tokens of those who may ask it. */
export interface ServerUnderTest {
  readonly url: string;
  /** PEM. */
  readonly ca?: string;
  readonly adminToken: string;
  /** The token of a user without any rights. */
  readonly strangerToken: string;
}

const contentTypes: Readonly<Record<string, string>> = { PATCH: "application/merge-patch+json" };

/** Calls a server over HTTP or HTTPS, one connection for each question. */
export function callOverHttp({ url, ca, adminToken, strangerToken }: ServerUnderTest): Call {
  const tokens = { admin: adminToken, stranger: strangerToken, nobody: "not-a-token" };
  const send = url.startsWith("https:") ? secure : plain;
  return (asked) =>
    new Promise((resolve, reject) => {
      const { method, path, query = {}, headers, body, as = "admin" } = asked;
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      // Node sends the body of a DELETE without its length, unless it is said.
      const about =
        text === undefined ? {} : { "content-type": contentTypes[method] ?? "application/json", "content-length": Buffer.byteLength(text) };
      const request = send(new URL(`${path}?${new URLSearchParams(query).toString()}`, url), {
        method,
        agent: false,
        timeout: 15_000,
        ...(ca !== undefined && { ca }),
        headers: { authorization: `Bearer ${tokens[as]}`, accept: "application/json", ...about, ...headers },
      });
      request.once("error", reject);
      request.once("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 15 s`)));
      request.once("response", (response) => {
        read(response, asked).then((text) => resolve(answered(response, text)), reject);
      });
      request.end(text);
    });
}

async function read(response: IncomingMessage, { lines = Infinity }: Asked): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.split("\n").length > lines) break;
  }
  return text;
}

function answered(response: IncomingMessage, text: string): Answered {
  return { status: response.statusCode ?? 0, text, body: parsed(text), contentType: response.headers["content-type"] ?? "" };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
