import { type ClusterId, refusal } from "@rollcall/contract";
import type { Decision, DecisionRule } from "./decide.ts";
import { shownAs } from "./incomplete.ts";

/** A decision over time, with moments in milliseconds. */
export interface Settling {
  /** What its slices say together now; nothing, while it has none. */
  readonly decision?: Decision;
  /** Since when they are just these. */
  readonly since: number;
  /** What it said when it was last complete. */
  readonly last?: Decision;
}

/** Slices of several are rewritten one by one, some slowly; a single small one is hardly ever about to become several. */
const defaultSettle = { one: 3, several: 30 };

/** The most rows of a slice; a producer of more has to begin another. */
const fullSlice = 100;

/** Takes in that slices changed, or that none are left; the wait begins anew. */
export function seeDecision(before: Settling | undefined, decision: Decision | undefined, now: number, rule: DecisionRule): Settling {
  const last = before && lastWhole(before, now, rule);
  return { ...(decision && { decision }), since: now, ...(last && { last }) };
}

/** What it said when it was last complete, up to this moment. */
function lastWhole(settling: Settling, now: number, rule: DecisionRule): Decision | undefined {
  const { decision, last } = settling;
  return decision !== undefined && isWhole(decision) && untilOf(settling, decision, rule) <= now ? decision : last;
}

/**
 * What a decision says at a moment. Slices that look complete may be half of a rewrite, so a change is believed when it has lasted.
 *   slices                                       then
 *   cannot be all that is meant                  incomplete
 *   name the very clusters that were named last  complete at once: at most the order is another
 *   one without a key, which is written at once  complete at once
 *   one that is small, as it was before          complete when they have not changed for `one` seconds
 *   else                                         complete when they have not changed for `several` seconds
 */
export function settled(settling: Settling & { readonly decision: Decision }, now: number, rule: DecisionRule): Decision {
  const { decision, last } = settling;
  const until = untilOf(settling, decision, rule);
  if (isWhole(decision) && until <= now) return decision;
  const why = refusal("Settling", `${shownAs(decision.slices[0]!)}: ${unsettled}`);
  return { ...decision, state: isWhole(decision) ? { is: "incomplete", why, until } : decision.state, ...(last && { last }) };
}

/** After a restart, when nothing is known of what was before: complete, where it only settles and names the very clusters that were answered last. */
export function recalled(decision: Decision, answered: ReadonlySet<ClusterId>): Decision {
  const { state, named } = decision;
  const isKnown = state.is === "incomplete" && state.until !== undefined && isSame(named, answered);
  return isKnown ? { ...decision, state: { is: "complete" } } : decision;
}

const unsettled = "its slices changed a moment ago and may not be all written yet; nobody is let go until they are quiet";

function untilOf({ since, last }: Settling, decision: Decision, { settle = defaultSettle }: DecisionRule): number {
  if (decision.slices[0]?.key === undefined || (last !== undefined && isSame(last.named, decision.named))) return since;
  const isOne = isSmall(decision) && (last === undefined || isSmall(last));
  return since + (isOne ? settle.one : settle.several) * 1000;
}

function isWhole({ state }: Decision): boolean {
  return state.is === "complete";
}

function isSmall({ slices, rows }: Decision): boolean {
  return slices.length === 1 && rows.length < fullSlice;
}

function isSame(a: Pick<ReadonlySet<ClusterId>, "size" | "keys">, b: Pick<ReadonlySet<ClusterId>, "size" | "has">): boolean {
  if (a.size !== b.size) return false;
  for (const id of a.keys()) if (!b.has(id)) return false;
  return true;
}
