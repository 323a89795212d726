import type { ClusterId } from "@rollcall/contract";
import { guard, type GuardSettings } from "./guard.ts";
import { emptyRoll, type Absence, type Window } from "./roll.ts";

/** Whom a placement was answered last, and what its guard remembers. */
export interface Asked {
  readonly clusters: ReadonlySet<ClusterId>;
  readonly window?: Window;
  /** The decision that it was answered by. */
  readonly decision?: string;
  /** Since when it would lose some of them, while it would. */
  readonly since?: number;
  /** Some stay in the answer although their decision names them no more: why, and what a person may say yes to where they wait for that. */
  readonly held?: { readonly why: string; readonly digest?: string };
}

export interface AskedInput {
  /** List and placement in a text, for the digest. */
  readonly name: string;
  readonly now: number;
  readonly settings: GuardSettings;
  /** None, where nobody has asked yet. */
  readonly before?: Asked;
  /** Whom the complete decision names. */
  readonly named: ReadonlySet<ClusterId>;
  /** Whom the list answers, each with its manager where it is known. */
  readonly listed: ReadonlyMap<ClusterId, string | undefined>;
  /** The digest that a person has said yes to. */
  readonly ack?: string;
}

export interface AskedOutcome {
  readonly asked: Asked;
  /** The person's word was about this. */
  readonly usesAck: boolean;
}

/**
 * A placement that is asked for is a small list of its own within its list.
 *   the list answers it   the decision names it   it was answered   then
 *   no                    -                       -                 not answered: it has left the list, by the list's own guard
 *   yes                   yes                     -                 answered
 *   yes                   no                      no                not answered
 *   yes                   no                      yes               not answered any more, if the guard lets it go
 */
export function answerPlacement({ name, now, settings, before, named, listed, ack }: AskedInput): AskedOutcome {
  const stood = [...(before?.clusters ?? [])].filter((id) => listed.has(id));
  const here = new Set([...stood, ...[...named].filter((id) => listed.has(id))]);
  const missing = stood.filter((id) => !named.has(id));
  if (missing.length === 0) return { asked: { clusters: here, ...(before?.window && { window: before.window }) }, usesAck: false };

  const since = before?.since ?? now;
  const absence: Absence = { cause: "deselected", since };
  const view = guard({
    list: name,
    now,
    settings,
    roll: { ...emptyRoll, absences: new Map(missing.map((id) => [id, absence])), ...(before?.window && { window: before.window }) },
    confirm: () => "",
    members: new Map([...here].map((id) => [id, listed.get(id)])),
    missing: new Map(missing.map((id) => [id, "deselected"])),
    moved: { stood: stood.length, coming: 0 },
  });
  const without = (gone: readonly ClusterId[]): ReadonlySet<ClusterId> => here.difference(new Set(gone));
  if (ack === view.digest) return { asked: { clusters: without(missing), window: view.window }, usesAck: true };
  if (view.needsAck !== undefined)
    return {
      asked: {
        clusters: here,
        since,
        ...(before?.window && { window: before.window }),
        held: { why: view.needsAck, digest: view.digest },
      },
      usesAck: false,
    };

  const gone = missing.slice(0, view.room);
  const window = { ...view.window, gone: [...view.window.gone, ...gone] };
  if (gone.length === missing.length) return { asked: { clusters: without(gone), window }, usesAck: false };
  const when = new Date(view.nextWindow).toISOString();
  const why = `${missing.length - gone.length} more would leave, and the next may at ${when}`;
  return { asked: { clusters: without(gone), window, since, held: { why } }, usesAck: false };
}
