import { labels, type ClusterId } from "@rollcall/contract";
import { fits } from "./membership.ts";
import type { PassParts } from "./parts.ts";
import type { Absence } from "./roll.ts";
import type { Standing } from "./standing.ts";

/**
 * What the roll says of a cluster's absence, as far as it can be true.
 *   it was chosen again while nothing could be noted     none: a later absence has a grace of its own
 *   it began in the future                               a clock was wrong: it begins now
 *   it is past a label that does not stand               a roll of another time was put back: it begins now, from its first step
 */
export function absenceNow<Options>(
  id: ClusterId,
  own: readonly Standing[],
  { adapter, back, now, options, roll }: Pick<PassParts<Options>, "adapter" | "back" | "now" | "options" | "roll">,
): Absence | undefined {
  const absence = roll.roll().absences.get(id);
  if (absence === undefined || back.has(id)) return undefined;
  const { leaving, ...since } = absence;
  const at = now();
  // The roll rounds up to the next second.
  const begun = since.since > at + 1000 ? { ...since, since: at } : since;
  if (leaving === undefined) return begun === since ? absence : begun;
  const leave = adapter.leave(options);
  const behind = fits(leaving, leave) ? leave[leaving.way].slice(0, leaving.step) : [];
  const isUnlabelled = behind.some(
    (step) => step.does === "relabel" && own.some(({ metadata }) => metadata.labels[labels.state] !== step.state),
  );
  if (isUnlabelled) return { ...begun, since: at };
  if (begun === since && leaving.since <= at + 1000) return absence;
  return { ...begun, leaving: { ...leaving, since: Math.min(leaving.since, at) } };
}
