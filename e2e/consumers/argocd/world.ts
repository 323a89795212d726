import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeObject } from "@rollcall/contract";
import { profile, startProxy, type GivenProfile, type Proxy } from "@rollcall/testing";
import { stringify } from "yaml";
import type { ControlPlane, KindName, Manifest } from "../../control-plane/src/index.ts";
import { freePort } from "../../control-plane/src/ports.ts";
import { byHand, type Ran } from "../../stories/by-hand.ts";
import { launchProgram, type Program } from "../../stories/program.ts";
import { rightsIfWhole, rightsOf } from "../../stories/rights.ts";
import { asSent } from "../../stories/world.ts";
import { connection, pluginName, setKind } from "./application-set.ts";
import { namespace } from "./controller.ts";

/** What a story says of its config. */
export interface Settings {
  /** Parts of its one list. */
  readonly list?: object;
  /** How long its decisions have to be quiet. */
  readonly settle?: object;
  /** How logins are found; with a plugin of the consumer's own, if nothing is said. */
  readonly providers?: object;
}

/** A fleet of its own, a Rollcall that answers for it, and its part of the one Argo CD. */
export interface World {
  readonly id: string;
  readonly fleet: string;
  readonly state: string;
  readonly tokens: string;
  /** Where its Rollcall answers. */
  readonly url: string;
  /** Between Rollcall and its hub. */
  readonly proxy: Proxy;
  apply(...objects: readonly Manifest[]): Promise<void>;
  /** Profiles of clusters of which each has a server of its own. */
  publish(given: Omit<GivenProfile, "name">, ...names: readonly string[]): Promise<void>;
  remove(kind: "ClusterProfile" | "PlacementDecision", name: string): Promise<void>;
  /** Something in Argo CD's namespace. */
  get(kind: KindName, name: string): Promise<KubeObject | undefined>;
  /** Starts Rollcall, or starts it again. */
  start(settings?: Settings): Promise<Program>;
  /** Writes its config anew while it runs. */
  rewrite(settings: Settings): Promise<void>;
  /** Runs a command with its config and an administrator's login, to its end. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Writes its file of tokens. */
  putTokens(...tokens: readonly string[]): Promise<void>;
  /** Asks it over HTTP. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** What its Rollcall asked for without having the right to, by the server's own log: it has what it says it needs, and no more. */
  refused(): Promise<readonly string[]>;
  /** What its Rollcall said, for whoever waited in vain. */
  said(): string;
  close(): Promise<void>;
}

/** The token that a story begins with. */
export const firstToken = "0123456789abcdef-the-first";

let worlds = 0;

/** Makes a world in names of its own, with whatever Argo CD needs to ask its Rollcall. */
export async function newWorld(plane: ControlPlane): Promise<World> {
  const id = `${Date.now().toString(36)}-${++worlds}`;
  const [fleet, state] = [`fleet-${id}`, `rollcall-${id}`];
  const [config, tokens] = [join(plane.dir, `config-${id}.yaml`), join(plane.dir, `tokens-${id}`)];
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const proxy = await startProxy({ target: plane.url, ca: plane.ca });
  const admin = await plane.kubeconfig(plane.adminToken);
  const account = { namespace: state, name: "rollcall" };
  const programs: Program[] = [];
  let kubeconfig: string | undefined;
  let settings: Settings = {};

  const text = (): string => stringify(configOf({ id, fleet, state, listen, tokens, kubeconfig: kubeconfig ?? "not-made-yet" }, settings));
  const ask: World["ask"] = (path, init) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${firstToken}` }, ...init });

  for (const name of [fleet, state]) await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await plane.apply(connection({ id, url, token: firstToken }));
  await writeFile(tokens, firstToken);

  return {
    id,
    fleet,
    state,
    tokens,
    url,
    proxy,
    ask,
    apply: (...objects) => plane.apply(objects.map((each) => asSent(each))),
    async publish(given, ...names) {
      for (const name of names) {
        const server = `https://${name}.${id}.example.test:6443`;
        await plane.apply(asSent(profile({ namespace: fleet, name, server, ...given, labels: { env: "prod", ...given.labels } })));
      }
    },
    remove: (kind, name) => plane.remove(kind, fleet, name),
    get: (kind, name) => plane.get(kind, namespace, name),
    async start(now = settings) {
      settings = now;
      await writeFile(config, text());
      const { token } = await plane.account(account.name, account.namespace, await rightsOf(config, account));
      kubeconfig ??= await plane.kubeconfig(token, { server: proxy.url });
      await writeFile(config, text());
      const program = launchProgram(["serve", "--config", config]);
      programs.push(program);
      await program.says({ message: "answering" });
      return program;
    },
    async rewrite(now) {
      settings = now;
      const next = `${config}-next.yaml`;
      await writeFile(next, text());
      const rights = await rightsIfWhole(next, account);
      if (rights !== undefined) await plane.account(account.name, account.namespace, rights);
      await writeFile(config, text());
    },
    run: (...args) => byHand(config, admin, args),
    putTokens: (...lines) => writeFile(tokens, lines.join("\n")),
    async refused() {
      const user = `system:serviceaccount:${account.namespace}:${account.name}`;
      return (await plane.audit({ user, code: 403 })).map(({ verb, uri }) => `${verb} ${uri}`);
    },
    said() {
      return programs.flatMap(({ lines, complaints }) => [...lines.map((line) => JSON.stringify(line)), ...complaints]).join("\n");
    },
    async close() {
      // Else it would go on asking in vain, beside whoever comes next.
      const sets = (await plane.list(setKind, namespace)).map(({ metadata }) => metadata.name);
      for (const name of sets) await plane.remove(setKind, namespace, name);
      await Promise.all(programs.filter((program) => program.isRunning()).map((program) => program.kill()));
      await proxy.stop();
    },
  };
}

interface Place extends Pick<World, "id" | "fleet" | "state" | "tokens"> {
  readonly listen: string;
  readonly kubeconfig: string;
}

function configOf({ id, fleet, state, listen, tokens, kubeconfig }: Place, { list, settle, providers = plugins }: Settings): object {
  return {
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    // Worlds write into one namespace, as several installations would.
    instance: `world-${id}`,
    inventory: { namespaces: [fleet], kubeconfig, ...(settle && { placements: { settle } }) },
    state: { namespace: state },
    providers,
    serve: { listen, tokens: [{ file: tokens }], refresh: { argocd: { configMaps: [pluginName(id)] } } },
    lists: [
      {
        name: "web",
        consumer: "argocd",
        select: { labels: "env=prod" },
        target: { namespace },
        options: { name: "{namespace}.{name}" },
        ...list,
      },
    ],
  };
}

const plugins = {
  inline: [
    { name: "fleet", execConfig: { command: "/plugins/fleet-login", args: ["token"], apiVersion: "client.authentication.k8s.io/v1" } },
  ],
};
