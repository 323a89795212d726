import { orderCommand } from "./give-order.ts";

/** Takes a cluster out of a list's choice, whatever the config says. */
export const exclude = orderCommand({
  name: "exclude",
  does: "has a cluster not chosen for a list, whatever the config says",
  means: (_, { list }) => `not chosen any more${goes(list.removals.deselected)}`,
});

function goes({ then, after }: { readonly then: string; readonly after: number }): string {
  if (then === "keep") return "; if it is on the list it stays, for the list keeps those who are deselected";
  return `; if it is on the list it leaves as one that is deselected: ${then} after ${after} s, with the guard's word`;
}
