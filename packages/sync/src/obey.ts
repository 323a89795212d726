import { inForce, nextEnd, type Orders } from "./orders.ts";
import type { RollKeeper } from "./roll-keeper.ts";

/** What people have ordered about a list, as it comes and goes. */
export interface Obedience {
  /** What holds at this moment. */
  orders(): Orders;
  /** Waits for the next order that ends: that is as good as one that is taken back. */
  wait(): void;
  close(): void;
}

/** The longest that a timer can wait. */
const longest = 2 ** 31 - 1;

export function obey(roll: Pick<RollKeeper, "orders">, now: () => number, onEnd: () => void): Obedience {
  let ending: NodeJS.Timeout | undefined;
  let isClosed = false;
  let held: { readonly of: Orders; readonly from: number; readonly until: number; readonly orders: Orders } | undefined;

  return {
    orders() {
      const [of, at] = [roll.orders(), now()];
      // Asked about every cluster, and they seldom change.
      if (held?.of === of && at >= held.from && at < held.until) return held.orders;
      held = { of, from: at, until: nextEnd(of, at) ?? Number.POSITIVE_INFINITY, orders: inForce(of, at) };
      return held.orders;
    },
    wait() {
      clearTimeout(ending);
      const end = nextEnd(roll.orders(), now());
      if (end === undefined || isClosed) return;
      ending = setTimeout(onEnd, Math.min(end - now(), longest));
      ending.unref();
    },
    close() {
      isClosed = true;
      clearTimeout(ending);
    },
  };
}
