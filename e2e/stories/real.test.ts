import { afterAll, beforeAll, describe, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { playWithKill, scenarios, type Moment } from "./kills.ts";
import { realWorld } from "./real-world.ts";
import { stories } from "./stories.ts";

describe("stories on a real kube-apiserver", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({
      crds: [crds.clusterProfiles, crds.placementDecisions, crds.ocmPlacementDecisions, crds.applications],
    });
  });
  afterAll(() => plane?.stop());

  it.each(stories)("$tells", async ({ run }) => {
    const world = await realWorld(plane);
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });

  const moments: readonly Moment[] = ["before a write", "after a write"];
  it.each(scenarios.flatMap((scenario) => moments.map((moment) => ({ ...scenario, moment }))))(
    "row 1: killed $moment while $tells: all is well after a restart",
    async (scenario) => {
      for (let n = 1; ; n += 1) {
        const world = await realWorld(plane);
        try {
          if (!(await playWithKill(world, scenario, n, scenario.moment))) break;
        } finally {
          await world.close();
        }
      }
    },
  );
});
