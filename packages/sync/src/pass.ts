import { annotations, isRefusal, ourDomain, refusal, type Cluster, type ClusterId, type Reachable, type Refusal } from "@rollcall/contract";
import { apply, type Wrote } from "./apply.ts";
import { absenceNow } from "./absence.ts";
import { heirOf, predecessorOf } from "./inherit.ts";
import { isSameCluster } from "./marks.ts";
import { membership, stepDone, type Choice, type Membership } from "./membership.ts";
import { allowed, paused } from "./mode.ts";
import { inWords } from "./orders.ts";
import type { Looked, PassParts } from "./parts.ts";
import { plan, revocation, type Change } from "./plan.ts";
import { remember } from "./remember.ts";
import { render, type Entry } from "./render.ts";
import { isProof } from "./same-hub.ts";
import { anchorOf, type Standing } from "./standing.ts";
import { takeStep, usedMeanwhile, usedStill } from "./step.ts";

/** One pass over one cluster of one list: read, decide, write. Safe to repeat at any moment. */
export async function pass<Options>(id: ClusterId, parts: PassParts<Options>): Promise<Looked | "pending"> {
  const { adapter, options, target, inventory, owner, removals, kinds } = parts;
  const cluster = inventory.cluster(id);
  const isConcerned = inventory.choose(id).is === "chosen" || target.of(owner.list, id).length > 0;
  // Nobody asks for a login to a cluster that has nothing to do with this list.
  const first = cluster && isConcerned ? await render(cluster, target.of(owner.list, id), parts) : undefined;
  if (isPending(first)) return "pending";
  const before = predecessorOf(id, first, parts);
  // What stands keeps its names, by whatever name its cluster comes.
  const entry = cluster && before ? await render(cluster, target.of(owner.list, before), parts) : first;
  if (isPending(entry)) return "pending";
  const wasUnknown = inventory.choose(id).is === "unknown";
  const again = await heldAgain(id, parts);
  // Meanwhile the world may have moved on; from here to the decision nothing waits.
  if (inventory.cluster(id) !== cluster || predecessorOf(id, entry, parts) !== before) return pass(id, parts);

  const own = target.of(owner.list, before ?? id);
  const anchor = anchorOf(own, kinds);
  const choice = inventory.choose(id);
  // Of whom nothing was known a moment ago, nobody has asked who uses it.
  if (wasUnknown && choice.is !== "unknown") return pass(id, parts);
  const isSame =
    anchor === undefined || entry === undefined || isRefusal(entry) || isSameCluster(anchor.metadata.annotations, entry.cluster);
  const double = own.length === 0 && choice.is === "chosen" ? doubleOf(id, cluster, parts) : undefined;
  // What another cluster holds on this list cannot be taken; what stands for a predecessor of the name is not ours to take yet.
  const mayTake = choice.is === "chosen" && isSame && before === undefined && double === undefined;
  const taken = mayTake && entry && !isRefusal(entry) ? parts.claims.take(id, entry.claims) : undefined;
  const refused = isRefusal(entry) ? entry : (double ?? taken);
  const absence = absenceNow(id, own, parts);
  const { pause, hold } = parts.orders();
  const found = noted(
    id,
    membership({
      now: parts.now(),
      choice,
      stands: own.length > 0,
      isNamed: parts.named().has(id),
      isSame,
      ...(refused && { refused }),
      ...(absence && { absence }),
      removals,
      leave: adapter.leave(options),
      ...(hold.has(id) && { hold: refusal("Hold", `it is held by order: ${inWords(hold.get(id)!)}`) }),
      guard: () => heirOf(id, anchor, parts) ?? parts.held(id) ?? again,
    }),
    parts,
  );
  // While nothing is noted, that it is back is kept in mind.
  if ((pause !== undefined || parts.mode === "observe") && absence !== undefined && found.may === "write") parts.back.add(id);
  const unsettled = settlesIn(id, isWithdrawn(cluster, choice, refused, anchor), parts);
  const changes =
    found.may === "write" && entry !== undefined && !isRefusal(entry)
      ? plan({ desired: entry.objects, current: own, owner, reading: adapter, ...(entry.left && { left: entry.left }) })
      : unsettled === 0
        ? revocation(own, adapter)
        : [];
  const unknown = entry !== undefined && !isRefusal(entry) ? entry.unknown : undefined;
  parts.planned?.(id, { membership: found, changes, own, ...(unknown && { unknown }) });
  const outcome =
    pause === undefined ? allowed(parts.mode, found) : paused(found, refusal("Paused", `the list is paused: ${inWords(pause)}`));

  const wrote: Wrote[] = [];
  const looked: Looked = {
    ...outcome,
    wrote,
    would: parts.mode === "observe" || pause !== undefined ? changes.map((change) => `${change.do} ${change.key}`) : [],
    freed: [],
    ...(cluster && { cluster }),
    ...uidOf(cluster, anchor),
    ...(unsettled !== undefined && unsettled > 0 && { again: unsettled }),
    ...(unsettled === 0 && { tookBack: true }),
    ...(choice.is === "unknown" &&
      anchor && {
        isProof: entry !== undefined && !isRefusal(entry) && isProof(anchor.metadata.annotations, entry.cluster),
      }),
  };
  if (pause !== undefined) return looked;
  const isWritten = await remember(id, outcome, parts);
  try {
    if (outcome.may === "write" && entry !== undefined && !isRefusal(entry))
      return { ...looked, ...failing(entry.cluster), ...(await write(id, before, entry, changes, wrote, parts)) };
    // Nothing but a credential that is to be taken back is written for who may not be written.
    if (outcome.may === "nothing" && changes.length > 0 && parts.mode !== "observe") await make(id, changes, wrote, parts);
    if (typeof outcome.may !== "object") return looked;
    // Writing the roll took a moment, and the world may be another: a step is taken by a look that had nothing to write down.
    if (isWritten) return { ...looked, again: 1 };
    return { ...looked, ...(await step(id, outcome, own, anchor, wrote, parts)) };
  } catch (failed) {
    return { ...looked, failed };
  }
}

/** Whoever gets its login says when there is one; until then nothing is known that was not before. */
function isPending(entry: Entry | Refusal | undefined): boolean {
  return isRefusal(entry) && entry.pending === true;
}

/**
 * A login that this very profile offered is offered no more. A profile that is new may not be written completely yet, and of one
 * that cannot be believed nothing is known.
 */
function isWithdrawn(cluster: Cluster | undefined, choice: Choice, refused: Refusal | undefined, anchor: Standing | undefined): boolean {
  if (refused?.revokes === undefined || choice.is === "unknown" || cluster === undefined) return false;
  return anchor?.metadata.annotations[annotations.clusterUid] === cluster.uid;
}

/** Why a newcomer is nobody new: what stands for another one, missing or not, speaks of the same member, or another profile does. */
function doubleOf<Options>(id: ClusterId, cluster: Cluster | undefined, parts: PassParts<Options>): Refusal | undefined {
  const { claims, inventory, owner, target } = parts;
  const other = claims.speaker(id, cluster?.memberId);
  if (other !== undefined)
    return refusal(
      "DuplicateMember",
      `its member id ${JSON.stringify(cluster?.memberId)} is that of ${other}, which stands on the list; it joins when that one is gone, or give each member its own id`,
    );
  return inventory.duplicate?.(id, (each) => target.of(owner.list, each).length > 0);
}

/**
 * That a person was asked about it is remembered until they answer, or it is chosen again. Who waited already when Rollcall began was
 * left so by a release that wrote no such thing down, and its roll is not written for that.
 */
function noted<Options>(id: ClusterId, found: Membership, { asked, isFirst, view }: PassParts<Options>): Membership {
  const { absence, verdict } = found;
  if (absence === undefined) asked.delete(id);
  if (absence === undefined || absence.asked !== undefined || asked.has(id) || verdict?.reason !== "GuardHolds") return found;
  if (!isFirst(id)) return { ...found, absence: { ...absence, asked: view().atRisk } };
  asked.set(id, view().atRisk);
  return found;
}

function uidOf(cluster: Cluster | undefined, anchor: Standing | undefined): Pick<Looked, "uid"> {
  const uid = cluster?.uid ?? anchor?.metadata.annotations[annotations.clusterUid];
  return uid === undefined ? {} : { uid };
}

/** A profile that is written in two halves offers nothing for a moment; what was handed over is taken back when it stays so. */
const settling = 2000;

/** Milliseconds until a withdrawal counts, of one that is withdrawn; whoever only looks is told at once. */
function settlesIn<Options>(id: ClusterId, isNow: boolean, { mode, now, withdrawn }: PassParts<Options>): number | undefined {
  if (!isNow) {
    withdrawn.delete(id);
    return undefined;
  }
  const since = withdrawn.get(id) ?? now();
  withdrawn.set(id, since);
  return mode === "observe" ? 0 : Math.max(0, since + settling - now());
}

function failing({ failing: why }: Reachable): Partial<Looked> {
  return why === undefined ? {} : { verdict: { is: "stale", ...why } };
}

/** Why it may not go after all, although its waits are behind it. Nobody is asked while the guard holds it anyway. */
async function heldAgain<Options>(id: ClusterId, parts: PassParts<Options>): Promise<Refusal | undefined> {
  const { adapter, options, target, roll, owner, kinds, now } = parts;
  const leaving = roll.roll().absences.get(id)?.leaving;
  const own = target.of(owner.list, id);
  // Of whom nothing is known no step is taken, and nobody need be asked.
  if (parts.inventory.choose(id).is === "unknown") return undefined;
  const held = leaving && parts.held(id);
  if (leaving === undefined || held !== undefined) return held;
  return usedMeanwhile(adapter.leave(options), leaving, { own, anchor: anchorOf(own, kinds), target, now: now() });
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
  const paced = changes.some(isFelt) && parts.brake.holds(changes, parts.now()) === undefined ? (parts.pace?.ask(parts.now()) ?? 0) : 0;
  if (paced > 0) return { verdict: { is: "waits", ...refusal("Paced", slowly) }, again: paced };
  const hindered = await make(id, changes, wrote, parts);
  if (hindered !== undefined) return hindered;
  if (before !== undefined) parts.claims.bequeath(before, id);
  parts.claims.speaks(id, entry.cluster.memberId);
  // Nothing stands under the name that it had before, and whoever bears that is to be looked at.
  return { freed: [...(before === undefined ? [] : [before]), ...parts.claims.settle(id, entry.claims)] };
}

/** Makes changes that may be made now, or says what is in their way. */
async function make<Options>(
  id: ClusterId,
  changes: readonly Change[],
  wrote: Wrote[],
  { brake, kinds, now, owner, target }: PassParts<Options>,
): Promise<Partial<Looked> | undefined> {
  const braked = brake.holds(changes, now());
  if (braked !== undefined) return { verdict: { is: "stale", ...braked.why }, again: braked.again };
  const refused = await apply(changes, target, kinds, owner, wrote);
  const made = new Set(wrote.map(({ key }) => key));
  const done = changes.filter(({ key }) => made.has(key));
  brake.wrote(id, done, now());
  return refused && { verdict: { is: "stale", ...refused } };
}

/** Whether a consumer may notice: our own notes are nobody else's business, and a newcomer is no change. */
function isFelt(change: Change): boolean {
  return change.do === "change" && change.changes.some((field) => !field.startsWith(`annotations.${ourDomain}`));
}

const slowly =
  "many are to be changed, and each change costs the consumer something; a few were changed first, the others follow at the list's pace";

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
  const input = { own, anchor, target: parts.target, now };
  // However long ago nobody used it: what deletes is asked about as long as something stands.
  const used = may.take.does === "delete" ? await usedStill(parts.adapter.leave(parts.options), absence.leaving, input) : undefined;
  if (used !== undefined) return { verdict: { is: "waits", ...used }, again: 10_000 };
  const taken = await takeStep({ step: may.take, since: absence.leaving.since, now, own, anchor, target: parts.target, wrote });
  if (taken.isDone) await parts.roll.commit({ absence: { id, is: stepDone(absence, parts.now()) } });
  const again = taken.isDone ? 1 : taken.again;
  return { ...(taken.waits && { verdict: { is: "waits", ...taken.waits } }), ...(again !== undefined && { again }) };
}
