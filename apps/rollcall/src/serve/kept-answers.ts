import { setImmediate as nextTurn } from "node:timers/promises";
import {
  answer,
  answerInParts,
  newFragments,
  type Answerable,
  type Answer,
  type Fragments,
  type Ready,
  type Request,
} from "@rollcall/answers";
import { gzipped } from "./gzipped.ts";

/** An answer as it goes over the wire. */
export interface Written {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
  /** Compressed, once that is done; whoever asks has it begun. */
  readonly gzip?: () => Buffer | undefined;
}

/** Answers that need not be made again: one for each question and generation. */
export interface KeptAnswers {
  of(list: Answerable, request: Request): Promise<Written>;
  /** A cluster is gone from a list for good, and so is what it said of itself. */
  forget(list: string, id: string): void;
  /** How many are kept, and of how many bytes. */
  size(): { readonly answers: number; readonly bytes: number };
}

export interface KeptLimits {
  readonly answers: number;
  readonly bytes: number;
}

interface Entry {
  readonly generation: string;
  readonly written: Written;
  readonly bytes: () => number;
}

// Longer than this nobody else waits for his turn; what is rendered in one part comes on top.
const turn = 4;

/** Keeps nothing yet. One answer is made at a time, and all others get their turns meanwhile. */
export function keepAnswers(most: KeptLimits = { answers: 256, bytes: 64 * 1024 * 1024 }): KeptAnswers {
  const kept = new Map<string, Entry>();
  const making = new Map<string, { readonly generation: string; readonly written: Promise<Written> }>();
  const fragments = new Map<string, Fragments>();
  let queue: Promise<unknown> = Promise.resolve();

  const size = (): { answers: number; bytes: number } => ({
    answers: kept.size,
    bytes: [...kept.values()].reduce((sum, each) => sum + each.bytes(), 0),
  });

  function makeRoom(): void {
    let { answers, bytes } = size();
    for (const [key, entry] of kept) {
      if (answers <= most.answers && bytes <= most.bytes) return;
      kept.delete(key);
      answers -= 1;
      bytes -= entry.bytes();
    }
  }

  function fragmentsOf(list: string): Fragments {
    const known = fragments.get(list) ?? newFragments();
    fragments.set(list, known);
    return known;
  }

  async function make(key: string, ready: Ready, request: Request): Promise<Written> {
    const made = await inTurns(answerInParts(ready, request, fragmentsOf(request.list)));
    await nextTurn();
    const { status, headers } = made;
    const raw = await bytesOf(made.body);
    const compress = gzipped(raw, makeRoom);
    const written = { status, headers, raw, gzip: compress.take };
    // A refusal may be over before the generation is.
    if (status !== 200) return written;
    kept.delete(key);
    kept.set(key, { generation: ready.generation, written, bytes: () => raw.length + compress.bytes() });
    makeRoom();
    return written;
  }

  async function made(list: Ready, request: Request): Promise<Written> {
    const key = keyOf(request);
    const before = kept.get(key);
    if (before?.generation === list.generation) {
      kept.delete(key);
      kept.set(key, before);
      return before.written;
    }
    const already = making.get(key);
    if (already?.generation === list.generation) return already.written;
    const entry = { generation: list.generation, written: inLine(() => make(key, list, toAnybody(request))) };
    making.set(key, entry);
    try {
      return await entry.written;
    } finally {
      if (making.get(key) === entry) making.delete(key);
    }
  }

  /** One after the other: as many texts at once as are asked for could be more than there is room for. */
  async function inLine<T>(work: () => Promise<T>): Promise<T> {
    const before = queue;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    queue = promise;
    await before;
    try {
      return await work();
    } finally {
      resolve(undefined);
    }
  }

  return {
    size,
    async of(list, request) {
      // Who is not named in it, or why, is not a matter of the generation alone; and it costs nothing.
      if (list.is !== "ready" || list.members.length === 0) return plain(answer(list, request));
      const { age, ...ready } = list;
      const written = await made(ready, request);
      return age === undefined ? written : { ...written, headers: { ...written.headers, age: String(age) } };
    },
    forget: (list, id) => fragments.get(list)?.forget(id),
  };
}

const keys = new WeakMap<Request, string>();

/** What a question is kept by. */
function keyOf(request: Request): string {
  const known = keys.get(request) ?? JSON.stringify(toAnybody(request));
  keys.set(request, known);
  return known;
}

/** The same question, whichever ApplicationSet asks it. */
function toAnybody(request: Request): Request {
  return request.asks === "plugin" ? { ...request, applicationSetName: "" } : request;
}

function plain({ status, headers, body }: Answer): Written {
  return { status, headers, raw: Buffer.from(body) };
}

// Characters whose bytes are there in about a millisecond.
const piece = 1024 * 1024;

/** The bytes of a text, piece by piece: of megabytes at once they would hold up everybody else. */
async function bytesOf(text: string): Promise<Buffer> {
  if (text.length <= piece) return Buffer.from(text);
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text));
  let written = 0;
  for (let at = 0; at < text.length;) {
    // A character of two halves is not taken apart.
    const end = at + piece - (isFirstHalf(text.charCodeAt(at + piece - 1)) ? 1 : 0);
    written += bytes.write(text.slice(at, end), written);
    at = end;
    await nextTurn();
  }
  return bytes;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

async function inTurns(parts: Generator<void, Answer>): Promise<Answer> {
  let since = performance.now();
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
    if (performance.now() - since < turn) continue;
    await nextTurn();
    since = performance.now();
  }
}
