import { isRefusal, type Refusal, refusal } from "@rollcall/contract";
import { quoted } from "../json.ts";
import type { Slice } from "./slice.ts";

/**
 * Why slices that lie before us cannot be all that their scheduler says at this moment.
 *   a slice cannot be read                    UnreadableSlice
 *   a slice is being deleted                  SliceGoing
 *   not all are of one revision               MixedRevisions
 *   an index, or one of OCM's names, missing  IndexGap
 * That nothing speaks against them is no proof: slices change one by one, and only time shows that all have.
 */
export function whyIncomplete(slices: readonly Slice[]): Refusal | undefined {
  const [first] = slices;
  if (first === undefined) return undefined;
  const decision = shownAs(first);
  for (const { name, rows } of slices)
    if (isRefusal(rows)) return refusal("UnreadableSlice", `${decision}: slice "${name}" cannot be read: ${rows.message}`);
  const going = slices.find(({ terminating }) => terminating);
  if (going !== undefined) return refusal("SliceGoing", `${decision}: slice "${going.name}" is being deleted; ${waiting}`);
  const revisions = [...new Set(slices.map(({ revision }) => revision))];
  if (revisions.length > 1) {
    const named = revisions
      .map((each) => (each === undefined ? "none" : quoted(each)))
      .slice(0, 5)
      .join(", ");
    return refusal("MixedRevisions", `${decision}: its slices are of several revisions (${named}); ${waiting}`);
  }
  const gap = first.key === undefined ? undefined : (missingIndex(slices) ?? missingName(slices));
  return gap === undefined ? undefined : refusal("IndexGap", `${decision}: ${gap} is missing; ${waiting}`);
}

const waiting = "nobody is let go until its scheduler has written all of it";

function missingIndex(slices: readonly Slice[]): string | undefined {
  const missing = firstMissing(
    slices.flatMap(({ index }) => index ?? []),
    0,
  );
  return missing === undefined ? undefined : `the slice with index ${missing}`;
}

/** OCM numbers its own objects from 1 across all groups, which an index that several share cannot show. */
function missingName(slices: readonly Slice[]): string | undefined {
  if (slices[0]?.api !== "cluster.open-cluster-management.io") return undefined;
  const start = `${slices[0].key}-decision-`;
  const numbers = slices.map(({ name }) => (name.startsWith(start) ? name.slice(start.length) : ""));
  if (!numbers.every((each) => /^\d{1,15}$/.test(each))) return undefined;
  const missing = firstMissing(numbers.map(Number), 1);
  return missing === undefined ? undefined : `the slice ${quoted(start + missing)}`;
}

/** How a person calls the decision that a slice is a part of. */
export function shownAs({ namespace, key, name }: Slice): string {
  return `decision ${quoted(key ?? name)} in namespace ${namespace}`;
}

/** The first number that is not there although a higher one is. */
function firstMissing(numbers: readonly number[], from: number): number | undefined {
  const all = new Set(numbers);
  let next = from;
  while (all.delete(next)) next += 1;
  return all.size === 0 ? undefined : next;
}
