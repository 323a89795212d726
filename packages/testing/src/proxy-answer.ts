import type { ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "@rollcall/contract";
import type { Bent, Counted, Instead, ProxyAnswer } from "./fault-plan.ts";

/** Whether the target's own answer is to come through, other than it was. */
export function isBent(answer: ProxyAnswer | undefined): answer is Bent {
  return typeof answer === "object" && !("status" in answer);
}

/** Answers in the target's place. */
export function answerInstead(answer: Instead, response: ServerResponse): void {
  if (answer === "half-open") return;
  if (answer === "reset") return breakOff(response);
  const { status, body = "", contentType = "application/json", headers, retryAfter } = spelled(answer);
  response
    .writeHead(status, {
      "content-type": contentType,
      "content-length": Buffer.byteLength(body),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
      ...headers,
    })
    .end(body);
}

/** Breaks a connection as a node does that loses power. */
export function breakOff({ socket }: ServerResponse): void {
  // A connection over TLS cannot be reset, only cut.
  if (socket !== null && "encrypted" in socket) socket.destroy();
  else socket?.resetAndDestroy();
}

const page = "<!doctype html>\n<title>Sign in</title>\n<p>Please sign in to go on.</p>\n";

function spelled(answer: Exclude<Instead, "reset" | "half-open">): Exclude<Instead, string> {
  if (answer === "empty 200") return { status: 200 };
  if (answer === "HTML 200") return { status: 200, body: page, contentType: "text/html; charset=utf-8" };
  return answer === "expired" ? { status: 410, body: JSON.stringify(expired) } : answer;
}

/** What an API server says of a resourceVersion or a continue token that is too old. */
const expired = {
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: "The resourceVersion or continue parameter is too old",
  reason: "Expired",
  code: 410,
};

/** What the target's bytes go through on their way; `cut` is how they may end before their time. */
export function bending(bent: Bent, cut: (how: "reset" | "half-open") => void): Transform | undefined {
  if ("truncate" in bent) return truncating(bent.truncate, bent.then ?? "end", cut);
  if ("drip" in bent) return dripping(bent.drip, bent.every);
  return "event" in bent ? watching(bent) : undefined;
}

function truncating(most: number, then: "end" | "reset" | "half-open", cut: (how: "reset" | "half-open") => void): Transform {
  let left = most;
  const finish = (stream: Transform): void => {
    left = -1;
    if (then === "end") stream.push(null);
    else cut(then);
  };
  const transform = new Transform({
    transform(chunk: Buffer, _, done) {
      if (left >= 0) {
        transform.push(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
        if (left === 0) finish(transform);
      }
      done();
    },
    // Without this the end of a shorter body would be an end like any other.
    flush: (done) => (left >= 0 || then === "end" ? done() : undefined),
  });
  if (most === 0) finish(transform);
  return transform;
}

function dripping(bytes: number, every: number): Transform {
  const transform = new Transform({
    transform(chunk: Buffer, _, done) {
      void (async () => {
        for (let at = 0; at < chunk.length && !transform.destroyed; at += bytes) {
          transform.push(chunk.subarray(at, at + bytes));
          await sleep(every);
        }
        done();
      })();
    },
  });
  return transform;
}

function isCounted(line: string, { of, about }: Counted): boolean {
  const { type, object } = JSON.parse(line) as { readonly type: string; readonly object?: Partial<KubeObject> };
  return type !== "BOOKMARK" && (of ?? type) === type && (about === undefined || object?.metadata?.name === about);
}

/** Takes a watch apart into its events. */
function watching(bent: Extract<Bent, Counted>): Transform {
  const decoder = new TextDecoder();
  let rest = "";
  let events = 0;
  let isOver = false;
  let late = Promise.resolve();

  function pass(line: string): void {
    if (isOver) return;
    if (!isCounted(line, bent)) return tell(line);
    events += 1;
    if (events !== bent.event) return tell(line);
    if (bent.is === "doubled") return tell(`${line}\n${line}`);
    if (bent.is === "late") late = sleep(bent.by).then(() => tell(line));
    else if (bent.is === "expired") expire();
  }

  function tell(line: string): void {
    if (!isOver && !transform.destroyed) transform.push(`${line}\n`);
  }

  function expire(): void {
    tell(JSON.stringify({ type: "ERROR", object: expired }));
    isOver = true;
    transform.push(null);
  }

  const transform = new Transform({
    transform(chunk: Buffer, _, done) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) pass(line);
      done();
    },
    // Late is not lost, even where the watch ends before.
    flush(done) {
      void (async () => {
        await late;
        done();
      })();
    },
  });
  if (bent.event === 0 && bent.is === "expired") expire();
  return transform;
}
