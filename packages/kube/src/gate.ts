import { ApiError } from "./errors.ts";

export interface GateOptions {
  /** Calls in flight at the most. */
  readonly most: number;
  /** Calls a second at the most, with a second's worth at once after a rest. */
  readonly qps?: number | undefined;
}

/** Lets calls through as the server can take them. */
export interface Gate {
  /** Waits for a turn, if it has to; not longer than `patience`. */
  enter(patience: number, what: string, signal?: AbortSignal): Promise<void> | undefined;
  /** Ends the turn that began then. `struggles` says that the server was slow or had too much to do. */
  leave(began: number, struggles: boolean): void;
  /** Holds all calls for some milliseconds, as the server has asked. */
  pause(milliseconds: number): void;
  close(): void;
}

interface Waiting {
  go(): void;
  stop(why: ApiError): void;
}

const fewest = 4;

/** Calls in flight grow by one with each round that goes well, and are halved when the server struggles. */
export function newGate({ most, qps }: GateOptions): Gate {
  const waiting = new Set<Waiting>();
  let limit = most;
  let inFlight = 0;
  let cutAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const burst = Math.max(1, qps ?? 1);
  let tokens = burst;
  let filledAt = performance.now();

  /** Milliseconds until a call may go, and the turn is taken when that is now; undefined while all turns are taken. */
  function take(): number | undefined {
    if (inFlight >= Math.max(1, Math.floor(limit))) return undefined;
    const now = performance.now();
    if (now < pausedUntil) return pausedUntil - now;
    if (qps !== undefined) {
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * qps);
      filledAt = now;
      if (tokens < 1) return ((1 - tokens) / qps) * 1000;
      tokens -= 1;
    }
    inFlight += 1;
    return 0;
  }

  function pump(): void {
    clearTimeout(timer);
    for (const each of waiting) {
      const after = take();
      if (after === undefined) return;
      if (after > 0) return void (timer = setTimeout(pump, Math.ceil(after)));
      each.go();
    }
  }

  return {
    enter(patience, what, signal) {
      if (waiting.size === 0 && take() === 0) return undefined;
      const paused = pausedUntil - performance.now();
      if (paused > patience)
        return Promise.reject(new ApiError(429, "TooManyRequests", `${what}: not sent, the server has asked for a pause`, paused));
      return new Promise((resolve, reject) => {
        const end = (): void => {
          waiting.delete(each);
          clearTimeout(late);
          signal?.removeEventListener("abort", told);
        };
        const each: Waiting = {
          go: () => (end(), resolve()),
          stop: (why) => (end(), reject(why)),
        };
        const told = (): void => each.stop(new ApiError(0, "Unreachable", `${what}: told to stop before it was sent`));
        const late = setTimeout(
          () => each.stop(new ApiError(0, "Unreachable", `${what}: not sent, it was not its turn for ${patience} ms`)),
          patience,
        );
        waiting.add(each);
        if (signal?.aborted) return told();
        signal?.addEventListener("abort", told);
        pump();
      });
    },
    leave(began, struggles) {
      inFlight -= 1;
      // A call that began before the last cut says nothing about how things are since.
      if (!struggles) limit = Math.min(most, limit + 1 / limit);
      else if (began > cutAt) {
        limit = Math.max(Math.min(fewest, most), limit / 2);
        cutAt = performance.now();
      }
      if (waiting.size > 0) pump();
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, performance.now() + milliseconds);
    },
    close() {
      clearTimeout(timer);
      for (const each of waiting) each.stop(new ApiError(0, "Unreachable", "the transport is closed"));
    },
  };
}
