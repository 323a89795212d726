import { isIPv6 } from "node:net";

export interface StrangersOptions {
  /** So many failures are answered at once. */
  readonly atOnce?: number;
  /** Milliseconds after which one more is. */
  readonly oneMoreAfter?: number;
  readonly now?: () => number;
}

/** Counts by address those who fail to say who they are. */
export interface Strangers {
  /** Counts a failure. Where there were too many: seconds after which another is answered, and whether this is the first of those. */
  failed(address: string): { readonly seconds: number; readonly isFirst: boolean } | undefined;
}

const mostRemembered = 10_000;

/** Nobody has failed yet. */
export function newStrangers({ atOnce = 10, oneMoreAfter = 6000, now = () => performance.now() }: StrangersOptions = {}): Strangers {
  const known = new Map<string, { left: number; at: number; isTold: boolean }>();
  return {
    failed(address) {
      const who = neighbourhood(address);
      const { left, at, isTold } = known.get(who) ?? { left: atOnce, at: now(), isTold: false };
      const room = Math.min(atOnce, left + (now() - at) / oneMoreAfter);
      const isTooMany = room < 1;
      // Whoever was seen last stands last.
      known.delete(who);
      known.set(who, { left: isTooMany ? room : room - 1, at: now(), isTold: isTooMany });
      if (known.size > mostRemembered) known.delete(known.keys().next().value!);
      return isTooMany ? { seconds: Math.ceil(Math.round((1 - room) * oneMoreAfter) / 1000), isFirst: !isTold } : undefined;
    },
  };
}

/** Whoever has one address of version 6 has as many as they like: the network counts. */
function neighbourhood(address: string): string {
  const four = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (four !== undefined || !isIPv6(address)) return four ?? address;
  const [head = "", tail] = address.split("%", 1)[0]!.split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail ?? "").split(":")].slice(0, 4).join(":");
}
