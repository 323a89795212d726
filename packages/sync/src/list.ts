import { annotations, refusalOf, type ClusterId, type Verdict } from "@rollcall/contract";
import { workQueue } from "@rollcall/kube";
import { newAnswers } from "./answered.ts";
import { newApproval } from "./approval.ts";
import { isLate } from "./apply.ts";
import { newBrake } from "./brake.ts";
import { claimNames, newClaims, oldestFirst } from "./claims.ts";
import type { GuardSettings, GuardView } from "./guard.ts";
import type { Choice } from "./membership.ts";
import { obey } from "./obey.ts";
import type { KeptList, Status } from "./kept-list.ts";
import type { ListEvent } from "./list-event.ts";
import { newPace, type PaceSettings } from "./pace.ts";
import type { Looked, OwnParts, PassParts } from "./parts.ts";
import { pass } from "./pass.ts";
import { anchorOf, versionsOf } from "./standing.ts";
import { whenAgain } from "./when-again.ts";
import { newReasons } from "./reasons.ts";
import { sameHub, type HubView } from "./same-hub.ts";

export interface ListParts<Options> extends Omit<PassParts<Options>, OwnParts> {
  readonly guard: GuardSettings;
  /** How fast what stands may be changed; without it, as fast as it goes. */
  readonly pacing?: PaceSettings;
  /** Which hub the inventory is read from: another hub is another truth. */
  readonly hub: () => HubView;
  readonly report: (event: ListEvent) => void;
  /** Those who ask are told of it, so that whoever was answered goes by its steps, whatever became of what stood for it. */
  readonly isAnswering?: boolean;
  /** Somebody else who shares its roll waits for a person's word on this digest. */
  readonly isForOthers?: (digest: string) => boolean;
}

/** When somebody else writes first again and again, waiting a little is not enough. */
const mostLate = 5;

/** Keeps one list true, cluster by cluster. Nothing in it knows one consumer from another. */
export function keepList<Options>(parts: ListParts<Options>): KeptList {
  const { owner, adapter, options, target, roll, report } = parts;
  const { list } = owner;
  const kinds = adapter.writes(options);
  const leave = adapter.leave(options);
  const claims = newClaims();
  const reasons = newReasons();
  const status = new Map<ClusterId, Status>();
  const waiting = new Map<ClusterId, number>();
  const managers = new Map<ClusterId, string>();
  /** How often in a row somebody else wrote first. */
  const late = new Map<ClusterId, number>();
  /** What stood for whom after the last look, and whether all was well with it. */
  const seen = new Map<ClusterId, { readonly stood: string; readonly isWell: boolean }>();
  /** Who is to be looked at because something stands that was written, and who for any other reason. */
  const written = new Set<ClusterId>();
  const asked = new Set<ClusterId>();
  let isClosed = false;
  // The first is another number with every change of a status.
  let [edition, known] = [0, roll.orders()];

  const obedience = obey(roll, parts.now, lookAtAll);
  const hub = sameHub({ list, hub: parts.hub, known: () => roll.roll().hub, confirm: roll.confirm });
  const inventory = { ...parts.inventory, choose };
  const named = (): ReadonlyMap<ClusterId, unknown> => (parts.isAnswering ? answers.named : new Map());
  const managerOf = (id: ClusterId): string | undefined => inventory.cluster(id)?.manager ?? managers.get(id);
  const approval = newApproval({
    ...parts,
    asked: waiting,
    inventory,
    managerOf,
    named,
    orders: () => obedience.orders(),
    hub,
    uid: () => parts.hub().uid,
    hindered: (id) => status.get(id)?.verdict?.reason,
    report,
    lookAtAll,
  });
  const view = (): GuardView => approval.view();
  const passParts: PassParts<Options> = {
    ...parts,
    inventory,
    kinds,
    claims,
    managerOf,
    named,
    view,
    held: (id) => approval.held(id),
    orders: () => obedience.orders(),
    asked: waiting,
    back: new Set(),
    isFirst: (id) => !status.has(id),
    withdrawn: new Map(),
    brake: newBrake(),
    ...(parts.pacing && { pace: newPace(parts.pacing) }),
  };
  const answers = newAnswers({ list, kinds, plain: adapter.plain, leave, target, roll, cluster: (id) => inventory.cluster(id) });
  const queue = workQueue({ work, onError: (cluster, error, retryIn) => report({ is: "retry", list, cluster, error, retryIn }) });

  async function work(id: ClusterId): Promise<number | void> {
    const isAsked = asked.delete(id);
    const before = seen.get(id);
    const isUntouched = before?.stood === whatStands(id);
    if (written.delete(id) && !isAsked && before?.isWell && isUntouched) return;
    seen.delete(id);
    try {
      const looked = await pass(id, passParts);
      if (looked === "pending") return;
      tell(id, looked, isUntouched);
      const { state, verdict } = status.get(id) ?? {};
      if (looked.failed === undefined && state === "member") seen.set(id, { stood: whatStands(id), isWell: verdict === undefined });
      if (looked.failed !== undefined) throw looked.failed;
      late.delete(id);
      return whenAgain(looked, view().nextWindow - parts.now());
    } catch (error) {
      const times = (late.get(id) ?? 0) + 1;
      late.set(id, times);
      if (isLate(error) && times <= mostLate) return 100;
      stuck(id, error);
      throw error;
    }
  }

  /** It could not be gone through: it stays what it was, with the reason. */
  function stuck(id: ClusterId, error: unknown): void {
    const before = status.get(id);
    edition += 1;
    const verdict: Verdict = { is: "stale", ...refusalOf(error) };
    const since = before?.verdict?.message === verdict.message ? before.since : parts.now();
    status.set(id, { state: before?.state ?? (target.of(list, id).length > 0 ? "member" : "newcomer"), verdict, since });
  }

  function tell(id: ClusterId, looked: Looked, isUntouched: boolean): void {
    const { absence, cluster, failed, freed, state, uid, would, wrote } = looked;
    const verdict: Verdict | undefined =
      looked.verdict ?? (failed === undefined || isLate(failed) ? undefined : { is: "stale", ...refusalOf(failed) });
    if (cluster !== undefined) managers.set(id, cluster.manager);
    const why = reasons.of(id, looked, isUntouched);
    const going = state === "leaving" &&
      absence?.leaving && { way: absence.leaving.way, ...(roll.roll().acked.has(id) && { acked: true as const }) };
    const of = { ...(uid !== undefined && { uid }), ...(cluster && { resourceVersion: cluster.resourceVersion }), ...going };
    for (const each of wrote) report({ is: "wrote", list, cluster: id, why, state, ...of, ...each });
    for (const change of would) report({ is: "would", list, cluster: id, why, change });
    look(freed);
    answers.see(id);
    const now = state === "newcomer" && wrote.length > 0 && verdict === undefined && failed === undefined ? "member" : state;
    const before = status.get(id);
    const isNews = before?.state !== now || before.verdict?.reason !== verdict?.reason || before.verdict?.message !== verdict?.message;
    if (isNews) edition += 1;
    if (now === "gone") {
      status.delete(id);
      seen.delete(id);
      managers.delete(id);
      answers.forget(id);
      passParts.brake.forget(id);
      reasons.forget(id);
      passParts.withdrawn.delete(id);
      look(claims.settle(id, []));
      if (before === undefined) return;
    } else if (isNews) status.set(id, { state: now, ...(verdict && { verdict }), since: parts.now() });
    const missing = absence && { cause: absence.cause, since: new Date(absence.since).toISOString() };
    if (isNews) report({ is: "state", list, cluster: id, state: now, ...(verdict && { verdict }), ...missing });
    if (isNews && now === "missing") approval.acknowledge();
    // One of them may be the same cluster by another name.
    if (isNews && now === "missing") look(claims.waiting(id));
    if (looked.isProof !== undefined) approval.prove(id, looked.isProof);
  }

  function look(ids: Iterable<ClusterId>): void {
    for (const id of ids) {
      asked.add(id);
      queue.add(id);
    }
  }

  const whatStands = (id: ClusterId): string => versionsOf(target.of(list, id));

  /** What the inventory says, as far as it can be believed and nobody has ordered otherwise. */
  function choose(id: ClusterId): Choice {
    const why = hub.doubt();
    if (why !== undefined) return { is: "unknown", why };
    const choice = parts.inventory.choose(id);
    return choice.is === "chosen" && obedience.orders().exclude.has(id) ? { is: "not chosen", cause: "deselected" } : choice;
  }

  function lookAtAll(): void {
    look(target.ids(list));
    look(roll.roll().absences.keys());
    look(parts.inventory.ids());
    obedience.wait();
  }

  const version = (): string => `${edition} ${target.generation()} ${roll.generation()} ${inventory.generation()}`;

  return {
    look,
    touched(ids) {
      for (const id of ids) {
        written.add(id);
        queue.add(id);
      }
    },
    aboutToMove: () => approval.aboutToMove(),
    start() {
      approval.tidy();
      const standing = [...target.ids(list)];
      for (const id of standing) {
        const { metadata, plain } = anchorOf(target.of(list, id), kinds)!;
        if (plain["server"] !== undefined) claims.take(id, claimNames(plain["server"], plain["name"]));
        claims.speaks(id, metadata.annotations[annotations.memberId]);
      }
      look(standing);
      look(roll.roll().absences.keys());
      // Among newcomers who want the same, the oldest comes first.
      const profiles = [...inventory.ids()].flatMap((id) => inventory.cluster(id) ?? []);
      look(profiles.sort(inventory.order ?? oldestFirst).map(({ id }) => id));
      obedience.wait();
      approval.acknowledge();
    },
    rollChanged() {
      if (isClosed) return;
      approval.tidy();
      approval.acknowledge();
      look(target.ids(list));
      look(roll.roll().absences.keys());
      // An order may be about anybody, and they are rare.
      if (roll.orders() !== known) look(parts.inventory.ids());
      known = roll.orders();
      obedience.wait();
    },
    status: () => status,
    answered: () => answers.all(version()),
    version,
    doubt: () => hub.doubt(),
    awaits: () => approval.awaits(),
    view,
    idle: () => queue.idle(),
    close() {
      isClosed = true;
      obedience.close();
      approval.close();
      return queue.close();
    },
  };
}
