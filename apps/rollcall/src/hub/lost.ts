import type { ClusterId } from "@rollcall/contract";

/** How long before a kind is gone a server may begin to delete what is of that kind. */
const aWhile = 300_000;

/** Who went together with the kind that they were of: nobody has chosen that for them. */
export interface Lost {
  /** A profile came, or went. */
  see(id: ClusterId, isHere: boolean): void;
  /** The kind is gone, and with it all of these and whoever went right before. */
  lose(namespace: string, present: Iterable<ClusterId>): void;
  has(id: ClusterId): boolean;
}

/** Remembers until they are seen again. A server that is told to forget a kind deletes all that is of it first, one by one. */
export function newLost(): Lost {
  const wentAt = new Map<ClusterId, number>();
  const lost = new Set<ClusterId>();

  return {
    see(id, isHere) {
      wentAt.delete(id);
      if (isHere) return void lost.delete(id);
      const now = performance.now();
      wentAt.set(id, now);
      for (const [each, at] of wentAt) {
        if (now - at < aWhile) break;
        wentAt.delete(each);
      }
    },
    lose(namespace, present) {
      const soon = [...wentAt].flatMap(([id, at]) => (performance.now() - at < aWhile ? [id] : []));
      for (const id of [...present, ...soon]) if (id.startsWith(`${namespace}/`)) lost.add(id);
    },
    has: (id) => lost.has(id),
  };
}
