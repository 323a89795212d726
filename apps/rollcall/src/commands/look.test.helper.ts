import { writeFile } from "node:fs/promises";
import type { KubeObject } from "@rollcall/contract";
import { openTransport, type Transport } from "@rollcall/kube";
import { startMemoryHub, type HubUser, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, decisionKind, profile, type GivenProfile } from "@rollcall/testing";
import { stringify } from "yaml";
import { configFile } from "../config/file.ts";
import { startRollcall } from "../rollcall.ts";
import { folder, rollcall, type Ran } from "../run.test.helper.ts";

/** A hub and a target that are two servers, each in memory, and a config that names them. */
export interface Scene extends AsyncDisposable {
  readonly hub: MemoryHub;
  readonly target: MemoryHub;
  /** Another hub answers at the same address; it is empty. */
  replaceHub(): Promise<void>;
  /** Runs a command; words stand for what differs from run to run: ADDRESS, TIME, DIGEST. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Lets Rollcall keep the lists until all is as it should be; as if it were then, where a time is said. */
  sync(then?: { readonly at?: number }): Promise<void>;
  /** Puts profiles on the hub. */
  register(...given: readonly GivenProfile[]): void;
  /** Writes the config anew, with these lists. */
  config(lists: readonly object[]): Promise<void>;
  /** Everything that was asked of either server and is no read. */
  writes(): readonly string[];
}

/** What stands in the config and in no output. */
export const canary = "canary-3f9a";

export const oneList = {
  name: "argocd",
  consumer: "argocd",
  select: { labels: "env in (prod, staging)" },
  target: { namespace: "argocd", kubeconfig: "target" },
  options: { copyLabels: ["env"] },
  removal: { deselected: { then: "drain", after: "10m" } },
};

const applications = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true };

/** Who runs a command is `user`, if there is one; what `sync` and tests do is done as an admin. */
export async function scene({
  lists = [oneList],
  user,
  providers = {
    inline: [{ name: "fleet", execConfig: { command: "/login", args: [canary], apiVersion: "client.authentication.k8s.io/v1" } }],
  },
}: { readonly lists?: readonly object[]; readonly user?: HubUser; readonly providers?: object } = {}): Promise<Scene> {
  const options = {
    namespaces: ["fleet", "argocd", "tools", "rollcall"],
    kinds: [clusterProfileKind, decisionKind, applications],
    users: user === undefined ? [] : [user],
  };
  let hub = await startMemoryHub(options);
  const target = await startMemoryHub(options);
  const text = (of: readonly object[]): string =>
    stringify({
      apiVersion: "rollcall.dev/v1alpha1",
      kind: "RollcallConfig",
      inventory: { namespaces: ["fleet"], kubeconfig: "hub" },
      providers,
      lists: of,
    });
  const files = await folder({
    "rollcall.yaml": text(lists),
    hub: kubeconfig(hub.url, user?.token ?? hub.token),
    target: kubeconfig(target.url, user?.token ?? target.token),
  });
  const open = async (server: MemoryHub): Promise<Transport> => openTransport({ url: server.url, token: async () => server.token });

  return {
    get hub() {
      return hub;
    },
    target,
    async replaceHub() {
      const port = Number(new URL(hub.url).port);
      await hub.stop();
      hub = await startMemoryHub({ ...options, users: [{ name: "me", token: hub.token, rules: [everything] }], port });
    },
    async run(...args) {
      const ran = await rollcall([...args, "--config", files.at("rollcall.yaml")]);
      const short = (said: string): string =>
        said
          .replaceAll(`${files.path}/`, "")
          .replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS")
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
          .replaceAll(/(digest|ack argocd) [0-9a-f]{10}/g, "$1 DIGEST");
      return { ...ran, stdout: short(ran.stdout), stderr: short(ran.stderr) };
    },
    async sync({ at } = {}) {
      const { config } = await configFile(files.at("rollcall.yaml")).read();
      const running = await startRollcall({
        config: config!,
        open: async ({ kubeconfig: name = "" }) => open(name.endsWith("target") ? target : hub),
        log: () => undefined,
        ...(at !== undefined && { now: () => at }),
      });
      await running.settled();
      // What was written comes back through the watch, and may be looked at once more.
      await new Promise((resolve) => setTimeout(resolve, 150));
      for (const list of running.lists.values()) await list.idle();
      await running.stop();
    },
    register(...given) {
      for (const each of given) {
        const { uid: _, creationTimestamp: __, ...metadata } = profile(each).metadata;
        hub.apply({ ...profile(each), metadata });
      }
    },
    config: (of) => writeFile(files.at("rollcall.yaml"), text(of)),
    writes: () =>
      [...hub.requests, ...target.requests]
        .filter(({ verb }) => !["get", "list", "watch"].includes(verb))
        .map(({ verb, resource, name = "" }) => `${verb} ${resource} ${name}`),
    async [Symbol.asyncDispose]() {
      await Promise.all([hub.stop(), target.stop(), files[Symbol.asyncDispose]()]);
    },
  };
}

export const prod = (name: string, given: Partial<GivenProfile> = {}): GivenProfile => ({
  name,
  ...given,
  labels: { env: "prod", ...given.labels },
});

const everything = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };

/** Something that Argo CD deploys there. */
export function application(cluster: string): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "shop", namespace: "argocd" },
    spec: { destination: { name: cluster } },
  };
}

function kubeconfig(server: string, token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "it",
    contexts: [{ name: "it", context: { cluster: "it", user: "me" } }],
    clusters: [{ name: "it", cluster: { server } }],
    users: [{ name: "me", user: { token } }],
  });
}
