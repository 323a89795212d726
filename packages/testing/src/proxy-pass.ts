import { once } from "node:events";
import { request as plain, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { request as secure } from "node:https";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bent } from "./fault-plan.ts";
import { bending, breakOff } from "./proxy-answer.ts";

/** Where the proxy sends what no rule answers. */
export interface ProxyTarget {
  readonly target: string;
  /** PEM that an `https` target is trusted by. */
  readonly ca?: string;
}

/** What is sent on. */
export interface Sent {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks the target. Its answer has begun when this resolves, and ends early when the signal says so. */
export function ask(
  { target, ca }: ProxyTarget,
  { method, url: path = "/", headers, body }: Sent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(path, target);
  const options = {
    method,
    // Node leaves the length out of a DELETE, and an API server then reads no body.
    headers: { ...without(hop, headers), ...(body.length > 0 && { "content-length": String(body.length) }) },
    agent: false as const,
    signal,
  };
  const outgoing = url.protocol === "https:" ? secure(url, { ...options, ...(ca !== undefined && { ca }) }) : plain(url, options);
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve);
    // Also heard after the answer has begun, when whoever reads it is told by the answer itself.
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What may happen to an answer while it passes. */
export interface Passage {
  readonly bent?: Bent | undefined;
  /** Waited for before each piece. */
  readonly held: () => Promise<void> | undefined;
  /** Nothing is to be heard on this connection any more, not even its end. */
  readonly isSilent: () => boolean;
}

/** Hands the target's answer to the client as it comes, or as it is bent. */
export async function pass(from: IncomingMessage, response: ServerResponse, { bent, held, isSilent }: Passage): Promise<void> {
  let isCut = false;
  const through = bent && bending(bent, (how) => void cut(how));
  async function cut(how: "reset" | "half-open"): Promise<void> {
    isCut = true;
    // What was let through is to arrive before the connection breaks.
    await sleep(20);
    if (how === "reset") breakOff(response);
  }

  response.writeHead(from.statusCode ?? 502, {
    ...without(through === undefined ? hop : [...hop, "content-length"], from.headers),
    ...(bent !== undefined && "contentType" in bent && { "content-type": bent.contentType }),
  });
  // A watch may be silent for long: its client must know at once that it has begun.
  response.flushHeaders();
  const closed = once(response, "close");
  const body: Readable = through === undefined ? from : from.on("error", (error) => through.destroy(error)).pipe(through);
  try {
    for await (const chunk of body) {
      await held();
      if (isSilent()) continue;
      if (!response.write(chunk)) await new Promise((resolve) => void [response.once("drain", resolve), closed.then(resolve)]);
    }
    if (!isCut && !isSilent()) response.end();
  } catch {
    // What breaks behind the proxy breaks before it too, as if there were none.
    if (!isSilent()) response.destroy();
  } finally {
    body.destroy();
  }
}

// These speak of one connection, and there are two.
const hop = ["host", "connection", "keep-alive", "transfer-encoding"];

function without(names: readonly string[], headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
