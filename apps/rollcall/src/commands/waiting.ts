import { digestOf } from "@rollcall/contract";
import { read } from "@rollcall/kube";
import { digestByRoll, type BookPage } from "@rollcall/sync";
import type { AtList } from "./at-list.ts";

/** The digest that the guard waits for, as far as the roll alone tells. */
export function guardDigest({ list }: AtList, { roll, orders }: Pick<BookPage, "roll" | "orders">): string {
  const { name, removals, consumer, options } = list;
  return digestByRoll({ list: name, roll, orders, removals, leave: consumer.adapter.leave(options), now: Date.now() });
}

/** Whether surely nothing waits for this yes: nobody is missing by the roll, and it is not about the hub either. */
export async function isInVain(at: AtList, page: BookPage, digest: string): Promise<boolean> {
  const nobody = guardDigest(at, { ...page, roll: { ...page.roll, absences: new Map() } });
  return guardDigest(at, page) === nobody && !(await mayBeAboutHub(at, digest));
}

const namespaces = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** How often a hub may have gone back, as far as anybody would let it. */
const most = 100;

/** Another hub, or one that was set back, is confirmed by a digest of its own. Of a hub that cannot be read, any may be it. */
async function mayBeAboutHub({ config, list, transports }: AtList, digest: string): Promise<boolean> {
  try {
    const { metadata } = await read(await transports.to(config.inventory), namespaces, "kube-system");
    const ofHub = [list.name, "hub", metadata.uid ?? ""];
    return Array.from({ length: most }, (_, back) => digestOf(back === 0 ? ofHub : [...ofHub, `back ${back}`])).includes(digest);
  } catch {
    return true;
  }
}
