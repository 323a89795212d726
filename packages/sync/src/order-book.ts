import { annotations, RollcallError, type KubeObject } from "@rollcall/contract";
import { create, isApiError, isConflict, patch, read, type Transport } from "@rollcall/kube";
import { ownerLabels, type Owner } from "./marks.ts";
import { readOrders, writeOrders, type Orders } from "./orders.ts";
import { checkOwner, rollKind, rollName } from "./roll-object.ts";
import { emptyRoll, readRoll, writeRoll, type Roll } from "./roll.ts";

export interface OrderBook {
  readonly transport: Transport;
  /** The namespace of the state. */
  readonly namespace: string;
  readonly owner: Owner;
}

/** What a list's roll says, to somebody who looks on. */
export interface BookPage {
  readonly roll: Roll;
  readonly orders: Orders;
  /** The digest that a person has said yes to and that nobody has taken up. */
  readonly ack?: string;
}

/** Reads what the roll of a list says; there is none before a list is kept for the first time. */
export async function readBook(book: OrderBook): Promise<BookPage | undefined> {
  const found = await rollOf(book);
  if (found === undefined) return undefined;
  const ack = found.metadata.annotations?.[annotations.ack];
  return { roll: readRoll(found.data?.["roll"] ?? ""), orders: readOrders(found.data?.["orders"]), ...(ack !== undefined && { ack }) };
}

/** Changes what is ordered about a list. Nobody's order is lost when two people give one at once. */
export async function giveOrders({ transport, namespace, owner }: OrderBook, change: (orders: Orders) => Orders): Promise<Orders> {
  const kind = rollKind(namespace);
  const metadata = { name: rollName(owner), namespace, labels: ownerLabels(owner) };
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await rollOf({ transport, namespace, owner });
      const before = readOrders(found?.data?.["orders"]);
      const after = change(before);
      const text = writeOrders(after);
      if (found === undefined) {
        const data = { roll: writeRoll(emptyRoll), ...(text !== undefined && { orders: text }) };
        await create(transport, kind, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
      } else if (text !== found.data?.["orders"]) {
        const { uid, resourceVersion } = found.metadata;
        await patch(transport, kind, { metadata }, { metadata: { uid, resourceVersion }, data: { orders: text ?? null } });
      }
      return after;
    } catch (error) {
      if (tries >= 5 || !(isConflict(error) || isApiError(error, 409))) throw error;
    }
  }
}

/** Says yes to exactly what a digest names. */
export async function confirm({ transport, namespace, owner }: OrderBook, digest: string): Promise<void> {
  const found = await rollOf({ transport, namespace, owner });
  if (found === undefined)
    throw new RollcallError("NoRoll", `list "${owner.list}" has no roll in namespace "${namespace}", so nothing waits for a yes`, {
      retry: false,
    });
  const { uid } = found.metadata;
  await patch(transport, rollKind(namespace), found, { metadata: { uid, annotations: { [annotations.ack]: digest } } });
}

/** The roll of a list as it stands, if it does. */
export async function rollOf({ transport, namespace, owner }: OrderBook): Promise<KubeObject | undefined> {
  try {
    const found = await read(transport, rollKind(namespace), rollName(owner), namespace);
    checkOwner(found, owner);
    return found;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
