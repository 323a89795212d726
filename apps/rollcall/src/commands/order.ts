import { RollcallError, type ClusterId } from "@rollcall/contract";
import { inForce, inWords, type Order, type Orders } from "@rollcall/sync";
import type { Config } from "../config/config.ts";
import { namespace as namespaces, objectName } from "../config/names.ts";
import { oneLine } from "../one-line.ts";
import type { Command, Flags } from "./command.ts";
import { momentOf, secondsOf } from "./moment.ts";

/** The flags by which an order is given or ended. */
export const orderFlags: Command["flags"] = {
  config: { type: "string", short: "c" },
  why: { type: "string" },
  for: { type: "string" },
  until: { type: "string" },
  by: { type: "string" },
  end: { type: "boolean" },
};

export const orderHelp: Command["help"] = {
  "--config FILE": "the config",
  "--why TEXT": "the reason, for those who find the order",
  "--for TIME": "when it ends by itself, from now: 30m, 2h, 3d",
  "--until TIME": "the same as a moment: 2026-11-22T08:00:00Z",
  "--by NAME": "whose order it is; who the server says you are if not said",
  "--end": "ends the order now",
};

/** What to do about an order without a reason. */
export const needsWhy = "--why is needed: whoever finds the order has to know what it is for; or --end, to end one";

/** What was said: an order, its end, or nothing, which asks for what is ordered. */
export function orderOf(flags: Flags, now: number): Order | "end" | undefined {
  const given = ["why", "for", "until", "by"].filter((name) => flags[name] !== undefined);
  if (flags["end"] === true) {
    if (given.length > 0) throw bad(`--end ends an order and takes no --${given[0]}; leave one of them out`);
    return "end";
  }
  if (given.length === 0) return undefined;
  const why = String(flags["why"] ?? "").trim();
  if (why === "") throw bad(needsWhy);
  const [seconds, moment] = [secondsOf(flags, "for"), momentOf(flags, "until")];
  if (seconds !== undefined && moment !== undefined) throw bad("--for and --until say the same thing; leave one of them out");
  const until = seconds === undefined ? moment : now + seconds * 1000;
  if (until !== undefined && until <= now)
    throw bad(`an order that ends at ${new Date(until).toISOString()} has ended already; say a later time`);
  const by = String(flags["by"] ?? "");
  return { why, at: now, ...(by && { by }), ...(until !== undefined && { until }) };
}

/** The id of a cluster as people type it: its namespace may be left out where only one is watched. */
export function clusterId(said: string, { inventory }: Pick<Config, "inventory">): ClusterId {
  const [only, ...others] = inventory.namespaces;
  const id = !said.includes("/") && others.length === 0 ? `${only}/${said}` : said;
  const [namespace, name, ...more] = id.split("/");
  if (namespaces.safeParse(namespace).success && objectName("a name").safeParse(name).success && more.length === 0) return id;
  throw bad(`a cluster is named NAMESPACE/NAME, got ${JSON.stringify(said)}; the namespaces are ${inventory.namespaces.join(", ")}`);
}

/** An order in one line: by whom, why, and until when. */
export function orderLine(order: Order): string {
  return oneLine(`${inWords(order)}${order.until === undefined ? " (no end)" : ""}`);
}

/** The orders that hold now, a line each. */
export function ordersInWords(list: string, orders: Orders, now: number): string {
  const { pause, hold, exclude } = inForce(orders, now);
  const rows = [
    ...(pause ? [["pause", "everybody", orderLine(pause)] as const] : []),
    ...[...hold].map(([id, order]) => ["hold", id, orderLine(order)] as const),
    ...[...exclude].map(([id, order]) => ["exclude", id, orderLine(order)] as const),
  ];
  if (rows.length === 0) return `nothing is ordered about list ${list}\n`;
  const width = Math.max(...rows.map(([, id]) => id.length));
  return rows.map(([what, id, line]) => `${what.padEnd(7)}  ${oneLine(id).padEnd(width)}  ${line}\n`).join("");
}

function bad(message: string): RollcallError {
  return new RollcallError("BadOrder", message, { retry: false });
}
