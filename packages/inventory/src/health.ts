import { type Health, type Refusal, refusal } from "@rollcall/contract";

/** What a list makes of a cluster's health. */
export interface HealthRule {
  /** Who may join. */
  readonly join: "healthy" | "notUnhealthy" | "any";
  /** Seconds for which a newcomer must have been seen so. */
  readonly joinAfter: number;
  /** Seconds of being unhealthy without a break after which nobody stays; without it, nobody goes for that. */
  readonly evictAfter?: number;
}

/** A cluster's health as it was seen, with moments in milliseconds. */
export interface HealthSeen {
  readonly health: Health;
  /** Since when it is just this. */
  readonly since: number;
  /** Since when it is anything but unhealthy, where it is. */
  readonly notUnhealthySince?: number;
}

/** What a rule says of a cluster at a moment; `again` is how many milliseconds later it may say something else by itself. */
export type HealthSays =
  | { readonly is: "fine" }
  | { readonly is: "not to join"; readonly why: Refusal; readonly again?: number }
  | { readonly is: "to go" };

/** The rule of a list that says nothing about health. */
export const anyHealth: HealthRule = { join: "any", joinAfter: 0 };

/** Takes in what a profile says now; another health begins another count. */
export function seeHealth(before: HealthSeen | undefined, health: Health, now: number): HealthSeen {
  if (before?.health === health) return before;
  return { health, since: now, ...(health !== "unhealthy" && { notUnhealthySince: before?.notUnhealthySince ?? now }) };
}

/**
 * What a list's rule says of a cluster.
 *   health                              then
 *   unhealthy, evictAfter is over       to go
 *   unhealthy, evictAfter not over      not to join: it would only come to go again
 *   not as `join` wants it              not to join
 *   as `join` wants it, not long enough not to join yet
 *   else, and unknown is never a fault  fine
 */
export function judgeHealth({ join, joinAfter, evictAfter }: HealthRule, seen: HealthSeen, now: number): HealthSays {
  const { health } = seen;
  if (evictAfter !== undefined && health === "unhealthy") {
    const again = seen.since + evictAfter * 1000 - now;
    return again <= 0 ? { is: "to go" } : { is: "not to join", why: notNow(`it is unhealthy, and select.health.evict is set`), again };
  }
  if (join === "any") return { is: "fine" };
  const since = join === "healthy" ? (health === "healthy" ? seen.since : undefined) : seen.notUnhealthySince;
  if (since === undefined) return { is: "not to join", why: notNow(`its health is ${health}, and select.health.join is ${join}`) };
  const again = since + joinAfter * 1000 - now;
  if (again <= 0) return { is: "fine" };
  return { is: "not to join", why: refusal("HealthTooNew", "it is well, but not yet for as long as select.health.joinAfter says"), again };
}

function notNow(why: string): Refusal {
  return refusal("NotHealthy", `${why}; it joins when the condition ControlPlaneHealthy of its profile allows it`);
}
