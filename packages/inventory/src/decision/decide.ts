import type { Cluster, ClusterId, Refusal } from "@rollcall/contract";
import { whyIncomplete } from "./incomplete.ts";
import { type NamedRow, resolve } from "./resolve.ts";
import { type DecisionApi, isReadable, type Slice } from "./slice.ts";
import { inOrder } from "./slice-order.ts";

/** Whether a decision says all that its scheduler means; `until` is when it will, if its slices stay as they are. */
export type Completeness = { readonly is: "complete" } | { readonly is: "incomplete"; readonly why: Refusal; readonly until?: number };

/** All slices of one key in one namespace, taken together. While it is incomplete it may add clusters and never take one away. */
export interface Decision {
  /** Unique on a hub, over both APIs. */
  readonly id: string;
  readonly api: DecisionApi;
  readonly namespace: string;
  /** Its key; or, of a slice that stands alone, its name. */
  readonly called: string;
  /** In their order. */
  readonly slices: readonly Slice[];
  /** Every line of every slice in order, and where it went. */
  readonly rows: readonly NamedRow[];
  /** The first line about each cluster. */
  readonly named: ReadonlyMap<ClusterId, NamedRow>;
  /** The clusters that it chose, in its order, each once. */
  readonly clusters: readonly ClusterId[];
  /** It says itself that nobody is chosen: it has no lines at all. That nobody could be found is not the same. */
  readonly isEmpty: boolean;
  readonly state: Completeness;
  /** Higher whenever it says something else. */
  readonly generation: number;
  /** While it is incomplete: what it said when it was last complete. */
  readonly last?: Decision;
}

/** Which slices count, and how long they have to be quiet before one is let go for them. */
export interface DecisionRule {
  /** The schedulers that are listened to; slices of others are as good as not there. All, unless it is said. */
  readonly schedulers?: readonly string[];
  /** Seconds, for a decision that is and was one small slice, and for all others that have a key. */
  readonly settle?: { readonly one: number; readonly several: number };
}

/** Whether the rule listens to the scheduler of a slice. */
export function counts({ schedulers }: DecisionRule, { scheduler }: Slice): boolean {
  return schedulers === undefined || (scheduler !== undefined && schedulers.includes(scheduler));
}

/** The decision that a slice is a part of: that of its key in its namespace, or of itself alone. */
export function decisionOf({ api, namespace, key, name }: Slice): string {
  return key === undefined ? `${api}/${namespace}/name/${name}` : `${api}/${namespace}/key/${key}`;
}

/** The decisions that slices make at one moment, with nothing known of what was before. */
export function decide(
  slices: Iterable<Slice>,
  clusters: ReadonlyMap<ClusterId, Cluster>,
  rule: DecisionRule = {},
): ReadonlyMap<string, Decision> {
  const groups = Map.groupBy(
    [...slices].filter((slice) => counts(rule, slice)),
    decisionOf,
  );
  return new Map([...groups].map(([id, group]) => [id, draw(group, clusters, 0)]));
}

/** The decision that the slices of one key make. */
export function draw(group: Iterable<Slice>, clusters: ReadonlyMap<ClusterId, Cluster>, generation: number): Decision {
  const slices = inOrder(group);
  const { api, namespace, key, name } = slices[0]!;
  const { rows, named, chosen } = resolve(slices.filter(isReadable), clusters);
  const why = whyIncomplete(slices);
  return {
    id: decisionOf(slices[0]!),
    api,
    namespace,
    called: key ?? name,
    slices,
    rows,
    named,
    clusters: chosen,
    isEmpty: rows.length === 0 && slices.every(isReadable),
    state: why === undefined ? { is: "complete" } : { is: "incomplete", why },
    generation,
  };
}
