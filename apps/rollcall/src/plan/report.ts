import type { ClusterId, Refusal } from "@rollcall/contract";
import { inWords, type Change, type Mode } from "@rollcall/sync";
import type { Cost } from "../consumers.ts";
import { moment } from "../ago.ts";
import { ackCommand, ackOf, goingOf, isHeld, type Going } from "../going.ts";
import type { Inventoried } from "../first-contact.ts";
import type { Found, Look, Seen } from "../look.ts";
import type { OtherHub } from "../other-hub.ts";
import { isAboutHub } from "../trouble.ts";
import { diffOf, type DiffLine } from "./diff.ts";

/** What would be done, list by list. Nothing in it is secret. */
export interface PlanReport {
  /** Why not all of the hub could be read. */
  readonly hub?: string;
  readonly inventory: Inventoried;
  /** Profiles that no list can use. */
  readonly unusable: readonly Refused[];
  readonly lists: readonly (ListPlan | UnknownPlan)[];
}

/** What one list comes to. */
export interface ListPlan {
  readonly list: string;
  readonly mode: Mode;
  /** Who ordered a pause, and why. */
  readonly paused?: string;
  readonly creates: readonly PlannedWrite[];
  readonly changes: readonly PlannedWrite[];
  readonly leaves: readonly Going[];
  /** Not chosen any more, and the config says to keep them. */
  readonly kept: readonly Going[];
  readonly refused: readonly Refused[];
  readonly unchanged: number;
  /** Of whom nothing can be told, because the hub cannot be read or believed, and why that is. */
  readonly unknown: { readonly clusters: number; readonly why: readonly string[] };
  /** How what stands compares with a hub that is not believed. */
  readonly otherHub?: OtherHub;
  /** Namespaces that it would write to and that are not there. */
  readonly absent: readonly string[];
  readonly guard: {
    /** How many more may go in the present window, and when the next one begins. */
    readonly room: number;
    readonly nextWindow: string;
    readonly needsAck?: string;
    /** What it would ask a person for in mode `sync`; below that nobody leaves. */
    readonly wouldNeedAck?: string;
    readonly digest?: string;
    /** What to type to say yes. */
    readonly ack?: string;
  };
  /** What a write of each sort costs the consumer. */
  readonly cost: Cost;
}

/** A list of which nothing could be found out. */
export interface UnknownPlan {
  readonly list: string;
  readonly problem: string;
}

interface PlannedWrite {
  readonly cluster: ClusterId;
  readonly key: string;
  /** Which fields change; none for what is made anew. */
  readonly fields: readonly string[];
  readonly diff: readonly DiffLine[];
}

interface Refused {
  readonly cluster: ClusterId;
  readonly reason: string;
  readonly message: string;
}

/** What a look found, as a plan. */
export function planReport({ hub, inventory, unusable, lists }: Look, configPath: string): PlanReport {
  return {
    ...(hub !== undefined && { hub }),
    inventory,
    unusable: [...unusable].map(([cluster, { reason, message }]) => ({ cluster, reason, message })),
    lists: lists.map((each) =>
      "problem" in each ? { list: each.list.name, problem: each.problem } : listPlan(each, hub !== undefined, configPath),
    ),
  };
}

function listPlan(seen: Seen, isHubUnread: boolean, configPath: string): ListPlan {
  const { list, clusters, orders, guard, otherHub, absent } = seen;
  const creates: PlannedWrite[] = [];
  const changes: PlannedWrite[] = [];
  const going: Going[] = [];
  const refused: Refused[] = [];
  const reasons = new Set<string>();
  let [unchanged, unknown] = [0, 0];
  for (const [cluster, found] of [...clusters].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { membership } = found;
    const goes = goingOf(cluster, found, seen);
    const why = membership.verdict ?? found.changes.find((change) => change.do === "refuse")?.refusal ?? foundBefore(found);
    if (membership.verdict?.is === "stale" && isAboutHub(membership.verdict.reason)) {
      unknown += 1;
      // Why that is, is said once for all lists.
      reasons.add(isHubUnread ? "the hub cannot be read, so they stay what they are" : membership.verdict.message);
    } else if (goes !== undefined) going.push(goes);
    else if (membership.state === "gone") continue;
    else if (why !== undefined) refused.push({ cluster, reason: why.reason, message: why.message });
    else if (found.changes.length === 0) unchanged += 1;
    for (const change of written(found)) {
      const write = {
        cluster,
        key: change.key,
        fields: change.do === "create" ? [] : change.changes,
        diff: diffOf(change, list.consumer.adapter, found.unknown),
      };
      (change.do === "create" ? creates : changes).push(write);
    }
  }
  const ack = ackOf(seen, going);
  return {
    list: list.name,
    mode: list.mode,
    ...(orders.pause && { paused: inWords(orders.pause) }),
    creates,
    changes,
    leaves: going.filter(({ way }) => way !== "keep"),
    kept: going.filter(({ way }) => way === "keep"),
    refused,
    unchanged,
    unknown: { clusters: unknown, why: [...reasons] },
    ...(otherHub && { otherHub }),
    absent,
    guard: {
      room: guard.room,
      nextWindow: moment(guard.nextWindow),
      ...(ack && { needsAck: ack.why }),
      ...(list.mode !== "sync" && guard.needsAck !== undefined && { wouldNeedAck: guard.needsAck }),
      ...(ack?.digest !== undefined && { digest: ack.digest, ack: ackCommand(list.name, ack.digest, configPath) }),
    },
    cost: list.consumer.cost,
  };
}

/** What would be written for it: of one that is refused there is at the most something to take back. */
function written({ changes, login }: Found): readonly Exclude<Change, { readonly do: "refuse" }>[] {
  if (login !== undefined && !login.lasts) return [];
  const all = changes.flatMap((change) => (change.do === "refuse" ? [] : [change]));
  return all.length === changes.length ? all : [];
}

/** Why the Rollcall at work has no login for it, or none that is new. */
function foundBefore({ login }: Found): Refusal | undefined {
  return login && { reason: login.reason, message: `${login.message} (found at ${moment(login.since)}, when a login was tried)` };
}

/** A list in one line. */
export function summary({ list, creates, changes, leaves, kept, refused, unchanged, unknown }: ListPlan): string {
  const held = leaves.filter(isHeld).length;
  const holds = held === 0 ? "" : held === leaves.length ? " (held)" : ` (${held} held)`;
  const counts: readonly (readonly [number, string])[] = [
    [creates.length, "to create"],
    [changes.length, "to change"],
    [leaves.length, `would leave${holds}`],
    [kept.length, "kept although not chosen"],
    [unchanged, "unchanged"],
    [refused.length, "refused"],
    [unknown.clusters, "cannot be told"],
  ];
  return `${list}: ${counts.flatMap(([count, what]) => (count === 0 && what !== "unchanged" ? [] : [`${count} ${what}`])).join(", ")}`;
}

/** 0: nothing would change; 2: something would; 1: it could not be found out. */
export function planCode({ hub, lists }: PlanReport): number {
  if (hub !== undefined || lists.some((each) => "problem" in each || each.unknown.clusters > 0)) return 1;
  const isChange = (each: ListPlan | UnknownPlan): boolean =>
    !("problem" in each) && each.creates.length + each.changes.length + each.leaves.length > 0;
  return lists.some(isChange) ? 2 : 0;
}
