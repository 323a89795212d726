import { afterAll, beforeAll, describe, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { realWorld } from "./real-world.ts";
import { stories } from "./stories.ts";

describe("stories on a real kube-apiserver", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles, crds.applications] });
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
});
