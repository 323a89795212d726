import { type Refusal, refusal } from "@rollcall/contract";
import type { Decision } from "@rollcall/inventory";
import { sleep } from "@rollcall/kube";

export interface ConfirmOptions {
  /** Whether the server lists just what is known of the place that a decision is in. */
  readonly isStill: (decision: Decision) => Promise<boolean>;
  readonly onSure: () => void;
  readonly signal: AbortSignal;
}

/** Decisions that time alone has made complete, and that the server has not been asked about since. */
export interface Confirm {
  /** Takes in what decisions said before and say now. */
  see(before: ReadonlyMap<string, Decision>, after: ReadonlyMap<string, Decision>): void;
  /** Why what it does not name is not believed yet. */
  doubt(decision: Decision): Refusal | undefined;
}

/** Milliseconds until the server is asked again. */
const again = 1000;

/** Asks before it is believed that nothing more comes: that a watch tells nothing any more is noticed long after a decision has settled. */
export function newConfirm({ isStill, onSure, signal }: ConfirmOptions): Confirm {
  const unsure = new Map<string, Decision>();
  let isAsking = false;

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    while (unsure.size > 0 && !signal.aborted) {
      const places = Map.groupBy(unsure.values(), ({ api, namespace }) => `${api}/${namespace}`);
      const sure = await Promise.all([...places.values()].map(async (of) => ((await isStill(of[0]!).catch(() => false)) ? of : [])));
      const confirmed = sure.flat().filter((each) => unsure.get(each.id) === each);
      for (const { id } of confirmed) unsure.delete(id);
      if (confirmed.length > 0) onSure();
      else if (unsure.size > 0) await sleep(again, signal);
    }
    isAsking = false;
  }

  return {
    see(before, after) {
      for (const id of unsure.keys()) if (after.get(id)?.state.is !== "complete") unsure.delete(id);
      for (const [id, decision] of after) {
        const was = before.get(id);
        const hasSettled = was?.state.is === "incomplete" && was.state.until !== undefined && decision.state.is === "complete";
        if (hasSettled || unsure.has(id)) unsure.set(id, decision);
      }
      void ask();
    },
    doubt: ({ id, called, namespace }) =>
      unsure.has(id)
        ? refusal(
            "Settling",
            `decision "${called}" in namespace ${namespace}: the hub is being asked whether it is all; nobody is let go until it has said so`,
          )
        : undefined,
  };
}
