import { setTimeout as sleep } from "node:timers/promises";
import { RollcallError } from "@rollcall/contract";

/** Asks again until there is an answer that is neither undefined nor false, or the time is up. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(50);
  }
  throw new RollcallError("TooSlow", `${what}: not within ${seconds} s`, { retry: true });
}
