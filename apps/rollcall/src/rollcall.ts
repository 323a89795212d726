import { connect } from "@rollcall/connect";
import type { ClusterId } from "@rollcall/contract";
import { read, sleep, type InformerEvent, type Transport } from "@rollcall/kube";
import { keepList, type KeptList, type ListEvent } from "@rollcall/sync";
import type { Config, ListConfig, ServerRef } from "./config/config.ts";
import { startHub, type Hub } from "./hub.ts";
import { logInformer, logList, type Log } from "./log.ts";
import { openPlaces, type Place } from "./places.ts";
import { persistently } from "./persistently.ts";
import { serverKey } from "./servers.ts";

export interface RollcallParts {
  readonly config: Config;
  /** The transport to a server; asked once for each that the config names. */
  readonly open: (server: ServerRef) => Promise<Transport>;
  readonly log: Log;
  readonly report?: (event: ListEvent) => void;
  /** Told what happens to lists and watches. */
  readonly watched?: (event: InformerEvent) => void;
  readonly now?: () => number;
}

/** A Rollcall at work. */
export interface Rollcall {
  readonly hub: Hub;
  readonly lists: ReadonlyMap<string, KeptList>;
  /** Resolves when every list has been gone through once. */
  settled(): Promise<void>;
  /** Takes up nothing new and resolves when what is at work is done. */
  stop(): Promise<void>;
}

/** Everything that runs: one hub, the places where lists are kept, and the lists. A list waits for nobody but the hub and its own place. */
export async function startRollcall({ config, open, log, report, watched, now = Date.now }: RollcallParts): Promise<Rollcall> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const transports = new Map<string, Promise<Transport>>();
  const transport = (server: ServerRef): Promise<Transport> => memo(transports, serverKey(server), () => open(server));
  const onEvent = (event: InformerEvent): void => {
    logInformer(log, event);
    watched?.(event);
  };

  const lists = new Map<string, KeptList>();
  const hubTransport = await transport(config.inventory);
  const onChange = (ids: readonly ClusterId[]): void => lists.forEach((list) => list.look(ids));
  const hub = startHub({ transport: hubTransport, namespaces: config.inventory.namespaces, signal, onEvent, onChange });
  const hubUid = identity(hubTransport, signal, log);
  // Told to stop before the hub was reached: those who wait for it are told, and nobody else has to be.
  hubUid.catch(() => undefined);
  const places = openPlaces({ config, transport, lists, log, onEvent, signal });

  async function keep(list: ListConfig, place: Place): Promise<void> {
    const { target, roll } = await place.ready();
    const options = list.consumer.knowing(list.options, [hubTransport.url, target.transport.url]);
    await Promise.all([hub.synced(), target.synced(), persistently(() => roll.load(), "the roll cannot be read", signal, log)]);
    const kept = keepList({
      owner: { instance: config.instance, list: list.name },
      mode: list.mode,
      adapter: list.consumer.adapter,
      options,
      removals: list.removals,
      guard: list.guard,
      target,
      roll,
      inventory: hub.inventory(list.select),
      connect: (cluster, login) => connect(cluster, login, config.providers),
      hub: await hubUid,
      now,
      report(event) {
        logList(log, event);
        report?.(event);
      },
    });
    if (signal.aborted) return;
    lists.set(list.name, kept);
    kept.start();
    await kept.idle();
    log("info", "list gone through", { list: list.name, clusters: kept.status().size });
  }

  const kept = config.lists.map((list) =>
    keep(list, places.get(list.name)!).catch((error: unknown) => {
      if (!signal.aborted) log("error", "the list cannot be kept", { list: list.name, error });
    }),
  );

  return {
    hub,
    lists,
    async settled() {
      await Promise.all(kept);
    },
    async stop() {
      const finish = async (): Promise<void> => {
        await Promise.all([...lists.values()].map((list) => list.close()));
        await Promise.all([...places.values()].map((place) => place.close()));
      };
      const late = new AbortController();
      await Promise.race([finish(), sleep(5000, late.signal)]);
      late.abort();
      stopping.abort();
      await Promise.allSettled([...transports.values()].map(async (each) => (await each).close()));
    },
  };
}

/** The hub is known by the uid of its kube-system namespace, whatever its address. */
async function identity(transport: Transport, signal: AbortSignal, log: Log): Promise<string> {
  const kind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };
  return persistently(
    async () => (await read(transport, kind, "kube-system")).metadata.uid ?? "",
    "the hub cannot be identified",
    signal,
    log,
  );
}

function memo<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  // What failed once is tried anew by whoever asks next.
  made.catch(() => known.delete(key));
  return made;
}
