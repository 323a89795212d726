import { digestOf, refusal, type ClusterId, type Refusal } from "@rollcall/contract";
import type { Change } from "./plan.ts";

/** Slows down whoever writes the same again and again, because somebody undoes it. */
export interface Brake {
  /** Why none of these may be written yet, and how many milliseconds that holds. */
  holds(changes: readonly Change[], now: number): { readonly why: Refusal; readonly again: number } | undefined;
  wrote(id: ClusterId, changes: readonly Change[], now: number): void;
  forget(id: ClusterId): void;
}

interface Repair {
  readonly of: string;
  readonly id: ClusterId;
  readonly times: number;
  readonly at: number;
}

/** So often it is put right at once. */
const free = 5;
/** Whoever was left alone for so long is left alone. */
const memory = 600_000;
const longest = 300_000;

export function newBrake(): Brake {
  const repairs = new Map<string, Repair>();

  return {
    holds(changes, now) {
      for (const change of changes) {
        const last = repairs.get(change.key);
        if (last === undefined || last.times < free || last.of !== same(change)) continue;
        const again = last.at + pause(last.times) - now;
        if (again > 0) return { why: contested(change, last.times, now + again), again };
      }
      return undefined;
    },
    wrote(id, changes, now) {
      for (const change of changes) {
        const last = repairs.get(change.key);
        const of = same(change);
        const isAgain = last !== undefined && last.of === of && now - last.at < memory + pause(last.times);
        repairs.set(change.key, { of, id, times: isAgain ? last.times + 1 : 1, at: now });
      }
    },
    forget(id) {
      for (const [key, repair] of repairs) if (repair.id === id) repairs.delete(key);
    },
  };
}

/** From a second, twice as long each time, to five minutes. */
function pause(times: number): number {
  return Math.min(longest, 1000 * 2 ** Math.min(times - free, 20));
}

/** What would be written, whatever version it is written over. */
function same(change: Change): string {
  if (change.do !== "change") return change.do;
  const { metadata, ...rest } = change.patch;
  return digestOf([JSON.stringify([metadata.labels, metadata.annotations, rest])]);
}

function contested({ key, ...change }: Change, times: number, at: number): Refusal {
  const what = change.do === "change" ? `puts ${change.changes.join(", ")} back` : "removes it";
  const who = "find who it is (kubectl get --show-managed-fields), and have only one of you write it";
  return refusal(
    "Contested",
    `somebody ${what} whenever it is written, ${times} times so far: ${key}; the next try is at ${new Date(at).toISOString()}; ${who}`,
  );
}
