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
  readonly times: number;
  readonly at: number;
}

/** What was written to one object, by what it was: whoever undoes two things in turn undoes each of them. */
interface Repaired {
  readonly id: ClusterId;
  readonly repairs: Map<string, Repair>;
}

/** So often it is put right at once. */
const free = 5;
/** Whoever was left alone for so long is left alone. */
const memory = 600_000;
const longest = 300_000;
/** So many different repairs of one object are remembered. */
const most = 8;

export function newBrake(): Brake {
  const objects = new Map<string, Repaired>();

  return {
    holds(changes, now) {
      for (const change of changes) {
        const last = objects.get(change.key)?.repairs.get(same(change));
        if (last === undefined || last.times < free) continue;
        const again = last.at + pause(last.times) - now;
        // A clock that was set back would hold it for longer than anything is held.
        if (again > 0 && again <= longest) return { why: contested(change, last.times, now + again), again };
      }
      return undefined;
    },
    wrote(id, changes, now) {
      for (const change of changes) {
        const { repairs } = objects.get(change.key) ?? { repairs: new Map<string, Repair>() };
        const of = same(change);
        const last = repairs.get(of);
        const isAgain = last !== undefined && now >= last.at && now - last.at < memory + pause(last.times);
        repairs.delete(of);
        repairs.set(of, { times: isAgain ? last.times + 1 : 1, at: now });
        if (repairs.size > most) repairs.delete(repairs.keys().next().value!);
        objects.set(change.key, { id, repairs });
      }
    },
    forget(id) {
      for (const [key, object] of objects) if (object.id === id) objects.delete(key);
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
