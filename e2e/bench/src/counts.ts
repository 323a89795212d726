import type { AuditEntry, ControlPlane } from "../../control-plane/src/index.ts";
import type { Contender, Site } from "./contender.ts";
import { beatAll, fillFleet, moveSome } from "./fill.ts";
import { observe } from "./observer.ts";

/** What one contender asked of the server, by the server's own log: how often, by verb and resource, such as `create secrets`. */
export type Tally = Readonly<Record<string, number>>;

/** The requests of one contender in each case. */
export interface Counts {
  /** An empty target and n clusters. */
  readonly cold: Tally;
  /** Everything is as it should be, and it starts again. */
  readonly restart: Tally;
  /** Every cluster says once that all is as it was, and then `moved` of them move. */
  readonly churn: Tally;
  readonly moved: number;
}

/** Counts in a run of its own, because the log that tells would be part of every time that is measured. */
export async function countRequests(plane: ControlPlane, contender: Contender, n: number): Promise<Counts> {
  const key = `${contender.name}-${n}`;
  const site: Site = { fleet: `fleet-${key}`, target: `target-${key}`, state: `state-${key}` };
  for (const name of Object.values(site)) await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await fillFleet(plane, site.fleet, n);
  const start = await contender.settle(plane, site);
  const user = contender.user(site);
  const moved = Math.ceil(n / 10);

  const observer = await observe(plane, site.target);
  let subject = start();
  try {
    await observer.seen(n, 60 + n / 20);
    await subject.says(contender.ready);
    await observer.quiet(1500);
    await subject.stop();
    // The account is new, so everything that it asked belongs to this start.
    const cold = tally(await plane.audit({ user }));

    let since = await plane.mark();
    subject = start();
    await subject.says(contender.ready);
    await observer.quiet(1500);
    const restart = tally(await plane.audit({ user, since }));

    since = await plane.mark();
    await beatAll(plane, site.fleet, n);
    const servers = new Set(await moveSome(plane, site.fleet, moved));
    // Events arrive in their order: whoever has seen the moves has seen the heartbeats before them.
    await observer.saw(({ server }) => servers.delete(server) && servers.size === 0, 60);
    await observer.quiet(1500);
    const churn = tally(await plane.audit({ user, since }));
    return { cold, restart, churn, moved };
  } finally {
    await subject.stop();
    observer.close();
  }
}

function tally(entries: readonly AuditEntry[]): Tally {
  const groups = Map.groupBy(entries, ({ verb, resource, code }) => `${verb} ${resource}${code >= 400 ? ` (${code})` : ""}`);
  return Object.fromEntries([...groups].map(([what, all]) => [what, all.length] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many requests changed something. */
export function writesOf(tally: Tally, resource?: string): number {
  return sum(tally, ([verb, of]) => !["get", "list", "watch"].includes(verb) && (resource === undefined || of === resource));
}

/** How many single objects of these kinds were read. */
export function getsOf(tally: Tally, resources: readonly string[]): number {
  return sum(tally, ([verb, of]) => verb === "get" && resources.includes(of));
}

function sum(tally: Tally, matches: (words: readonly [string, string]) => boolean): number {
  const entries = Object.entries(tally).filter(([what]) => matches(what.split(" ", 2) as [string, string]));
  return entries.reduce((all, [, count]) => all + count, 0);
}
