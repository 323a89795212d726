import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "@rollcall/contract";
import { decision } from "@rollcall/testing";
import { expect } from "vitest";
import { until } from "../../stories/world.ts";
import { applicationSet, plugin } from "./application-set.ts";
import { refresh } from "./refresh.ts";
import type { Story } from "./story.ts";
import type { World } from "./world.ts";

const everybody = ["berlin", "lima", "oslo", "paris", "rome", "tokyo"];
const web = { key: "web" };
const follows = { list: { select: { placement: web } } };

/** The decision that a story's ApplicationSet follows, in one piece. */
export function chosen({ fleet }: Pick<World, "fleet">, ...names: readonly string[]): KubeObject {
  return decision({ namespace: fleet, name: "web-0", key: "web", index: 0, of: names });
}

/** The placement of that decision, as an ApplicationSet asks for it. */
export const placementOf = ({ fleet }: Pick<World, "fleet">) => ({ key: "web", namespace: fleet });

/** A scheduler's word, and what Argo CD makes of it. */
export const deciding: readonly Story[] = [
  {
    tells: "a decision adds a cluster: its Application appears within seconds",
    async run(world, argocd) {
      await world.publish({}, ...everybody);
      await world.apply(chosen(world, "paris", "oslo"));
      await world.start();
      const placement = placementOf(world);
      await world.apply(applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] }));
      await argocd.deploysTo("oslo", "paris");
      const began = performance.now();
      await world.apply(chosen(world, "paris", "oslo", "tokyo"));
      await argocd.deploysTo("oslo", "paris", "tokyo");
      process.stderr.write(
        `e2e: from a decision to its Application in ${Math.round(performance.now() - began)} ms, three seconds of it to settle\n`,
      );
      await argocd.expectNoneDeleted();
    },
  },
  {
    tells: "a decision moves from one cluster to another: so does the Application, the new one first, and nobody is asked",
    async run(world, argocd, plane) {
      await world.publish({}, ...everybody);
      await world.apply(chosen(world, "paris", "rome", "oslo"));
      await world.start(follows);
      await world.apply(applicationSet({ id: world.id, generators: [plugin(world.id, {})] }));
      await argocd.deploysTo("oslo", "paris", "rome");
      const since = await plane.mark();
      await world.apply(chosen(world, "lima", "rome", "oslo"));
      await argocd.deploysTo("lima", "oslo", "rome");
      const gone = { verb: "delete", resource: "secrets", name: `${world.fleet}.paris` };
      await until("paris is off the list", async () =>
        (await argocd.happened(since)).some((each) => JSON.stringify(each) === JSON.stringify(gone)),
      );
      const steps = (await argocd.happened(since)).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);
      expect(steps).toEqual([
        `create secrets ${world.fleet}.lima`,
        `patch secrets ${world.fleet}.paris`,
        `create applications shop-${world.fleet}.lima`,
        `delete applications shop-${world.fleet}.paris`,
        `delete secrets ${world.fleet}.paris`,
      ]);
    },
  },
  {
    tells: "a decision only comes in another order: not one Application is written",
    async run(world, argocd, plane) {
      await world.publish({}, ...everybody);
      await world.apply(chosen(world, "paris", "oslo", "tokyo"));
      const program = await world.start();
      const placement = placementOf(world);
      await world.apply(applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] }));
      await argocd.deploysTo("oslo", "paris", "tokyo");
      await sleep(1000);
      const [since, from] = [await plane.mark(), program.lines.length];
      await world.apply(chosen(world, "tokyo", "paris", "oslo"));
      await program.says({ route: "plugin", status: 200 }, from);
      await sleep(1000);
      expect(await argocd.happened(since)).toEqual([]);
    },
  },
  {
    tells: "a decision is rewritten slowly, slice by slice: nobody's Application goes on the way",
    async run(world, argocd, plane) {
      const before = Array.from({ length: 9 }, (_, at) => `c${at + 1}`);
      const slices = (...names: readonly string[]): readonly KubeObject[] =>
        [0, 1, 2].map((index) =>
          decision({ namespace: world.fleet, name: `web-${index}`, key: "web", index, of: names.slice(index * 3, index * 3 + 3) }),
        );
      await world.publish({}, ...before, "c0");
      await world.apply(...slices(...before));
      await world.start({ settle: { several: "8s" } });
      const placement = placementOf(world);
      const set = applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] });
      await world.apply(set);
      await argocd.deploysTo(...before);
      // A newcomer in front pushes everybody on by one, so that the last of each slice is in none until the next is written.
      for (const slice of slices("c0", ...before.slice(0, 8))) {
        await world.apply(slice);
        for (let times = 0; times < 4; times += 1) {
          await refresh(plane, set.metadata.name);
          await sleep(500);
        }
        if (slice.metadata.name !== "web-2") await argocd.expectNoneDeleted();
      }
      await argocd.deploysTo("c0", ...before.slice(0, 8));
      const deleted = (await argocd.happened()).filter(({ verb, resource }) => resource === "applications" && verb === "delete");
      expect(deleted.map(({ name }) => name)).toEqual([`shop-${world.fleet}.c9`]);
    },
  },
];
