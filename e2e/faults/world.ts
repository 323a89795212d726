import type { KubeObject } from "@rollcall/contract";
import { startMemoryHub, type HubUser, type MemoryHub, type MemoryHubOptions } from "@rollcall/memory-hub";
import { followHistory, startProxy, type GivenProfile, type History, type LogLine, type Problems, type Proxy } from "@rollcall/testing";
import { configOf, rollName, until, type ListSettings } from "../stories/world.ts";
import { problemsAtTheEnd, type Ending } from "./ending.ts";
import { kinds, places, prod } from "./fixtures.ts";

/** What of the program a fault needs: the parts that its own commands are made of, run in this process. */
export interface Parts<Config, Transport> {
  checkConfig(value: unknown): { readonly config?: Config };
  renderLists(config: Config, profiles: readonly unknown[]): Promise<{ readonly objects: readonly { readonly object: KubeObject }[] }>;
  openTransport(server: { readonly url: string; readonly token: () => Promise<string> }): Transport;
  startRollcall(parts: {
    readonly config: Config;
    readonly open: () => Promise<Transport>;
    readonly log: (level: string, message: string, fields?: Readonly<Record<string, unknown>>) => void;
  }): Promise<{ stop(): Promise<void> }>;
}

/** What a test says of its list; further lists are kept beside it. */
export interface Lists extends ListSettings {
  readonly beside?: readonly object[];
}

/** A hub in memory, a proxy that goes wrong on demand, and Rollcall in this process behind it. */
export interface FaultWorld extends AsyncDisposable {
  readonly hub: MemoryHub;
  readonly proxy: Proxy;
  /** The rights of the program; what is written here holds at once. */
  readonly user: { readonly token: string; rules: HubUser["rules"] };
  /** What happened to the Secrets, as the hub itself tells it. */
  readonly history: History;
  /** What the program that runs now has said. */
  readonly lines: readonly LogLine[];
  /** Publishes profiles that the list selects. */
  publish(...names: readonly (string | GivenProfile)[]): readonly KubeObject[];
  withdraw(...names: readonly string[]): void;
  /** Starts Rollcall, without waiting for anything. */
  launch(lists?: Lists): Promise<void>;
  /** Starts Rollcall and waits until it has gone through its list. */
  start(lists?: Lists): Promise<void>;
  stop(): Promise<void>;
  says(fields: object, from?: number): Promise<LogLine>;
  secret(name: string): KubeObject | undefined;
  /** The names of the clusters on the list, sorted. */
  standing(): readonly string[];
  /** Waits until exactly these are on the list. */
  listed(...names: readonly string[]): Promise<void>;
  /** What the oracles find wrong at the end of a fault; every test asks. */
  problems(ending?: Ending): Promise<Problems>;
}

/** A world of its own for each fault. */
export type NewWorld = (options?: WorldOptions) => Promise<FaultWorld>;

type WorldOptions = Pick<MemoryHubOptions, "bookmarkEvery">;

export async function faultWorld<Config, Transport>(parts: Parts<Config, Transport>, options: WorldOptions = {}): Promise<FaultWorld> {
  const user = { name: "rollcall", token: "the-programs-own-token", rules: everything };
  const hub = await startMemoryHub({ namespaces: Object.values(places), kinds, users: [user], ...options });
  const proxy = await startProxy({ target: hub.url });
  const history = await followHistory({ url: hub.url, path: `/api/v1/namespaces/${places.argocd}/secrets`, token: hub.token });
  let run: Run = { lists: {}, lines: [], from: 0, stop: notRunning };

  function config({ beside = [], ...list }: Lists): Config {
    const first = configOf(places, "not-used", list) as { readonly lists: readonly object[] };
    const { config } = parts.checkConfig({ ...first, lists: [...first.lists, ...beside] });
    if (config === undefined) throw new Error("the config of the test is no good");
    return config;
  }

  const world: FaultWorld = {
    hub,
    proxy,
    user,
    history,
    get lines() {
      return run.lines;
    },
    publish: (...given) => given.map((each) => hub.apply(prod(typeof each === "string" ? { name: each } : each))),
    withdraw: (...names) => names.forEach((name) => hub.remove("ClusterProfile", places.fleet, name)),
    async launch(lists = {}) {
      await world.stop();
      const lines: LogLine[] = [];
      const from = proxy.requests.length;
      const rollcall = await parts.startRollcall({
        config: config(lists),
        open: async () => parts.openTransport({ url: proxy.url, token: async () => user.token }),
        log: (level, message, fields) => void lines.push({ level, message, ...fields }),
      });
      run = { lists, lines, from, stop: () => rollcall.stop() };
    },
    async start(lists) {
      await world.launch(lists);
      await world.says({ message: "list gone through" });
      await until("the roll is written", () => hub.get("ConfigMap", places.state, rollName));
    },
    async stop() {
      const { stop } = run;
      run = { ...run, stop: notRunning };
      await stop();
    },
    says: (fields, from = 0) =>
      until(`the program said ${JSON.stringify(fields)}`, () => run.lines.slice(from).find((line) => contains(line, fields)), 40),
    secret: (name) => hub.get("Secret", places.argocd, `${places.fleet}.${name}`),
    standing: () =>
      hub
        .list("Secret", places.argocd)
        .flatMap(({ metadata }) => (metadata.labels?.["rollcall.dev/list"] ? [metadata.name.replace(`${places.fleet}.`, "")] : [])),
    listed: (...names) =>
      until(`the list is ${names.join(", ") || "empty"}`, () => world.standing().join() === names.toSorted().join(), 40).then(
        () => undefined,
      ),
    problems: (ending = {}) => {
      const render = async (profiles: readonly KubeObject[]) =>
        (await parts.renderLists(config(run.lists), profiles)).objects.flatMap(({ object }) =>
          object.metadata.namespace === places.argocd ? [object] : [],
        );
      return problemsAtTheEnd(
        {
          fleet: places.fleet,
          profiles: async () => hub.list("ClusterProfile", places.fleet),
          secrets: async () => hub.list("Secret", places.argocd),
          history,
          lines: run.lines,
          requests: proxy.requests,
          from: run.from,
          publish: (name) => world.publish(name),
          render,
        },
        ending,
      );
    },
    async [Symbol.asyncDispose]() {
      proxy.closeAll();
      await world.stop();
      history.stop();
      await proxy.stop();
      await hub.stop();
    },
  };
  return world;
}

/** One start of Rollcall, until the next. */
interface Run {
  readonly lists: Lists;
  readonly lines: readonly LogLine[];
  /** Its first request among all. */
  readonly from: number;
  readonly stop: () => Promise<void>;
}

const notRunning = async (): Promise<void> => undefined;

const everything: HubUser["rules"] = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([key, each]) => contains(fields[key], each));
}
