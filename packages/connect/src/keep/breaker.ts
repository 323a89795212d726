import type { Refusal } from "@rollcall/contract";

/** Stops asking a provider that does nothing but fail, so that a thousand clusters do not wait for it one after the other. */
export interface Breaker {
  /** Milliseconds until it is worth asking again; 0 when it is now, and then for one ask alone while it is being tried out. */
  waits(now: number): number;
  succeeded(): void;
  failed(now: number): void;
  /** The ask came to nothing that says something about the provider. */
  passed(): void;
}

/** So many failures in a row, of whatever clusters. */
const enough = 10;
const shortest = 1000;
const longest = 60_000;

export function newBreaker(): Breaker {
  let failures = 0;
  let openUntil = 0;
  let isTrying = false;

  return {
    waits(now) {
      if (failures < enough) return 0;
      if (now < openUntil) return openUntil - now;
      if (isTrying) return shortest;
      isTrying = true;
      return 0;
    },
    succeeded() {
      failures = 0;
      isTrying = false;
    },
    failed(now) {
      failures += 1;
      isTrying = false;
      if (failures >= enough) openUntil = now + Math.min(longest, shortest * 2 ** Math.min(failures - enough, 10));
    },
    passed: () => void (isTrying = false),
  };
}

/** What a cluster's own configuration is at fault for says nothing about the others of its provider. */
export function isOfProvider({ reason }: Refusal): boolean {
  return ["PluginTimeout", "PluginFailed", "PluginTooLoud", "CommandNotFound", "Unreachable"].includes(reason);
}

/** From two seconds, twice as long each time, to five minutes; spread, so that those who failed together do not come back together. */
export function pause(failures: number, random: number): number {
  return Math.min(300_000, 2000 * 2 ** Math.min(failures, 10)) * (0.75 + random / 2);
}
