import {
  isRefusal,
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
import { claimsOf, type Claims } from "./claims.ts";
import type { GuardView } from "./guard.ts";
import { isSameCluster, marked, type Owner } from "./marks.ts";
import { isPastHarm, membership, stepDone, type Choice, type Membership, type Removals, type State } from "./membership.ts";
import { plan } from "./plan.ts";
import type { RollKeeper } from "./roll-keeper.ts";
import type { Standing } from "./standing.ts";
import { takeStep } from "./step.ts";
import type { Target } from "./target.ts";

/** What a list may do: look only, add and change, or everything. */
export type Mode = "observe" | "upsert" | "sync";

/** The inventory as one list sees it. */
export interface Inventory {
  generation(): number;
  /** Every cluster that has a profile. */
  ids(): Iterable<ClusterId>;
  cluster(id: ClusterId): Cluster | undefined;
  choose(id: ClusterId): Choice;
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
  /** The guard's view of the whole list, and its word on one cluster. */
  readonly view: () => GuardView;
  readonly held: (id: ClusterId) => Refusal | undefined;
}

/** What came of a look at one cluster. */
export interface Looked {
  readonly state: State;
  readonly verdict?: Verdict;
  readonly wrote: readonly Wrote[];
  /** In mode `observe`: what would have been written. */
  readonly would: readonly string[];
  readonly cluster?: Cluster;
  readonly again?: number;
}

/** One pass over one cluster of one list: read, decide, write. Safe to repeat at any moment. */
export async function pass<Options>(id: ClusterId, parts: PassParts<Options>): Promise<Looked> {
  const { adapter, options, target, roll, inventory, owner, removals } = parts;
  const own = target.of(owner.list, id);
  const anchor = anchorOf(own, parts.kinds);
  const cluster = inventory.cluster(id);
  const choice = inventory.choose(id);

  const entry = cluster === undefined ? undefined : await render(cluster, anchor, choice, parts);
  const absence = roll.roll().absences.get(id);
  const outcome = allowed(
    parts.mode,
    membership({
      now: parts.now(),
      choice,
      stands: own.length > 0,
      isSame: anchor === undefined || entry === undefined || isRefusal(entry) || isSameCluster(anchor.metadata.annotations, entry.cluster),
      ...(isRefusal(entry) && { refused: entry }),
      ...(absence && { absence }),
      removals,
      leave: adapter.leave(options),
      guard: () => parts.held(id),
    }),
  );

  const looked = { ...outcome, wrote: [], would: [], ...(cluster && { cluster }) };
  await remember(id, outcome, parts);
  if (outcome.may === "write" && entry !== undefined && !isRefusal(entry))
    return { ...looked, ...(await write(entry.objects, own, parts)) };
  if (typeof outcome.may === "object") return { ...looked, ...(await step(id, outcome, own, anchor, parts)) };
  return looked;
}

interface Entry {
  readonly cluster: Reachable;
  readonly objects: readonly KubeObject[];
}

/** The cluster's objects as they should stand, or why there can be none. Whatever an adapter throws concerns this cluster alone. */
async function render<Options>(
  cluster: Cluster,
  anchor: Standing | undefined,
  choice: Choice,
  parts: PassParts<Options>,
): Promise<Entry | Refusal> {
  const { adapter, options, connect, claims, owner } = parts;
  try {
    const reachable = await connect(cluster, adapter.login(cluster, options));
    if (isRefusal(reachable)) return reachable;
    const kept: Kept | undefined = anchor && { name: anchor.metadata.name, plain: anchor.plain };
    const objects = adapter.entry(reachable, options, kept).map((object) => marked(object, reachable, owner));
    const taken = choice.is === "chosen" ? claims.take(cluster.id, claimsOf(reachable.connection, adapter, objects)) : undefined;
    return taken ?? { cluster: reachable, objects };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Modes below `sync` never make anybody leave. */
function allowed(mode: Mode, outcome: Membership): Membership {
  if (mode === "sync" || (outcome.state !== "missing" && outcome.state !== "leaving")) return outcome;
  const { absence: _, again: __, ...rest } = outcome;
  return {
    ...rest,
    may: "nothing",
    verdict: { is: "held", ...refusal("Mode", `mode is ${mode}: nobody leaves; set mode: sync to let it go`) },
  };
}

/** Writes into the roll what the next look has to know; a step is begun only once that is written. */
async function remember<Options>(
  id: ClusterId,
  { absence, may }: Membership,
  { roll, view, adapter, options, mode }: PassParts<Options>,
): Promise<void> {
  if (mode !== "sync") return;
  const before = roll.roll().absences.get(id);
  if (JSON.stringify(before) === JSON.stringify(absence)) return;
  const change = { absence: { id, is: absence } };
  if (absence === undefined || typeof may !== "object") return roll.note(change);
  const leave = adapter.leave(options);
  const harms = isPastHarm(absence, leave) && !(before && isPastHarm(before, leave));
  if (!harms || roll.roll().acked.has(id)) return roll.commit(change);
  const { window } = view();
  await roll.commit({ ...change, window: { ...window, gone: [...window.gone, id] } });
}

async function write<Options>(
  desired: readonly KubeObject[],
  current: readonly Standing[],
  parts: PassParts<Options>,
): Promise<Partial<Looked>> {
  const changes = plan({ desired, current, owner: parts.owner, reading: parts.adapter });
  if (parts.mode === "observe") return { would: changes.map((change) => `${change.do} ${change.key}`) };
  const { wrote, refusals } = await apply(changes, parts.target, parts.kinds, parts.owner);
  const [refused] = refusals;
  return { wrote, ...(refused && { verdict: { is: "stale", ...refused } }) };
}

async function step<Options>(
  id: ClusterId,
  outcome: Membership,
  own: readonly Standing[],
  anchor: Standing | undefined,
  parts: PassParts<Options>,
): Promise<Partial<Looked>> {
  const { absence, may } = outcome;
  if (typeof may !== "object" || absence?.leaving === undefined) return {};
  const now = parts.now();
  const taken = await takeStep({ step: may.take, since: absence.leaving.since, now, own, anchor, target: parts.target });
  if (taken.isDone) await parts.roll.commit({ absence: { id, is: stepDone(absence, parts.now()) } });
  const again = taken.isDone ? 1 : taken.again;
  return { wrote: taken.wrote, ...(taken.waits && { verdict: { is: "waits", ...taken.waits } }), ...(again !== undefined && { again }) };
}

/** The object by which the consumer knows the cluster: of what stands, the kind that is written last. */
export function anchorOf(own: readonly Standing[], kinds: readonly Kind[]): Standing | undefined {
  const order = ({ kind }: Standing): number => kinds.findIndex((each) => each.kind === kind.kind && each.apiVersion === kind.apiVersion);
  return own.toSorted((a, b) => order(b) - order(a))[0];
}
