/** Doubles up to a limit; each wait is jittered between half and all of it, so that clients do not come back in step. */
export function backoff({ first = 800, most = 30_000 }: { readonly first?: number; readonly most?: number } = {}): {
  next(): number;
  reset(): void;
} {
  let ceiling = first;
  return {
    next() {
      const delay = ceiling / 2 + (Math.random() * ceiling) / 2;
      ceiling = Math.min(ceiling * 2, most);
      return delay;
    },
    reset() {
      ceiling = first;
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
