import { backoff, type Backoff } from "./backoff.ts";
import { retryAfter } from "./errors.ts";

export interface Queue {
  /** Look at this key again, now or after some milliseconds; many asks become one look. */
  add(key: string, after?: number): void;
  /** Resolves when nothing is due or at work. */
  idle(): Promise<void>;
  /** Takes no more and resolves when what is at work is done. */
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Does the work of a key; a number asks for another look after so many milliseconds. */
  readonly work: (key: string) => Promise<number | void>;
  readonly concurrency?: number;
  readonly onError?: (key: string, error: unknown, retryIn: number) => void;
  readonly firstRetry?: number;
}

const longestTimer = 2 ** 31 - 1;

/** Work by key: coalesced, never the same key twice at once, failures retried per key with back-off. One key's trouble is nobody else's. */
export function workQueue({ work, concurrency = 16, onError, firstRetry = 250 }: QueueOptions): Queue {
  const due = new Set<string>();
  const atWork = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  const retries = new Map<string, Backoff>();
  let waiting: (() => void)[] = [];
  let isClosed = false;

  function add(key: string, after = 0): void {
    if (isClosed) return;
    if (after > 0) return later(key, after);
    clear(key);
    if (atWork.has(key)) again.add(key);
    else due.add(key);
    pump();
  }

  function later(key: string, after: number): void {
    const at = performance.now() + after;
    const set = timers.get(key);
    if (set !== undefined && set.at <= at) return;
    clear(key);
    const timer = setTimeout(() => add(key), Math.min(after, longestTimer));
    timers.set(key, { at, timer });
  }

  function clear(key: string): void {
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
  }

  function pump(): void {
    for (const key of due) {
      if (atWork.size >= concurrency) return;
      due.delete(key);
      atWork.add(key);
      void run(key);
    }
    if (due.size === 0 && atWork.size === 0) {
      waiting.forEach((resolve) => resolve());
      waiting = [];
    }
  }

  async function run(key: string): Promise<void> {
    try {
      const after = await work(key);
      retries.delete(key);
      if (after !== undefined) add(key, Math.max(1, after));
    } catch (error) {
      const retry = retries.get(key) ?? backoff({ first: firstRetry });
      retries.set(key, retry);
      const retryIn = Math.max(retry.next(), retryAfter(error));
      onError?.(key, error, retryIn);
      add(key, retryIn);
    }
    atWork.delete(key);
    if (again.delete(key)) due.add(key);
    pump();
  }

  function idle(): Promise<void> {
    return due.size === 0 && atWork.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  }

  return {
    add,
    idle,
    close() {
      isClosed = true;
      due.clear();
      again.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      return idle();
    },
  };
}
