import type { ClusterId } from "@rollcall/contract";
import type { Absence, Roll, Window } from "./roll.ts";

/** What is to be remembered from now on; what is not named stays as it is. */
export interface RollChange {
  readonly hub?: string;
  readonly absence?: { readonly id: ClusterId; readonly is: Absence | undefined };
  readonly window?: Window;
  readonly ack?: readonly ClusterId[];
}

/** A roll with everything that was noted, written or not. */
export interface Draft extends Roll {
  hub?: string;
  absences: Map<ClusterId, Absence>;
  window?: Window;
  acked: Set<ClusterId>;
  usedAck: boolean;
}

export function mutable(roll: Roll): Draft {
  return { ...roll, absences: new Map(roll.absences), acked: new Set(roll.acked), usedAck: false };
}

export function amend(draft: Draft, { hub, absence, window, ack }: RollChange): void {
  if (hub !== undefined) draft.hub = hub;
  if (window !== undefined) draft.window = window;
  ack?.forEach((id) => draft.acked.add(id));
  if (absence === undefined) return;
  const { id, is } = absence;
  // A person's word was about this absence; one for another reason needs a word of its own.
  if (draft.absences.get(id)?.cause !== is?.cause) draft.acked.delete(id);
  if (is === undefined) {
    draft.absences.delete(id);
    draft.acked.delete(id);
  } else draft.absences.set(id, is);
}
