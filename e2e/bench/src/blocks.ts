import { loadavg } from "node:os";
import { runBlock, type BlockInput, type Runs } from "./block.ts";
import { ticks } from "./proc.ts";
import { startRig } from "./rig.ts";
import { median } from "./statistics.ts";

/** One block with what went on around it. */
export interface Block {
  readonly n: number;
  readonly turn: number;
  /** Time that the host took from the machine, in percent. */
  readonly steal: number;
  /** Time that others on this machine used, in percent of all cores. */
  readonly others: number;
  /** The load when it began. */
  readonly load: number;
  readonly turnedAway: number;
  readonly isPinned: boolean;
  readonly runs: Runs;
}

/** Runs one block on a control plane of its own. */
export async function measureBlock(input: Omit<BlockInput, "rig">): Promise<Block> {
  const load = loadavg()[0]!;
  const before = ticks();
  const rig = await startRig({ audit: false });
  let runs: Runs;
  let turnedAway: number;
  try {
    runs = await runBlock({ ...input, rig });
    turnedAway = await rig.turnedAway();
  } finally {
    await rig.stop();
  }
  const after = ticks();
  const total = after.total - before.total;
  const busy = total - (after.idle - before.idle) - (after.steal - before.steal);
  return {
    n: input.n,
    turn: input.turn,
    steal: (100 * (after.steal - before.steal)) / total,
    others: Math.max(0, (100 * (busy - (after.own - before.own))) / total),
    load,
    turnedAway,
    isPinned: rig.isPinned,
    runs,
  };
}

/** Why a block says nothing, by its number; blocks that are fine are not named. */
export function invalid(blocks: readonly Block[], floor: string): ReadonlyMap<Block, string> {
  const walls = blocks.map(({ runs }) => runs.cold[floor]!.wall);
  const middle = median(walls);
  const reasons = blocks.flatMap((block, at): [Block, string][] => {
    const off = Math.abs(walls[at]! / middle - 1);
    if (block.steal > 2) return [[block, `the host took ${block.steal.toFixed(1)} % of the time`]];
    if (off > 0.15) return [[block, `its floor is ${(off * 100).toFixed(0)} % off the median of all blocks`]];
    return block.turnedAway > 0 ? [[block, `the server turned ${block.turnedAway} requests away`]] : [];
  });
  return new Map(reasons);
}

/** The best floor of the sweep: the one whose median over all blocks is the lowest. The best of each block would be a floor that luck made. */
export function bestFloor(blocks: readonly Block[]): string {
  const names = Object.keys(blocks[0]!.runs.cold).filter((name) => name !== "ours" && name !== "stock");
  const wall = (name: string): number => median(blocks.map(({ runs }) => runs.cold[name]!.wall));
  return names.reduce((best, name) => (wall(name) < wall(best) ? name : best));
}
