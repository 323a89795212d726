import type { Kind } from "@rollcall/contract";
import { isApiError, listAll, type Transport } from "@rollcall/kube";
import type { Asks } from "./asks.ts";
import type { Consumer } from "./consumer.ts";

/** An object that makes a consumer ask, and what it asks for. */
export interface Asker {
  readonly name: string;
  readonly asks: readonly Asks[];
}

const inPage = 100;

/** Reads who asks, in one namespace. */
export async function whoAsks(transport: Transport, { asks }: Consumer, kind: Kind, signal: AbortSignal): Promise<readonly Asker[]> {
  const objects = await listAll(transport, kind, { pageSize: inPage, signal }).catch(noneWhere404);
  return objects.flatMap((object) => {
    const asked = asks(object);
    return asked.length === 0 ? [] : [{ name: object.metadata.name, asks: asked }];
  });
}

/** Where a kind is not served, or an object has gone, there is nobody. */
export function noneWhere404(error: unknown): [] {
  if (isApiError(error, 404)) return [];
  throw error;
}
