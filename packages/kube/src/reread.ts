/** How long what was read is used before it is read again. */
export const aMinute = 60_000;

/**
 * A value that lives elsewhere and is rotated there: read again when its time is over, and at once when it is what was refused.
 * Many who ask at once are one reading; the last good value is kept while there is no better one.
 */
export function reread<T>(
  read: (isRefused: boolean) => Promise<T>,
  { first, lasts = () => aMinute }: { readonly first?: T | undefined; readonly lasts?: (value: T) => number } = {},
): (refused?: T) => Promise<T> {
  let value = first;
  let goodUntil = Number.NEGATIVE_INFINITY;
  let reading: Promise<T> | undefined;

  async function again(isRefused: boolean): Promise<T> {
    try {
      value = await read(isRefused);
      goodUntil = performance.now() + lasts(value);
      return value;
    } finally {
      reading = undefined;
    }
  }

  return async (refused) => {
    const isRefused = refused !== undefined && refused === value;
    if (value !== undefined && !isRefused && performance.now() < goodUntil) return value;
    try {
      return await (reading ??= again(isRefused));
    } catch (error) {
      // Where the server has refused it already, why there is no better one says more than another refusal would.
      if (value === undefined || isRefused) throw error;
      return value;
    }
  };
}
