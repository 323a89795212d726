import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "@rollcall/contract";
import { startMemoryHub, type HubRule, type HubUser } from "@rollcall/memory-hub";
import { decisionKind, ocmDecisionKind, startProxy } from "@rollcall/testing";
import { stringify } from "yaml";
import { byHand, withoutHub } from "./by-hand.ts";
import { launchProgram, type Program } from "./program.ts";
import { rightsIfWhole, rightsOf } from "./rights.ts";
import { asSent, configOf, namespaceOf, rollName, until, type ListSettings, type World } from "./world.ts";

/** A world in memory: the same stories in a fraction of the time. */
export async function memoryWorld(): Promise<World> {
  const places = { fleet: "fleet", argocd: "argocd", state: "rollcall" };
  const dir = await mkdtemp(join(tmpdir(), "rollcall-story-"));
  const user: Mutable<HubUser> = { name: "rollcall", token: "the-programs-own-token", rules: [] };
  const kinds = [
    {
      apiVersion: "multicluster.x-k8s.io/v1alpha1",
      kind: "ClusterProfile",
      plural: "clusterprofiles",
      namespaced: true,
      status: true as const,
    },
    decisionKind,
    ocmDecisionKind,
    { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true },
  ];
  const hub = await startMemoryHub({ namespaces: Object.values(places), kinds, users: [user] });
  const proxy = await startProxy({ target: hub.url });
  const kubeconfig = join(dir, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigText(proxy.url, user.token));
  const admin = join(dir, "admin");
  await writeFile(admin, kubeconfigText(hub.url, hub.token));
  const programs: Program[] = [];

  const config = join(dir, "config.yaml");
  const account = { namespace: places.state, name: "rollcall" };

  async function launch(list?: ListSettings): Promise<Program> {
    await writeFile(config, stringify(configOf(places, kubeconfig, list)));
    user.rules = rulesOf(await rightsOf(config, account));
    const program = launchProgram(["sync", "--config", config]);
    programs.push(program);
    return program;
  }

  const world: World = {
    ...places,
    proxy,
    launch,
    async start(list) {
      const program = await launch(list);
      await program.says({ message: "list gone through" });
      if (list?.mode === undefined) await until("the roll is written", () => world.get("ConfigMap", rollName));
      return program;
    },
    async rewrite(lists) {
      const text = stringify({ ...configOf(places, kubeconfig), lists });
      const next = join(dir, "next.yaml");
      await writeFile(next, text);
      const rights = await rightsIfWhole(next, account);
      if (rights !== undefined) user.rules = rulesOf(rights);
      await writeFile(config, text);
    },
    run: (...args) => byHand(config, admin, args),
    runWithoutHub: (...args) => withoutHub(config, admin, args),
    apply: async (...objects) => objects.forEach((object) => hub.apply(asSent(object))),
    remove: async (kind, name) => hub.remove(kind, namespaceOf(places, kind), name),
    get: async (kind, name) => hub.get(kind, namespaceOf(places, kind), name),
    secrets: async () => hub.list("Secret", places.argocd),
    async edit(kind, name, patch) {
      hub.apply(merged(hub.get(kind, namespaceOf(places, kind), name)!, patch) as KubeObject);
    },
    mark: async () => hub.requests.length,
    async writes(since) {
      const own = hub.requests.slice(since).filter((request) => request.user === user.name);
      const refused = own.find(({ code }) => code === 403);
      if (refused !== undefined) throw new Error(`the program had no right to ${refused.verb} ${refused.path}`);
      return own.flatMap(({ verb, resource, name = "", code }) =>
        ["get", "list", "watch"].includes(verb) || code >= 400 ? [] : [{ verb, resource, name }],
      );
    },
    async restartServer() {
      proxy.closeAll();
      const up = proxy.rule({ when: () => true, answer: "reset" });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      up();
    },
    async close() {
      await Promise.all(programs.filter((program) => program.isRunning()).map((program) => program.kill()));
      await proxy.stop();
      await hub.stop();
      await rm(dir, { recursive: true });
    },
  };
  return world;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The rules that the printed roles grant. */
function rulesOf(objects: readonly KubeObject[]): readonly HubRule[] {
  return objects.flatMap((object) => {
    const { kind, metadata, rules = [] } = object as KubeObject & { readonly rules?: readonly HubRule[] };
    if (kind !== "Role" && kind !== "ClusterRole") return [];
    return rules.map((rule) => ({ ...rule, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) }));
  });
}

function kubeconfigText(server: string, token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "rollcall" } }],
    clusters: [{ name: "hub", cluster: { server } }],
    users: [{ name: "rollcall", user: { token } }],
  });
}

function merged(value: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const entries = Object.entries(patch).map(([key, each]) => [key, merged(base[key], each)] as const);
  return Object.fromEntries(Object.entries({ ...base, ...Object.fromEntries(entries) }).filter(([, each]) => each !== null));
}
