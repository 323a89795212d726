import { StringDecoder } from "node:string_decoder";
import { foreignAnswer, tooLarge, unreachable } from "./errors.ts";

/** Turns the chunks of a body into lines for one reader. */
export interface LineQueue extends AsyncIterableIterator<string> {
  push(chunk: Buffer): void;
  /** The body is over; half a line at its end is a failure. */
  end(): void;
  /** The body broke, which is told after the lines that were whole. */
  break(cause: Error): void;
  /** The reader was told to stop: no line comes any more. */
  stop(cause: Error): void;
  /** Lines that wait for the reader. */
  waiting(): number;
}

export interface LineQueueOptions {
  readonly what: string;
  /** Called when the reader has caught up, and when it reads no further. */
  readonly caughtUp: () => void;
  readonly left: () => void;
}

/** A line is one object: no API server keeps one that is nearly as large. */
const longest = 16 * 2 ** 20;

/** An iterator by hand: a stream and two generators around it cost as much for each line as the line itself. */
export function lineQueue({ what, caughtUp, left }: LineQueueOptions): LineQueue {
  const decoder = new StringDecoder("utf8");
  const over = { done: true, value: undefined } as const;
  let lines: string[] = [];
  let at = 0;
  let rest = "";
  let isOver = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function finish(error?: Error): void {
    if (isOver) return;
    isOver = true;
    failure = error;
    wake?.();
  }

  return {
    push(chunk) {
      // Only what is new is looked through: a long line comes in many chunks.
      const pieces = decoder.write(chunk).split("\n");
      pieces[0] = rest + pieces[0]!;
      rest = pieces.pop()!;
      for (const piece of pieces) if (piece !== "") lines.push(piece);
      if (lines.length > at) wake?.();
      if (rest.length <= longest) return;
      rest = "";
      finish(tooLarge(what, longest));
      left();
    },
    end: () => finish((rest + decoder.end()).trim() === "" ? undefined : foreignAnswer(what, "it ends in the middle of a line")),
    break: (cause) => finish(unreachable(what, cause)),
    stop(cause) {
      lines = [];
      at = 0;
      finish(unreachable(what, cause));
    },
    waiting: () => lines.length - at,
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (at === lines.length && !isOver) {
        lines = [];
        at = 0;
        caughtUp();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      if (at < lines.length) return { done: false, value: lines[at++]! };
      if (failure === undefined) return over;
      const error = failure;
      failure = undefined;
      throw error;
    },
    async return() {
      left();
      return over;
    },
  };
}
