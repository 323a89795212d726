import type { Kind } from "@rollcall/contract";
import { isApiError, listAll, type Transport } from "@rollcall/kube";
import type { Asks } from "./asks.ts";
import type { Consumer } from "./consumer.ts";

/** An object that makes a consumer ask, and what it asks for. */
export interface Asker {
  readonly name: string;
  readonly asks: readonly Asks[];
}

export interface WhoAsksParts {
  readonly consumer: Consumer;
  readonly kind: Kind;
  readonly signal: AbortSignal;
  /** Milliseconds for which it is remembered: whoever is new or changed asks by itself. */
  readonly rest: number;
}

const inPage = 100;

/** Reads who asks, in one namespace, and keeps no more of it than what they ask for. */
export function whoAsks({ consumer, kind, signal, rest }: WhoAsksParts): (transport: Transport) => Promise<readonly Asker[]> {
  let read: { readonly at: number; readonly askers: readonly Asker[] } | undefined;
  return async (transport) => {
    const at = performance.now();
    if (read !== undefined && at - read.at < rest) return read.askers;
    const objects = await listAll(transport, kind, { pageSize: inPage, signal }).catch(noneWhere404);
    const askers = objects.flatMap((object) => {
      const asks = consumer.asks(object);
      return asks.length === 0 ? [] : [{ name: object.metadata.name, asks }];
    });
    read = { at, askers };
    return askers;
  };
}

/** Where a kind is not served, or an object has gone, there is nobody. */
export function noneWhere404(error: unknown): [] {
  if (isApiError(error, 404)) return [];
  throw error;
}
