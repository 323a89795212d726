import type { ClusterId } from "@rollcall/contract";
import { isPastHarm, type Membership } from "./membership.ts";
import type { PassParts } from "./parts.ts";

/** Writes into the roll what the next look has to know, and says whether it waited for that: a step is begun only once it is written. */
export async function remember<Options>(id: ClusterId, { state, absence, may }: Membership, parts: PassParts<Options>): Promise<boolean> {
  const { back, roll, adapter, options } = parts;
  // Nobody goes by `upsert`, yet who is there again is no longer missing, or a later absence would have no grace.
  const isBack = state === "member" || state === "newcomer" || state === "gone";
  if (parts.mode === "observe" || (parts.mode === "upsert" && !isBack)) return false;
  back.delete(id);
  const before = roll.roll().absences.get(id);
  const manager = absence?.manager ?? parts.managerOf(id);
  const is = absence && { ...absence, ...(manager !== undefined && { manager }) };
  // A word about a leaving that is over must not speed the next one.
  const isAckedInVain = is === undefined && roll.roll().acked.has(id);
  if (JSON.stringify(before) === JSON.stringify(is) && !isAckedInVain) return false;
  const change = { absence: { id, is } };
  if (is === undefined || typeof may !== "object") {
    roll.note(change);
    return false;
  }
  const leave = adapter.leave(options);
  const harms = isPastHarm(is, leave) && !(before && isPastHarm(before, leave));
  if (!harms || roll.roll().acked.has(id)) {
    await roll.commit(change);
    return true;
  }
  const { window } = parts.view();
  // A window begins with the first who goes, however long ago somebody looked at an empty one.
  const since = window.gone.length === 0 ? parts.now() : window.since;
  await roll.commit({ ...change, window: { ...window, since, gone: [...new Set([...window.gone, id])] } });
  return true;
}
