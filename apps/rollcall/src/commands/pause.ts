import { orderCommand } from "./give-order.ts";

/** Has nothing written for a list. */
export const pause = orderCommand({
  name: "pause",
  does: "has nothing written for a list, until the order ends",
  means: () => "paused, so nothing is written for it, neither joins nor leaves",
});
