import { decision } from "@rollcall/testing";
import { expect } from "vitest";
import { until } from "../../stories/world.ts";
import { applicationSet, plugin } from "./application-set.ts";
import { namespace } from "./controller.ts";
import { chosen, placementOf } from "./deciding.ts";
import { refresh } from "./refresh.ts";
import type { Story } from "./story.ts";
import type { World } from "./world.ts";

/** Our service is away, or knows nothing. */
export const failing: readonly Story[] = [
  {
    tells: "Rollcall is killed, comes back without its hub, and then with it: nothing is deleted, and the list is fresh again at once",
    async run(world, argocd, plane) {
      await world.publish({}, "berlin", "oslo", "paris", "tokyo");
      await world.apply(chosen(world, "paris", "oslo"));
      const program = await world.start();
      const placement = placementOf(world);
      const set = applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] });
      await world.apply(set);
      await argocd.deploysTo("oslo", "paris");

      await program.kill();
      await world.apply(chosen(world, "paris", "oslo", "tokyo"));
      await refresh(plane, set.metadata.name);
      await argocd.complains(/connection refused/);

      const isBack = world.proxy.rule({ when: () => true, answer: { status: 500, body: "no" } });
      await world.start();
      await refresh(plane, set.metadata.name);
      await argocd.complains(/status code 503: .*still being read; wait a minute/);
      await argocd.deploysTo("oslo", "paris");

      isBack();
      // Argo CD by itself asks again three minutes after an error, which is longer than this waits.
      await argocd.deploysTo("oslo", "paris", "tokyo");
      await argocd.isContent();
      await argocd.expectNoneDeleted();
    },
  },
  {
    tells: "an ApplicationSet comes before its decision does: it is told as soon as it can be answered",
    async run(world, argocd) {
      await world.publish({}, "berlin", "oslo", "paris", "tokyo");
      await world.apply(chosen(world, "paris"));
      await world.start();
      const early = { key: "early", namespace: world.fleet };
      const { id } = world;
      await world.apply(applicationSet({ id, generators: [plugin(id, { placement: placementOf(world) })] }));
      await argocd.deploysTo("paris");
      await world.apply(applicationSet({ id, name: `early-${id}`, generators: [plugin(id, { placement: early })] }));
      await argocd.complains(/status code 404: .*look whether its PlacementDecision exists/, `early-${id}`);
      await world.apply(decision({ namespace: world.fleet, name: "early-0", key: "early", index: 0, of: ["oslo"] }));
      await argocd.deploysTo("oslo", "paris");
      await argocd.isContent(`early-${id}`);
    },
  },
  {
    tells: "somebody deletes a cluster's Secret, and once more while Rollcall is down and cannot make it anew: no Application goes",
    async run(world, argocd, plane) {
      await world.publish({}, "berlin", "oslo", "paris", "tokyo");
      await world.apply(chosen(world, "paris", "oslo"));
      const program = await world.start();
      const placement = placementOf(world);
      const set = applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] });
      await world.apply(set);
      await argocd.deploysTo("oslo", "paris");
      const name = `${world.fleet}.paris`;
      const isBack = (): Promise<unknown> => until("the Secret is back", () => world.get("Secret", name));

      await plane.remove("Secret", namespace, name);
      await isBack();
      await refresh(plane, set.metadata.name);
      await argocd.isContent();

      await program.stop();
      await plane.remove("Secret", namespace, name);
      await world.publish({ provider: "unheard-of" }, "paris");
      await world.start();
      await refresh(plane, set.metadata.name);
      await argocd.complains(/status code 503: .*\/paris was answered before, and what stood for it on the list is gone/);

      await world.publish({}, "paris");
      await isBack();
      await argocd.isContent();
      await argocd.deploysTo("oslo", "paris");
      await argocd.expectNoneDeleted();
    },
  },
  {
    tells: "a decision says that nobody is chosen: the Applications go when a person has said yes and the config allows it, not before",
    async run(world, argocd, plane) {
      await world.publish({}, "berlin", "oslo", "paris", "tokyo");
      await world.apply(chosen(world, "paris", "oslo"));
      await world.start();
      const placement = placementOf(world);
      const set = applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] });
      await world.apply(set);
      await argocd.deploysTo("oslo", "paris");

      await world.apply(chosen(world));
      const digest = await until("status names what waits for a yes", () => digestOf(world));
      await refresh(plane, set.metadata.name);
      await argocd.isContent();
      await argocd.deploysTo("oslo", "paris");

      expect(await world.run("ack", "web", digest)).toMatchObject({ code: 0 });
      await until(
        "the yes is taken up",
        async () => (await world.ask(`/api/v1/clusters?list=web&placement=web&namespace=${world.fleet}`)).status === 503,
      );
      await refresh(plane, set.metadata.name);
      await argocd.complains(/status code 503: decision .* names no cluster .* allowEmpty: true/);
      await argocd.expectNoneDeleted();

      await world.rewrite({ list: { answers: { allowEmpty: true } } });
      await argocd.deploysTo();
      await argocd.isContent();
    },
  },
];

interface Status {
  readonly lists: readonly { readonly placements: readonly { readonly digest: string }[] }[];
}

async function digestOf(world: World): Promise<string | undefined> {
  const { stdout } = await world.run("status", "-o", "json");
  return (JSON.parse(stdout) as Status).lists[0]?.placements[0]?.digest;
}
