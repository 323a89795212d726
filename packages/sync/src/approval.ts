import type { ClusterId, Refusal } from "@rollcall/contract";
import { guard, heldBy, spentWindow, type GuardInput, type GuardSettings, type GuardView } from "./guard.ts";
import { isPastHarm } from "./membership.ts";
import { inForce } from "./orders.ts";
import type { PassParts } from "./pass.ts";
import type { Cause } from "./roll.ts";
import type { SameHub } from "./same-hub.ts";

type Needed = "owner" | "adapter" | "options" | "target" | "roll" | "removals" | "mode" | "now" | "inventory" | "managerOf";

export interface ApprovalParts<Options> extends Pick<PassParts<Options>, Needed> {
  readonly guard: GuardSettings;
  readonly hub: SameHub;
  readonly uid: () => string | undefined;
  readonly onAck: (is: "acked" | "ack unknown", digest: string, expected: string) => void;
}

/** Who may go, by the guard's word on the list as a whole and by a person's. */
export interface Approval {
  view(): GuardView;
  held(id: ClusterId): Refusal | undefined;
  /** Takes up a person's word, if there is one; says whether it counted. */
  acknowledge(): Promise<boolean>;
  /** A roll that was lost forgets the hub as well; whoever makes it anew writes down where the members came from. */
  noteHub(): void;
  /** All members have proven that another hub, or one that was set back, speaks of the same clusters. */
  believe(): Promise<void>;
}

export function newApproval<Options>(parts: ApprovalParts<Options>): Approval {
  const { owner, target, roll, removals, inventory, hub } = parts;
  const { list } = owner;
  const leave = parts.adapter.leave(parts.options);
  let unknownAck: string | undefined;
  let cached: { readonly of: string; readonly input: GuardInput; readonly view: GuardView } | undefined;

  function view(): GuardView {
    const holds = inForce(roll.orders(), parts.now()).hold.size;
    const of = `${roll.generation()} ${target.generation()} ${inventory.generation()} ${holds}`;
    if (cached?.of === of && parts.now() < cached.view.nextWindow) return cached.view;
    const input = guardInput();
    cached = { of, input, view: guard(input) };
    return cached.view;
  }

  function guardInput(): GuardInput {
    const { absences } = roll.roll();
    const { hold } = inForce(roll.orders(), parts.now());
    const members = new Map<ClusterId, string | undefined>();
    const missing = new Map<ClusterId, Cause>();
    for (const id of target.ids(list)) {
      const absence = absences.get(id);
      if (absence !== undefined && isPastHarm(absence, leave)) continue;
      const choice = inventory.choose(id);
      // Of whom nothing can be known, nobody can say that they stay.
      if (choice.is === "unknown") continue;
      members.set(id, parts.managerOf(id) ?? absence?.manager);
      const cause = choice.is === "not chosen" ? choice.cause : absence?.cause;
      // Whom a person holds does not go, and no word about the others speaks of it.
      if (cause !== undefined && removals[cause].then !== "keep" && !hold.has(id)) missing.set(id, cause);
    }
    return { list, confirm: roll.confirm, now: parts.now(), settings: parts.guard, roll: roll.roll(), members, missing };
  }

  function ackUnknown(digest: string, expected: string): false {
    if (unknownAck !== digest) parts.onAck("ack unknown", digest, expected);
    unknownAck = digest;
    return false;
  }

  return {
    view,
    held(id) {
      if (roll.roll().acked.has(id)) return undefined;
      const seen = view();
      return heldBy(seen, id, cached!.input);
    },
    noteHub() {
      const uid = parts.uid();
      if (parts.mode !== "sync" || uid === undefined || roll.roll().hub !== undefined) return;
      const { members } = guardInput();
      // Where objects of ours stand already, a roll was lost, and with it who left just now.
      const window = members.size === 0 ? undefined : spentWindow(parts.now(), members, parts.guard);
      roll.note({ hub: uid, ...(window && { window }) });
    },
    async acknowledge() {
      const digest = roll.ack();
      if (digest === undefined || parts.mode !== "sync") return false;
      const uid = parts.uid();
      const isHub = hub.doubt() !== undefined && uid !== undefined && digest === hub.digest();
      const expected = isHub ? digest : view().digest;
      if (digest !== expected) return ackUnknown(digest, expected);
      const { missing } = guardInput();
      const { absences } = roll.roll();
      // The word is about absences that the roll knows; the look that writes the last one down asks again.
      if (!isHub && [...missing].some(([id, cause]) => absences.get(id)?.cause !== cause)) return false;
      await roll.commit(isHub ? { hub: uid } : { ack: [...missing.keys()] });
      if (isHub) hub.believe();
      parts.onAck("acked", digest, expected);
      return true;
    },
    async believe() {
      const uid = parts.uid();
      if (uid === undefined) return;
      if (parts.mode === "sync" && roll.roll().hub !== uid) await roll.commit({ hub: uid });
      hub.believe();
    },
  };
}
