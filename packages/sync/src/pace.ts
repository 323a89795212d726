/** How fast a list may change what stands: each change may cost the consumer a rebuild. */
export interface PaceSettings {
  /** So many a minute, once the first have stood the test. */
  readonly perMinute: number;
  /** So many are changed first, */
  readonly canary: number;
  /** and watched for so many seconds before the others follow. */
  readonly watch: number;
}

export interface Pace {
  /** Milliseconds until one more may be changed. 0: it may now, and is counted. */
  ask(now: number): number;
}

const minute = 60_000;

/** A wave of changes begins with its canaries; it is over when nobody has asked for a while. Single changes are never slowed down. */
export function newPace({ perMinute, canary, watch }: PaceSettings): Pace {
  let canaries: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let asked = Number.NEGATIVE_INFINITY;

  return {
    ask(now) {
      // Also where the clock was set back: what it said before means nothing now.
      const isOver = now - asked > minute + watch * 1000 || now < asked;
      asked = now;
      if (isOver) [canaries, last] = [[], Number.NEGATIVE_INFINITY];
      if (canaries.length < canary) {
        canaries.push(now);
        return 0;
      }
      const watched = canaries.at(-1)! + watch * 1000 - now;
      if (watched > 0) return watched;
      // One after the other, and not a minute's share at once.
      const wait = last + minute / perMinute - now;
      if (wait > 0) return wait;
      last = now;
      return 0;
    },
  };
}
