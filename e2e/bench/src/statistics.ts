/** The value in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which that share of all values lies, between two of them by proportion. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

export interface Interval {
  readonly median: number;
  /** Between these it lies with 95 %, as far as so few values can tell. */
  readonly low: number;
  readonly high: number;
}

/** The median and its bootstrap interval; the same values always give the same interval. */
export function interval(values: readonly number[], draws: number = 2000): Interval {
  const random = generator(1);
  const medians = Array.from({ length: draws }, () => median(values.map(() => values[Math.floor(random() * values.length)]!)));
  return { median: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}

/** mulberry32: small, and good enough to draw with. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
