import { cold, type Cold } from "../cases/cold.ts";
import { heartbeats, type Heartbeats } from "../cases/heartbeats.ts";
import { memory, type Memory } from "../cases/memory.ts";
import { propagation, type Propagation } from "../cases/propagation.ts";
import { restart, type Restart } from "../cases/restart.ts";
import type { Plan } from "./arguments.ts";
import { fillForeign } from "./fill.ts";
import { prepareBlock, type PrepareInput } from "./prepare.ts";

/** What was measured in one block, by column. */
export interface Runs {
  readonly cold: Record<string, Cold>;
  readonly restart: Record<string, Restart>;
  readonly heartbeats: Record<string, Heartbeats>;
  readonly propagation: Record<string, Propagation>;
  readonly memory: Record<string, Memory>;
}

export interface BlockInput extends PrepareInput {
  /** The how many-th of its size: it turns the order of the columns. */
  readonly turn: number;
  readonly plan: Plan;
}

/** Secrets of others beside the list in case d. */
const foreign = 2000;

/** Everything once, on one fresh control plane: columns that are compared run minutes apart at most. */
export async function runBlock({ turn, plan: { cases, churn }, ...input }: BlockInput): Promise<Runs> {
  const { rig, n, tools } = input;
  const { contenders, writers, lists, raw, elsewhere } = await prepareBlock(input);
  const runs: Runs = { cold: {}, restart: {}, heartbeats: {}, propagation: {}, memory: {} };
  const inTurn = <T>(columns: readonly T[]): readonly T[] => turned(columns, turn);
  const manager = { script: tools.scripts.churn, clusters: n, seconds: churn };

  // Always: it is what the other cases find in place.
  for (const { name, site, start } of inTurn([...writers, ...contenders])) runs.cold[name] = await cold(rig, site.target, n, start);
  if (cases.has("b2")) {
    for (const { name, ready, site, start } of inTurn([lists, ...contenders])) {
      runs.restart[name] = await restart(rig, site.target, ready, start);
    }
  }
  // Fewer clusters say too little in so short a time.
  if (n < 1000) return runs;
  if (cases.has("b3")) {
    for (const { name, site, ...how } of inTurn([raw, ...contenders])) {
      runs.heartbeats[name] = await heartbeats(rig, site, { ...how, ...manager });
    }
  }
  if (cases.has("c")) {
    for (const { name, site, ...how } of inTurn([raw, ...contenders])) {
      runs.propagation[name] = await propagation(rig, site, { ...how, ...manager });
    }
  }
  if (cases.has("d")) {
    for (const { name } of inTurn(contenders)) {
      const { site, start } = await elsewhere(name, `${name}-memory`, ({ target }) => fillForeign(rig.plane, target, foreign));
      runs.memory[name] = await memory(rig, site.target, n, start);
    }
  }
  return runs;
}

/** A Latin square, every second row of it backwards: nobody always comes after the same neighbour. */
export function turned<T>(columns: readonly T[], turn: number): readonly T[] {
  const first = turn % columns.length;
  const order = [...columns.slice(first), ...columns.slice(0, first)];
  return turn % 2 === 0 ? order : order.reverse();
}
