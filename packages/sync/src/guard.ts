import { digestOf, refusal, type ClusterId, type Refusal } from "@rollcall/contract";
import { second, type Cause, type Roll, type Window } from "./roll.ts";

export interface GuardSettings {
  /** At most so many in a window, */
  readonly max: number;
  /** and at most so many of a hundred, but one at least. */
  readonly percent: number;
  /** Seconds. */
  readonly window: number;
}

export const defaultGuard: GuardSettings = { max: 5, percent: 20, window: 600 };

export interface GuardInput {
  readonly list: string;
  readonly now: number;
  readonly settings: GuardSettings;
  readonly roll: Roll;
  /** How a person confirms a digest: a command. */
  readonly confirm: (digest: string) => string;
  /** Everyone who stands on the list and is not past the first harmful step, the missing ones included, with the manager where it is known. */
  readonly members: ReadonlyMap<ClusterId, string | undefined>;
  /** Those of them who would leave, by the causes that make them go. */
  readonly missing: ReadonlyMap<ClusterId, Cause>;
  /** Those of them who would leave, were they not held by order: that they stay for now makes nobody else's leaving smaller. */
  readonly kept?: ReadonlySet<ClusterId>;
  /** Where a complete decision chooses: then a move from one cluster to another is its scheduler's word, and only what the list loses counts. */
  readonly moved?: Moved;
  /** Of whom a person was asked, by an earlier release that did not write that down: when so many would have left. */
  readonly asked?: ReadonlyMap<ClusterId, number>;
}

/** What is known of how a decision moves a list. */
export interface Moved {
  /** How many stood before it began to, as far as anybody remembers. */
  readonly stood?: number;
  /** How many it names who do not stand yet, and whom nothing keeps from joining. */
  readonly coming: number;
}

/** What the guard says at this moment: who needs a person's word, and how many may go without one. */
export interface GuardView {
  /** Names exactly those who would leave; it changes when they do. */
  readonly digest: string;
  /** Why a person has to look first, if one has to. */
  readonly needsAck?: string;
  /** How many more may go in this window. */
  readonly room: number;
  /** When the next window begins. */
  readonly nextWindow: number;
  /** The window that a leaving now would belong to. */
  readonly window: Window;
  /** How many the list would lose, or has just lost. */
  readonly atRisk: number;
  /** So many are about to join in the place of those who would leave, and come first. */
  readonly coming?: number;
}

/**
 * Looks at a list as a whole, right before the first harmful step. Where a decision chooses, whoever came in their place makes up for those
 * who would leave.
 *   would leave nobody behind                                     ack
 *   half or more of four or more, as it stood in this window      ack
 *   all of a namespace or of a manager with three or more         ack
 *   as many as when a person was asked, who has said nothing yet   ack
 *   else: the smaller of `max` and `percent`, one at least, a window
 */
export function guard({ list, now, settings, roll, members, missing, kept = new Set(), moved, asked: before }: GuardInput): GuardView {
  const window = grown(openWindow(roll.window, now, settings, members, moved), members, moved);
  const unacked = [...missing].filter(([id]) => !roll.acked.has(id));
  const atRisk = new Set([...window.gone, ...unacked.map(([id]) => id), ...kept]);
  const going = new Set([...missing.keys(), ...kept]);
  const asked = Math.min(...unacked.map(([id]) => roll.absences.get(id)?.asked ?? before?.get(id) ?? Number.POSITIVE_INFINITY));
  const base = window.members;
  const loses = net(atRisk.size, base - (members.size - unacked.length - kept.size), moved);
  const lost = net(window.gone.length, base - members.size, moved);
  const replaced = moved === undefined ? 0 : Math.max(0, members.size - base);
  const share = Math.max(1, Math.floor((settings.percent * base) / 100));
  const needsAck =
    (missing.size > 0 && going.size === members.size && "nobody would be left") ||
    (base >= 4 && loses * 2 >= base && `${loses} of ${base} would leave, half or more`) ||
    (loses > 0 && wholeGroup(window, atRisk, members, going, roll.acked)) ||
    // A list that grew, or a window that began anew, is nobody's word.
    (loses >= asked && `${loses} would leave, of whom a person was asked before`);
  return {
    digest: planDigest(list, roll, missing),
    ...(needsAck && { needsAck }),
    room: window.spent ? 0 : Math.max(0, Math.min(settings.max, share) - lost) + replaced,
    ...(moved !== undefined && moved.coming > 0 && members.size <= base && { coming: moved.coming }),
    nextWindow: window.since + settings.window * 1000,
    window,
    atRisk: loses,
  };
}

/**
 * Where a decision chooses, whoever came since the window began and stood is not lost for nothing either: the most that ever stood in it
 * is what losses are counted by. How many stood nobody knows after a restart, and then it is everybody.
 */
function grown(window: Window, members: GuardInput["members"], moved: Moved | undefined): Window {
  const stood = moved && Math.min(members.size, moved.stood ?? members.size);
  if (stood === undefined || stood <= window.members) return window;
  const sizes = Object.entries(groupSizes(members)).map(([group, size]) => [group, Math.max(size, window.groups[group] ?? 0)] as const);
  return { ...window, members: stood, groups: { ...window.groups, ...Object.fromEntries(sizes) } };
}

/** How many of them each namespace and manager of three or more has. */
function groupSizes(members: GuardInput["members"]): Record<string, number> {
  const groups: Record<string, number> = {};
  for (const [id, manager] of members) for (const group of groupsOf(id, manager)) groups[group] = (groups[group] ?? 0) + 1;
  return Object.fromEntries(Object.entries(groups).filter(([, size]) => size >= 3));
}

/** Of so many who go, or went, those in whose place nobody came. */
function net(gross: number, shrink: number, moved: Moved | undefined): number {
  return moved === undefined ? gross : Math.min(gross, Math.max(0, shrink));
}

/** Names exactly those who would leave and whom nobody has said yes to. */
export function planDigest(list: string, roll: Roll, missing: ReadonlyMap<ClusterId, Cause>): string {
  const unacked = [...missing].filter(([id]) => !roll.acked.has(id));
  // With the moment in it, so that a yes counts for this absence and for no later one that looks like it.
  return digestOf([list, ...unacked.map(([id, cause]) => `${id} ${cause} ${sinceOf(roll, id)}`)]);
}

/** Why this one may not go now, or undefined if it may. */
export function heldBy(
  view: GuardView,
  id: ClusterId,
  { list, roll, missing, confirm }: Pick<GuardInput, "list" | "roll" | "missing" | "confirm">,
): Refusal | undefined {
  if (roll.acked.has(id)) return undefined;
  if (view.needsAck !== undefined) {
    const how = `check the hub, then confirm digest ${view.digest}: ${confirm(view.digest)}`;
    return refusal("GuardHolds", `${view.needsAck} (${missing.size} missing from list "${list}"); ${how}`);
  }
  if (view.coming !== undefined)
    return refusal("NewcomersFirst", `its placement names ${counted(view.coming)} in its place; it goes when they have joined`);
  if (view.room > 0) return undefined;
  const when = new Date(view.nextWindow).toISOString();
  if (view.window.spent)
    return refusal("GuardPaces", `the roll of list "${list}" was lost, so nobody knows who left just now; the first may go at ${when}`);
  return refusal("GuardPaces", `${counted(view.window.gone.length)} left list "${list}" in this window; the next may go at ${when}`);
}

function counted(clusters: number): string {
  return clusters === 1 ? "1 cluster" : `${clusters} clusters`;
}

function sinceOf({ absences }: Roll, id: ClusterId): string {
  const since = absences.get(id)?.since;
  return since === undefined ? "" : second(since);
}

/** A roll that begins anew where objects of ours stand has forgotten who left just now: its first window lets nobody go. */
export function spentWindow(now: number, members: GuardInput["members"], settings: GuardSettings): Window {
  return { ...openWindow(undefined, now, settings, members), spent: true };
}

function openWindow(
  window: Window | undefined,
  now: number,
  settings: GuardSettings,
  members: GuardInput["members"],
  moved?: Moved,
): Window {
  if (window !== undefined && now < window.since + settings.window * 1000) return window;
  return {
    since: now,
    members: Math.min(members.size, moved?.stood ?? members.size),
    groups: groupSizes(members),
    gone: [],
  };
}

function wholeGroup(
  window: Window,
  atRisk: ReadonlySet<ClusterId>,
  members: GuardInput["members"],
  goingSet: ReadonlySet<ClusterId>,
  acked: Roll["acked"],
): string | undefined {
  const going: Record<string, number> = {};
  for (const id of atRisk) for (const group of groupsOf(id, members.get(id))) going[group] = (going[group] ?? 0) + 1;
  // Nobody knows the manager of those who went; that the last one of a group wants to go is seen by who would stay.
  const stays = new Set<string>();
  const goes = new Set<string>();
  for (const [id, manager] of members)
    for (const group of groupsOf(id, manager))
      if (!goingSet.has(id)) stays.add(group);
      else if (!acked.has(id)) goes.add(group);
  const whole = Object.entries(window.groups).find(
    ([group, size]) => (going[group] ?? 0) >= size || (goes.has(group) && !stays.has(group)),
  );
  return whole && `all ${whole[1]} clusters of ${whole[0]} would leave`;
}

function groupsOf(id: ClusterId, manager: string | undefined): readonly string[] {
  const namespace = `namespace ${id.slice(0, id.indexOf("/"))}`;
  return manager === undefined ? [namespace] : [namespace, `manager ${manager}`];
}
