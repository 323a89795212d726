import {
  isRefusal,
  ourDomain,
  refusal,
  refusalOf,
  type Adapter,
  type Cluster,
  type ClusterId,
  type Kept,
  type Kind,
  type KubeObject,
  type Login,
  type Reachable,
  type Refusal,
  type Verdict,
} from "@rollcall/contract";
import { apply, type Wrote } from "./apply.ts";
import type { Brake } from "./brake.ts";
import { claimsOf, type Claims } from "./claims.ts";
import type { GuardView } from "./guard.ts";
import { predecessorOf } from "./inherit.ts";
import { isSameCluster, marked, type Owner } from "./marks.ts";
import { membership, stepDone, type Choice, type Membership, type Removals, type State } from "./membership.ts";
import { allowed, paused, type Mode } from "./mode.ts";
import { inWords, type Orders } from "./orders.ts";
import type { Pace } from "./pace.ts";
import { plan, type Change } from "./plan.ts";
import { remember } from "./remember.ts";
import type { RollKeeper } from "./roll-keeper.ts";
import { isProof } from "./same-hub.ts";
import type { Standing } from "./standing.ts";
import { takeStep, usedMeanwhile } from "./step.ts";
import type { Target } from "./target.ts";

/** The inventory as one list sees it. */
export interface Inventory {
  generation(): number;
  /** Every cluster that has a profile. */
  ids(): Iterable<ClusterId>;
  cluster(id: ClusterId): Cluster | undefined;
  choose(id: ClusterId): Choice;
  /** In which order its clusters come, where somebody has said so. */
  readonly order?: (a: Cluster, b: Cluster) => number;
}

export interface PassParts<Options> {
  readonly owner: Owner;
  readonly mode: Mode;
  readonly adapter: Adapter<Options>;
  readonly options: Options;
  readonly kinds: readonly Kind[];
  readonly removals: Removals;
  readonly target: Target;
  readonly roll: RollKeeper;
  readonly inventory: Inventory;
  readonly claims: Claims;
  readonly connect: (cluster: Cluster, login: Login) => Promise<Reachable | Refusal>;
  readonly now: () => number;
  /** The manager of a cluster's profile, as long as anybody remembers. */
  readonly managerOf: (id: ClusterId) => string | undefined;
  /** The guard's view of the whole list, and its word on one cluster. */
  readonly view: () => GuardView;
  readonly held: (id: ClusterId) => Refusal | undefined;
  readonly brake: Brake;
  readonly pace?: Pace;
  /** What people have ordered, as far as it holds now. */
  readonly orders: () => Orders;
  /** Told what a look found to be done, whether or not it may be. */
  readonly planned?: (id: ClusterId, planned: Planned) => void;
}

/** What a look found to be done for one cluster. */
export interface Planned {
  readonly membership: Membership;
  readonly changes: readonly Change[];
  readonly own: readonly Standing[];
}

/** What came of a look at one cluster. */
export interface Looked {
  readonly state: State;
  readonly verdict?: Verdict;
  readonly wrote: readonly Wrote[];
  /** In mode `observe`: what would have been written. */
  readonly would: readonly string[];
  /** Who may now have what this cluster had. */
  readonly freed: readonly ClusterId[];
  readonly cluster?: Cluster;
  readonly again?: number;
  /** Nothing is to be concluded at the moment; whether what stands can be shown to be this cluster. */
  readonly isProof?: boolean;
  /** What broke it off; what it wrote before that is written. */
  readonly failed?: unknown;
}

/** One pass over one cluster of one list: read, decide, write. Safe to repeat at any moment. */
export async function pass<Options>(id: ClusterId, parts: PassParts<Options>): Promise<Looked> {
  const { adapter, options, target, roll, inventory, owner, removals, kinds } = parts;
  const cluster = inventory.cluster(id);
  const isConcerned = inventory.choose(id).is === "chosen" || target.of(owner.list, id).length > 0;
  // Nobody asks for a login to a cluster that has nothing to do with this list.
  const first = cluster && isConcerned ? await render(cluster, anchorOf(target.of(owner.list, id), kinds), parts) : undefined;
  const before = predecessorOf(id, first, parts);
  // What stands keeps its names, by whatever name its cluster comes.
  const entry = cluster && before ? await render(cluster, anchorOf(target.of(owner.list, before), kinds), parts) : first;
  const again = await heldAgain(id, parts);
  // Meanwhile the world may have moved on; from here to the decision nothing waits.
  if (inventory.cluster(id) !== cluster || predecessorOf(id, entry, parts) !== before) return pass(id, parts);

  const own = target.of(owner.list, before ?? id);
  const anchor = anchorOf(own, kinds);
  const choice = inventory.choose(id);
  const isSame =
    anchor === undefined || entry === undefined || isRefusal(entry) || isSameCluster(anchor.metadata.annotations, entry.cluster);
  const double = own.length === 0 ? inventory.duplicate?.(id, (other) => target.of(owner.list, other).length > 0) : undefined;
  // What another cluster holds on this list cannot be taken; what stands for a predecessor of the name is not ours to take yet.
  const mayTake = choice.is === "chosen" && isSame && before === undefined && double === undefined;
  const taken = mayTake && entry && !isRefusal(entry) ? parts.claims.take(id, entry.claims) : undefined;
  const refused = isRefusal(entry) ? entry : (double ?? taken);
  const absence = roll.roll().absences.get(id);
  const { pause, hold } = parts.orders();
  const found = membership({
    now: parts.now(),
    choice,
    stands: own.length > 0,
    isSame,
    ...(refused && { refused }),
    ...(absence && { absence }),
    removals,
    leave: adapter.leave(options),
    ...(hold.has(id) && { hold: refusal("Hold", `it is held by order: ${inWords(hold.get(id)!)}`) }),
    guard: () => parts.held(id) ?? again,
  });
  const changes =
    found.may === "write" && entry !== undefined && !isRefusal(entry)
      ? plan({ desired: entry.objects, current: own, owner, reading: adapter })
      : [];
  parts.planned?.(id, { membership: found, changes, own });
  const outcome =
    pause === undefined ? allowed(parts.mode, found) : paused(found, refusal("Paused", `the list is paused: ${inWords(pause)}`));

  const wrote: Wrote[] = [];
  const looked: Looked = {
    ...outcome,
    wrote,
    would: parts.mode === "observe" || pause !== undefined ? changes.map((change) => `${change.do} ${change.key}`) : [],
    freed: [],
    ...(cluster && { cluster }),
    ...(choice.is === "unknown" &&
      anchor && {
        isProof: entry !== undefined && !isRefusal(entry) && isProof(anchor.metadata.annotations, entry.cluster),
      }),
  };
  if (pause !== undefined) return looked;
  const isWritten = await remember(id, outcome, parts);
  try {
    if (outcome.may === "write" && entry !== undefined && !isRefusal(entry))
      return { ...looked, ...(await write(id, before, entry, changes, wrote, parts)) };
    if (typeof outcome.may !== "object") return looked;
    // Writing the roll took a moment, and the world may be another: a step is taken by a look that had nothing to write down.
    if (isWritten) return { ...looked, again: 1 };
    return { ...looked, ...(await step(id, outcome, own, anchor, wrote, parts)) };
  } catch (failed) {
    return { ...looked, failed };
  }
}

/** Why it may not go after all, although its waits are behind it. Nobody is asked while the guard holds it anyway. */
async function heldAgain<Options>(id: ClusterId, parts: PassParts<Options>): Promise<Refusal | undefined> {
  const { adapter, options, target, roll, owner, kinds, now } = parts;
  const leaving = roll.roll().absences.get(id)?.leaving;
  const own = target.of(owner.list, id);
  const held = leaving && parts.held(id);
  if (leaving === undefined || held !== undefined) return held;
  return usedMeanwhile(adapter.leave(options), leaving, { own, anchor: anchorOf(own, kinds), target, now: now() });
}

/** The objects of one cluster as they should stand. */
export interface Entry {
  readonly cluster: Reachable;
  readonly objects: readonly KubeObject[];
  /** What only one cluster of a list may have. */
  readonly claims: readonly string[];
}

/** The cluster's objects as they should stand, or why there can be none. Whatever an adapter throws concerns this cluster alone. */
async function render<Options>(cluster: Cluster, anchor: Standing | undefined, parts: PassParts<Options>): Promise<Entry | Refusal> {
  const { adapter, options, connect, owner } = parts;
  try {
    const reachable = await connect(cluster, adapter.login(cluster, options));
    if (isRefusal(reachable)) return reachable;
    const kept: Kept | undefined = anchor && { name: anchor.metadata.name, plain: anchor.plain };
    const objects = adapter.entry(reachable, options, kept).map((object) => marked(object, reachable, owner));
    return { cluster: reachable, objects, claims: claimsOf(reachable.connection, adapter, objects) };
  } catch (error) {
    return refusalOf(error);
  }
}

async function write<Options>(
  id: ClusterId,
  before: ClusterId | undefined,
  entry: Entry,
  changes: readonly Change[],
  wrote: Wrote[],
  parts: PassParts<Options>,
): Promise<Partial<Looked>> {
  if (parts.mode === "observe") return {};
  const { brake, now, pace } = parts;
  const braked = brake.holds(changes, now());
  if (braked !== undefined) return { verdict: { is: "stale", ...braked.why }, again: braked.again };
  const paced = changes.some(isFelt) ? (pace?.ask(now()) ?? 0) : 0;
  if (paced > 0) return { verdict: { is: "waits", ...refusal("Paced", paces(now() + paced)) }, again: paced };
  const refused = await apply(changes, parts.target, parts.kinds, parts.owner, wrote);
  brake.wrote(id, changes, now());
  if (refused !== undefined) return { verdict: { is: "stale", ...refused } };
  if (before !== undefined) parts.claims.bequeath(before, id);
  return { freed: parts.claims.settle(id, entry.claims) };
}

/** Whether a consumer may notice: our own notes are nobody else's business, and a newcomer is no change. */
function isFelt(change: Change): boolean {
  return change.do === "change" && change.changes.some((field) => !field.startsWith(`annotations.${ourDomain}`));
}

function paces(at: number): string {
  return `many are to be changed, and each change costs the consumer something; this one is looked at again at ${new Date(at).toISOString()}`;
}

async function step<Options>(
  id: ClusterId,
  outcome: Membership,
  own: readonly Standing[],
  anchor: Standing | undefined,
  wrote: Wrote[],
  parts: PassParts<Options>,
): Promise<Partial<Looked>> {
  const { absence, may } = outcome;
  if (typeof may !== "object" || absence?.leaving === undefined) return {};
  const now = parts.now();
  const taken = await takeStep({ step: may.take, since: absence.leaving.since, now, own, anchor, target: parts.target, wrote });
  if (taken.isDone) await parts.roll.commit({ absence: { id, is: stepDone(absence, parts.now()) } });
  const again = taken.isDone ? 1 : taken.again;
  return { ...(taken.waits && { verdict: { is: "waits", ...taken.waits } }), ...(again !== undefined && { again }) };
}

/** The object by which the consumer knows the cluster: of what stands, the kind that is written last. */
export function anchorOf(own: readonly Standing[], kinds: readonly Kind[]): Standing | undefined {
  const order = ({ kind }: Standing): number => kinds.findIndex((each) => each.kind === kind.kind && each.apiVersion === kind.apiVersion);
  return own.toSorted((a, b) => order(b) - order(a))[0];
}
