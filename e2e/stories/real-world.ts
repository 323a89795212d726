import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProxy } from "@rollcall/testing";
import { stringify } from "yaml";
import type { ControlPlane } from "../control-plane/src/index.ts";
import { byHand, withoutHub } from "./by-hand.ts";
import { launchProgram, type Program } from "./program.ts";
import { rightsIfWhole, rightsOf } from "./rights.ts";
import { asSent, configOf, namespaceOf, rollName, until, type ListSettings, type World } from "./world.ts";

let worlds = 0;

/** A world on a real kube-apiserver; many of them share one, each in namespaces of its own. */
export async function realWorld(plane: ControlPlane): Promise<World> {
  const id = `${Date.now().toString(36)}-${++worlds}`;
  const places = { fleet: `fleet-${id}`, argocd: `argocd-${id}`, state: `rollcall-${id}` };
  for (const name of Object.values(places)) await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const proxy = await startProxy({ target: plane.url, ca: plane.ca });
  const account = { namespace: places.state, name: `rollcall-${id}` };
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const admin = await plane.kubeconfig(plane.adminToken);
  const programs: Program[] = [];
  let kubeconfig: string | undefined;

  const config = join(plane.dir, `config-${id}.yaml`);

  async function launch(list?: ListSettings): Promise<Program> {
    await writeFile(config, stringify(configOf(places, kubeconfig ?? "not-made-yet", list)));
    const made = await plane.account(account.name, account.namespace, await rightsOf(config, account));
    kubeconfig ??= await plane.kubeconfig(made.token, { server: proxy.url });
    await writeFile(config, stringify(configOf(places, kubeconfig, list)));
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
      const text = stringify({ ...configOf(places, kubeconfig!), lists });
      const next = join(plane.dir, `next-${id}.yaml`);
      await writeFile(next, text);
      const rights = await rightsIfWhole(next, account);
      if (rights !== undefined) await plane.account(account.name, account.namespace, rights);
      await writeFile(config, text);
    },
    run: (...args) => byHand(config, admin, args),
    runWithoutHub: (...args) => withoutHub(config, admin, args),
    apply: (...objects) => plane.apply(objects.map(asSent)),
    remove: (kind, name) => plane.remove(kind, namespaceOf(places, kind), name),
    get: (kind, name) => plane.get(kind, namespaceOf(places, kind), name),
    secrets: () => plane.list("Secret", places.argocd),
    async edit(kind, name, patch) {
      const plural = { ClusterProfile: "", PlacementDecision: "", Secret: "secrets", Application: "", ConfigMap: "configmaps" }[kind];
      const path = `/api/v1/namespaces/${namespaceOf(places, kind)}/${plural}/${name}`;
      const { status, text } = await plane.admin("PATCH", path, patch, { "content-type": "application/merge-patch+json" });
      if (status !== 200) throw new Error(`cannot edit ${kind} ${name}: ${status} ${text}`);
    },
    mark: () => plane.mark(),
    async writes(since) {
      const own = await plane.audit({ user, since });
      const refused = own.find(({ code }) => code === 403);
      if (refused !== undefined) throw new Error(`the program had no right to ${refused.verb} ${refused.uri}`);
      return own.flatMap(({ verb, resource, name, code }) =>
        ["get", "list", "watch"].includes(verb) || code >= 400 ? [] : [{ verb, resource, name }],
      );
    },
    restartServer: () => plane.restart("kube-apiserver"),
    async close() {
      await Promise.all(programs.filter((program) => program.isRunning()).map((program) => program.kill()));
      // Worlds share one server, and whoever leaves waits for Applications wherever they are.
      await plane.remove("Application", places.argocd, "shop");
      await proxy.stop();
    },
  };
  return world;
}
