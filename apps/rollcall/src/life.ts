import { connect, type Provider } from "@rollcall/connect";
import { sleep } from "@rollcall/kube";
import { keepList, type KeptList, type ListEvent } from "@rollcall/sync";
import type { ListConfig, ServerRef } from "./config/config.ts";
import type { Hub } from "./hub.ts";
import { logList, type Log } from "./log.ts";
import type { Places } from "./places.ts";

/** What all lists share. */
export interface Shared {
  readonly instance: string;
  readonly hub: Hub;
  readonly hubUrl: string;
  /** The uid by which the hub is known, once it has been asked. */
  readonly hubUid: Promise<string>;
  readonly places: Places;
  readonly serverOf: (list: ListConfig) => ServerRef;
  readonly providers: () => readonly Provider[];
  /** Lists at work, by name. */
  readonly lists: Map<string, KeptList>;
  readonly log: Log;
  readonly report?: (event: ListEvent) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** One list as one config has it: kept until it is closed. */
export interface Life {
  readonly config: ListConfig;
  /** Resolves when it has been gone through once, or will not be. */
  readonly settled: Promise<void>;
  /** Takes up nothing new and resolves when what is at work is done and written down. Nothing of the list is taken away. */
  close(): Promise<void>;
}

/** Begins to keep a list once the one before it is closed: two at once would write against each other. */
export function beginLife(list: ListConfig, before: Promise<void>, shared: Shared): Life {
  const { name, consumer, digest } = list;
  const { hub, lists, log, report, instance } = shared;
  const ending = new AbortController();
  const signal = AbortSignal.any([shared.signal, ending.signal]);
  let kept: KeptList | undefined;
  const told = {
    look: (ids: Iterable<string>) => kept?.look(ids),
    rollChanged: () => kept?.rollChanged(),
    isBack: () => kept && lookAgain(kept),
  };
  const place = shared.places.open(list, shared.serverOf(list), told, signal);

  async function keep(): Promise<void> {
    await before;
    const { target, roll } = await place.ready();
    await hub.synced(list);
    const hubUid = await shared.hubUid;
    if (signal.aborted) return;
    kept = keepList({
      owner: { instance, list: name },
      mode: list.mode,
      adapter: consumer.adapter,
      options: consumer.knowing(list.options, [shared.hubUrl, target.transport.url]),
      removals: list.removals,
      guard: list.guard,
      target,
      roll,
      inventory: hub.inventory(list),
      connect: (cluster, login) => connect(cluster, login, shared.providers()),
      hub: () => ({ uid: hubUid, timesBack: hub.timesBack() }),
      now: shared.now,
      report(event) {
        logList(log, event, digest);
        report?.(event);
      },
    });
    lists.set(name, kept);
    kept.start();
    await kept.idle();
    if (!signal.aborted) log("info", "list gone through", { list: name, clusters: kept.status().size });
  }

  const goneThrough = keep().catch((error: unknown) => {
    if (!signal.aborted) log("error", "the list cannot be kept", { list: name, error });
  });

  return {
    config: list,
    settled: Promise.race([goneThrough, sleep(2 ** 31 - 1, signal)]),
    async close() {
      ending.abort();
      await before;
      await kept?.close();
      if (lists.get(name) === kept) lists.delete(name);
      await place.close();
    },
  };
}

/** Looks again at everyone of whom something could not be known. */
export function lookAgain(list: KeptList): void {
  list.look([...list.status()].flatMap(([id, { verdict }]) => (verdict?.is === "stale" ? [id] : [])));
}
