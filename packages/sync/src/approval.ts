import type { ClusterId, Refusal } from "@rollcall/contract";
import { guard, heldBy, spentWindow, type GuardInput, type GuardSettings, type GuardView } from "./guard.ts";
import type { ListEvent } from "./list-event.ts";
import { isPastHarm } from "./membership.ts";
import type { PassParts } from "./parts.ts";
import type { Cause } from "./roll.ts";
import { setBack, type SameHub } from "./same-hub.ts";

type Needed =
  | "owner"
  | "adapter"
  | "options"
  | "target"
  | "roll"
  | "removals"
  | "mode"
  | "now"
  | "inventory"
  | "managerOf"
  | "named"
  | "asked"
  | "orders";

export interface ApprovalParts<Options> extends Pick<PassParts<Options>, Needed> {
  readonly guard: GuardSettings;
  readonly hub: SameHub;
  readonly uid: () => string | undefined;
  readonly report: (event: ListEvent) => void;
  /** What keeps this one where it is, as it was looked at last. */
  readonly hindered: (id: ClusterId) => string | undefined;
  /** Somebody else waits for a person's word on this digest. */
  readonly isForOthers?: (digest: string) => boolean;
  /** Everybody is to be looked at: a person's word or a proof was taken up, or a doubt has begun. */
  readonly lookAtAll: () => void;
}

/** Who may go, by the guard's word on the list as a whole and by a person's. */
export interface Approval {
  view(): GuardView;
  held(id: ClusterId): Refusal | undefined;
  /** Takes up a person's word, if there is one. */
  acknowledge(): void;
  /** Notes what the roll should say and does not: the hub, where a roll was lost, and times that cannot be. */
  tidy(): void;
  /** The decision that chooses is about to be another. */
  aboutToMove(): void;
  /** Some are about to join as the decision says, and nothing keeps them. */
  awaits(): boolean;
  /** In doubt about the hub, every look may be the one that ends it: when all members have proven to be the same clusters. */
  prove(id: ClusterId, isProof: boolean): void;
  close(): void;
}

export function newApproval<Options>(parts: ApprovalParts<Options>): Approval {
  const { owner, target, roll, removals, inventory, hub } = parts;
  const { list } = owner;
  const leave = parts.adapter.leave(parts.options);
  let proving: NodeJS.Timeout | undefined;
  let asking: NodeJS.Timeout | undefined;
  let isClosed = false;
  let unknownAck: string | undefined;
  /** How many stood when the decision that chooses had been followed to the end, or more who stood since. */
  let stood: number | undefined;
  let cached: { readonly of: string; readonly input: GuardInput; readonly view: GuardView } | undefined;

  function view(): GuardView {
    const holds = parts.orders().hold.size;
    // What can be known of the hub changes without anything being counted, so that nothing is remembered for long.
    const moment = Math.floor(performance.now() / 250);
    const of = `${roll.generation()} ${target.generation()} ${inventory.generation()} ${holds} ${hub.doubt()?.reason} ${moment}`;
    if (cached?.of === of && parts.now() < cached.view.nextWindow) return cached.view;
    const input = guardInput();
    cached = { of, input, view: guard(input) };
    return cached.view;
  }

  function guardInput(): GuardInput {
    const { absences } = roll.roll();
    const { hold } = parts.orders();
    const members = new Map<ClusterId, string | undefined>();
    const missing = new Map<ClusterId, Cause>();
    const kept = new Set<ClusterId>();
    // Whoever lost what stood for it is answered still, and its going is one more.
    for (const id of new Set([...target.ids(list), ...parts.named().keys()])) {
      const absence = absences.get(id);
      if (absence !== undefined && isPastHarm(absence, leave)) continue;
      const choice = inventory.choose(id);
      members.set(id, parts.managerOf(id) ?? absence?.manager);
      // Of whom nothing can be known, nobody can say that they stay, nor may anybody be let go for their being there.
      if (choice.is === "unknown") {
        kept.add(id);
        continue;
      }
      const cause = choice.is === "not chosen" ? choice.cause : absence?.cause;
      if (cause === undefined || removals[cause].then === "keep") continue;
      // Whom a person holds does not go, and no word about the others speaks of it.
      if (hold.has(id)) kept.add(id);
      else missing.set(id, cause);
    }
    return {
      list,
      confirm: roll.confirm,
      now: parts.now(),
      settings: parts.guard,
      roll: roll.roll(),
      members,
      missing,
      kept,
      asked: parts.asked,
      ...(inventory.byDecision?.() && { moved: { coming: coming(), ...(stood !== undefined && { stood }) } }),
    };
  }

  function coming(): number {
    let count = 0;
    for (const id of inventory.expected?.() ?? []) {
      const choice = inventory.choose(id);
      if (choice.is === "chosen" && choice.newcomer === undefined && target.of(list, id).length === 0 && parts.hindered(id) === undefined)
        count += 1;
    }
    return count;
  }

  function ackUnknown(digest: string, expected: string): void {
    if (unknownAck !== digest) parts.report({ is: "ack unknown", list, digest, expected });
    unknownAck = digest;
  }

  /** Tries; what fails is tried again by the next look. */
  async function attempt(job: () => Promise<void>): Promise<void> {
    try {
      if (!isClosed) await job();
    } catch (error) {
      parts.report({ is: "retry", list, cluster: "", error, retryIn: 0 });
    }
  }

  async function acknowledge(): Promise<void> {
    const digest = roll.ack();
    if (digest === undefined || parts.mode !== "sync") return;
    const uid = parts.uid();
    const isHub = hub.doubt() !== undefined && uid !== undefined && digest === hub.digest();
    const expected = isHub ? digest : view().digest;
    if (digest !== expected) return parts.isForOthers?.(digest) ? undefined : ackUnknown(digest, expected);
    const { missing } = guardInput();
    const { absences } = roll.roll();
    // The word is about absences that the roll knows; the look that writes the last one down asks again.
    if (!isHub && [...missing].some(([id, cause]) => absences.get(id)?.cause !== cause)) return;
    await roll.commit(isHub ? { hub: uid } : { ack: [...missing.keys()] });
    if (isHub) hub.believe();
    parts.report({ is: "acked", list, digest, expected });
    parts.lookAtAll();
  }

  async function believe(): Promise<void> {
    proving = undefined;
    const { absences } = roll.roll();
    const isLeft = (id: ClusterId): boolean => absences.has(id) && isPastHarm(absences.get(id)!, leave);
    const uid = parts.uid();
    if (uid === undefined || !hub.isProvenBy([...target.ids(list)].filter((id) => !isLeft(id)))) return;
    if (parts.mode === "sync" && roll.roll().hub !== uid) await roll.commit({ hub: uid });
    hub.believe();
    parts.report({ is: "hub believed", list });
    parts.lookAtAll();
  }

  /** A roll that was lost forgets the hub as well; whoever makes it anew writes down where the members came from. */
  function noteHub(): void {
    const uid = parts.uid();
    if (uid === undefined || roll.roll().hub !== undefined) return;
    const { members } = guardInput();
    // Where objects of ours stand already, a roll was lost, and with it who left just now.
    const window = members.size === 0 ? undefined : spentWindow(parts.now(), members, parts.guard);
    roll.note({ hub: uid, ...(window && { window }) });
  }

  /** A hub that was set back is doubted by whoever comes next as well. */
  function noteDoubt(): void {
    const uid = parts.uid();
    if (parts.mode === "sync" && uid !== undefined && roll.roll().hub === uid && hub.doubt() !== undefined)
      roll.note({ hub: setBack(uid) });
  }

  /** A clock that was wrong for a while has written of a future that would hold everything until it comes. */
  function mendTimes(): void {
    const { absences, window } = roll.roll();
    const now = parts.now();
    // The roll rounds up to the next second.
    const isAhead = (at: number): boolean => at > now + 1000;
    if (window !== undefined && isAhead(window.since)) roll.note({ window: { ...window, since: now } });
    for (const [id, absence] of absences) {
      const { since, leaving } = absence;
      if (!isAhead(since) && !(leaving && isAhead(leaving.since))) continue;
      const is = {
        ...absence,
        since: Math.min(since, now),
        ...(leaving && { leaving: { ...leaving, since: Math.min(leaving.since, now) } }),
      };
      roll.note({ absence: { id, is } });
    }
  }

  return {
    view,
    held(id) {
      if (roll.roll().acked.has(id)) return undefined;
      const seen = view();
      return heldBy(seen, id, cached!.input);
    },
    tidy() {
      if (parts.mode !== "sync") return;
      noteHub();
      mendTimes();
    },
    aboutToMove() {
      if (!inventory.byDecision?.()) return;
      const { members, missing, kept } = guardInput();
      const stays = members.size - missing.size - (kept?.size ?? 0);
      // Whoever is still to go stood before, and is not forgotten because the decision changes once more.
      if (stays === members.size) stood = stays;
      else if (stood !== undefined) stood = Math.max(stood, stays);
    },
    awaits() {
      view();
      return (cached!.input.moved?.coming ?? 0) > 0;
    },
    acknowledge() {
      // Many go missing together, and one word is about all of them.
      asking ??= setTimeout(() => {
        asking = undefined;
        void attempt(acknowledge);
      }, 20);
    },
    prove(id, isProof) {
      // All the others have to be looked at too, or they could never prove anything.
      if (hub.saw(id, isProof)) {
        noteDoubt();
        parts.lookAtAll();
      }
      proving ??= setTimeout(() => void attempt(believe), 50);
    },
    close() {
      isClosed = true;
      clearTimeout(proving);
      clearTimeout(asking);
    },
  };
}
