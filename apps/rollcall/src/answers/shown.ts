import { pluginParameters, type Described, type Placed } from "@rollcall/answers";

/**
 * What is new in an answer to somebody who got another one before.
 *   before     now                                    new
 *   A          A, or what no answer shows of them     nothing
 *   A          in another order, for other reasons    order
 *   A          other clusters, or words about them    clusters
 */
export function newIn(before: readonly Placed[], now: readonly Placed[]): "nothing" | "order" | "clusters" {
  if (before === now) return "nothing";
  if (before.length !== now.length) return "clusters";
  const known = new Map(before.map((member) => [member.id, member]));
  let isMoved = false;
  for (const member of now) {
    const was = known.get(member.id);
    if (was === undefined || !saysTheSame(was, member)) return "clusters";
    isMoved ||= was.order !== member.order || was.reason !== member.reason;
  }
  return isMoved ? "order" : "nothing";
}

/** With what was said of a cluster last, where its profile says nothing at this moment: so it is answered too. */
export function remembering(before: readonly Placed[], now: readonly Placed[]): readonly Placed[] {
  if (now.every(isDescribed)) return now;
  const known = new Map(before.map(({ id, cluster }) => [id, cluster]));
  return now.map((member) => {
    const cluster = member.cluster ?? known.get(member.id);
    return { ...member, ...(cluster && { cluster }) };
  });
}

function saysTheSame(was: Placed, is: Placed): boolean {
  if (was.cluster === is.cluster && was.plain === is.plain) return true;
  if (!isDescribed(was) || !isDescribed(is)) return was.cluster === is.cluster && textOf(was.plain) === textOf(is.plain);
  return textOf(own(was)) === textOf(own(is));
}

/** What it says of itself: an answer's order is no part of that. */
function own({ id, plain, cluster }: Described): unknown {
  return pluginParameters([{ id, plain, cluster }]);
}

function isDescribed(member: Placed): member is Described {
  return member.cluster !== undefined;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
