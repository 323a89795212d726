import { digestOf, fromBase64 } from "@rollcall/contract";
import { expect } from "vitest";
import type { Program } from "./program.ts";
import { application, listed, prod, retired, secretOf, soon } from "./telling.ts";
import { rollName, until, type ListSettings, type World } from "./world.ts";

/** Something that happens while Rollcall may be killed at any of its writes, and how everything must stand in the end. */
export interface Scenario {
  readonly tells: string;
  readonly settings?: ListSettings;
  /** How the world is before it begins. */
  before(world: World): Promise<void>;
  act(world: World): Promise<void>;
  /** Waits for the right end, helping on what a person would help on. */
  end(world: World): Promise<void>;
}

export type Moment = "before a write" | "after a write";

/**
 * Plays a scenario and kills the program at the n-th write that it sends; then starts it again. False when there were fewer writes:
 * then the scenario has been tried at each of them.
 */
export async function playWithKill(world: World, scenario: Scenario, n: number, moment: Moment): Promise<boolean> {
  await scenario.before(world);
  const program = await world.start(scenario.settings);
  const isKilled = armed(world, program, n, moment);
  await scenario.act(world);
  await Promise.race([isKilled.killed, scenario.end(world).catch(() => undefined)]);
  const wasReached = isKilled.disarm();
  if (wasReached) await isKilled.killed;
  else await program.kill();

  await world.start(scenario.settings);
  await scenario.end(world);
  const quietSince = await world.mark();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await world.writes(quietSince), "writes after everything was as it should be").toEqual([]);
  return wasReached;
}

function armed(world: World, program: Program, n: number, moment: Moment): { readonly killed: Promise<void>; disarm(): boolean } {
  const killed = Promise.withResolvers<void>();
  let writes = 0;
  const disarm = world.proxy.rule({
    when({ method }) {
      if (method === "GET") return false;
      writes += 1;
      if (writes !== n) return writes > n;
      // After: the request is on its way to the server, and its answer may or may not be heard.
      if (moment === "before a write") void program.kill().then(killed.resolve);
      else setTimeout(() => void program.kill().then(killed.resolve), 5);
      return moment === "before a write";
    },
    answer: "reset",
  });
  return {
    killed: killed.promise,
    disarm() {
      disarm();
      return writes >= n;
    },
  };
}

const others = ["berlin", "lima", "tokyo", "oslo"];

async function withParis(world: World): Promise<void> {
  await world.apply(...[...others, "paris"].map((name) => prod(world, { name })));
}

/** Says yes to what the roll says now. The digest is the same for the same absence, whoever works it out. */
async function confirmParis(world: World): Promise<void> {
  const object = await world.get("ConfigMap", rollName);
  const { missing = [] } = JSON.parse(object?.data?.["roll"] ?? "{}") as {
    missing?: readonly { since: string; clusters: readonly string[] }[];
  };
  const absence = missing.find(({ clusters }) => clusters.includes(`${world.fleet}/paris`));
  const digest = absence && digestOf(["argocd", `${world.fleet}/paris unregistered ${absence.since}`]);
  if (digest === undefined || object?.metadata.annotations?.["rollcall.dev/ack"] === digest) return;
  await world.edit("ConfigMap", rollName, { metadata: { annotations: { "rollcall.dev/ack": digest } } });
}

export const scenarios: readonly Scenario[] = [
  {
    tells: "a cluster joins",
    before: () => Promise.resolve(),
    act: (world) => world.apply(prod(world, { name: "paris" })),
    async end(world) {
      await listed(world, "paris");
      expect((await secretOf(world, "paris"))?.metadata.labels?.["rollcall.dev/state"]).toBe("member");
    },
  },
  {
    tells: "its endpoint moves",
    before: withParis,
    act: (world) => world.apply(prod(world, { name: "paris", server: "https://moved.example.test:6443" })),
    async end(world) {
      await until(
        "the server is the new one",
        async () => fromBase64((await secretOf(world, "paris"))?.data?.["server"] ?? "") === "https://moved.example.test:6443",
      );
      await listed(world, ...others, "paris");
    },
  },
  {
    tells: "its profile blinks",
    before: withParis,
    async act(world) {
      await world.remove("ClusterProfile", "paris");
      await new Promise((resolve) => setTimeout(resolve, 150));
      await world.apply(prod(world, { name: "paris" }));
    },
    async end(world) {
      const profile = await world.get("ClusterProfile", "paris");
      await until(
        "the uid follows",
        async () => (await secretOf(world, "paris"))?.metadata.annotations?.["rollcall.dev/cluster-uid"] === profile!.metadata.uid,
      );
      await until("nobody is missing", async () => !(await world.get("ConfigMap", rollName))?.data?.["roll"]?.includes("paris"));
    },
  },
  {
    tells: "it is deselected, while an Application uses it",
    settings: { removal: soon },
    async before(world) {
      await withParis(world);
      await world.apply(application(world, "paris"));
    },
    act: (world) => world.apply(retired(world, { name: "paris" })),
    async end(world) {
      await until(
        "it is leaving or gone",
        async () => (await secretOf(world, "paris"))?.metadata.labels?.["rollcall.dev/state"] !== "member",
      );
      await world.remove("Application", "shop");
      await listed(world, ...others);
      await until("its leaving is forgotten", async () => !(await world.get("ConfigMap", rollName))?.data?.["roll"]?.includes('"way"'));
    },
  },
  {
    tells: "its profile is deleted",
    settings: { removal: { unregistered: { then: "release", after: 0 } } },
    before: withParis,
    act: (world) => world.remove("ClusterProfile", "paris"),
    async end(world) {
      await listed(world, ...others);
      await until("its leaving is forgotten", async () => !(await world.get("ConfigMap", rollName))?.data?.["roll"]?.includes('"way"'));
    },
  },
  {
    tells: "the last one leaves and is acknowledged",
    settings: { removal: { unregistered: { then: "release", after: 0 } } },
    before: (world) => world.apply(prod(world, { name: "paris" })),
    act: (world) => world.remove("ClusterProfile", "paris"),
    async end(world) {
      await until("the last one has gone with a person's word", async () => {
        await confirmParis(world);
        return (await world.secrets()).length === 0;
      });
      await until("its leaving is forgotten", async () => !(await world.get("ConfigMap", rollName))?.data?.["roll"]?.includes('paris"'));
    },
  },
];
