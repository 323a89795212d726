import { assumingLogins } from "@rollcall/connect";
import { refusalOf, type ClusterId, type Refusal } from "@rollcall/contract";
import { sleep, type Transport } from "@rollcall/kube";
import {
  anchorOf,
  heldPlacements,
  inForce,
  takeStep,
  type GuardView,
  type HeldPlacement,
  type LoginWord,
  type LoginWords,
  type Orders,
  type Planned,
  type Roll,
} from "@rollcall/sync";
import type { Config, ListConfig, ServerRef } from "./config/config.ts";
import { absentNamespaces, inventoried, type Inventoried } from "./first-contact.ts";
import type { Stands } from "./life.ts";
import type { Log } from "./log.ts";
import { otherHub, type OtherHub } from "./other-hub.ts";
import { roomGiven } from "./room.ts";
import { startRollcall, type Rollcall } from "./rollcall.ts";
import { hubProblem, identityProblem, whyUnseen, type Complaint } from "./trouble.ts";

/** What one look found of a list. */
export interface Seen {
  readonly list: ListConfig;
  readonly clusters: ReadonlyMap<ClusterId, Found>;
  readonly roll: Roll;
  /** What people have ordered, as far as it holds now. */
  readonly orders: Orders;
  readonly guard: GuardView;
  /** How what stands compares with a hub that is not believed. */
  readonly otherHub?: OtherHub;
  /** Namespaces that it would write to and that are not there. */
  readonly absent: readonly string[];
  /** Placements that are answered as before until a person says yes. */
  readonly heldPlacements: readonly HeldPlacement[];
}

/** What was found to be done for a cluster, and what only others know of it: who still uses it, what came of its login. */
export interface Found extends Planned {
  readonly users?: Refusal;
  /** What came of its login where it is really tried. */
  readonly login?: LoginWord;
}

/** A list of which nothing can be said. */
export interface Unseen {
  readonly list: ListConfig;
  readonly problem: string;
}

/** One look at a hub and at every target. */
export interface Look {
  readonly at: number;
  /** Why not all of the hub could be read: of whom it does not speak, nothing is known then. */
  readonly hub?: string;
  readonly inventory: Inventoried;
  /** Profiles that no list can use, and why. */
  readonly unusable: ReadonlyMap<ClusterId, Refusal>;
  readonly lists: readonly (Seen | Unseen)[];
}

export interface LookParts {
  readonly config: Config;
  readonly open: (server: ServerRef) => Promise<Transport>;
  /** Milliseconds; what has not answered by then is told as not to be seen. */
  readonly timeout: number;
  /** Asks which namespaces are there, where nothing stands in them yet. */
  readonly asksNamespaces?: boolean;
  readonly now?: () => number;
}

/** How long what is known by then may take to be gone through. */
const afterwards = 10_000;

/** Looks once at what every list of a config comes to. Nothing is written anywhere, whatever the modes of the lists. */
export async function look({ config, open, timeout, asksNamespaces = false, now = Date.now }: LookParts): Promise<Look> {
  const planned = new Map(config.lists.map(({ name }) => [name, new Map<ClusterId, Planned>()]));
  const places = new Map<string, Stands>();
  const gone = new Map(config.lists.map(({ name }) => [name, Promise.withResolvers<void>()]));
  const through = new Set<string>();
  const patience = Promise.withResolvers<void>();
  const complaints: Complaint[] = [];
  const log: Log = (_, what, { error, list, kind } = {}) => {
    if (error !== undefined) complaints.push({ list, kind, what, why: refusalOf(error).message });
  };

  const rollcall = await startRollcall({
    config: { ...config, inventory: unsettled(config), lists: config.lists.map((list) => ({ ...list, mode: "observe" as const })) },
    open,
    log,
    now,
    onlooker: {
      patience: patience.promise,
      placed: (list, stands) => void places.set(list, stands),
      planned: (list, id, found) => void planned.get(list)?.set(id, found),
      through(list) {
        through.add(list);
        gone.get(list)?.resolve();
      },
    },
  });
  try {
    await within(timeout, rollcall.settled());
    // From here on the hub has said what it says; lists whose place is known are gone through with that.
    const hub = hubProblem(rollcall, config, complaints);
    patience.resolve();
    await within(afterwards, Promise.all([...places.keys()].map((list) => gone.get(list)!.promise)));
    await proven(rollcall, planned);
    const problem =
      hub ??
      identityProblem(
        [...planned.values()].flatMap((all) => [...all.values()]),
        complaints,
      );
    const lists = config.lists.map(async (list): Promise<Seen | Unseen> => {
      const stands = places.get(list.name);
      const kept = rollcall.lists.get(list.name);
      if (stands === undefined || kept === undefined || !through.has(list.name))
        return { list, problem: whyUnseen(list, complaints, timeout) };
      const all = planned.get(list.name)!;
      const [roll, guard, leave] = [stands.roll.roll(), kept.view(), list.consumer.adapter.leave(list.options)];
      return {
        list,
        clusters: withLogins(
          await withUsers(roomGiven(all, { roll, guard, leave }), list, stands, now()),
          list.mode === "sync" ? stands.roll.logins() : new Map(),
        ),
        roll,
        orders: inForce(stands.roll.orders(), now()),
        guard,
        ...(isDoubted(all) && { otherHub: await compared(rollcall, config, list, all) }),
        absent: asksNamespaces ? await absentAt(stands, list, config, all) : [],
        heldPlacements: config.serve === undefined ? [] : await heldAt(stands, list, config),
      };
    });
    return {
      at: now(),
      ...(problem !== undefined && { hub: problem }),
      inventory: inventoried(rollcall.hub, config),
      unusable: rollcall.hub.fleet().refused,
      lists: await Promise.all(lists),
    };
  } finally {
    patience.resolve();
    await rollcall.stop();
  }
}

/** Nothing is done for what is seen, so that what a decision says now is told and not waited for. */
function unsettled({ inventory }: Config): Config["inventory"] {
  return { ...inventory, placements: { ...inventory.placements, settle: { one: 0, several: 0 } } };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, sleep(milliseconds, late.signal)]);
  late.abort();
}

/** Another hub is believed once all members have proven to be the same, which comes a moment after they have been looked at. */
async function proven({ lists }: Rollcall, planned: ReadonlyMap<string, ReadonlyMap<ClusterId, Planned>>): Promise<void> {
  if (![...planned.values()].some(isDoubted)) return;
  await sleep(300);
  await within(afterwards, Promise.all([...lists.values()].map((list) => list.idle())));
}

function isDoubted(all: ReadonlyMap<ClusterId, Planned>): boolean {
  return [...all.values()].some(({ membership }) => ["HubChanged", "HubWentBack"].includes(membership.verdict?.reason ?? ""));
}

function compared({ hub }: Rollcall, { providers }: Config, list: ListConfig, planned: ReadonlyMap<ClusterId, Planned>): Promise<OtherHub> {
  const inventory = hub.inventory(list);
  return otherHub({ list, planned, inventory, connect: assumingLogins(() => providers) });
}

/** Nothing else of a list depends on it, so that who may not read it is told all else. */
function heldAt({ target: { transport } }: Stands, { name }: ListConfig, config: Config): Promise<readonly HeldPlacement[]> {
  const owner = { instance: config.instance, list: name };
  return heldPlacements({ transport, namespace: config.stateNamespace, owner }).catch(() => []);
}

/** A list of what is in a namespace that is not there is just empty, so that it is asked for by name where nothing stands yet. */
function absentAt(
  { target }: Stands,
  { consumer, options }: ListConfig,
  { stateNamespace }: Config,
  all: ReadonlyMap<ClusterId, Planned>,
): Promise<readonly string[]> {
  if ([...all.values()].some(({ own }) => own.length > 0)) return Promise.resolve([]);
  const places = [
    ...consumer.adapter.writes(options).flatMap(({ namespace = "*" }) => (namespace === "*" ? [] : [namespace])),
    stateNamespace,
  ];
  return absentNamespaces(target.transport, [...new Set(places)]);
}

/** In other modes nobody leaves word, and what was left before is of another time. */
function withLogins(all: ReadonlyMap<ClusterId, Found>, words: LoginWords): ReadonlyMap<ClusterId, Found> {
  return new Map(
    [...all].map(([id, found]) => {
      const login = words.get(id);
      return [id, login === undefined ? found : { ...found, login }];
    }),
  );
}

/** Whoever waits for those who use it is asked about; a wait is all that is ever taken here. */
async function withUsers(
  all: ReadonlyMap<ClusterId, Planned>,
  list: ListConfig,
  { target }: Stands,
  now: number,
): Promise<ReadonlyMap<ClusterId, Found>> {
  const kinds = list.consumer.adapter.writes(list.options);
  const found = [...all].map(async ([id, planned]): Promise<readonly [ClusterId, Found]> => {
    const { may, absence } = planned.membership;
    if (typeof may !== "object" || may.take.does !== "untilUnused") return [id, planned];
    const since = absence?.leaving?.since ?? now;
    const { waits } = await takeStep({
      step: may.take,
      since,
      now,
      own: planned.own,
      anchor: anchorOf(planned.own, kinds),
      target,
      wrote: [],
    });
    return [id, { ...planned, ...(waits && { users: waits }) }];
  });
  return new Map(await Promise.all(found));
}
