import { canonicalJson, shortHash } from "@rollcall/contract";
import type { Answerable, Ready } from "./answerable.ts";
import { clustersShape } from "./clusters-json.ts";
import { newFragments, type Fragments } from "./fragments.ts";
import { fluxLimit, fluxNotice, fluxShape } from "./inputs.ts";
import { pluginShape } from "./parameters.ts";
import { silence, whyNotEmpty, whyUndescribed, type Refused } from "./refuse.ts";
import type { Request } from "./request.ts";
import type { Shape } from "./shape.ts";
import { inOrder } from "./words.ts";

/** An answer as a value: whoever serves writes it as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/**
 * What a list says to a question. It is a success only when all of it is known: Argo CD and flux-operator delete what is not in a
 * success, and keep what they have at everything else.
 */
export function answer(list: Answerable, request: Request, fragments: Fragments = newFragments()): Answer {
  const parts = answerInParts(list, request, fragments);
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
}

/** The same bit by bit, for whoever has others to attend to while ten thousand clusters are rendered. */
export function* answerInParts(list: Answerable, request: Request, fragments: Fragments = newFragments()): Generator<void, Answer> {
  if (list.is !== "ready") return refused(silence(list, request));
  if (list.members.length === 0) {
    const why = whyNotEmpty(list, request);
    if (why !== undefined) return refused(why, list);
  }
  switch (request.asks) {
    case "plugin":
      return yield* joined(list, request, pluginShape, fragments);
    case "flux":
      return yield* joined(list, request, fluxShape, fragments);
    case "clusters":
      return yield* joined(list, request, clustersShape, fragments);
  }
}

/** A refusal for whoever asked; a question that could not be read gets 400. */
export function refused({ status, why, retryAfter }: Refused, ready?: Ready): Answer {
  const { reason, message } = why;
  return {
    status,
    headers: { ...headersOf(ready), ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }) },
    // Argo CD shows `message` in the condition of the ApplicationSet.
    body: JSON.stringify({ message, reason }),
  };
}

const membersInPart = 100;

function* joined<Asked extends Request>(ready: Ready, request: Asked, shape: Shape<Asked>, fragments: Fragments): Generator<void, Answer> {
  const members = inOrder(ready.members, request.sort);
  const add = shape.add(request);
  const unread: string[] = [];
  const texts: string[] = [];
  for (const member of members) {
    if (texts.length % membersInPart === 0) yield;
    const text = fragments.text(member, shape);
    if (text === undefined) unread.push(member.id);
    texts.push(text + add(member));
  }
  if (unread.length > 0) return refused(whyUndescribed(unread, request), ready);

  // To put something around a text of megabytes would be one more copy of it.
  texts[0] = shape.open(request, ready) + (texts[0] ?? "");
  texts.push(texts.pop()! + shape.close);
  const body = texts.join(",");
  const isFlux = request.asks === "flux";
  const tooLarge = isFlux ? fluxLimit(request, body) : undefined;
  if (tooLarge !== undefined) return refused({ status: 422, why: tooLarge }, ready);
  const notice = isFlux ? fluxNotice(members.length) : undefined;
  const etag = `W/"${shortHash(canonicalJson([ready.generation, request]))}"`;
  return { status: 200, headers: { ...headersOf(ready), etag, ...(notice && { "rollcall-notice": notice }) }, body };
}

function headersOf(ready: Ready | undefined): Record<string, string> {
  return {
    "content-type": "application/json; charset=utf-8",
    // Whoever keeps an answer has to ask whether it still holds.
    "cache-control": "no-cache",
    ...(ready && { "rollcall-generation": ready.generation }),
    ...(ready?.age !== undefined && { age: String(ready.age) }),
  };
}
