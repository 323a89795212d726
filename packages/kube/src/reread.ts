import { within } from "./request.ts";

/** How long what was read is used before it is read again. */
export const aMinute = 60_000;

/** Nothing is read more often than this for its time alone, and nobody who has a value waits longer than that for a better one. */
const aMoment = 2000;

/** What takes longer to read is given up, to be tried anew. */
const patience = 30_000;

/**
 * A value that lives elsewhere and is rotated there: read again when its time is over, and at once when it is what was refused.
 * Many who ask at once are one reading; the last good value is kept while there is no better one, also while reading hangs.
 */
export function reread<T>(
  read: (isRefused: boolean) => Promise<T>,
  { first, lasts = () => aMinute }: { readonly first?: T | undefined; readonly lasts?: (value: T) => number } = {},
): (refused?: T) => Promise<T> {
  let value = first;
  let goodUntil = Number.NEGATIVE_INFINITY;
  let askedAt = 0;
  let reading: Promise<T> | undefined;

  async function again(isRefused: boolean): Promise<T> {
    askedAt = performance.now();
    try {
      value = await within(patience, undefined, () => read(isRefused));
      goodUntil = performance.now() + Math.max(lasts(value), aMoment);
      return value;
    } catch (error) {
      goodUntil = performance.now() + aMoment;
      throw error;
    } finally {
      reading = undefined;
    }
  }

  return async (refused) => {
    const isRefused = refused !== undefined && refused === value;
    const last = value;
    if (last !== undefined && !isRefused && performance.now() < goodUntil) return last;
    const next = (reading ??= again(isRefused));
    // Where the server has refused it already, why there is no better one says more than another refusal would.
    if (last === undefined || isRefused) return next;
    return within(Math.max(0, askedAt + aMoment - performance.now()), undefined, () => next).catch(() => last);
  };
}
