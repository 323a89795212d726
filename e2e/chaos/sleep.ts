/** Waits, but not beyond the end of the run. */
export function sleep(milliseconds: number, over?: AbortSignal): Promise<void> {
  if (over?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      over?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    over?.addEventListener("abort", done);
  });
}
