import type { Cluster, ClusterId } from "@rollcall/contract";
import type { Looked } from "./parts.ts";

/**
 * Why something was written, for whoever reads the log.
 *   joins             it is chosen, and nothing of it stood
 *   first look        what stood when Rollcall, or this config, began was not as it should be
 *   profile changed   its profile says something else
 *   put right         somebody changed or deleted what stands
 *   login renewed     its credential is another
 *   login withdrawn   its credential was taken back
 *   deselected, …     the cause for which it goes
 */
export type Reason =
  | "joins"
  | "first look"
  | "profile changed"
  | "put right"
  | "login renewed"
  | "login withdrawn"
  | "deselected"
  | "unregistered"
  | "unhealthy";

export interface Reasons {
  /** Of a look, given whether what stood was as the list had left it. */
  of(id: ClusterId, looked: Looked, isUntouched: boolean): Reason;
  forget(id: ClusterId): void;
}

export function newReasons(): Reasons {
  /** Profiles as they were looked at last. They are never edited, so that another one is another object. */
  const seen = new Map<ClusterId, Cluster>();

  function reason(id: ClusterId, { state, absence, cluster, tookBack }: Looked, isUntouched: boolean): Reason {
    if (absence !== undefined && (state === "missing" || state === "leaving")) return absence.cause;
    if (state === "newcomer") return "joins";
    if (tookBack) return "login withdrawn";
    const before = seen.get(id);
    if (before === undefined) return "first look";
    if (before !== cluster) return "profile changed";
    return isUntouched ? "login renewed" : "put right";
  }

  return {
    of(id, looked, isUntouched) {
      const why = reason(id, looked, isUntouched);
      if (looked.cluster !== undefined) seen.set(id, looked.cluster);
      return why;
    },
    forget: (id) => void seen.delete(id),
  };
}
