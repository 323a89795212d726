import type { Cluster, ClusterId } from "@rollcall/contract";
import { same } from "../json.ts";
import { counts, type Decision, decisionOf, type DecisionRule, draw } from "./decide.ts";
import { seeDecision, settled, type Settling } from "./settle.ts";
import type { Slice } from "./slice.ts";

/** All decisions of a hub as one rule sees them. Never edited: a change makes the next, and untouched decisions stay the same objects. */
export interface Decisions {
  readonly rule: DecisionRule;
  readonly generation: number;
  readonly groups: ReadonlyMap<string, Group>;
  /** By slice, the decision that it is a part of. */
  readonly places: ReadonlyMap<string, string>;
}

/** The slices of one decision, and what they say over time. Without slices it is only remembered. */
interface Group extends Settling {
  readonly slices: ReadonlyMap<string, Slice>;
}

/** What was seen; a slice that is not there any more comes with its id alone. */
export interface DecisionNews {
  readonly slices?: readonly { readonly id: string; readonly slice?: Slice }[];
  /** All clusters as they are now, and which of them changed, came or went. */
  readonly clusters: ReadonlyMap<ClusterId, Cluster>;
  readonly changed?: readonly ClusterId[];
}

/** Milliseconds for which a decision without slices is remembered; a rewrite may delete all of them first. */
const remembered = 3_600_000;

/** Decisions before anything was seen. */
export function noDecisions(rule: DecisionRule = {}): Decisions {
  return { rule, generation: 0, groups: new Map(), places: new Map() };
}

/** Takes in what was seen, and says which decisions say something else now; only those are worked out anew. */
export function advanceDecisions(
  decisions: Decisions,
  { slices = [], clusters, changed = [] }: DecisionNews,
  now: number,
): { readonly decisions: Decisions; readonly changed: readonly string[] } {
  const { rule } = decisions;
  const { touched, places } = regroup(decisions, slices);
  const groups = new Map(decisions.groups);
  const generation = decisions.generation + 1;
  const moved: string[] = [];
  for (const [id, group] of touched) {
    const decision = group.size === 0 ? undefined : draw(group.values(), clusters, generation);
    groups.set(id, { slices: group, ...seeDecision(groups.get(id), decision, now, rule) });
    moved.push(id);
  }
  for (const [id, group] of groups) {
    const again = redraw(group, changed, clusters, generation);
    if (group.decision === undefined && group.since + remembered < now) groups.delete(id);
    else if (again !== group) groups.set(id, again);
    if (again !== group && !touched.has(id)) moved.push(id);
  }
  if (moved.length === 0 && groups.size === decisions.groups.size) return { decisions, changed: [] };
  return { decisions: { rule, generation, groups, places }, changed: moved };
}

/** The decisions that have slices, as they are at a moment. */
export function* decisionsAt({ groups, rule }: Decisions, now: number): Generator<Decision> {
  for (const { decision, ...group } of groups.values()) if (decision !== undefined) yield settled({ ...group, decision }, now, rule);
}

/** Puts slices where they belong; whatever changed hands is in the groups that come back. */
function regroup(
  decisions: Decisions,
  seen: NonNullable<DecisionNews["slices"]>,
): { readonly touched: ReadonlyMap<string, Map<string, Slice>>; readonly places: Decisions["places"] } {
  const touched = new Map<string, Map<string, Slice>>();
  let places: Map<string, string> | undefined;
  const open = (id: string): Map<string, Slice> => {
    const group = touched.get(id) ?? new Map(decisions.groups.get(id)?.slices);
    touched.set(id, group);
    return group;
  };
  for (const [id, slice] of new Map(seen.map(({ id, slice }) => [id, slice]))) {
    const place = decisions.places.get(id);
    const before = place === undefined ? undefined : decisions.groups.get(place)?.slices.get(id);
    const after = slice !== undefined && counts(decisions.rule, slice) ? slice : undefined;
    if (same(before, after)) continue;
    places ??= new Map(decisions.places);
    if (place !== undefined) open(place).delete(id);
    places.delete(id);
    if (after === undefined) continue;
    open(decisionOf(after)).set(id, after);
    places.set(id, decisionOf(after));
  }
  return { touched, places: places ?? decisions.places };
}

/** The same slices over other clusters: who is found may be another, what is said is not. */
function redraw<G extends Group>(group: G, changed: readonly ClusterId[], clusters: DecisionNews["clusters"], generation: number): G {
  const again = (decision: Decision | undefined): Decision | undefined => {
    if (decision === undefined || !changed.some((id) => decision.named.has(id))) return decision;
    const drawn = draw(decision.slices, clusters, generation);
    return drawn.rows.every(({ went }, at) => same(went, decision.rows[at]?.went)) ? decision : drawn;
  };
  const [decision, last] = [again(group.decision), again(group.last)];
  if (decision === group.decision && last === group.last) return group;
  return { ...group, ...(decision && { decision }), ...(last && { last }) };
}
