import { describe, it } from "vitest";
import { memoryWorld } from "./memory-world.ts";
import { stories } from "./stories.ts";

describe.concurrent("stories in memory", () => {
  it.each(stories)("$tells", { timeout: 60_000 }, async ({ run }) => {
    const world = await memoryWorld();
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });
});
