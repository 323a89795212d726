import type { ClusterId, Refusal, Verdict } from "@rollcall/contract";
import { credentialEnd, inWords, type Cause, type Mode, type Order, type Orders, type State } from "@rollcall/sync";
import { moment } from "../ago.ts";
import { ackCommand, ackOf, goingOf, nowOf, type Going } from "../going.ts";
import type { Found, Look, Seen } from "../look.ts";
import { isAboutHub } from "../trouble.ts";

/** How every cluster stands on every list. */
export interface StatusReport {
  readonly at: string;
  /** Why not all of the hub could be read. */
  readonly hub?: string;
  readonly lists: readonly (ListStatus | UnknownStatus)[];
}

export interface ListStatus {
  readonly list: string;
  readonly mode: Mode;
  /** How many there are of each state. */
  readonly states: Readonly<Partial<Record<State, number>>>;
  /** How many are to be written: more than for a moment only where no Rollcall is at work. */
  readonly due: number;
  /** Those that are to be told of, whoever needs somebody first. */
  readonly clusters: readonly ClusterStatus[];
  readonly orders: readonly { readonly order: "pause" | "hold" | "exclude"; readonly cluster?: ClusterId; readonly why: string }[];
  /** How many more may go in the present window of the guard, and when the next one begins. */
  readonly guard: { readonly room: number; readonly nextWindow: string };
  readonly ack?: { readonly why: string; readonly digest?: string; readonly command?: string };
  /** Placements that are answered as before until somebody says yes. */
  readonly placements: readonly { readonly placement: string; readonly why: string; readonly digest: string; readonly command: string }[];
}

/** A list of which nothing could be found out. */
export interface UnknownStatus {
  readonly list: string;
  readonly problem: string;
}

export interface ClusterStatus {
  readonly cluster: ClusterId;
  readonly state: State | "not on the list";
  readonly verdict?: Verdict;
  /** Since when it is missing, by the roll; what was found just now is since now. */
  readonly since: string;
  readonly cause?: Cause;
  /** When it may go at the earliest, or what it is at. */
  readonly next?: string;
  /** When the credential that stands ends, where it says so. */
  readonly credentialUntil?: string;
  readonly needsSomebody: boolean;
}

export interface StatusQuestion {
  /** The members of which nothing is to be said as well. */
  readonly all: boolean;
  /** This cluster alone. */
  readonly cluster?: ClusterId;
  readonly configPath: string;
}

/** What a look found, as it stands. */
export function statusReport(found: Look, question: StatusQuestion): StatusReport {
  const { at, hub, lists } = found;
  return {
    at: moment(at),
    ...(hub !== undefined && { hub }),
    lists: lists.map((each) => ("problem" in each ? { list: each.list.name, problem: each.problem } : listStatus(each, found, question))),
  };
}

function listStatus(seen: Seen, found: Look, { all, cluster, configPath }: StatusQuestion): ListStatus {
  const { list, clusters, orders, guard } = seen;
  const on = [...clusters].filter(([, { membership }]) => membership.state !== "gone");
  const going = on.flatMap(([id, each]) => goingOf(id, each, seen) ?? []);
  const rows = on.map(([id, each]) => row(id, each, goingOf(id, each, seen), seen, found));
  const isWell = ({ state, verdict }: ClusterStatus): boolean => verdict === undefined && (state === "member" || state === "newcomer");
  const isTold = (each: ClusterStatus): boolean => (cluster === undefined ? all || !isWell(each) : each.cluster === cluster);
  const told = rows.filter(isTold).toSorted((a, b) => urgency(a) - urgency(b) || (a.cluster < b.cluster ? -1 : 1));
  const asked = cluster !== undefined && told.length === 0 ? [notOn(cluster, seen, found)] : told;
  const ack = ackOf(seen, going);
  return {
    list: list.name,
    mode: list.mode,
    states: Object.fromEntries([...Map.groupBy(rows, ({ state }) => state)].map(([state, of]) => [state, of.length])),
    due: on.filter(([, { changes, login }]) => !isRefusedLogin(login) && changes.some((change) => change.do !== "refuse")).length,
    clusters: asked,
    orders: orderRows(orders),
    placements: seen.heldPlacements.map((held) => ({ ...held, command: ackCommand(list.name, held.digest, configPath) })),
    guard: { room: guard.room, nextWindow: moment(guard.nextWindow) },
    ...(ack && {
      ack: { ...ack, ...(ack.digest !== undefined && { command: ackCommand(list.name, ack.digest, configPath) }) },
    }),
  };
}

function row(
  cluster: ClusterId,
  { membership, changes, own, login }: Found,
  going: Going | undefined,
  seen: Seen,
  { at, hub }: Look,
): ClusterStatus {
  const refused = changes.find((change) => change.do === "refuse")?.refusal;
  const said = going === undefined ? (membership.verdict ?? (refused && stale(refused))) : verdictOf(going, seen);
  // What is said of the hub once need not be said of everyone.
  const isUnread = hub !== undefined && said !== undefined && isAboutHub(said.reason);
  const until = credentialEnd(own, at);
  const ended =
    until !== undefined && Date.parse(until) <= at ? stale({ reason: "CredentialExpired", message: expired(until) }) : undefined;
  const verdict = isUnread
    ? stale({ reason: "HubUnread", message: "the hub cannot be read, so it stays what it is" })
    : (said ?? (login && stale(login)) ?? ended);
  const due = changes.length > 0 && !isRefusedLogin(login) ? "to be written" : undefined;
  const lasting = until === undefined ? undefined : `its credential works until ${until}`;
  const next = (going && nowOf(going)) ?? (going?.earliest && `${going.way}, not before ${going.earliest}`) ?? due ?? lasting;
  return {
    cluster,
    state: membership.state,
    ...(verdict && { verdict }),
    since: going?.isNoted ? going.since : moment(said === undefined && login ? login.since : at),
    ...(going && { cause: going.cause }),
    ...(next !== undefined && { next }),
    ...(until !== undefined && { credentialUntil: until }),
    needsSomebody: verdict !== undefined && !isUnread && needsSomebody(verdict),
  };
}

/** Nothing is written for it before there is a login. */
function isRefusedLogin(login: Found["login"]): boolean {
  return login !== undefined && !login.lasts;
}

function expired(until: string): string {
  return `the credential that stands ended at ${until}; the log of the running Rollcall says why there is no other`;
}

/** Somebody asks about a cluster that has nothing to do with this list: is it unknown, unusable, or just not chosen? */
function notOn(cluster: ClusterId, { clusters }: Seen, { at, unusable }: Look): ClusterStatus {
  const why = unusable.get(cluster);
  const next = clusters.has(cluster) ? "the list does not choose it" : "it has no profile, and nothing stands for it";
  return {
    cluster,
    state: "not on the list",
    since: moment(at),
    ...(why ? { verdict: stale(why) } : { next }),
    needsSomebody: why !== undefined,
  };
}

/** Modes below sync let nobody go, whatever else is to be said. */
function verdictOf({ verdict }: Going, { list: { mode } }: Seen): Verdict | undefined {
  return mode === "sync" ? verdict : { is: "held", reason: "Mode", message: `mode is ${mode}: nobody leaves; set mode: sync to let it go` };
}

function stale(why: Refusal): Verdict {
  return { is: "stale", reason: why.reason, message: why.message };
}

/** A window ends by itself, and whom the config or a person keeps is kept on purpose. */
const onPurpose: ReadonlySet<string> = new Set(["GuardPaces", "Hold", "Kept", "Mode"]);

function needsSomebody({ is, reason }: Verdict): boolean {
  return is === "stale" || (is === "held" && !onPurpose.has(reason));
}

function urgency({ needsSomebody: isUrgent, verdict, state }: ClusterStatus): number {
  if (isUrgent) return 0;
  if (verdict !== undefined) return 1;
  return state === "member" ? 3 : 2;
}

function orderRows({ pause, hold, exclude }: Orders): ListStatus["orders"] {
  const of = (order: "hold" | "exclude", all: ReadonlyMap<ClusterId, Order>): ListStatus["orders"] =>
    [...all].map(([cluster, each]) => ({ order, cluster, why: inWords(each) }));
  return [...(pause ? [{ order: "pause" as const, why: inWords(pause) }] : []), ...of("hold", hold), ...of("exclude", exclude)];
}

/** 0: all is well; 2: something needs somebody; 1: nothing could be looked at. */
export function statusCode({ hub, lists }: StatusReport): number {
  const known = lists.flatMap((each) => ("problem" in each ? [] : [each]));
  if (known.length === 0) return 1;
  const isUrgent = ({ ack, clusters, placements }: ListStatus): boolean =>
    ack !== undefined || placements.length > 0 || clusters.some(({ needsSomebody: needs }) => needs);
  return hub !== undefined || known.length < lists.length || known.some(isUrgent) ? 2 : 0;
}
