import type { Site } from "./contender.ts";
import type { Rig } from "./rig.ts";
import { launch, type Line } from "./subject.ts";

/** How a cluster manager is to behave. */
export interface Churn {
  readonly script: string;
  readonly clusters: number;
  /** Updates a second over all clusters; what every cluster may send by the rules of the inventory, one in 30 seconds, if not said. */
  readonly rate?: number;
  readonly seconds: number;
  /** Every so many-th update matters; none where this is 0. */
  readonly everyth: number;
}

export interface Churned {
  readonly events: number;
  /** Events a second that the server took in fact. */
  readonly taken: number;
  /** The changes that mattered, each with the moment when the server had taken it. */
  readonly acked: readonly Line[];
}

let runs = 0;

/** Plays a cluster manager for a while, in a process of its own. */
export async function churn({ plane }: Rig, { fleet }: Site, { script, ...how }: Churn): Promise<Churned> {
  const word = `run-${Date.now().toString(36)}-${++runs}`;
  const told = { url: plane.url, ca: plane.ca, token: plane.adminToken, namespace: fleet, word, rate: how.clusters / 30, ...how };
  const manager = launch([process.execPath, script, JSON.stringify(told)], ["started", "acked", "done"]);
  const started = await manager.says("started");
  // A server that is asked for more than it can take is waited for.
  const { events = 0, at } = await manager.says("done", how.seconds * 10 + 60);
  await manager.stop();
  return { events, taken: (events * 1000) / (at - started.at), acked: manager.lines.filter(({ message }) => message === "acked") };
}
