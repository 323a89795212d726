import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { tooLarge } from "./errors.ts";

/** Says when work has to end; `now` is called at that moment, by whoever does it. */
export interface Stop {
  reason?: Error;
  now?: (reason: Error) => void;
}

/** Work that ends in time, or when it is told to: whatever it hangs on, its caller does not. Cheaper by far than a signal for each call. */
export function within<T>(milliseconds: number | undefined, signal: AbortSignal | undefined, work: (stop: Stop) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop: Stop = {};
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", told);
    };
    const end = (reason: Error): void => {
      finish();
      stop.reason = reason;
      stop.now?.(reason);
      reject(reason);
    };
    const told = (): void => end(new Error("told to stop"));
    const late = (): void => end(new Error(`no answer within ${milliseconds} ms`));
    const timer = milliseconds === undefined ? undefined : setTimeout(late, milliseconds);
    if (signal?.aborted) return told();
    signal?.addEventListener("abort", told);
    work(stop).then(
      (value) => (finish(), resolve(value)),
      (error: unknown) => (finish(), reject(error)),
    );
  });
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No connection was made, so nothing was sent. */
export class NotSent extends Error {}

/** More than a page of five hundred objects of the usual size; whoever has larger ones asks for fewer at once. */
const largest = 32 * 2 ** 20;

/** Sends one request and reads its answer whole. */
export function request(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  what: string,
  stop: Stop,
  most: number = largest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (stop.reason !== undefined) return reject(stop.reason);
    const chunks: Buffer[] = [];
    let size = 0;
    let isSent = false;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        isSent = true;
        stop.now = (reason) => controller.abort(reason);
        if (stop.reason !== undefined) controller.abort(stop.reason);
      },
      onResponseStart(_, statusCode, received) {
        status = statusCode;
        headers = received;
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        if ((size += chunk.length) > most) controller.abort(tooLarge(what, most));
      },
      onResponseEnd() {
        resolve({ status, headers, text: (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString("utf8") });
      },
      onResponseError(_, error) {
        reject(isSent ? error : new NotSent(error.message, { cause: error }));
      },
    });
  });
}
