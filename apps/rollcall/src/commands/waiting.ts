import { read } from "@rollcall/kube";
import { digestByRoll, heldPlacements, type BookPage } from "@rollcall/sync";
import type { AtList } from "./at-list.ts";

/** The digest that the guard waits for, as far as the roll alone tells. */
export function guardDigest({ list }: AtList, { roll, orders }: Pick<BookPage, "roll" | "orders">): string {
  const { name, removals, consumer, options } = list;
  return digestByRoll({ list: name, roll, orders, removals, leave: consumer.adapter.leave(options), now: Date.now() });
}

/** Whether surely nothing waits for this yes: no placement of the list does, nobody is missing by the roll, and the hub is the one that it names. */
export async function isInVain(at: AtList, page: BookPage, digest: string): Promise<boolean> {
  if (await isForAnswers(at, digest)) return false;
  const nobody = guardDigest(at, { ...page, roll: { ...page.roll, absences: new Map() } });
  return guardDigest(at, page) === nobody && !(await isHubDoubted(at, page));
}

/** Whether a placement of the list, as it is answered to those who ask, waits for this yes. */
export async function isForAnswers({ config, book }: AtList, digest: string): Promise<boolean> {
  // Nobody else has the right to read it.
  return config.serve !== undefined && (await heldPlacements(book)).some((each) => each.digest === digest);
}

const namespaces = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** Another hub, and one that was set back, waits for a yes of its own. One that cannot be read may be any. */
async function isHubDoubted({ config, transports }: AtList, { roll }: BookPage): Promise<boolean> {
  try {
    const { metadata } = await read(await transports.to(config.inventory), namespaces, "kube-system");
    return roll.hub !== undefined && roll.hub !== metadata.uid;
  } catch {
    return true;
  }
}
