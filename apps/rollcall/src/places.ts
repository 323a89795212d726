import { labels } from "@rollcall/contract";
import { startInformer, type InformerEvent, type Transport } from "@rollcall/kube";
import { newTarget, rollKeeper, rollKind, rollName, type KeptList, type RollKeeper, type Target } from "@rollcall/sync";
import type { Config, ListConfig, ServerRef } from "./config/config.ts";
import type { Log } from "./log.ts";
import { persistently } from "./persistently.ts";
import { serverKey, serverOf } from "./servers.ts";

/** Where one list is kept: what stands on its target, and its roll. */
export interface Place {
  ready(): Promise<{ readonly target: Target; readonly roll: RollKeeper }>;
  close(): Promise<void>;
}

export interface PlacesOptions {
  readonly config: Config;
  readonly transport: (server: ServerRef) => Promise<Transport>;
  readonly lists: ReadonlyMap<string, KeptList>;
  readonly log: Log;
  readonly onEvent: (event: InformerEvent) => void;
  readonly signal: AbortSignal;
}

/** A place for each list. Lists on one server share what is read there, so reads do not grow with the number of lists. */
export function openPlaces(options: PlacesOptions): ReadonlyMap<string, Place> {
  const { config } = options;
  const servers = Map.groupBy(config.lists, (list) => serverKey(serverOf(list, config)));
  return new Map([...servers.values()].flatMap((lists) => openServer(lists, options)));
}

function openServer(
  lists: readonly ListConfig[],
  { config, transport, lists: kept, log, onEvent, signal }: PlacesOptions,
): readonly (readonly [string, Place])[] {
  const { instance, stateNamespace } = config;
  const rolls = new Map<string, RollKeeper>();
  const opened = open();
  // Whoever waits for it is told; nobody else has to.
  opened.catch(() => undefined);

  async function open(): Promise<Target> {
    const to = await persistently(() => transport(serverOf(lists[0]!, config)), "the target cannot be opened", signal, log);
    const target = newTarget({ transport: to, instance, onEvent });
    for (const { name, consumer, options } of lists) {
      const { adapter } = consumer;
      target.join({ list: name, kinds: adapter.writes(options), reading: adapter, onChange: (ids) => kept.get(name)?.look(ids) });
      const owner = { instance, list: name };
      const roll = rollKeeper({
        transport: to,
        namespace: stateNamespace,
        owner,
        onChange: () => kept.get(name)?.rollChanged(),
        onError: (error) => log("error", "the roll cannot be kept", { list: name, error }),
      });
      rolls.set(rollName(owner), roll);
    }
    target.start(signal);
    followRolls(to);
    return target;
  }

  /** Rolls are watched for an operator's ack, and for another writer. */
  function followRolls(to: Transport): void {
    startInformer({
      transport: to,
      kind: rollKind(stateNamespace),
      labelSelector: `${labels.instance}=${instance}`,
      project: (object) => object,
      onChange: (changes) => changes.forEach(({ before, after }) => rolls.get((after ?? before)!.metadata.name)?.saw(after)),
      onEvent,
      signal,
    });
  }

  return lists.map(({ name }) => {
    const place: Place = {
      ready: async () => ({ target: await opened, roll: rolls.get(rollName({ instance, list: name }))! }),
      close: async () => rolls.get(rollName({ instance, list: name }))?.close(),
    };
    return [name, place];
  });
}
