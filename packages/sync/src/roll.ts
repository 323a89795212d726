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
  /** Once its grace is over: how far it went. */
  readonly leaving?: Leaving;
}

/** The step that a leaving has come to. It is begun when `does` names it, and that is written down before it is taken. */
export interface Leaving {
  readonly way: Way;
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
  cause: Cause;
  since: string;
  manager?: string;
  way?: Way;
  step?: number;
  does?: string;
  stepSince?: string;
  clusters: ClusterId[];
}

/** The roll as text, for its ConfigMap: grouped, sorted, stable. */
export function writeRoll({ hub, absences, window, acked }: Roll): string {
  const groups = new Map<string, Group>();
  for (const [id, { cause, since, manager, leaving }] of [...absences].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const story: Omit<Group, "clusters"> = {
      cause,
      since: iso(since),
      ...(manager !== undefined && { manager }),
      ...(leaving && {
        way: leaving.way,
        step: leaving.step,
        ...(leaving.does !== undefined && { does: leaving.does }),
        stepSince: iso(leaving.since),
      }),
    };
    const key = JSON.stringify(story);
    const group = groups.get(key) ?? { ...story, clusters: [] };
    group.clusters.push(id);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const text = {
    version: 1,
    ...(hub !== undefined && { hub }),
    missing: all.filter(({ way }) => way === undefined),
    leaving: all.filter(({ way }) => way !== undefined),
    ...(window && { window: { ...window, since: iso(window.since) } }),
    ...(acked.size > 0 && { acked: [...acked].sort() }),
  };
  return `${JSON.stringify(text, null, 1)}\n`;
}

/** Reads a roll back. One that cannot be read is an error: guessing would forget who may not go. */
export function readRoll(text: string): Roll {
  try {
    const { version, hub, missing, leaving, window, acked } = JSON.parse(text) as {
      version: number;
      hub?: string;
      missing?: Group[];
      leaving?: Group[];
      window?: Omit<Window, "since"> & { since: string };
      acked?: string[];
    };
    if (version !== 1) throw new Error(`its version is ${String(version)}, this Rollcall reads version 1`);
    return {
      ...(hub !== undefined && { hub }),
      absences: new Map([...(missing ?? []), ...(leaving ?? [])].flatMap((group) => group.clusters.map((id) => [id, absenceOf(group)]))),
      ...(window && { window: { ...window, since: at(window.since) } }),
      acked: new Set(acked),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RollcallError("BadRoll", `the roll cannot be read (${why}); restore it, or delete it: then every grace begins anew`, {
      retry: true,
      cause,
    });
  }
}

function absenceOf({ cause, since, manager, way, step, does, stepSince }: Group): Absence {
  if (!causes.includes(cause)) throw new Error(`"${cause}" is no cause`);
  return {
    cause,
    since: at(since),
    ...(manager !== undefined && { manager }),
    ...(way !== undefined && { leaving: { way, step: step ?? 0, ...(does !== undefined && { does }), since: at(stepSince ?? since) } }),
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function at(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new Error(`"${text}" is no time`);
  return milliseconds;
}
