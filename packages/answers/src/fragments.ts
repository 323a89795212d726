import type { Answered, ClusterId } from "@rollcall/contract";
import type { Described } from "./answerable.ts";
import type { Shape } from "./shape.ts";

/** One rendered text for each member and shape, kept until the member changes: an answer is a join of them. */
export interface Fragments {
  /** What a member says of itself; undefined when nobody knows it, now or from before. */
  text(member: Answered, shape: MemberShape): string | undefined;
  /** It is gone for good. */
  forget(id: ClusterId): void;
  /** How many texts have been rendered so far. */
  rendered(): number;
}

type MemberShape = Pick<Shape, "member">;

interface Fragment {
  readonly member: Described;
  readonly texts: Map<MemberShape, string>;
}

/** Nothing rendered yet. One of these serves every list and placement that hands out the same plain values. */
export function newFragments(): Fragments {
  const kept = new Map<ClusterId, Fragment>();
  let rendered = 0;

  function fragmentOf({ id, plain, cluster }: Answered): Fragment | undefined {
    const before = kept.get(id);
    // Its profile cannot be read, or is gone while the member is not: other words than its last would rename its Applications, and so delete them.
    const known = cluster ?? before?.member.cluster;
    if (known === undefined) return undefined;
    if (before?.member.cluster === known && isSame(before.member.plain, plain)) return before;
    const fragment = { member: { id, plain, cluster: known }, texts: new Map() };
    kept.set(id, fragment);
    return fragment;
  }

  return {
    text(member, shape) {
      const fragment = fragmentOf(member);
      const before = fragment?.texts.get(shape);
      if (fragment === undefined || before !== undefined) return before;
      const text = shape.member(fragment.member);
      fragment.texts.set(shape, text);
      rendered += 1;
      return text;
    },
    forget: (id) => void kept.delete(id),
    rendered: () => rendered,
  };
}

function isSame(one: Answered["plain"], other: Answered["plain"]): boolean {
  return one === other || ["name", "server", "project"].every((key) => one[key] === other[key]);
}
