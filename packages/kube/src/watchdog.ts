/** Watches over a stream: aborts it when it is silent for too long, or when its owner is told to stop. */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** A sign of life. */
  heard(): void;
  /** From now on, this much silence is too much. */
  allow(silence: number): void;
  end(): void;
}

/** Cheaper than a signal made of two: a stop that lives as long as the program keeps no trace of each stream. */
export function watchdog(stop: AbortSignal, silence: number): Watchdog {
  const stream = new AbortController();
  const told = (): void => stream.abort(stop.reason);
  let patience = silence;
  let heardAt = performance.now();
  // A sign of life is noted and no more: a timer that is set anew costs as much as the line itself.
  function watchOn(): void {
    const left = heardAt + patience - performance.now();
    if (left > 0) timer = setTimeout(watchOn, Math.ceil(left));
    else stream.abort(new Silence());
  }
  let timer = setTimeout(watchOn, patience);
  if (stop.aborted) told();
  else stop.addEventListener("abort", told);
  return {
    signal: stream.signal,
    heard: () => void (heardAt = performance.now()),
    allow(next) {
      clearTimeout(timer);
      patience = next;
      watchOn();
    },
    end() {
      clearTimeout(timer);
      stop.removeEventListener("abort", told);
    },
  };
}

/** A watch that says nothing: dead, or begun at a version that the server has not reached, which is answered with silence for ever. */
export class Silence extends Error {
  override readonly message = "the watch was silent for too long; listing again";
}
