import type { ClusterId, Health } from "@rollcall/contract";
import { judgeHealth, seeHealth, type HealthRule, type HealthSays, type HealthSeen } from "@rollcall/inventory";

/** Since when each cluster is as healthy as it is, as far as was seen since the start. */
export interface HealthClock {
  /** Takes in how a cluster is now; without a health nobody knows it any more. */
  see(id: ClusterId, health: Health | undefined): void;
  /** What a rule says of a cluster; when that may change by itself, it is looked at again. */
  judge(id: ClusterId, rule: HealthRule): HealthSays;
}

/** Timers know no more than 24 days; whoever wakes too early is told to wait again. */
const longest = 86_400_000;

/** Keeps time by a clock that nobody can set. */
export function healthClock(look: (ids: readonly ClusterId[]) => void, signal: AbortSignal): HealthClock {
  const known = new Map<ClusterId, HealthSeen>();
  const timers = new Map<string, NodeJS.Timeout>();
  signal.addEventListener("abort", () => timers.forEach((timer) => clearTimeout(timer)), { once: true });

  function wake(id: ClusterId, at: number): void {
    const key = `${at} ${id}`;
    if (timers.has(key) || signal.aborted) return;
    const ring = (): void => {
      timers.delete(key);
      look([id]);
    };
    // A timer counts whole milliseconds, and may ring in the one before.
    timers.set(key, setTimeout(ring, Math.min(longest, Math.ceil(at - performance.now()) + 2)).unref());
  }

  return {
    see(id, health) {
      if (health === undefined) known.delete(id);
      else known.set(id, seeHealth(known.get(id), health, performance.now()));
    },
    judge(id, rule) {
      const seen = known.get(id);
      if (seen === undefined) return { is: "fine" };
      const now = performance.now();
      const says = judgeHealth(rule, seen, now);
      if ("again" in says) wake(id, Math.ceil(now + says.again));
      return says;
    },
  };
}
