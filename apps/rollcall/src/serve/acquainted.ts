import { timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { isRefusal } from "@rollcall/contract";
import type { TokenHolders } from "./token-files.ts";

/** Finds out who asks on a connection. */
export type Who = (socket: Socket, authorization: string | undefined) => ReturnType<TokenHolders["who"]>;

/** Whoever asks on with the token that was good on this very connection is not looked up anew, until a file holds other tokens. */
export function acquaintedWith(tokens: TokenHolders): Who {
  const known = new WeakMap<Socket, { readonly header: Buffer; readonly edition: number; readonly who: ReturnType<TokenHolders["who"]> }>();
  return (socket, authorization) => {
    const header = Buffer.from(authorization ?? "");
    const edition = tokens.edition();
    const before = known.get(socket);
    // A proxy may carry many askers on one connection, so the time it takes must not say how like their tokens are.
    if (before?.edition === edition && before.header.length === header.length && timingSafeEqual(before.header, header)) return before.who;
    const who = tokens.who(authorization);
    if (!isRefusal(who)) known.set(socket, { header, edition, who });
    return who;
  };
}
