import { labels, type ClusterId } from "@rollcall/contract";
import { startInformer, type InformerEvent } from "@rollcall/kube";
import { newTarget, rollKeeper, rollKind, rollName, type RollKeeper, type Standing, type Target } from "@rollcall/sync";
import type { Config, ListConfig, ServerRef } from "./config/config.ts";
import type { Log } from "./log.ts";
import { persistently } from "./persistently.ts";
import { serverKey } from "./servers.ts";
import { whenBack, type Timing } from "./timing.ts";
import type { Transports } from "./transports.ts";

/** Where one list is kept: what stands on its target, and its roll. */
export interface Place {
  /** Resolves when all of it is known. */
  ready(): Promise<{ readonly target: Target; readonly roll: RollKeeper }>;
  close(): Promise<void>;
}

/** Who is told what happens at a place. */
export interface Told {
  readonly look: (ids: readonly ClusterId[]) => void;
  readonly rollChanged: () => void;
  /** Its server is back after trouble. */
  readonly isBack: () => void;
}

/** The places of all lists. Lists on one server share what is read there, so reads do not grow with the number of lists. */
export interface Places {
  open(list: ListConfig, server: ServerRef, told: Told, signal: AbortSignal): Place;
  /** What is labelled as ours on any server and that no list keeps. */
  strays(): readonly Standing[];
}

export interface PlacesOptions {
  readonly config: Pick<Config, "instance" | "stateNamespace" | "inventory">;
  readonly configPath?: string;
  readonly transports: Transports;
  readonly log: Log;
  readonly onEvent: (event: InformerEvent) => void;
  readonly timing: Timing;
  readonly signal: AbortSignal;
}

interface Server {
  readonly target: Promise<Target>;
  readonly rolls: Map<string, RollKeeper>;
  readonly users: Set<Told>;
  readonly ending: AbortController;
}

/** Places are opened as lists come, and a server that no list is kept on any more is left alone. */
export function newPlaces({ config, configPath, transports, log, onEvent, timing, signal: stopping }: PlacesOptions): Places {
  const { instance, stateNamespace, inventory } = config;
  const servers = new Map<string, Server>();
  const targets = new Map<Server, Target>();

  function serverAt(ref: ServerRef): Server {
    const known = servers.get(serverKey(ref));
    if (known !== undefined) return known;
    const ending = new AbortController();
    const signal = AbortSignal.any([stopping, ending.signal]);
    const rolls = new Map<string, RollKeeper>();
    const users = new Set<Told>();
    const back = whenBack(() => users.forEach(({ isBack }) => isBack()));
    const heard = (event: InformerEvent): void => {
      onEvent(event);
      back(event);
    };
    const start = async (): Promise<Target> => {
      const transport = await persistently(() => transports.to(ref), "the target cannot be opened", signal, log);
      const target = newTarget({ transport, instance, onEvent: heard, timing });
      target.start(signal);
      // Rolls are watched for an operator's ack, and for another writer.
      startInformer({
        ...timing,
        transport,
        kind: rollKind(stateNamespace),
        labelSelector: `${labels.instance}=${instance}`,
        project: (object) => object,
        onChange: (changes) => changes.forEach(({ before, after }) => rolls.get((after ?? before)!.metadata.name)?.saw(after)),
        onEvent: heard,
        signal,
      });
      return target;
    };
    const target = start();
    // Whoever waits for it is told; nobody else has to.
    target.catch(() => undefined);
    const server = { target, rolls, users, ending };
    servers.set(serverKey(ref), server);
    return server;
  }

  async function leave(ref: ServerRef, server: Server): Promise<void> {
    const { users, ending } = server;
    if (users.size > 0) return;
    ending.abort();
    targets.delete(server);
    servers.delete(serverKey(ref));
    if (serverKey(ref) !== serverKey(inventory)) await transports.close(ref);
  }

  return {
    strays: () => [...targets.values()].flatMap((target) => target.strays()),
    open({ name, consumer: { adapter }, options }, ref, told, signal) {
      const server = serverAt(ref);
      const owner = { instance, list: name };
      let roll: RollKeeper | undefined;
      // Whoever comes is counted at once: a list that only changes does not find its server closed.
      server.users.add(told);
      return {
        async ready() {
          const target = await server.target;
          targets.set(server, target);
          signal.throwIfAborted();
          target.join({ list: name, kinds: adapter.writes(options), reading: adapter, onChange: told.look });
          const made = rollKeeper({
            transport: target.transport,
            namespace: stateNamespace,
            owner,
            ...(configPath !== undefined && { configPath }),
            onChange: told.rollChanged,
            onError: (error) => log("error", "the roll cannot be kept", { list: name, error }),
          });
          roll = made;
          server.rolls.set(rollName(owner), made);
          await Promise.all([
            persistently(() => target.synced(name), "what stands on the target cannot be read", signal, log),
            persistently(() => made.load(), "the roll cannot be read", signal, log),
          ]);
          return { target, roll: made };
        },
        async close() {
          if (roll !== undefined) {
            server.rolls.delete(rollName(owner));
            (await server.target).leave(name);
            await roll.close();
          }
          server.users.delete(told);
          await leave(ref, server);
        },
      };
    },
  };
}
