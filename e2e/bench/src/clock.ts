/** Milliseconds on the one clock that all processes of a machine share and nobody can set. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

const wallClockAhead = Date.now() - now();

/** A time of day, as logs tell it, on that clock. */
export function atTime(time: string): number {
  return Date.parse(time) - wallClockAhead;
}
