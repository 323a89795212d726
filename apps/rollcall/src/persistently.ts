import { sleep } from "@rollcall/kube";
import type { Log } from "./log.ts";

/** Tries until it works or Rollcall is told to stop: what is not known yet holds everything else back. */
export async function persistently<T>(attempt: () => Promise<T>, complaint: string, signal: AbortSignal, log: Log): Promise<T> {
  for (let wait = 500; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      log("warn", complaint, { error, retryIn: wait });
      await sleep(wait, signal);
    }
  }
}
