import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../../control-plane/src/index.ts";
import { kubeconfigSecret } from "../../logins/members.ts";
import { until } from "../../stories/world.ts";
import { applicationSet, clusters, plugin } from "./application-set.ts";
import { watching } from "./applications.ts";
import { startController, type Controller } from "./controller.ts";
import { startFullSet, type FullSet } from "./full-set.ts";
import { newWorld, type World } from "./world.ts";

const settings = {
  providers: { settings: { push: { kind: "secret", preset: "kubeconfig-secretreader" } } },
  list: {
    options: { name: "{namespace}.{name}", login: "with a credential from us", copyLabels: ["real"] },
    removal: {
      deselected: { then: "drain", after: 0 },
      unregistered: { then: "release", after: "1s" },
      guard: { window: "1s" },
    },
  },
};

describe("the whole of Argo CD deploys to a member", () => {
  let plane: ControlPlane;
  let member: ControlPlane;
  let controller: Controller;
  let fullSet: FullSet;
  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles, crds.placementDecisions] });
    // What Argo CD deletes there is gone only when the garbage collector has looked at it.
    member = await startControlPlane({ controllers: true });
    controller = await startController(plane);
    fullSet = await startFullSet(plane);
  });
  afterAll(async () => {
    await fullSet?.stop();
    await controller?.stop();
    for (const each of [plane, member]) await each?.stop();
  });

  const workload = async (): Promise<boolean> => (await member.get("ConfigMap", "default", "shop")) !== undefined;

  async function publish(world: World, name: string, env: string): Promise<void> {
    const isReal = name === "paris";
    const at = isReal ? { server: member.url, ca: member.ca } : { server: `https://${name}.example.test:6443` };
    const [token, ca] = [isReal ? member.adminToken : "nobody-s-token", member.ca];
    await world.apply(kubeconfigSecret({ namespace: world.fleet, name, token, server: at.server, ca }));
    const config = { name: `${name}-login`, key: "value" };
    await world.publish({ ...at, ca, provider: "push", config, labels: { env, real: isReal ? "yes" : "no" } }, name);
  }

  const onlyReal = { "metadata.labels.real": "yes" };
  it.each([
    { by: "Argo CD's own", generator: (id: string) => clusters(id, { real: "yes" }) },
    // The others' servers are nowhere: Argo CD's own selector on the generator narrows what it is answered.
    { by: "our", generator: (id: string) => ({ ...plugin(id, {}), selector: { matchLabels: onlyReal } }) },
  ])("by $by generator: what runs in a cluster is removed with it by a drain, and left alone by a release", async ({ generator }) => {
    const world = await newWorld(plane);
    const argocd = watching(plane, world);
    const { id, fleet } = world;
    const isListed = async (): Promise<boolean> => (await world.get("Secret", `${fleet}.paris`)) !== undefined;
    const source = { repoURL: fullSet.repository, targetRevision: "main", path: "shop" };
    try {
      for (const name of ["berlin", "lima", "oslo", "paris", "tokyo"]) await publish(world, name, "prod");
      await world.start(settings);
      await world.apply(applicationSet({ id, generators: [generator(id)], source, namespace: "default", keeps: false }));
      await argocd.deploysTo("paris");
      await until("the workload runs", workload, 60);

      const since = await plane.mark();
      await publish(world, "paris", "retired");
      await until("the workload is gone", async () => !(await workload()), 60);
      await argocd.deploysTo();
      await until("the Secret is gone", async () => !(await isListed()));
      const deleted = (await argocd.happened(since)).filter(({ verb }) => verb === "delete");
      expect(deleted.map(({ resource }) => resource)).toEqual(["applications", "secrets"]);

      await publish(world, "paris", "prod");
      await argocd.deploysTo("paris");
      await until("the workload runs again", workload, 60);
      await world.remove("ClusterProfile", "paris");
      await until("the Secret is gone", async () => !(await isListed()));
      await argocd.deploysTo();
      // As long as it took to be removed before, and longer.
      await sleep(3000);
      expect(await workload()).toBe(true);
    } catch (error) {
      process.stderr.write(`Rollcall said:\n${world.said()}\nArgo CD said:\n${controller.lastLines()}\n${fullSet.lastLines()}\n`);
      throw error;
    } finally {
      await world.close();
      await member.remove("ConfigMap", "default", "shop");
    }
  });
});
