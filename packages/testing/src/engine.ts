import {
  isRefusal,
  refusal,
  type Adapter,
  type Cluster,
  type ClusterId,
  type Handed,
  type Login,
  type Reachable,
  type Refusal,
} from "@rollcall/contract";
import { ApiError, openTransport, sleep, startInformer, type Call, type Transport } from "@rollcall/kube";
import { startMemoryHub, type HubKind, type HubRequest, type MemoryHub } from "@rollcall/memory-hub";
import {
  defaultGuard,
  defaultRemovals,
  keepList,
  newTarget,
  rollKeeper,
  rollKind,
  rollName,
  rollSelector,
  type GuardSettings,
  type KeptList,
  type ListEvent,
  type Mode,
  type PaceSettings,
  type Removals,
  type RollKeeper,
  type Target,
} from "@rollcall/sync";
import { playFleet, type PlayFleet } from "./engine-fleet.ts";

/** What an engine is made of; it keeps list `list` of instance `rollcall`, with its roll in namespace `rollcall`. */
export interface EngineOptions<Options> {
  readonly adapter: Adapter<Options>;
  readonly options: Options;
  /** Namespaces that exist from the start, the state's and `options.namespace` beside them. */
  readonly namespaces?: readonly string[];
  /** What the adapter's dependents are. */
  readonly kinds?: readonly HubKind[];
  readonly removals?: Partial<Removals>;
  readonly guard?: Partial<GuardSettings>;
  readonly pacing?: PaceSettings;
}

/** How one program differs from the next. */
export interface StartOptions {
  readonly mode?: Mode;
  /** The uid of the hub that it reads from. */
  readonly hub?: string;
  /** Stands between it and its target: may wait, write something first, lose an answer, or fail. */
  readonly between?: (call: Call, send: () => Promise<unknown>) => Promise<unknown>;
  readonly connect?: (cluster: Cluster, login: Login, handed?: Handed) => Promise<Reachable | Refusal>;
}

/** One list kept by one program, on a clock and an inventory to play with. */
export interface Engine {
  readonly list: KeptList;
  readonly target: Target;
  readonly roll: RollKeeper;
  readonly events: readonly ListEvent[];
  /** What the roll's keeper complained about. */
  readonly errors: readonly unknown[];
  /** Every call that it sent to its target, whatever came of it. */
  readonly calls: readonly Call[];
  /** Looks at everybody until nothing changes any more. */
  settle(): Promise<void>;
  /** Ends as a program does that is told to; `kill` ends as one that is not. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** A target, an inventory and a clock that engines share. */
export interface Workbench {
  readonly hub: MemoryHub;
  readonly fleet: PlayFleet;
  now(): number;
  /** Time passes. */
  advance(seconds: number): void;
  start(options?: StartOptions): Promise<Engine>;
  /** What was written, from this one on: `writes().length` now is where to begin. */
  writes(from?: number): readonly HubRequest[];
  close(): Promise<void>;
}

export const stateNamespace = "rollcall";

/** An API server in memory, over real HTTP, on which engines keep the list of one consumer. */
export async function openWorkbench<Options extends { readonly namespace: string }>(given: EngineOptions<Options>): Promise<Workbench> {
  const { options, namespaces = [], kinds = [] } = given;
  const hub = await startMemoryHub({ namespaces: [stateNamespace, options.namespace, ...namespaces], kinds });
  const fleet = playFleet();
  const engines = new Set<Engine>();
  let now = Date.parse("2026-11-21T10:00:00Z");
  const bench = { hub, fleet, now: () => now };

  return {
    ...bench,
    advance: (seconds) => void (now += seconds * 1000),
    async start(how = {}) {
      const engine = await startEngine(given, how, bench);
      engines.add(engine);
      return engine;
    },
    writes: (from = 0) => hub.requests.filter(isWrite).slice(from),
    async close() {
      await Promise.all([...engines].map((engine) => engine.kill()));
      await hub.stop();
    },
  };
}

async function startEngine<Options>(
  { adapter, options, removals, guard, pacing }: EngineOptions<Options>,
  { mode = "sync", hub: hubUid = "hub-1", between, connect = login }: StartOptions,
  { hub, fleet, now }: Pick<Workbench, "hub" | "fleet" | "now">,
): Promise<Engine> {
  const owner = { instance: "rollcall", list: "list" };
  const [events, errors, calls]: [ListEvent[], unknown[], Call[]] = [[], [], []];
  const stopping = new AbortController();
  const { signal } = stopping;
  const wire = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  const transport: Transport = {
    ...wire,
    call(call) {
      if (signal.aborted) return Promise.reject(new Error("the program is dead"));
      calls.push(call);
      const send = (): Promise<unknown> => wire.call(call);
      return between === undefined ? send() : between(call, send);
    },
    // Whoever stands between wants to see lists as well, which a stream would carry past it.
    lines: (call) =>
      between !== undefined && call.path.includes("sendInitialEvents")
        ? Promise.reject(new ApiError(400, "BadRequest", "this server lists in pages"))
        : wire.lines(call),
  };
  let list: KeptList | undefined;

  const target = newTarget({ transport, instance: owner.instance });
  const onChange = (ids: readonly ClusterId[]): void => list?.look(ids);
  target.join({ list: owner.list, kinds: adapter.writes(options), reading: adapter, onChange: (ids) => list?.touched(ids) });
  const roll = rollKeeper({
    transport,
    namespace: stateNamespace,
    owner,
    onChange: () => list?.rollChanged(),
    onError: (error) => errors.push(error),
  });
  target.start(signal);
  startInformer({
    transport,
    kind: rollKind(stateNamespace),
    labelSelector: rollSelector(owner.instance),
    project: (object) => object,
    onChange: (changes) => changes.forEach(({ before, after }) => (after ?? before)?.metadata.name === rollName(owner) && roll.saw(after)),
    signal,
  });
  fleet.follow(onChange, () => list?.aboutToMove());
  await target.synced();
  await roll.load();
  list = keepList({
    owner,
    mode,
    adapter,
    options,
    removals: { ...defaultRemovals, ...removals },
    guard: { ...defaultGuard, ...guard },
    ...(pacing && { pacing }),
    target,
    roll,
    inventory: fleet.inventory,
    connect,
    hub: () => ({ uid: hubUid, timesBack: fleet.timesBack() }),
    now,
    report: (event) => events.push(event),
  });
  list.start();
  const kept = list;

  async function kill(): Promise<void> {
    list = undefined;
    stopping.abort();
    void kept.close();
    void roll.close();
    await wire.close();
  }

  return {
    list: kept,
    target,
    roll,
    events,
    errors,
    calls,
    settle: () => settle({ list: kept, target, roll, fleet, hub }),
    async stop() {
      await kept.close();
      await roll.close();
      await kill();
    },
    kill,
  };
}

function isWrite({ verb, code }: HubRequest): boolean {
  return ["create", "update", "patch", "delete"].includes(verb) && code < 300;
}

/** The roll waits a moment before it writes; whoever is quiet for longer has nothing left to do. */
const moment = 70;

async function settle({
  list,
  target,
  roll,
  fleet,
  hub,
}: Pick<Engine, "list" | "target" | "roll"> & Pick<Workbench, "fleet" | "hub">): Promise<void> {
  const until = performance.now() + 20_000;
  for (let before = "", quiet = 0; quiet < 2;) {
    if (performance.now() > until) throw new Error(`it does not settle: ${JSON.stringify([...list.status()])}`);
    list.look([...fleet.inventory.ids(), ...target.ids("list"), ...roll.roll().absences.keys(), ...list.status().keys()]);
    await list.idle();
    await sleep(moment);
    await list.idle();
    const seen = JSON.stringify([hub.requests.filter(isWrite).length, target.generation(), [...list.status()]]);
    quiet = seen === before ? quiet + 1 : 0;
    before = seen;
  }
}

/** The consumer logs in by itself, to whatever the profile offers first. */
async function login(cluster: Cluster): Promise<Reachable | Refusal> {
  const [access] = cluster.access;
  if (access === undefined) return refusal("NoProvider", "its profile offers no way in");
  if (isRefusal(access.endpoint)) return access.endpoint;
  const exec = { kind: "exec", provider: access.provider, command: "/plugins/fleet-login", args: [], env: {} } as const;
  const connection = { ...access.endpoint, login: { ...exec, apiVersion: "client.authentication.k8s.io/v1" } };
  return Promise.resolve({ ...cluster, connection });
}
