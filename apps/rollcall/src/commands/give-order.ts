import { RollcallError, type ClusterId } from "@rollcall/contract";
import { giveOrders, inForce, noOrders, readBook, type Order, type Orders } from "@rollcall/sync";
import { atList, type AtList } from "./at-list.ts";
import type { Command, Voice } from "./command.ts";
import { isUnheardOf } from "./known.ts";
import { clusterId, needsWhy, orderFlags, orderHelp, orderLine, orderOf, ordersInWords } from "./order.ts";
import { whoAmI } from "./who.ts";

/** What is particular about one kind of order. */
interface OrderKind {
  readonly name: "hold" | "exclude" | "pause";
  readonly does: string;
  /** What holds from now on. */
  readonly means: (who: string, at: AtList) => string;
}

/** Makes the command that gives, ends and shows one kind of order. */
export function orderCommand({ name: kind, does, means }: OrderKind): Command {
  const takes = kind === "pause" ? ["LIST"] : ["LIST", "[CLUSTER]"];
  const who = kind === "pause" ? "LIST" : "LIST CLUSTER";
  return {
    does,
    usage: `rollcall ${kind} ${who} --config FILE (--why TEXT [--for TIME | --until TIME] [--by NAME] | --end)`,
    args: takes,
    help: { ...orderHelp, "rollcall hold LIST": "shows what is ordered about the list, of every kind" },
    flags: orderFlags,
    async run(flags, voice, [name = "", said]) {
      const now = Date.now();
      const order = orderOf(flags, now);
      if (order !== undefined && kind !== "pause" && said === undefined) throw bad(`CLUSTER is missing: whom to ${kind}`);
      // Whoever has only forgotten the reason must not go away and think that it is ordered.
      if (order === undefined && (kind === "pause" || said !== undefined)) throw bad(needsWhy);
      return atList(flags, name, async (at) => {
        const cluster = said === undefined ? undefined : clusterId(said, at.config);
        if (order === undefined) {
          voice.out(ordersInWords(name, (await readBook(at.book))?.orders ?? noOrders, now));
          return 0;
        }
        const command = `rollcall ${kind} ${name}${cluster === undefined ? "" : ` ${cluster}`}`;
        const what = cluster ?? `list ${name}`;
        if (order === "end") {
          await end(at, kind, cluster, now);
          voice.out(`${what}: the order (${kind}) has ended; a running Rollcall goes on as if it had never been\n`);
          return 0;
        }
        const by = order.by ?? (await whoAmI(at.book.transport));
        const signed = { ...order, ...(by !== undefined && { by }) };
        await give(at, kind, cluster, signed, voice);
        voice.out(`${what}: ${means(what, at)}; ${orderLine(signed)}\n`);
        if (order.until === undefined) voice.out(`it has no end of its own; end it with: ${command} --end\n`);
        return 0;
      });
    },
  };
}

/** What has ended by itself is cleaned away with the next order. */
async function give(at: AtList, kind: OrderKind["name"], cluster: ClusterId | undefined, order: Order, { err }: Voice): Promise<void> {
  if (cluster !== undefined && (await isUnheardOf(at, cluster)))
    err(`rollcall: nobody knows ${cluster} at the moment; the order is given all the same and holds when it comes\n`);
  await giveOrders(at.book, (orders) => withOrder(inForce(orders, order.at), kind, cluster, order));
}

async function end({ book }: AtList, kind: OrderKind["name"], cluster: ClusterId | undefined, now: number): Promise<void> {
  const { list } = book.owner;
  await giveOrders(book, (orders) => {
    const standing = kind === "pause" ? orders.pause : orders[kind].get(cluster!);
    if (standing === undefined)
      throw bad(
        `there is no order to ${kind} ${cluster ?? `list "${list}"`}; rollcall ${kind} ${list} --config FILE shows what is ordered`,
      );
    return withOrder(inForce(orders, now), kind, cluster, undefined);
  });
}

function withOrder(orders: Orders, kind: OrderKind["name"], cluster: ClusterId | undefined, order: Order | undefined): Orders {
  if (kind === "pause") {
    const { pause: _, ...others } = orders;
    return order === undefined ? others : { ...others, pause: order };
  }
  const others = [...orders[kind]].filter(([id]) => id !== cluster);
  return { ...orders, [kind]: new Map(order === undefined ? others : [...others, [cluster!, order]]) };
}

function bad(message: string): RollcallError {
  return new RollcallError("BadOrder", message, { retry: false });
}
