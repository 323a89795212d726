import { digestOf, refusal, refusalOf, type Answered, type ClusterId, type Refusal, type Verdict } from "@rollcall/contract";
import { workQueue } from "@rollcall/kube";
import { newAnswers } from "./answered.ts";
import { isLate, type Wrote } from "./apply.ts";
import { claimNames, newClaims, oldestFirst } from "./claims.ts";
import { guard, heldBy, spentWindow, type GuardInput, type GuardSettings, type GuardView } from "./guard.ts";
import { isPastHarm, type Choice, type State } from "./membership.ts";
import { anchorOf, pass, type Looked, type PassParts } from "./pass.ts";
import type { Cause } from "./roll.ts";

export interface ListParts<Options> extends Omit<PassParts<Options>, "kinds" | "claims" | "managerOf" | "view" | "held"> {
  readonly guard: GuardSettings;
  /** The uid of the hub's kube-system namespace: another hub is another truth. */
  readonly hub: string;
  readonly report: (event: ListEvent) => void;
}

/** What a list tells of itself, in the words of docs/words.md. */
export type ListEvent =
  | { readonly is: "state"; readonly list: string; readonly cluster: ClusterId; readonly state: State; readonly verdict?: Verdict }
  | ({
      readonly is: "wrote";
      readonly list: string;
      readonly cluster: ClusterId;
      readonly why: State;
      readonly uid?: string;
      readonly resourceVersion?: string;
    } & Wrote)
  | { readonly is: "would"; readonly list: string; readonly cluster: ClusterId; readonly change: string }
  | { readonly is: "retry"; readonly list: string; readonly cluster: ClusterId; readonly error: unknown; readonly retryIn: number }
  | { readonly is: "acked" | "ack unknown"; readonly list: string; readonly digest: string; readonly expected: string };

/** How one cluster stands on a list, and since when. */
export interface Status {
  readonly state: State;
  readonly verdict?: Verdict;
  readonly since: number;
}

export interface KeptList {
  /** Look again at these clusters: something about them may have changed. */
  look(ids: Iterable<ClusterId>): void;
  /** Begins; everything that it reads from must be complete by now. */
  start(): void;
  /** Looks at an operator's ack, and again at everyone who waits for one. */
  rollChanged(): void;
  status(): ReadonlyMap<ClusterId, Status>;
  /** What is handed to those who ask: whoever stands and has not been taken out of answers. */
  answered(): readonly Answered[];
  view(): GuardView;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** When somebody else writes first again and again, waiting a little is not enough. */
const mostLate = 5;

/** Milliseconds until a cluster is looked at again that something keeps. */
const sometime = 30_000;

/** Keeps one list true, cluster by cluster. Nothing in it knows one consumer from another. */
export function keepList<Options>(parts: ListParts<Options>): KeptList {
  const { owner, adapter, options, target, roll, removals, report } = parts;
  const { list } = owner;
  const kinds = adapter.writes(options);
  const leave = adapter.leave(options);
  const claims = newClaims();
  const status = new Map<ClusterId, Status>();
  const managers = new Map<ClusterId, string>();
  /** How often in a row somebody else wrote first. */
  const late = new Map<ClusterId, number>();
  let isClosed = false;
  let unknownAck: string | undefined;
  let cached: { readonly of: string; readonly input: GuardInput; readonly view: GuardView } | undefined;

  const inventory = { ...parts.inventory, choose: (id: ClusterId): Choice => hubChanged() ?? parts.inventory.choose(id) };
  const managerOf = (id: ClusterId): string | undefined => inventory.cluster(id)?.manager ?? managers.get(id);
  const passParts: PassParts<Options> = { ...parts, inventory, kinds, claims, managerOf, view, held };
  const answers = newAnswers({ list, kinds, plain: adapter.plain, leave, target, roll, cluster: (id) => inventory.cluster(id) });
  const queue = workQueue({ work, onError: (cluster, error, retryIn) => report({ is: "retry", list, cluster, error, retryIn }) });

  async function work(id: ClusterId): Promise<number | void> {
    try {
      const looked = await pass(id, passParts);
      tell(id, looked);
      if (looked.failed !== undefined) throw looked.failed;
      late.delete(id);
      return whenAgain(looked);
    } catch (error) {
      const times = (late.get(id) ?? 0) + 1;
      late.set(id, times);
      if (isLate(error) && times <= mostLate) return 100;
      stuck(id, error);
      throw error;
    }
  }

  function whenAgain({ verdict, again }: Looked): number | undefined {
    if (verdict === undefined || again !== undefined) return again;
    // What keeps it may end without anybody telling: a window, a plan that was too large, somebody else's object.
    return verdict.reason === "GuardPaces" ? Math.min(sometime, Math.max(1, view().nextWindow - parts.now())) : sometime;
  }

  /** It could not be gone through: it stays what it was, with the reason. */
  function stuck(id: ClusterId, error: unknown): void {
    const before = status.get(id);
    const verdict: Verdict = { is: "stale", ...refusalOf(error) };
    const since = before?.verdict?.message === verdict.message ? before.since : parts.now();
    status.set(id, { state: before?.state ?? (target.of(list, id).length > 0 ? "member" : "newcomer"), verdict, since });
  }

  function tell(id: ClusterId, { state, wrote, would, cluster, freed, failed, ...looked }: Looked): void {
    const verdict: Verdict | undefined =
      looked.verdict ?? (failed === undefined || isLate(failed) ? undefined : { is: "stale", ...refusalOf(failed) });
    if (cluster !== undefined) managers.set(id, cluster.manager);
    const why = { ...(cluster && { uid: cluster.uid, resourceVersion: cluster.resourceVersion }) };
    for (const each of wrote) report({ is: "wrote", list, cluster: id, why: state, ...why, ...each });
    for (const change of would) report({ is: "would", list, cluster: id, change });
    look(freed);
    answers.see(id);
    const now = state === "newcomer" && wrote.length > 0 && verdict === undefined && failed === undefined ? "member" : state;
    const before = status.get(id);
    const isNews = before?.state !== now || before.verdict?.reason !== verdict?.reason || before.verdict?.message !== verdict?.message;
    if (now === "gone") {
      status.delete(id);
      managers.delete(id);
      answers.forget(id);
      look(claims.settle(id, []));
      if (before === undefined) return;
    } else if (isNews) status.set(id, { state: now, ...(verdict && { verdict }), since: parts.now() });
    if (isNews) report({ is: "state", list, cluster: id, state: now, ...(verdict && { verdict }) });
    if (isNews && now === "missing") void acknowledge();
  }

  function look(ids: Iterable<ClusterId>): void {
    for (const id of ids) queue.add(id);
  }

  /** Another hub tells another truth: only a person can say that it is meant. */
  function hubChanged(): Choice | undefined {
    const known = roll.roll().hub;
    if (known === undefined || known === parts.hub) return undefined;
    const how = `this hub is not the one that the list was made from; if that is meant, confirm digest ${hubDigest()}: ${roll.confirm}${hubDigest()}`;
    return { is: "unknown", why: refusal("HubChanged", how) };
  }

  function hubDigest(): string {
    return digestOf([list, "hub", parts.hub]);
  }

  function held(id: ClusterId): Refusal | undefined {
    if (roll.roll().acked.has(id)) return undefined;
    const seen = view();
    return heldBy(seen, id, cached!.input);
  }

  function view(): GuardView {
    const of = `${roll.generation()} ${target.generation()} ${inventory.generation()}`;
    if (cached?.of === of && parts.now() < cached.view.nextWindow) return cached.view;
    const input = guardInput();
    cached = { of, input, view: guard(input) };
    return cached.view;
  }

  function guardInput(): GuardInput {
    const { absences } = roll.roll();
    const members = new Map<ClusterId, string | undefined>();
    const missing = new Map<ClusterId, Cause>();
    for (const id of target.ids(list)) {
      const absence = absences.get(id);
      if (absence !== undefined && isPastHarm(absence, leave)) continue;
      const choice = inventory.choose(id);
      // Of whom nothing can be known, nobody can say that they stay.
      if (choice.is === "unknown") continue;
      members.set(id, managerOf(id) ?? absence?.manager);
      const cause = choice.is === "not chosen" ? choice.cause : absence?.cause;
      if (cause !== undefined && removals[cause].then !== "keep") missing.set(id, cause);
    }
    return { list, confirm: roll.confirm, now: parts.now(), settings: parts.guard, roll: roll.roll(), members, missing };
  }

  function ackUnknown(digest: string, expected: string): void {
    if (unknownAck !== digest) report({ is: "ack unknown", list, digest, expected });
    unknownAck = digest;
  }

  /** A roll that was lost forgets the hub as well; whoever makes it anew writes down where the members came from. */
  function noteHub(): void {
    if (parts.mode !== "sync" || roll.roll().hub !== undefined) return;
    const { members } = guardInput();
    // Where objects of ours stand already, a roll was lost, and with it who left just now.
    const window = members.size === 0 ? undefined : spentWindow(parts.now(), members, parts.guard);
    roll.note({ hub: parts.hub, ...(window && { window }) });
  }

  async function acknowledge(): Promise<void> {
    try {
      const digest = roll.ack();
      if (digest === undefined || parts.mode !== "sync" || isClosed) return;
      const isHub = hubChanged() !== undefined && digest === hubDigest();
      const expected = isHub ? hubDigest() : view().digest;
      if (digest !== expected) return ackUnknown(digest, expected);
      const { missing } = guardInput();
      const { absences } = roll.roll();
      // The word is about absences that the roll knows; the look that writes the last one down asks again.
      if (!isHub && [...missing].some(([id, cause]) => absences.get(id)?.cause !== cause)) return;
      await roll.commit(isHub ? { hub: parts.hub } : { ack: [...missing.keys()] });
      report({ is: "acked", list, digest, expected });
      look(target.ids(list));
    } catch (error) {
      report({ is: "retry", list, cluster: "", error, retryIn: 0 });
    }
  }

  return {
    look,
    start() {
      noteHub();
      const standing = [...target.ids(list)];
      for (const id of standing) {
        const { server, name } = anchorOf(target.of(list, id), kinds)?.plain ?? {};
        if (server !== undefined) claims.take(id, claimNames(server, name));
      }
      look(standing);
      look(roll.roll().absences.keys());
      // Among newcomers who want the same, the oldest comes first.
      const profiles = [...inventory.ids()].flatMap((id) => inventory.cluster(id) ?? []);
      look(profiles.sort(oldestFirst).map(({ id }) => id));
      void acknowledge();
    },
    rollChanged() {
      if (isClosed) return;
      noteHub();
      void acknowledge();
      look(target.ids(list));
      look(roll.roll().absences.keys());
    },
    status: () => status,
    answered: () => answers.all(),
    view,
    idle: () => queue.idle(),
    close() {
      isClosed = true;
      return queue.close();
    },
  };
}
