import type { Looked } from "./parts.ts";

/** Milliseconds until a cluster is looked at again that something keeps. */
const sometime = 30_000;

/** When to look again at one that was looked at, in milliseconds; `window` is when the guard's next window begins. */
export function whenAgain({ verdict, again }: Looked, window: number): number | undefined {
  if (verdict === undefined || again !== undefined) return again;
  // What keeps it may end without anybody telling: a window, a plan that was too large, somebody else's object.
  if (verdict.reason === "NewcomersFirst") return 200;
  return verdict.reason === "GuardPaces" ? Math.min(sometime, Math.max(1, window)) : sometime;
}
