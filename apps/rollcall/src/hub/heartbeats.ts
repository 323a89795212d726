import type { Cluster } from "@rollcall/contract";
import type { Profile } from "@rollcall/inventory";
import type { Change } from "@rollcall/kube";

/** How long ago anything was last seen to change in the profiles of a cluster manager. */
export interface Heartbeat {
  readonly namespace: string;
  readonly manager: string;
  readonly secondsAgo: number;
}

/** When each cluster manager was last seen to write. */
export interface Heartbeats {
  see(changes: readonly Change<Profile>[]): void;
  /** Of those who manage any of these clusters. */
  of(clusters: Iterable<Cluster>): readonly Heartbeat[];
}

/** Counts from its start: a profile that is seen for the first time may have been written long ago. */
export function newHeartbeats(): Heartbeats {
  let beats = new Map<string, number>();
  const keyOf = ({ namespace, manager }: Cluster): string => `${namespace}/${manager}`;

  return {
    see(changes) {
      const now = performance.now();
      for (const { before, after } of changes)
        if (after !== undefined && "cluster" in after && before?.resourceVersion !== after.resourceVersion)
          beats.set(keyOf(after.cluster), now);
    },
    of(clusters) {
      const managers = new Map([...clusters].map((cluster) => [keyOf(cluster), cluster]));
      // Names of managers that nobody has any more are not kept: there may be many of them.
      beats = new Map([...beats].filter(([key]) => managers.has(key)));
      return [...beats].map(([key, at]) => {
        const { namespace, manager } = managers.get(key)!;
        return { namespace, manager, secondsAgo: Math.round((performance.now() - at) / 1000) };
      });
    },
  };
}
