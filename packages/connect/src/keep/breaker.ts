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
