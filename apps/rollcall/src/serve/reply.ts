import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { takesGzip } from "./gzipped.ts";
import type { Written } from "./kept-answers.ts";

/** A refusal that the lists have no part in. */
export function saying(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): Written {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    raw: Buffer.from(JSON.stringify({ message, reason })),
  };
}

export interface ReplyOptions {
  /** Milliseconds until whoever reads too slowly is cut off. */
  readonly writing: number;
  /** Counts what has been handed out and not been read. */
  readonly unread?: { bytes: number };
}

/** Writes an answer, and cuts off whoever reads it too slowly. Resolves to its bytes once it is over. */
export async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Written,
  { writing, unread = { bytes: 0 } }: ReplyOptions,
): Promise<number> {
  const compressed = takesGzip(request.headers["accept-encoding"]) ? answer.gzip?.() : undefined;
  const body = answer.status === 304 ? Buffer.alloc(0) : (compressed ?? answer.raw);
  if (body.length > large) await ownTurn();
  // Whoever has gone already does not go again.
  if (response.destroyed) return 0;
  response.writeHead(answer.status, {
    ...answer.headers,
    "x-content-type-options": "nosniff",
    ...(answer.gzip && { vary: "accept-encoding" }),
    ...(answer.status !== 304 && { "content-length": body.length, ...(compressed && { "content-encoding": "gzip" }) }),
  });
  return new Promise((resolve) => {
    let slow: NodeJS.Timeout | undefined;
    unread.bytes += body.length;
    response.once("close", () => {
      unread.bytes -= body.length;
      clearTimeout(slow);
      resolve(body.length);
    });
    response.end(body);
    // What the system has taken at once nobody can read too slowly for us.
    if (response.socket?.writableLength !== 0) slow = setTimeout(() => response.destroy(), writing);
  });
}

// To hand so much to the system takes a millisecond or two.
const large = 512 * 1024;
let turns: Promise<unknown> = Promise.resolve();

/** Many who waited for the same long answer get it one after the other: all at once would hold up everything else. */
function ownTurn(): Promise<unknown> {
  return (turns = turns.then(() => nextTurn()));
}
