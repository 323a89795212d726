import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describeRequest, type FaultPlan, type ProxiedRequest } from "./fault-plan.ts";
import { answerInstead, isBent } from "./proxy-answer.ts";
import { ask, pass, type ProxyTarget } from "./proxy-pass.ts";
import type { Record } from "./proxy-record.ts";

/** A request that came, and what became of it. */
export interface SeenRequest extends ProxiedRequest {
  /** When it came, by `performance.now()`. */
  readonly at: number;
  readonly answeredBy: "target" | "rule" | "record";
  /** What the target said to it, whether or not the client heard that; absent as long as it said nothing. */
  readonly status?: number;
  /** The answer went out whole; it may have been another than the target's. */
  readonly isHeard?: true;
  /** Nothing more will come: it was answered, or its connection is gone. */
  readonly isOver?: true;
}

/** What the requests of one proxy have in common. */
export interface Serving {
  readonly to: ProxyTarget;
  readonly plan: FaultPlan;
  readonly requests: Mutable<SeenRequest>[];
  /** Connections on which nothing is to be heard any more. */
  readonly silent: WeakSet<Socket>;
  /** The last request of each connection. */
  readonly last: WeakMap<Socket, ProxiedRequest>;
  /** Who read which collection last: what is recorded is recorded with the same rights. */
  readonly readers: Map<string, string | undefined>;
  record?: Record;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Answers one request: as the first rule that fits says, from the record if there is one, else as the target does. */
export async function serve(serving: Serving, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { socket, method = "GET", url = "/", headers } = incoming;
  const body = await buffer(incoming);
  const isSilent = (): boolean => serving.silent.has(socket);
  if (isSilent()) return;
  const request = describeRequest(method, url, body.toString());
  const rule = serving.plan.take(request);
  const seen: Mutable<SeenRequest> = { ...request, at: performance.now(), answeredBy: "target" };
  serving.requests.push(seen);
  serving.last.set(socket, request);
  response.once("finish", () => {
    // Node calls it finished even where nobody was there any more.
    if (!socket.destroyed) seen.isHeard = true;
  });
  response.once("close", () => (seen.isOver = true));
  if (request.verb === "list" || request.verb === "watch") serving.readers.set(request.path, headers.authorization);

  const { answer, phase = "before", meanwhile } = rule ?? {};
  const [instead, bent] = isBent(answer) ? [undefined, answer] : [answer];
  const happen = async (): Promise<void> => {
    await meanwhile?.(request);
    if (bent !== undefined && "stall" in bent) await sleep(bent.stall);
    if (instead === undefined) return;
    seen.answeredBy = "rule";
    answerInstead(instead, response);
  };

  if (phase === "before") await happen();
  if (seen.answeredBy === "rule") return;
  if (answer === undefined && serving.record?.answer(request, headers.accept, response)) return void (seen.answeredBy = "record");

  const over = new AbortController();
  response.once("close", () => over.abort());
  const from = await ask(serving.to, { method, url, headers, body }, over.signal);
  seen.status = from.statusCode ?? 0;
  // The target has done what it was asked to only when it has said so to the end.
  if (phase === "after" && instead !== undefined) await buffer(from);
  if (phase === "after") await happen();
  if (instead !== undefined || isSilent()) return;
  await pass(from, response, { bent, isSilent, held: () => (request.isWatch ? serving.record?.ended : undefined) });
}
