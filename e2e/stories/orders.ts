import type { KubeObject } from "@rollcall/contract";
import { expect } from "vitest";
import type { Ran } from "./by-hand.ts";
import { application, id, listed, others, prod, secretOf, soon, withOthers, type Story } from "./telling.ts";
import { rollName, until, type World } from "./world.ts";

async function withAll(world: World): Promise<void> {
  await withOthers(world);
  await world.apply(prod(world, { name: "paris" }));
}

/** Worlds share one server, and what others have left there is none of ours. */
const detach = (world: World, ...args: readonly string[]): Promise<Ran> =>
  world.run("detach", "argocd", "--namespace", world.argocd, ...args);

async function confirmed(world: World, ...args: readonly string[]): Promise<Ran> {
  const shown = await detach(world, ...args);
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringMatching(/--confirm [0-9a-f]{10}\n$/) as string });
  return detach(world, ...args, "--confirm", /--confirm ([0-9a-f]{10})\n$/.exec(shown.stderr)![1]!);
}

const data = (secrets: readonly KubeObject[]): readonly unknown[] => secrets.map(({ metadata, ...rest }) => [metadata.name, rest]);

/** What people say to a list by commands, while the program runs. */
export const orders: readonly Story[] = [
  {
    tells: "a cluster is held by command: it stays, whatever the hub says, until the order ends",
    async run(world) {
      await withAll(world);
      const program = await world.start({ removal: { unregistered: { then: "release", after: 0 } } });
      expect(await world.run("hold", "argocd", "paris", "--why", "a demo", "--by", "ada", "--for", "1h")).toMatchObject({
        code: 0,
        stderr: "",
      });
      await world.remove("ClusterProfile", "paris");
      const said = await program.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "Hold" } });
      expect((said["verdict"] as { message: string }).message).toContain("ada: a demo (until ");
      expect((await world.run("hold", "argocd")).stdout).toContain(`hold     ${world.fleet}/paris  ada: a demo (until `);
      await listed(world, ...others, "paris");
      expect(await world.run("hold", "argocd", "paris", "--end")).toMatchObject({ code: 0 });
      await listed(world, ...others);
    },
  },
  {
    tells: "the last one leaves: the command that the log names says yes, and one about another plan does not",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      const program = await world.start({ removal: soon });
      await world.remove("ClusterProfile", "paris");
      const held = await program.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "GuardHolds" } });
      const [, ...command] = /: rollcall (ack) (argocd) ([0-9a-f]{10}) --config \S+$/.exec(
        (held["verdict"] as { message: string }).message,
      )!;
      const other = await world.run("ack", "argocd", "0000000000", "--wait", "1s");
      expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("another plan") as string });
      expect(await secretOf(world, "paris")).toBeDefined();
      expect(await world.run(...command, "--wait", "30s")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("taken up: list argocd goes on\n") as string,
      });
      await listed(world);
    },
  },
  {
    tells: "a list is taken out and detached: what it wrote stays byte for byte and is nobody's, and the running program leaves it alone",
    async run(world) {
      await withAll(world);
      const program = await world.start();
      await listed(world, ...others, "paris");
      expect(await detach(world, "--keep")).toMatchObject({ code: 1, stderr: expect.stringContaining("is in the config") as string });
      await world.rewrite([{ name: "later", consumer: "argocd", mode: "observe", target: { namespace: world.argocd } }]);
      await program.says({ message: "list is not kept any more", list: "argocd" });
      const before = await world.secrets();
      const mark = await world.mark();
      expect(await confirmed(world, "--keep")).toMatchObject({ code: 0 });
      const after = await world.secrets();
      expect(data(after)).toEqual(data(before));
      expect(JSON.stringify(after)).not.toContain("rollcall.dev/");
      expect(after.map(({ metadata }) => metadata.labels?.["argocd.argoproj.io/secret-type"])).toEqual(after.map(() => "cluster"));
      expect(await world.get("ConfigMap", rollName)).toBeUndefined();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await world.writes(mark)).toEqual([]);
    },
  },
  {
    tells: "the last list is detached and its Secrets are deleted, but not while an Application uses one",
    async run(world) {
      await withAll(world);
      const program = await world.start();
      await listed(world, ...others, "paris");
      await program.stop();
      await world.rewrite([]);
      await world.apply(application(world, "paris"));
      const refused = await detach(world, "--delete");
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("1 of 5 is in use, so nothing is deleted") as string });
      await listed(world, ...others, "paris");
      await world.remove("Application", "shop");
      expect(await confirmed(world, "--delete")).toMatchObject({ code: 0 });
      await listed(world);
      await until("the roll is gone", async () => (await world.get("ConfigMap", rollName)) === undefined);
      expect(await detach(world, "--delete")).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing of list") as string });
    },
  },
];
