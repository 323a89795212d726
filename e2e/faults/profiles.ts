import type { KubeObject } from "@rollcall/contract";
import { ca } from "@rollcall/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { until } from "../stories/world.ts";
import { atOnce, others, pause, prod } from "./fixtures.ts";
import type { NewWorld } from "./world.ts";

/** Profiles that are too large, half there or nonsense: they concern nobody but themselves. */
export function profileFaults(newWorld: NewWorld): void {
  it("row 31: a CA that no Secret can hold: refused with its reason, and no storm", async () => {
    await using world = await newWorld();
    world.publish({ name: "huge", ca: ca.repeat(2000) }, ...others);
    await world.launch();
    await world.listed(...others);
    await until("it is said", () => world.lines.some(({ cluster, message }) => cluster === "fleet/huge" && message !== "wrote"));
    await pause(2500);
    expect(world.proxy.requests.filter(({ name, verb }) => name === "fleet.huge" && verb === "create").length).toBeLessThanOrEqual(5);
    world.publish("huge");
    expect(await world.problems()).toEqual([]);
  });

  it("row 31: names at their limit: two that differ only at the end stay two", async () => {
    await using world = await newWorld();
    const long = "n".repeat(252);
    world.publish(`${long}a`, `${long}b`, ...others);
    await world.start();
    expect(world.standing()).toHaveLength(others.length + 2);
    expect(await world.problems()).toEqual([]);
  });

  it.each<{ says: string; drift: (object: KubeObject) => unknown }>([
    { says: "no status", drift: (object) => ({ ...object, status: undefined }) },
    { says: "a status of null", drift: (object) => ({ ...object, status: null }) },
    { says: "lists of null", drift: (object) => ({ ...object, status: { properties: null, conditions: null, accessProviders: null } }) },
    { says: "lists that are none", drift: (object) => ({ ...object, status: { properties: {}, conditions: "x", accessProviders: 7 } }) },
    { says: "no spec", drift: (object) => ({ ...object, spec: undefined }) },
    {
      says: "fields that nobody knows",
      drift: (object) => ({ ...object, spec: { ...(object.spec as object), future: { a: [1] } }, more: true }),
    },
  ])("row 32: a profile has $says: it is left out with a reason or taken as it is, and others go on", async ({ drift }) => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    world.hub.apply(drift(prod({ name: "drifted" })) as KubeObject);
    await world.start({ removal: atOnce });
    world.hub.apply(drift(prod({ name: "late" })) as KubeObject);
    expect(await world.problems()).toEqual([]);
  });

  it("row 32: a member's profile loses its status: nothing is known, so nothing changes", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const { status: _, ...bare } = prod({ name: "paris" });
    const [whole] = world.publish("paris");
    world.hub.apply(bare);
    await world.says({ cluster: "fleet/paris", state: "member", verdict: { is: "stale" } });
    expect(await world.problems({ kept: [whole!], without: [] })).toEqual([]);
  });

  it("row 33: whatever stands in a profile, nobody else waits for it", async () => {
    await using world = await newWorld();
    world.publish(...others);
    await world.start({ removal: atOnce });
    const poison = fc.sample(fc.tuple(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 })), { numRuns: 80, seed: 6 });
    poison.forEach(([path, value], at) => {
      const { metadata, ...rest } = prod({ name: `poison-${at}`, server: `https://p${at}.example.test` });
      world.hub.apply({ ...(replaced(rest, path, value) as KubeObject), metadata });
    });
    expect(await world.problems()).toEqual([]);
  });
}

type Loose = Readonly<Record<string, unknown>>;

const paths = [
  ["spec"],
  ["spec", "displayName"],
  ["spec", "clusterManager"],
  ["spec", "clusterManager", "name"],
  ["status"],
  ["status", "version"],
  ["status", "properties"],
  ["status", "properties", "0"],
  ["status", "conditions"],
  ["status", "conditions", "0"],
  ["status", "accessProviders"],
  ["status", "accessProviders", "0"],
  ["status", "accessProviders", "0", "name"],
  ["status", "accessProviders", "0", "cluster"],
  ["status", "accessProviders", "0", "cluster", "server"],
  ["status", "accessProviders", "0", "cluster", "certificate-authority-data"],
  ["status", "accessProviders", "0", "cluster", "proxy-url"],
  ["status", "accessProviders", "0", "cluster", "extensions"],
] as const;

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return Object.assign([...(value as unknown[])], { [key]: replaced((value as unknown[])[Number(key)], rest, by) });
  const object = (value ?? {}) as Loose;
  return { ...object, [key]: replaced(object[key], rest, by) };
}
