import type { Connect } from "@rollcall/connect";
import type { ClusterId } from "@rollcall/contract";
import { sleep } from "@rollcall/kube";
import {
  askedBook,
  inForce,
  keepList,
  type Inventory,
  type KeptList,
  type ListEvent,
  type LoginWords,
  type Orders,
  type Planned,
  type RollKeeper,
  type Target,
} from "@rollcall/sync";
import { followAnswers, type Answering } from "./answers/follow-answers.ts";
import { listAnswers } from "./answers/list-answers.ts";
import type { AnswerNews } from "./answers/news.ts";
import { goneThroughOnce } from "./answers/once.ts";
import type { ListConfig, ServerRef } from "./config/config.ts";
import type { Hub } from "./hub.ts";
import type { Identity } from "./hub/identity.ts";
import { logList, type Log } from "./log.ts";
import type { Places } from "./places.ts";
import { loginSayer, type LoginSayer } from "./say-logins.ts";

/** What is known of the place where a list is kept. */
export interface Stands {
  readonly target: Target;
  readonly roll: RollKeeper;
}

/** Somebody who wants to know what every list comes to, and for whom nothing is to be done. */
export interface Onlooker {
  /** When it ends, lists are gone through with whatever the hub has said by then. */
  readonly patience: Promise<void>;
  readonly placed: (list: string, stands: Stands) => void;
  readonly planned: (list: string, id: ClusterId, planned: Planned) => void;
  /** The list has been gone through once. */
  readonly through: (list: string) => void;
}

/** What all lists share. */
export interface Shared {
  readonly instance: string;
  readonly hub: Hub;
  readonly hubUrl: string;
  readonly identity: Identity;
  readonly places: Places;
  readonly serverOf: (list: ListConfig) => ServerRef;
  readonly connect: Connect;
  /** What came of logins; nothing where none is tried. */
  readonly words?: () => LoginWords;
  /** The namespace of the rolls. */
  readonly stateNamespace: string;
  /** How lists answer those who ask, where anybody may. */
  readonly serve?: { readonly maxAge: number; readonly refusesHeld: boolean; readonly boot: string };
  /** Told when somebody who asked would be answered otherwise now, and on which server the list is kept. */
  readonly onAnswer?: (news: AnswerNews, server: ServerRef) => void;
  /** Lists at work, by name. */
  readonly lists: Map<string, KeptList>;
  readonly log: Log;
  readonly report?: (event: ListEvent) => void;
  readonly onlooker?: Onlooker;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** One list as one config has it: kept until it is closed. */
export interface Life {
  readonly config: ListConfig;
  /** Resolves when it has been gone through once, or will not be. */
  readonly settled: Promise<void>;
  /** What it says to those who ask, once it has been gone through. */
  answers(): Answering | undefined;
  /** What is ordered about it now; undefined before its roll was read. */
  orders(): Orders | undefined;
  /** Takes up nothing new and resolves when what is at work is done and written down. Nothing of the list is taken away. */
  close(): Promise<void>;
}

/** Begins to keep a list once the one before it is closed: two at once would write against each other. */
export function beginLife(list: ListConfig, before: Promise<void>, shared: Shared): Life {
  const { name, consumer, digest } = list;
  const { hub, identity, lists, log, report, instance, onlooker } = shared;
  const patience = onlooker === undefined ? [] : [onlooker.patience];
  const ending = new AbortController();
  const signal = AbortSignal.any([shared.signal, ending.signal]);
  let kept: KeptList | undefined;
  let sayer: LoginSayer | undefined;
  let answers: Answering | undefined;
  let known: RollKeeper | undefined;
  const told = {
    look(ids: Iterable<string>) {
      kept?.touched(ids);
      answers?.look?.();
    },
    rollChanged() {
      kept?.rollChanged();
      answers?.look?.();
    },
    isBack: () => kept && lookAgain(kept),
  };
  const place = shared.places.open(list, shared.serverOf(list), told, signal);

  async function keep(): Promise<void> {
    await before;
    const { target, roll } = await place.ready();
    known = roll;
    onlooker?.placed(name, { target, roll });
    await Promise.race([hub.synced(list), ...patience]);
    await Promise.race([identity.known, ...patience]);
    if (signal.aborted) return;
    const book = { transport: target.transport, namespace: shared.stateNamespace, owner: { instance, list: name } };
    const standing = (): ReadonlySet<ClusterId> => new Set(target.ids(name));
    const inventory = watched(hub.inventory({ ...list, standing }), identity);
    kept = keepList({
      owner: { instance, list: name },
      mode: list.mode,
      adapter: consumer.adapter,
      options: consumer.knowing(list.options, [shared.hubUrl, target.transport.url]),
      removals: list.removals,
      guard: list.guard,
      ...(list.pacing && { pacing: list.pacing }),
      target,
      roll,
      inventory,
      connect: shared.connect,
      hub: () => ({ ...uidOf(identity), timesBack: hub.timesBack() }),
      now: shared.now,
      isAnswering: shared.serve !== undefined,
      isForOthers: (digest) => answers?.waitsFor(digest) ?? false,
      ...(onlooker && { planned: (id, planned) => onlooker.planned(name, id, planned) }),
      report(event) {
        logList(log, event, digest);
        report?.(event);
        answers?.look?.();
        if (event.is === "state") sayer?.look();
      },
    });
    if (shared.words !== undefined && list.mode === "sync")
      sayer = loginSayer({
        book,
        words: shared.words,
        said: () => roll.logins(),
        concerned: () => kept?.status().keys() ?? [],
        onError: (error) => log("warn", "nothing can be said of logins", { list: name, error }),
      });
    lists.set(name, kept);
    kept.start();
    await kept.idle();
    sayer?.look();
    onlooker?.through(name);
    if (shared.serve !== undefined) {
      const plain = listAnswers({
        list,
        kept: goneThroughOnce(kept),
        hub,
        standing,
        book: askedBook(book),
        choose: (id) => inventory.choose(id),
        orders: () => inForce(roll.orders(), shared.now()),
        ack: () => roll.ack(),
        usedAck: () => roll.commit({ ack: [] }),
        now: shared.now,
        ...shared.serve,
      });
      const { onAnswer, serverOf } = shared;
      answers = onAnswer ? followAnswers({ list: name, answers: plain, tell: (news) => onAnswer(news, serverOf(list)), signal }) : plain;
    }
    if (!signal.aborted) log("info", "list gone through", { list: name, clusters: kept.status().size, config: digest });
  }

  const goneThrough = keep().catch((error: unknown) => {
    if (!signal.aborted) log("error", "the list cannot be kept", { list: name, error });
  });

  return {
    config: list,
    settled: Promise.race([goneThrough, sleep(2 ** 31 - 1, signal)]),
    answers: () => answers,
    orders: () => known && inForce(known.orders(), shared.now()),
    async close() {
      ending.abort();
      answers = undefined;
      await before;
      await kept?.close();
      await sayer?.close();
      if (lists.get(name) === kept) lists.delete(name);
      await place.close();
    },
  };
}

function uidOf(identity: Identity): { readonly uid?: string } {
  const uid = identity.uid();
  return uid === undefined ? {} : { uid };
}

/** Who is looked at while nobody knows which hub answers has to be looked at again. */
function watched(inventory: Inventory, identity: Identity): Inventory {
  return {
    ...inventory,
    cluster(id) {
      identity.lookedAt(id);
      return inventory.cluster(id);
    },
  };
}

/** Looks again at everyone of whom something could not be known. */
export function lookAgain(list: KeptList): void {
  list.look([...list.status()].flatMap(([id, { verdict }]) => (verdict?.is === "stale" ? [id] : [])));
}
