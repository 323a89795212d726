/** Waits before one retry after the other. */
export interface Backoff {
  /** Doubles up to a limit; each wait is jittered between half and all of it, so that clients do not come back in step. */
  next(): number;
  /** Where waiting mends nothing: a moment the first time, whatever failed before, and from then on as long as any other. */
  soon(): number;
  /** Things went well. */
  reset(): void;
}

/** Begins such waits. */
export function backoff({ first = 800, most = 30_000 }: { readonly first?: number; readonly most?: number } = {}): Backoff {
  let ceiling = first;
  let wasSoon = false;
  function next(): number {
    const delay = ceiling / 2 + (Math.random() * ceiling) / 2;
    ceiling = Math.min(ceiling * 2, most);
    return delay;
  }
  return {
    next,
    soon() {
      if (wasSoon) return next();
      wasSoon = true;
      return Math.random() * first;
    },
    reset() {
      ceiling = first;
      wasSoon = false;
    },
  };
}

/** Sleeps, or wakes at once when told to stop. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
