import { canonicalJson, RollcallError, type ClusterId } from "@rollcall/contract";

/** What a person has ordered, for as long as it holds. */
export interface Order {
  readonly why: string;
  readonly by?: string;
  /** When it was given, in milliseconds, as all times here. */
  readonly at: number;
  /** When it ends by itself. */
  readonly until?: number;
}

/** What people have ordered about a list. Only people write it; the engine reads it and obeys. */
export interface Orders {
  /** Nothing is written at all. */
  readonly pause?: Order;
  /** These take no step on their way out. */
  readonly hold: ReadonlyMap<ClusterId, Order>;
  /** These are not chosen, whatever the config says. */
  readonly exclude: ReadonlyMap<ClusterId, Order>;
}

export const noOrders: Orders = { hold: new Map(), exclude: new Map() };

interface Said {
  readonly why: string;
  readonly by?: string;
  readonly at: string;
  readonly until?: string;
}

interface Text {
  readonly version: number;
  readonly pause?: Said;
  readonly hold?: Readonly<Record<ClusterId, Said>>;
  readonly exclude?: Readonly<Record<ClusterId, Said>>;
}

/** Orders as text, for the ConfigMap of the roll; nothing when there are none. */
export function writeOrders({ pause, hold, exclude }: Orders): string | undefined {
  if (pause === undefined && hold.size === 0 && exclude.size === 0) return undefined;
  const named = (orders: ReadonlyMap<ClusterId, Order>): Text["hold"] =>
    Object.fromEntries([...orders].map(([id, order]) => [id, say(order)]));
  const text: Text = {
    version: 1,
    ...(pause && { pause: say(pause) }),
    ...(hold.size > 0 && { hold: named(hold)! }),
    ...(exclude.size > 0 && { exclude: named(exclude)! }),
  };
  return `${JSON.stringify(JSON.parse(canonicalJson(text)), null, 1)}\n`;
}

/** Reads orders back. What cannot be read is an error: to guess would let somebody go whom a person wanted to stay. */
export function readOrders(text: string | undefined): Orders {
  if (text === undefined) return noOrders;
  try {
    const said = parsed(text);
    must(said?.version === 1, `its version is ${JSON.stringify(said?.version)}, this Rollcall reads version 1`);
    return {
      ...(said.pause !== undefined && { pause: hear(said.pause, "pause") }),
      hold: mapOf(said.hold, "hold"),
      exclude: mapOf(said.exclude, "exclude"),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RollcallError("BadOrders", `the orders in the roll cannot be read (${why}); mend them, or take the key "orders" out`, {
      retry: true,
      cause,
    });
  }
}

/** The orders that hold at this moment. */
export function inForce(orders: Orders, now: number): Orders {
  const holds = ({ until }: Order): boolean => until === undefined || now < until;
  const alive = (all: ReadonlyMap<ClusterId, Order>): ReadonlyMap<ClusterId, Order> =>
    all.size === 0 ? all : new Map([...all].filter(([, order]) => holds(order)));
  const { pause } = orders;
  return { ...(pause && holds(pause) && { pause }), hold: alive(orders.hold), exclude: alive(orders.exclude) };
}

/** When the next of these orders ends, if one does. */
export function nextEnd({ pause, hold, exclude }: Orders, now: number): number | undefined {
  const ends = [...(pause ? [pause] : []), ...hold.values(), ...exclude.values()].flatMap(({ until }) => until ?? []);
  const later = ends.filter((end) => end > now);
  return later.length === 0 ? undefined : Math.min(...later);
}

/** An order in words, for a verdict. */
export function inWords({ why, by, until }: Order): string {
  const who = by === undefined ? "" : `${by}: `;
  return `${who}${why}${until === undefined ? "" : ` (until ${new Date(until).toISOString()})`}`;
}

function say({ why, by, at, until }: Order): Said {
  const time = (moment: number): string => new Date(moment).toISOString();
  return { why, ...(by !== undefined && { by }), at: time(at), ...(until !== undefined && { until: time(until) }) };
}

function hear(said: unknown, place: string): Order {
  must(typeof said === "object" && said !== null, `${place} is no order`);
  const { why, by, at, until } = said as { readonly [key in keyof Said]?: unknown };
  must(typeof why === "string", `${place} has no why`);
  must(by === undefined || typeof by === "string", `${place}.by is no text`);
  return {
    why,
    ...(by !== undefined && { by }),
    at: time(at, `${place}.at`),
    ...(until !== undefined && { until: time(until, `${place}.until`) }),
  };
}

function mapOf(said: unknown, place: string): ReadonlyMap<ClusterId, Order> {
  must(said === undefined || (typeof said === "object" && said !== null && !Array.isArray(said)), `${place} names no clusters`);
  return new Map(Object.entries(said ?? {}).map(([id, order]) => [id, hear(order, `${place}["${id}"]`)]));
}

function time(text: unknown, place: string): number {
  const moment = typeof text === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  must(!Number.isNaN(moment), `${place} is no time`);
  return moment;
}

function parsed(text: string): Text | null {
  try {
    return JSON.parse(text) as Text | null;
  } catch {
    throw new Error("they are no JSON");
  }
}

function must(isSo: boolean, problem: string): asserts isSo {
  if (!isSo) throw new Error(problem);
}
