/** Chances that are the same for the same seed. */
export interface Random {
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  /** Others that have nothing to do with what is drawn here. */
  apart(): Random;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  /** Mulberry32: small, and good enough to choose by. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between: Random["between"] = (least, most) => least + Math.floor(next() * (most - least + 1));
  return { between, pick: (from) => from[between(0, from.length - 1)]!, apart: () => randomOf(between(0, 2 ** 32 - 1)) };
}
