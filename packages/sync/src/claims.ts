import {
  fromBase64,
  refusal,
  sameServer,
  type Adapter,
  type Cluster,
  type ClusterId,
  type Connection,
  type KubeObject,
  type Refusal,
} from "@rollcall/contract";

/** Who holds what only one cluster of a list may have: a server, and a name that the consumer shows. */
export interface Claims {
  /** Takes these for a cluster beside what it holds, or says who has one of them; then it is told when that one is free. */
  take(id: ClusterId, wanted: readonly string[]): Refusal | undefined;
  holder(what: string): ClusterId | undefined;
  /** What stands for a cluster speaks of this member of the inventory, or of none that is named. */
  speaks(id: ClusterId, memberId: string | undefined): void;
  /** Somebody else of whom something stands and who speaks of this member; then it is told when that one is gone. */
  speaker(id: ClusterId, memberId: string | undefined): ClusterId | undefined;
  /** Everything that one cluster holds is another's now: the same one under another name. */
  bequeath(from: ClusterId, to: ClusterId): void;
  /** Who waits for something that this one holds. */
  waiting(id: ClusterId): readonly ClusterId[];
  /** Nothing but these stands for the cluster any more: gives up the others, and names those who waited for them. */
  settle(id: ClusterId, stands: readonly string[]): readonly ClusterId[];
}

/** Nobody holds anything yet. */
export function newClaims(): Claims {
  const holders = new Map<string, ClusterId>();
  const held = new Map<ClusterId, ReadonlySet<string>>();
  const waiting = new Map<string, Set<ClusterId>>();
  /** What those asked for last who could not have it. */
  const refused = new Map<ClusterId, readonly string[]>();
  /** By member id, of whom something stands; and the other way round. */
  const speakers = new Map<string, Set<ClusterId>>();
  const spoken = new Map<ClusterId, string>();

  function wait(id: ClusterId, what: string): void {
    waiting.set(what, (waiting.get(what) ?? new Set()).add(id));
  }

  /**
   * Whether its holder wants it no more, and waits for something that in the end waits for this one: clusters that exchange what they
   * have would wait for each other for ever.
   */
  function isGivenUp(id: ClusterId, what: string): boolean {
    const seen = new Set<ClusterId>([id]);
    for (let wanted = what; ;) {
      const holder = holders.get(wanted);
      const wants = holder === undefined ? undefined : refused.get(holder);
      if (holder === undefined || wants === undefined || wants.includes(wanted)) return false;
      const next = wants.find((each) => (holders.get(each) ?? holder) !== holder);
      if (next === undefined) return false;
      if (holders.get(next) === id) return true;
      if (seen.has(holder)) return false;
      seen.add(holder);
      wanted = next;
    }
  }

  function silence(id: ClusterId): void {
    const was = spoken.get(id);
    if (was === undefined) return;
    spoken.delete(id);
    speakers.get(was)!.delete(id);
    if (speakers.get(was)!.size === 0) speakers.delete(was);
  }

  return {
    take(id, wanted) {
      const taken = wanted.find((each) => (holders.get(each) ?? id) !== id && !isGivenUp(id, each));
      if (taken !== undefined) {
        refused.set(id, wanted);
        wait(id, taken);
        return refusal(
          "Collision",
          `${withoutQuery(taken)} is on this list already, as ${holders.get(taken)}; one of the two has to be left out`,
        );
      }
      refused.delete(id);
      // While a cluster moves, what it leaves is still there for the consumer to see.
      for (const each of wanted) holders.set(each, id);
      held.set(id, new Set([...(held.get(id) ?? []), ...wanted]));
      return undefined;
    },
    holder: (what) => holders.get(what),
    speaks(id, memberId) {
      if (spoken.get(id) === memberId) return;
      silence(id);
      if (memberId === undefined || memberId === "") return;
      spoken.set(id, memberId);
      speakers.set(memberId, (speakers.get(memberId) ?? new Set()).add(id));
    },
    speaker(id, memberId) {
      const other = [...(speakers.get(memberId ?? "") ?? [])].find((each) => each !== id);
      if (other === undefined) return undefined;
      for (const each of held.get(other) ?? []) wait(id, each);
      return other;
    },
    bequeath(from, to) {
      const all = held.get(from) ?? new Set();
      for (const each of all) holders.set(each, to);
      held.set(to, new Set([...(held.get(to) ?? []), ...all]));
      held.delete(from);
      silence(from);
    },
    waiting: (id) => [...(held.get(id) ?? [])].flatMap((each) => [...(waiting.get(each) ?? [])]),
    settle(id, stands) {
      const freed = [...(held.get(id) ?? [])].filter((each) => !stands.includes(each));
      if (stands.length === 0) {
        held.delete(id);
        refused.delete(id);
        silence(id);
      } else held.set(id, new Set(stands));
      return freed.flatMap((each) => {
        holders.delete(each);
        const next = [...(waiting.get(each) ?? [])];
        waiting.delete(each);
        return next;
      });
    },
  };
}

/** A query may hold what is nobody's business. */
function withoutQuery(what: string): string {
  return what.replace(/\?.*$/, "?…");
}

/** What a cluster needs for itself on a list: its server, and its name where the consumer shows one. */
export function claimsOf(
  { server }: Pick<Connection, "server">,
  { plain }: Pick<Adapter<never>, "plain">,
  entry: readonly KubeObject[],
): readonly string[] {
  const name = plain?.includes("name") ? entry.at(-1)?.data?.["name"] : undefined;
  return claimNames(server, name && fromBase64(name));
}

export function claimNames(server: string, name: string | undefined): readonly string[] {
  return [`server ${sameServer(server)}`, ...(name === undefined ? [] : [`name ${name}`])];
}

/** Among those who want the same, the oldest comes first; uids decide between twins. */
export function oldestFirst(a: Cluster, b: Cluster): number {
  return a.createdAt === b.createdAt ? (a.uid < b.uid ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;
}
