import { orderCommand } from "./give-order.ts";

/** Keeps a cluster from taking any step on its way out. */
export const hold = orderCommand({
  name: "hold",
  does: "keeps a cluster from leaving a list, until the order ends",
  means: () => "held, so it takes no step on its way out",
});
