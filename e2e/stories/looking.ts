import { expect } from "vitest";
import { id, listed, others, prod, soon, withOthers, type Story } from "./telling.ts";
import { rollName, until, type World } from "./world.ts";

interface Plan {
  readonly lists: readonly [{ readonly creates: readonly Planned[]; readonly changes: readonly Planned[]; readonly unchanged: number }];
}

interface Planned {
  readonly key: string;
  readonly fields: readonly string[];
}

async function plan(world: World): Promise<{ readonly code: number | null; readonly list: Plan["lists"][0] }> {
  const { code, stdout } = await world.run("plan", "--output", "json");
  return { code, list: (JSON.parse(stdout) as Plan).lists[0] };
}

/** What people see of a list by commands that write nothing. */
export const looking: readonly Story[] = [
  {
    tells: "a plan is what sync then does, no more and no less",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }), prod(world, { name: "lima" }));
      const observing = await world.start({ mode: "observe" });
      const first = await plan(world);
      expect(first).toMatchObject({ code: 2, list: { changes: [], unchanged: 0 } });
      const keyOf = (name: string): string => `Secret/${world.argocd}/${world.fleet}.${name}`;
      expect(first.list.creates.map(({ key }) => key)).toEqual([keyOf("lima"), keyOf("paris")]);
      await observing.stop();
      expect(await world.secrets()).toEqual([]);
      const keeping = await world.start();
      await listed(world, "lima", "paris");
      expect(await plan(world)).toMatchObject({ code: 0, list: { creates: [], changes: [], unchanged: 2 } });
      await keeping.stop();

      await world.apply(prod(world, { name: "paris", server: "https://paris.example.test:7443" }));
      const second = await plan(world);
      expect(second).toMatchObject({ code: 2, list: { creates: [], changes: [{ key: keyOf("paris") }], unchanged: 1 } });
      const before = await world.mark();
      const again = await world.start();
      const wrote = await again.says({ message: "wrote", verb: "change" });
      expect(wrote["changes"]).toEqual(second.list.changes[0]!.fields);
      const secrets = (await world.writes(before)).filter(({ resource }) => resource === "secrets");
      expect(secrets).toEqual([{ verb: "patch", resource: "secrets", name: `${world.fleet}.paris` }]);
      expect((await plan(world)).code).toBe(0);
    },
  },
  {
    tells: "the last one is held: status names the command that says yes, and it is the right one",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      const program = await world.start({ removal: soon });
      await world.remove("ClusterProfile", "paris");
      await program.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "GuardHolds" } });
      const { code, stdout } = await world.run("status");
      expect(code).toBe(2);
      expect(stdout).toMatch(
        new RegExp(`\n {2}${id(world, "paris")} +missing +held +\\S+ +unregistered +GuardHolds: nobody would be left\n`),
      );
      const [, ...command] = /: rollcall (ack) (argocd) ([0-9a-f]{10}) --config /.exec(stdout)!;
      expect(await world.run(...command, "--wait", "30s")).toMatchObject({ code: 0 });
      await listed(world);
      expect(await world.run("status")).toMatchObject({ code: 0, stdout: "argocd (sync): 0 members\n" });
    },
  },
  {
    tells: "the hub is gone at night: status says so, and still who is on the list, who is missing and since when",
    async run(world) {
      await withOthers(world);
      await world.apply(prod(world, { name: "paris" }));
      await world.start();
      await world.remove("ClusterProfile", "paris");
      await until("the roll knows", async () => (await world.get("ConfigMap", rollName))?.data?.["roll"]?.includes("paris"));
      const { code, stdout } = await world.runWithoutHub("status", "--timeout", "2s");
      expect(code).toBe(2);
      expect(stdout).toMatch(/^The hub cannot be read, so nobody is let go; [^\n]*ECONNREFUSED/);
      expect(stdout).toMatch(new RegExp(`\n {2}${id(world, "paris")} +missing +stale +\\S+ +unregistered `));
      for (const name of others) expect(stdout).toMatch(new RegExp(`\n {2}${id(world, name)} +member +stale `));
      expect(await world.runWithoutHub("plan", "--timeout", "2s")).toMatchObject({ code: 1 });
    },
  },
];
