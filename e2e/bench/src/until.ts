import { once, type EventEmitter } from "node:events";

/** Waits until something is so, looking again whenever there is news; says what was not. */
export async function until(what: () => string, isSo: () => boolean, news: EventEmitter, seconds: number): Promise<void> {
  const late = AbortSignal.timeout(seconds * 1000);
  while (!isSo()) {
    try {
      await once(news, "news", { signal: late });
    } catch (cause) {
      throw new Error(`waited ${seconds} s in vain: ${what()}`, { cause });
    }
  }
}
