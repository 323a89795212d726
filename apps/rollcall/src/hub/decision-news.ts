import type { ClusterId } from "@rollcall/contract";
import type { Decision } from "@rollcall/inventory";

type Decided = ReadonlyMap<string, Decision>;

/**
 * Of whom decisions say something else now; a new order is nobody's news.
 *   a cluster is                                   then
 *   named now, or not any more                     news
 *   named by a line that went elsewhere before     news
 *   not named, and the decision became complete    news, where it was named when that was last so
 */
export function decisionNews(before: Decided, after: Decided): readonly ClusterId[] {
  const ids = new Set<ClusterId>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id), after.get(id)];
    if (was !== is) for (const each of differing(was, is)) ids.add(each);
  }
  return [...ids];
}

function* differing(was: Decision | undefined, is: Decision | undefined): Generator<ClusterId> {
  for (const [id, row] of was?.named ?? []) if (row.went.is !== is?.named.get(id)?.went.is) yield id;
  for (const id of is?.named.keys() ?? []) if (!was?.named.has(id)) yield id;
  if (was?.state.is === is?.state.is) return;
  for (const id of was?.last?.named.keys() ?? []) if (!is?.named.has(id)) yield id;
}
