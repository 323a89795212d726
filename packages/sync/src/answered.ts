import type { Adapter, Answered, Cluster, ClusterId, Kind, Leave } from "@rollcall/contract";
import { fits } from "./membership.ts";
import { anchorOf } from "./standing.ts";
import type { RollKeeper } from "./roll-keeper.ts";
import type { Leaving } from "./roll.ts";
import type { Target } from "./target.ts";

export interface AnswersParts {
  readonly list: string;
  readonly kinds: readonly Kind[];
  readonly plain: Adapter<never>["plain"];
  readonly leave: Leave;
  readonly target: Target;
  readonly roll: RollKeeper;
  readonly cluster: (id: ClusterId) => Cluster | undefined;
}

/** Who is named to those who ask. */
export interface Answers {
  /** Looks at what stands for a cluster. */
  see(id: ClusterId): void;
  /** The cluster is gone. */
  forget(id: ClusterId): void;
  /** Who is named, with what is known of them. */
  readonly named: ReadonlyMap<ClusterId, Answered["plain"]>;
  /** Everybody; given the version of all that this is worked out from, it is worked out once for each. */
  all(version: string): readonly Answered[];
}

/** Whoever was named stays named until a roll that is written says otherwise; that somebody deleted an object does not. */
export function newAnswers({ list, kinds, plain, leave, target, roll, cluster }: AnswersParts): Answers {
  const named = new Map<ClusterId, Answered["plain"]>();
  let last: { readonly version: string; readonly all: readonly Answered[] } | undefined;

  function see(id: ClusterId): void {
    const values = anchorOf(target.of(list, id), kinds)?.plain;
    // Of several objects the anchor comes last; until it is there the consumer does not know the cluster.
    if (values !== undefined && (plain === undefined || Object.keys(values).length > 0)) named.set(id, values);
  }

  function workedOut(): readonly Answered[] {
    for (const id of target.ids(list)) see(id);
    return [...named].flatMap(([id, values]) => {
      const isIn = [roll.roll(), roll.saved()].some(({ absences }) => isNamed(leave, absences.get(id)?.leaving));
      const known = cluster(id);
      return isIn ? [{ id, plain: values, ...(known && { cluster: known }) }] : [];
    });
  }

  return {
    named,
    see,
    forget: (id) => void named.delete(id),
    all(version) {
      if (last?.version !== version) last = { version, all: workedOut() };
      return last.all;
    },
  };
}

/** Whether a cluster that has come this far is still named to those who ask. */
function isNamed(leave: Leave, leaving: Leaving | undefined): boolean {
  if (leaving === undefined || !fits(leaving, leave)) return true;
  const out = leave[leaving.way].findIndex(({ does }) => does === "outOfAnswers");
  return out === -1 || leaving.step < out || (leaving.step === out && leaving.does === undefined);
}
