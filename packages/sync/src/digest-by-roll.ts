import type { ClusterId, Leave } from "@rollcall/contract";
import { planDigest } from "./guard.ts";
import { isPastHarm, type Removals } from "./membership.ts";
import type { BookPage } from "./order-book.ts";
import { inForce } from "./orders.ts";
import type { Cause } from "./roll.ts";

export interface DigestByRollInput extends Pick<BookPage, "roll" | "orders"> {
  readonly list: string;
  readonly removals: Removals;
  readonly leave: Leave;
  readonly now: number;
}

/**
 * The digest that the guard waits for, as far as the roll alone tells. Whoever keeps the list knows better: the hub may say something
 * else by now. Good for telling a yes that nobody has taken up from one that counts for nothing any more.
 */
export function digestByRoll({ list, roll, orders, removals, leave, now }: DigestByRollInput): string {
  const { hold } = inForce(orders, now);
  const missing = new Map<ClusterId, Cause>();
  for (const [id, absence] of roll.absences)
    if (removals[absence.cause].then !== "keep" && !hold.has(id) && !isPastHarm(absence, leave)) missing.set(id, absence.cause);
  return planDigest(list, roll, missing);
}
