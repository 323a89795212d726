import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../../control-plane/src/index.ts";
import { watching } from "./applications.ts";
import { startController, type Controller } from "./controller.ts";
import { deciding } from "./deciding.ts";
import { failing } from "./failing.ts";
import { generating } from "./generating.ts";
import { lettingIn } from "./letting-in.ts";
import { rendering } from "./rendering.ts";
import type { Story } from "./story.ts";
import { newWorld } from "./world.ts";

const stories: readonly Story[] = [...deciding, ...failing, ...generating, ...lettingIn, ...rendering];

describe("Argo CD's own ApplicationSet controller asks Rollcall", () => {
  let plane: ControlPlane;
  let controller: Controller;
  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles, crds.placementDecisions] });
    controller = await startController(plane);
  });
  afterAll(async () => {
    await controller?.stop();
    await plane?.stop();
  });

  it.each(stories.map(({ tells, run }) => [tells, run] as const))("%s", async (_, run) => {
    const world = await newWorld(plane);
    try {
      await run(world, watching(plane, world), plane, controller);
      expect(await world.refused()).toEqual([]);
    } catch (error) {
      process.stderr.write(`Rollcall said:\n${world.said()}\nArgo CD said:\n${controller.lastLines()}\n`);
      throw error;
    } finally {
      await world.close();
    }
  });
});
