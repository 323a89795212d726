import { randomBytes } from "node:crypto";
import { assumingLogins, type CredentialStatus, type Provider } from "@rollcall/connect";
import type { ClusterId } from "@rollcall/contract";
import { sleep, type InformerEvent, type Transport } from "@rollcall/kube";
import type { KeptList, ListEvent } from "@rollcall/sync";
import type { Answering } from "./answers/follow-answers.ts";
import type { AnswerNews } from "./answers/news.ts";
import type { Config, ListConfig, ReadConfig, ServerRef } from "./config/config.ts";
import { startHub, type Hub } from "./hub.ts";
import { bothApis } from "./hub/placement.ts";
import { identify } from "./hub/identity.ts";
import { logLeftBehind } from "./left-behind.ts";
import { beginLife, lookAgain, type Life, type Onlooker, type Shared } from "./life.ts";
import { logInformer, type Log } from "./log.ts";
import { startLogins } from "./logins.ts";
import { newPlaces } from "./places.ts";
import { reconfigure, type Reconfiguration } from "./reconfigure.ts";
import { serverOf } from "./servers.ts";
import { whenBack, type Timing } from "./timing.ts";
import { strayWatch } from "./strays.ts";
import { newTransports } from "./transports.ts";

export interface RollcallParts {
  readonly config: Config;
  /** Where it was read from, for commands that are told to a person. */
  readonly configPath?: string;
  /** The transport to a server; asked once for each that the config names. */
  readonly open: (server: ServerRef) => Promise<Transport>;
  readonly log: Log;
  readonly report?: (event: ListEvent) => void;
  /** Told what happens to lists and watches. */
  readonly watched?: (event: InformerEvent) => void;
  /** Told when somebody who asked would be answered otherwise now, and on which server the list is kept. Without it, answers are worked out for those who ask alone. */
  readonly onAnswer?: (news: AnswerNews, server: ServerRef) => void;
  /** For somebody who only looks; the lists are in mode `observe` then. */
  readonly onlooker?: Onlooker;
  readonly now?: () => number;
  readonly timing?: Timing;
}

/** A Rollcall at work. */
export interface Rollcall {
  readonly hub: Hub;
  readonly lists: ReadonlyMap<string, KeptList>;
  /** The names of the lists, whether or not they can be kept at this moment. */
  names(): readonly string[];
  /** What a list says to those who ask, where anybody may and it has been gone through. */
  answers(list: string): Answering | undefined;
  /** The transport to a server of the config. */
  readonly transportTo: (server: ServerRef) => Promise<Transport>;
  /** How the credentials stand that were got for clusters. */
  credentials(): ReadonlyMap<ClusterId, readonly CredentialStatus[]>;
  /** Resolves when every list has been gone through once. */
  settled(): Promise<void>;
  /** Goes on with another config, and says what that comes to: nothing, where it is no good. A list that it says the same of does not notice. */
  take(config: ReadConfig): Reconfiguration | undefined;
  /** Takes up nothing new and resolves when what is at work is done. */
  stop(): Promise<void>;
}

/** Everything that runs: one hub, the places where lists are kept, and the lists. A list waits for nobody but the hub and its own place. */
export async function startRollcall({
  configPath,
  open,
  log,
  report,
  watched,
  onAnswer,
  onlooker,
  now = Date.now,
  timing = {},
  ...parts
}: RollcallParts): Promise<Rollcall> {
  let { config } = parts;
  const { instance, inventory } = config;
  const stopping = new AbortController();
  const { signal } = stopping;
  const transports = newTransports(open);
  const onEvent = (event: InformerEvent): void => {
    logInformer(log, event);
    watched?.(event);
  };

  const lists = new Map<string, KeptList>();
  const hubTransport = await transports.to(inventory);
  const identity = identify(hubTransport, signal, log, (unsure) => {
    lists.forEach((list) => {
      lookAgain(list);
      list.look(unsure);
    });
  });
  const onChange = (ids: readonly ClusterId[]): void => {
    identity.took();
    for (const id of ids) if (!hub.fleet().clusters.has(id)) logins?.forget(id);
    lists.forEach((list) => list.look(ids));
    lookAtAnswers();
  };
  const lookAtAll = (): void => {
    lists.forEach(lookAgain);
    lookAtAnswers();
  };
  const back = whenBack(lookAtAll);
  const heard = (event: InformerEvent): void => {
    onEvent(event);
    identity.heard(event);
    back(event);
  };
  const hub = startHub({
    transport: hubTransport,
    namespaces: inventory.namespaces,
    placements: inventory.placements,
    signal,
    onEvent: heard,
    onChange,
    onBeforeDecision: () => lists.forEach((list) => list.aboutToMove()),
    onDecision: lookAtAll,
    timing,
  });
  // Whoever asks for a placement first would be told that nothing of it is known yet.
  if (config.serve !== undefined) hub.decisions(bothApis);
  const providers = (): readonly Provider[] => config.providers;
  const look = (id: ClusterId): void => lists.forEach((list) => list.look([id]));
  const logins =
    onlooker === undefined ? startLogins({ hub: hubTransport, providers, environment: process.env, now, onNews: look, signal }) : undefined;
  const lives = new Map<string, Life>();
  const lookAtAnswers = (): void => lives.forEach((life) => life.answers()?.look?.());
  let isThrough = false;
  const listed = strayWatch(
    log,
    () => (signal.aborted ? [] : shared.places.strays()),
    () => new Set(lives.keys()),
  );
  const atPlace = (event: InformerEvent): void => {
    onEvent(event);
    if (event.type === "listed" && isThrough && !signal.aborted) listed();
  };
  const shared: Shared = {
    instance,
    hub,
    identity,
    lists,
    log,
    now,
    signal,
    ...(report && { report }),
    ...(onlooker && { onlooker }),
    ...(onAnswer && { onAnswer }),
    hubUrl: hubTransport.url,
    places: newPlaces({ config, ...(configPath !== undefined && { configPath }), transports, log, onEvent: atPlace, timing, signal }),
    serverOf: (list) => serverOf(list, config),
    connect: logins?.connect ?? assumingLogins(providers),
    ...(logins && { words: logins.words }),
    stateNamespace: config.stateNamespace,
    ...(config.serve && {
      serve: { maxAge: config.serve.maxAge, refusesHeld: config.serve.whenHeld === "refuse", boot: randomBytes(6).toString("hex") },
    }),
  };

  /** Lists that are being closed; who comes after one of the same name waits for it. */
  const closing = new Map<string, Promise<void>>();
  const begin = (list: ListConfig): void => void lives.set(list.name, beginLife(list, closing.get(list.name) ?? Promise.resolve(), shared));
  const end = (name: string): void => {
    const closed = lives
      .get(name)
      ?.close()
      .catch((error: unknown) => log("error", "the list cannot be closed", { list: name, error }));
    lives.delete(name);
    if (closed !== undefined) closing.set(name, closed);
  };
  config.lists.forEach(begin);
  const goThrough = async (): Promise<void> => {
    await Promise.all([...lives.values()].map((life) => life.settled));
    isThrough = true;
    if (!signal.aborted) listed();
  };
  void goThrough();

  return {
    hub,
    lists,
    names: () => [...lives.keys()],
    answers: (list) => lives.get(list)?.answers(),
    transportTo: (server) => transports.to(server),
    credentials: () => logins?.status() ?? new Map(),
    async settled() {
      // Who joins meanwhile is waited for too.
      for (const life of lives.values()) await life.settled;
    },
    take(read) {
      const next = reconfigure(config, read);
      if (next === undefined || signal.aborted) return next;
      config = next.config;
      for (const list of next.toAnotherServer)
        logLeftBehind(log, { list, orders: lives.get(list)?.orders(), ...(configPath !== undefined && { configPath }) });
      next.gone.forEach(end);
      for (const list of next.changed) {
        end(list.name);
        begin(list);
      }
      next.added.forEach(begin);
      if (next.newProviders) onChange([...hub.fleet().clusters.keys()]);
      return next;
    },
    async stop() {
      [...lives.keys()].forEach(end);
      const late = new AbortController();
      await Promise.race([Promise.all(closing.values()), sleep(5000, late.signal)]);
      late.abort();
      stopping.abort();
      await transports.closeAll();
    },
  };
}
