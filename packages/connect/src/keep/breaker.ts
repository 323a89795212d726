import { refusal, type Cluster, type Refusal } from "@rollcall/contract";

/**
 * Stops asking a provider that does nothing but fail, so that a thousand clusters do not wait for it one after the other.
 *   failed in a row, no success between                   rests for
 *   ten clusters of one namespace                         that namespace
 *   ten, of which no namespace counts for more than five  all namespaces
 * Each namespace tries it out by itself, so that nobody waits for what somebody else's cluster says.
 */
export interface Breaker {
  /** Milliseconds until it is worth asking again; 0 when it is now, and then for one ask of this namespace alone while it is being tried out. */
  waits(who: Who, now: number): number;
  succeeded(): void;
  failed(who: Who, now: number, reason?: string): void;
  /** For which reason it failed last. */
  last(): string | undefined;
  /** The ask came to nothing that says something about the provider. */
  passed(who: Who): void;
}

type Who = Pick<Cluster, "id" | "namespace">;

/** What the clusters of one namespace came to since the last success of anybody. */
interface Streak {
  readonly failed: Set<string>;
  restsUntil: number;
  /** How often it was tried out in vain. */
  rests: number;
  isTrying: boolean;
}

const enough = 10;
const mostOfOne = 5;
const shortest = 1000;
const longest = 60_000;

export function newBreaker(): Breaker {
  const streaks = new Map<string, Streak>();
  /** Clusters that failed, of each namespace five at the most. */
  let all = 0;
  let last: string | undefined;

  function streakOf({ namespace }: Who): Streak {
    const streak = streaks.get(namespace) ?? { failed: new Set(), restsUntil: 0, rests: 0, isTrying: false };
    streaks.set(namespace, streak);
    return streak;
  }

  function rests({ failed }: Streak): boolean {
    return failed.size >= enough || all >= enough;
  }

  return {
    waits(who, now) {
      const streak = streakOf(who);
      if (!rests(streak)) return 0;
      if (now < streak.restsUntil) return streak.restsUntil - now;
      if (streak.isTrying) return shortest;
      streak.isTrying = true;
      return 0;
    },
    succeeded() {
      streaks.clear();
      all = 0;
    },
    failed(who, now, reason) {
      last = reason ?? last;
      const streak = streakOf(who);
      if (streak.failed.size < mostOfOne && !streak.failed.has(who.id)) all += 1;
      streak.failed.add(who.id);
      streak.isTrying = false;
      if (!rests(streak)) return;
      streak.restsUntil = now + Math.min(longest, shortest * 2 ** Math.min(streak.rests, 10));
      streak.rests += 1;
    },
    last: () => last,
    passed: (who) => void (streakOf(who).isTrying = false),
  };
}

const saidByWhoWasAsked: ReadonlySet<string> = new Set(
  [
    "CommandNotFound PluginTimeout PluginFailed PluginTooLoud PluginAnswer PluginExpired",
    "Unreachable MayNotRequest NoServiceAccount TokenRefused TokenAnswer SecretForbidden Unexpected",
  ].flatMap((reasons) => reasons.split(" ")),
);

/** Whether somebody was asked in vain. What is wrong with a profile or a Secret is found before that, and says nothing about other clusters. */
export function isOfProvider({ reason }: Refusal): boolean {
  return saidByWhoWasAsked.has(reason);
}

/** From two seconds, twice as long each time, to five minutes; spread, so that those who failed together do not come back together. */
export function pause(failures: number, random: number): number {
  return Math.min(300_000, 2000 * 2 ** Math.min(failures, 10)) * (0.75 + random / 2);
}

/** Why nobody is asked at the moment, for a cluster that has not failed itself. */
export function isResting(provider: string, last: string | undefined): Refusal {
  const why = last === undefined ? "" : `, last for the reason ${last}`;
  return refusal(
    "ProviderDown",
    `provider "${provider}" does nothing but fail${why}; it is asked again soon, and what to do about it is said of the clusters that it failed for`,
  );
}
