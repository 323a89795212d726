import { firstHarm, refusal, type ClusterId, type Leave, type Refusal } from "@rollcall/contract";
import type { GuardView, Planned, Roll } from "@rollcall/sync";
import { moment } from "./ago.ts";

export interface RoomParts {
  readonly roll: Roll;
  readonly guard: Pick<GuardView, "room" | "nextWindow">;
  readonly leave: Leave;
}

/**
 * Gives out the guard's room among those who would take their first harmful step now. A look uses none of it up, so that each of them was
 * told that there is some; who has been missing for longest goes first, the others wait. None of them is leaving before the roll says so.
 */
export function roomGiven(all: ReadonlyMap<ClusterId, Planned>, parts: RoomParts): ReadonlyMap<ClusterId, Planned> {
  const { roll, guard } = parts;
  const first = [...all]
    .filter(([id, planned]) => isFirst(id, planned, parts))
    .toSorted(([a, is], [b, other]) => since(is) - since(other) || (a < b ? -1 : 1));
  let { room } = guard;
  const given = first.map(([id, { membership, ...found }]): readonly [ClusterId, Planned] => {
    const missing = { ...membership, state: "missing" } as const;
    if (roll.acked.has(id) || room-- > 0) return [id, { ...found, membership: missing }];
    return [id, { ...found, membership: { ...missing, may: "nothing", verdict: { is: "held", ...paced(guard) } } }];
  });
  return new Map([...all, ...given]);
}

/** Whether its first harmful step may be taken, and the roll does not say yet that it is. */
function isFirst(id: ClusterId, { membership }: Planned, { roll, leave }: RoomParts): boolean {
  const leaving = membership.absence?.leaving;
  if (membership.state !== "leaving" || typeof membership.may !== "object" || leaving === undefined) return false;
  const known = roll.absences.get(id)?.leaving;
  const isBegun = known?.does === leaving.does && known?.step === leaving.step && known.steps === leaving.steps;
  return leaving.step === firstHarm(leave[leaving.way]) && !isBegun;
}

function since({ membership }: Planned): number {
  return membership.absence?.since ?? 0;
}

function paced({ room, nextWindow }: RoomParts["guard"]): Refusal {
  const how = `${room} may go in this window, and others have been missing for longer`;
  return refusal("GuardPaces", `${how}; the next may go at ${moment(nextWindow)}`);
}
