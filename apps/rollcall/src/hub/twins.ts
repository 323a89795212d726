import type { Cluster, ClusterId } from "@rollcall/contract";

/** Profiles that speak of the same member, found without walking the fleet. */
export interface Twins {
  /** A profile was seen, or is gone; says who else speaks of the member that it speaks of, or spoke of: of very many, some. */
  see(id: ClusterId, cluster: Cluster | undefined): readonly ClusterId[];
  /** Everyone who speaks of the same member, this one included; nobody where it names none. */
  of(id: ClusterId): readonly ClusterId[];
  /** How many they are. */
  count(id: ClusterId): number;
}

/** An id that hundreds share is nobody's: each change would have all of them looked at, who are looked at again by themselves. */
const most = 100;

export function newTwins(): Twins {
  const members = new Map<ClusterId, string>();
  const profiles = new Map<string, Set<ClusterId>>();

  function others(member: string | undefined, id: ClusterId): readonly ClusterId[] {
    const found: ClusterId[] = [];
    for (const each of profiles.get(member ?? "") ?? []) {
      if (found.length === most) break;
      if (each !== id) found.push(each);
    }
    return found;
  }

  return {
    see(id, cluster) {
      const [was, is] = [members.get(id), cluster?.memberId || undefined];
      if (was === is) return others(is, id);
      if (was !== undefined) {
        members.delete(id);
        profiles.get(was)!.delete(id);
        if (profiles.get(was)!.size === 0) profiles.delete(was);
      }
      if (is !== undefined) {
        members.set(id, is);
        profiles.set(is, (profiles.get(is) ?? new Set()).add(id));
      }
      return [...new Set([...others(was, id), ...others(is, id)])];
    },
    of: (id) => [...(profiles.get(members.get(id) ?? "") ?? [])],
    count: (id) => profiles.get(members.get(id) ?? "")?.size ?? 0,
  };
}
