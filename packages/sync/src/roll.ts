import { RollcallError, type ClusterId } from "@rollcall/contract";

/** Why a cluster is no longer chosen. */
export type Cause = "deselected" | "unregistered" | "unhealthy";
export const causes: readonly Cause[] = ["deselected", "unregistered", "unhealthy"];

/** How a member goes: cleanly with its workloads, or let go without touching what runs there. */
export type Way = "drain" | "release";

/** A member that is not chosen any more: since when and why, and how far its leaving went. */
export interface Absence {
  readonly cause: Cause;
  /** Milliseconds, as all times here. */
  readonly since: number;
  /** The manager of its profile, as long as anybody remembers: the guard counts by it. */
  readonly manager?: string;
  /**
   * A person was asked whether it may go, when so many would have left. Without an answer it does not go as long as so many would,
   * whatever becomes of the list meanwhile.
   */
  readonly asked?: number;
  /** Once its grace is over: how far it went. */
  readonly leaving?: Leaving;
}

/** The step that a leaving has come to. It is begun when `does` names it, and that is written down before it is taken. */
export interface Leaving {
  readonly way: Way;
  /** The steps that it began with, by name. */
  readonly steps: string;
  readonly step: number;
  readonly does?: string;
  readonly since: number;
}

/** What the guard has let go since its window began, and what stood then. */
export interface Window {
  readonly since: number;
  readonly members: number;
  /** How many members each namespace and manager of three or more had. */
  readonly groups: Readonly<Record<string, number>>;
  readonly gone: readonly ClusterId[];
  /** Nobody knows who went before, so that nobody goes in it without a person's word. */
  readonly spent?: true;
}

/** What a list must remember and objects cannot carry. A value: changes make a new one. */
export interface Roll {
  /** The hub that its members were read from: the uid of its kube-system namespace. */
  readonly hub?: string;
  readonly absences: ReadonlyMap<ClusterId, Absence>;
  readonly window?: Window;
  /** Clusters that an operator has confirmed may go, guard or no guard. */
  readonly acked: ReadonlySet<ClusterId>;
}

export const emptyRoll: Roll = { absences: new Map(), acked: new Set() };

/** One group of clusters with the same story, so that a mass change stays small and readable. */
interface Group {
  readonly cause: Cause;
  readonly since: string;
  readonly manager?: string;
  readonly asked?: number;
  readonly way?: Way;
  readonly steps?: string;
  readonly step?: number;
  readonly does?: string;
  readonly stepSince?: string;
  readonly clusters: ClusterId[];
}

interface Text {
  readonly version: number;
  readonly hub?: string;
  /** Grace is not over. */
  readonly missing?: readonly Group[];
  /** Grace is over, and a step has been come to. */
  readonly leaving?: readonly Group[];
  readonly window?: Omit<Window, "since"> & { readonly since: string };
  readonly acked?: readonly ClusterId[];
}

/** The roll as text, for its ConfigMap: grouped, sorted, stable. */
export function writeRoll({ hub, absences, window, acked }: Roll): string {
  const groups = new Map<string, Group>();
  for (const [id, absence] of [...absences].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const story = storyOf(absence);
    const key = JSON.stringify(story);
    const group = groups.get(key) ?? { ...story, clusters: [] };
    group.clusters.push(id);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const text: Text = {
    version: 1,
    ...(hub !== undefined && { hub }),
    missing: all.filter(({ way }) => way === undefined),
    leaving: all.filter(({ way }) => way !== undefined),
    ...(window && { window: { ...window, since: new Date(window.since).toISOString() } }),
    ...(acked.size > 0 && { acked: [...acked].sort() }),
  };
  return `${JSON.stringify(text, null, 1)}\n`;
}

/** Reads a roll back. One that cannot be read is an error: guessing would forget who may not go. */
export function readRoll(text: string): Roll {
  try {
    const said = parsed(text);
    must(typeof said === "object" && said !== null, "it is no object");
    const { version, hub, missing = [], leaving = [], window, acked = [] } = said;
    must(version === 1, `its version is ${String(version)}, this Rollcall reads version 1`);
    must(hub === undefined || typeof hub === "string", "hub is no text");
    must(isNames(acked), "acked is no list of clusters");
    const absences = [...missing, ...leaving].flatMap((group) => membersOf(group).map((id) => [id, absenceOf(group)] as const));
    const known = new Map(absences);
    must(known.size === absences.length, "a cluster is there twice");
    return { ...(hub !== undefined && { hub }), absences: known, ...(window && { window: windowOf(window) }), acked: new Set(acked) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RollcallError(
      "BadRoll",
      `the roll cannot be read (${why}); restore it, or delete it: then every grace begins anew, and nobody leaves for one window`,
      {
        retry: true,
        cause,
      },
    );
  }
}

/** The parser's own words would quote what stands there, and nobody knows what that is. */
function parsed(text: string): Text | null {
  try {
    return JSON.parse(text) as Text | null;
  } catch {
    throw new Error("it is no JSON");
  }
}

function storyOf({ cause, since, manager, asked, leaving }: Absence): Omit<Group, "clusters"> {
  return {
    cause,
    since: second(since),
    ...(manager !== undefined && { manager }),
    ...(asked !== undefined && { asked }),
    ...(leaving && {
      way: leaving.way,
      steps: leaving.steps,
      step: leaving.step,
      ...(leaving.does !== undefined && { does: leaving.does }),
      stepSince: second(leaving.since),
    }),
  };
}

function membersOf({ clusters }: Group): readonly ClusterId[] {
  must(isNames(clusters), "a group names no clusters");
  return clusters;
}

function absenceOf({ cause, since, manager, asked, way, steps, step, does, stepSince }: Group): Absence {
  must(causes.includes(cause), `"${cause}" is no cause`);
  must(manager === undefined || typeof manager === "string", "a manager is no text");
  const absence: Absence = { cause, since: at(since), ...(manager !== undefined && { manager }), ...(isCount(asked) && { asked }) };
  if (way === undefined) return absence;
  must(way === "drain" || way === "release", `"${way}" is no way to go`);
  must(typeof steps === "string" && isCount(step) && (does === undefined || typeof does === "string"), "a leaving is at no step");
  return { ...absence, leaving: { way, steps, step, ...(does !== undefined && { does }), since: at(stepSince) } };
}

function windowOf({ since, members, groups, gone, spent }: NonNullable<Text["window"]>): Window {
  must(isCount(members) && isNames(gone), "the window does not say how many there were and who went");
  must(typeof groups === "object" && groups !== null && Object.values(groups).every(isCount), "the window has no groups");
  return { since: at(since), members, groups, gone, ...(spent === true && { spent }) };
}

/** To the second, so that those who went missing together stay together; never earlier, so that no grace is cut short. */
export function second(milliseconds: number): string {
  return new Date(Math.ceil(milliseconds / 1000) * 1000).toISOString();
}

function at(text: unknown): number {
  // Date.parse alone would find a year in almost anything.
  const milliseconds = typeof text === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  must(!Number.isNaN(milliseconds), `${JSON.stringify(text)} is no time`);
  return milliseconds;
}

function isNames(value: unknown): value is readonly ClusterId[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function must(isSo: boolean, problem: string): asserts isSo {
  if (!isSo) throw new Error(problem);
}
