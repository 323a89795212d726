import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { until } from "../stories/world.ts";
import { leaksOf } from "./leaks.ts";
import { countedPlugin, publishMany, runsIn, standing, storm } from "./storm.ts";
import { loginWorld, type LoginWorld } from "./world.ts";

describe("many credentials", () => {
  let hub: ControlPlane;
  beforeAll(async () => {
    hub = await startControlPlane({ crds: [crds.clusterProfiles] });
  });
  afterAll(() => hub?.stop());

  async function newWorld(life: number, lists?: Readonly<Record<string, string>>): Promise<LoginWorld> {
    const world = await loginWorld(hub, { providers: (dir) => countedPlugin(dir, life), ...(lists && { lists }) });
    onTestFinished(() => world.close());
    return world;
  }

  it("that are due in one moment are renewed in time, each with one run of its plugin and one write", async () => {
    const [n, life] = [100, 60];
    const world = await newWorld(life);
    await publishMany(world, n);
    const program = await world.start();
    await until("all are listed", async () => (await standing(world)).length === n);
    expect((await runsIn(world.dir)).begun).toBe(n);
    const before = await hub.mark();
    const { expired } = await storm(world, program, life);
    await sleep(500);
    const patched = (await world.listWrites(before)).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);
    expect(patched.toSorted()).toEqual(Array.from({ length: n }, (_, at) => `patch secrets ${world.fleet}.c${at}`).toSorted());
    const { begun, most } = await runsIn(world.dir);
    expect(begun).toBe(2 * n);
    expect(most).toBeLessThanOrEqual(2 * availableParallelism());
    expect(expired).toBe(0);
    expect(await leaksOf(world)).toEqual([]);
  });

  it("of clusters on ten lists are got and renewed once each, and not once for each list", async () => {
    const [n, life] = [5, 30];
    const names = Array.from({ length: 10 }, (_, at) => `list${at}`);
    const world = await newWorld(life, Object.fromEntries(names.map((name) => [name, ""])));
    await publishMany(world, n);
    await world.start();
    const first = await until("all are on all lists", async () => {
      const all = await standing(world);
      return all.length === 10 * n && all;
    });
    expect((await runsIn(world.dir)).begun).toBe(n);
    const before = await hub.mark();
    const old = new Set(first.map(({ token }) => token));
    expect(old.size).toBe(n);
    const second = await until("all are renewed on all lists", async () => {
      const all = await standing(world);
      return all.every(({ token }) => !old.has(token)) && all;
    });
    expect((await runsIn(world.dir)).begun).toBe(2 * n);
    expect(await world.listWrites(before)).toHaveLength(10 * n);
    expect(new Set(second.map(({ token }) => token)).size).toBe(n);
  });
});
