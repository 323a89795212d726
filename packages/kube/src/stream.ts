import type { Dispatcher } from "undici";
import { lineQueue } from "./lines.ts";
import { NotSent, type Answer } from "./request.ts";

/** An answer that comes line by line, or the text of one that is not 2xx. */
export interface Streamed extends Omit<Answer, "text"> {
  readonly lines: AsyncIterableIterator<string>;
  readonly problem?: string;
}

/** So many lines wait for their reader before the server has to. */
const mostWaiting = 1000;

/** Of what is no stream, no more than an error can say. */
const longestProblem = 64 * 1024;

/** Sends one request and hands on the lines of its answer as they come. */
export function requestLines(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answer: Omit<Answer, "text"> = { status: 0, headers: {} };
    let problem = Buffer.alloc(0);
    const isGood = (): boolean => answer.status >= 200 && answer.status <= 299;
    const lines = lineQueue({
      what,
      caughtUp: () => controller?.resume(),
      left: () => controller?.abort(new Error("nobody reads on")),
    });
    const told = (): void => {
      const reason = new Error("told to stop");
      controller?.abort(reason);
      lines.stop(reason);
      reject(reason);
    };
    function tellProblem(): void {
      resolve({ ...answer, lines, problem: problem.toString("utf8") });
    }
    const finish = (): void => signal?.removeEventListener("abort", told);
    if (signal?.aborted) return told();
    signal?.addEventListener("abort", told);
    dispatcher.dispatch(options, {
      onRequestStart(its) {
        controller = its;
        if (signal?.aborted) told();
      },
      onResponseStart(_, status, headers) {
        answer = { status, headers };
        if (isGood()) resolve({ ...answer, lines });
      },
      onResponseData(_, chunk) {
        if (!isGood()) {
          problem = Buffer.concat([problem, chunk]);
          if (problem.length <= longestProblem) return;
          tellProblem();
          controller?.abort(new Error("all that is to be known of it"));
          return;
        }
        lines.push(chunk);
        if (lines.waiting() > mostWaiting) controller?.pause();
      },
      onResponseEnd() {
        finish();
        lines.end();
        tellProblem();
      },
      onResponseError(_, error) {
        finish();
        lines.break(error);
        reject(controller === undefined ? new NotSent(error.message, { cause: error }) : error);
      },
    });
  });
}
