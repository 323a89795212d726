import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { annotations, fromBase64, type KubeObject } from "@rollcall/contract";
import { profile } from "@rollcall/testing";
import { stringify } from "yaml";
import type { ControlPlane } from "../control-plane/src/index.ts";
import { byHand, type Ran } from "../stories/by-hand.ts";
import { launchProgram, type Program } from "../stories/program.ts";
import { rightsOf } from "../stories/rights.ts";
import { asSent, until, type ServerWrite } from "../stories/world.ts";

/** One way in as a profile offers it. */
export interface Way {
  readonly provider: string;
  readonly server: string;
  /** PEM. */
  readonly ca?: string;
  /** The exec extension. */
  readonly config?: unknown;
}

/** What stands on a list for one cluster. */
export interface Entry {
  readonly server: string;
  readonly token: string | undefined;
  /** What is remembered of the credential on the object. */
  readonly mark: { readonly from: string; readonly until: string } | undefined;
  readonly resourceVersion: string;
}

/** A hub with lists whose consumers need credentials, and Rollcall as a process with exactly the rights that it asks for. */
export interface LoginWorld {
  readonly hub: ControlPlane;
  readonly fleet: string;
  /** A namespace for Argo CD for each list. */
  readonly lists: readonly string[];
  readonly state: string;
  /** The program, as the server's log names it. */
  readonly user: string;
  /** A folder of its own. */
  readonly dir: string;
  readonly programs: readonly Program[];
  /** Every credential that was made here; what shows one is a leak, except for what a consumer reads. */
  readonly hidden: Set<string>;
  /** Starts Rollcall with these providers, and waits until it has gone through its lists. */
  start(environment?: Readonly<Record<string, string>>): Promise<Program>;
  publish(name: string, ways: readonly Way[], labels?: Readonly<Record<string, string>>): Promise<void>;
  entry(name: string): Promise<Entry | undefined>;
  /** Waits until a list shows this cluster with a credential that is good for it. */
  listed(name: string, isIt: (entry: Entry) => unknown, seconds?: number): Promise<Entry>;
  /** What the program has written since, by the server's own log; a request that it had no right to is an error. */
  writes(since: number): Promise<readonly ServerWrite[]>;
  /** Of these, what consumers see: its own notes are written when they are due, which may be at any moment. */
  listWrites(since: number): Promise<readonly ServerWrite[]>;
  /** Runs a command with this config and an administrator's login. */
  run(...args: readonly string[]): Promise<Ran>;
  close(): Promise<void>;
}

export interface Settings {
  /** For a world with this folder. */
  readonly providers: (dir: string) => object;
  /** By name, with the labels that each chooses by. */
  readonly lists?: Readonly<Record<string, string>>;
}

let worlds = 0;

/** A world on a hub that others share: everything in namespaces of its own. */
export async function loginWorld(hub: ControlPlane, { providers, lists = { argocd: "" } }: Settings): Promise<LoginWorld> {
  const id = `${Date.now().toString(36)}-${++worlds}`;
  const [fleet, state] = [`fleet-${id}`, `rollcall-${id}`];
  const namespaceOf = (list: string): string => `${list}-${id}`;
  const namespaces = Object.keys(lists).map(namespaceOf);
  for (const name of [fleet, state, ...namespaces]) await hub.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const dir = await mkdtemp(join(hub.dir, "logins-"));
  const config = join(dir, "rollcall.yaml");
  const account = { namespace: state, name: `rollcall-${id}` };
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const programs: Program[] = [];
  const hidden = new Set<string>();
  const admin = await hub.kubeconfig(hub.adminToken);
  let kubeconfig: string | undefined;

  const write = (): Promise<void> =>
    writeFile(
      config,
      stringify({
        apiVersion: "rollcall.dev/v1alpha1",
        kind: "RollcallConfig",
        inventory: { namespaces: [fleet], kubeconfig: kubeconfig ?? "not-made-yet" },
        state: { namespace: state },
        metrics: { listen: "127.0.0.1:0" },
        providers: providers(dir),
        lists: Object.entries(lists).map(([name, labels]) => ({
          name,
          consumer: "argocd",
          ...(labels !== "" && { select: { labels } }),
          target: { namespace: namespaceOf(name) },
          options: { login: "with a credential from us" },
        })),
      }),
    );

  const grant = async (): Promise<void> => {
    await write();
    const made = await hub.account(account.name, account.namespace, await rightsOf(config, account));
    hidden.add(made.token);
    kubeconfig ??= await hub.kubeconfig(made.token);
    await write();
  };

  const world: LoginWorld = {
    hub,
    fleet,
    state,
    dir,
    user,
    programs,
    hidden,
    lists: namespaces,
    async start(environment) {
      await grant();
      const program = launchProgram(["sync", "--config", config], environment);
      programs.push(program);
      for (const list of Object.keys(lists)) await program.says({ message: "list gone through", list });
      return program;
    },
    publish: (name, ways, labels) => hub.apply(asSent(profileWith(fleet, name, ways, labels))),
    async entry(name) {
      const secret = await hub.get("Secret", namespaces[0], `${fleet}.${name}`);
      const entry = secret && entryOf(secret);
      if (entry?.token !== undefined) hidden.add(entry.token);
      return entry;
    },
    listed: (name, isIt, seconds) =>
      until(
        `${name} is listed as it should be`,
        async () => {
          const entry = await world.entry(name);
          return entry !== undefined && Boolean(isIt(entry)) && entry;
        },
        seconds,
      ).catch((error: Error) => {
        throw new Error([error.message, ...programs.flatMap(({ lines }) => lines.map((line) => JSON.stringify(line)))].join("\n  "));
      }),
    listWrites: async (since) => (await world.writes(since)).filter(({ resource }) => resource === "secrets"),
    async writes(since) {
      const own = await hub.audit({ user, since });
      const refused = own.find(({ code }) => code === 403);
      if (refused !== undefined) throw new Error(`the program had no right to ${refused.verb} ${refused.uri}`);
      return own.filter(({ verb, code }) => !["get", "list", "watch"].includes(verb) && code < 400);
    },
    run: (...args) => byHand(config, admin, args),
    close: async () => void (await Promise.all(programs.filter((program) => program.isRunning()).map((program) => program.kill()))),
  };
  return world;
}

function profileWith(namespace: string, name: string, ways: readonly Way[], labels: Readonly<Record<string, string>> = {}): KubeObject {
  const made = profile({ name, namespace, provider: null, labels });
  const accessProviders = ways.flatMap((way) => statusOf(profile({ ca: undefined, ...way, name }))["accessProviders"]);
  return { ...made, status: { ...statusOf(made), accessProviders } };
}

function statusOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return (object as unknown as { readonly status: Readonly<Record<string, unknown>> }).status;
}

/** What a Secret of Argo CD says. */
export function entryOf({ data = {}, metadata }: KubeObject): Entry {
  const text = (key: string): string | undefined => (data[key] === undefined ? undefined : fromBase64(data[key]));
  const mark = metadata.annotations?.[annotations.login];
  const config = JSON.parse(text("config") || "{}") as { readonly bearerToken?: string };
  return {
    server: text("server") ?? "",
    token: config.bearerToken,
    mark: mark === undefined ? undefined : (JSON.parse(mark) as NonNullable<Entry["mark"]>),
    resourceVersion: metadata.resourceVersion ?? "",
  };
}
