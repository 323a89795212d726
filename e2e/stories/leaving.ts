import { expect } from "vitest";
import { application, id, listed, others, prod, retired, secretOf, soon, withOthers, type Story } from "./telling.ts";
import { rollName, until } from "./world.ts";

/** How a cluster leaves: after its waits, after its grace, by a person's yes. */
export const leaving: readonly Story[] = [
  {
    tells: "a cluster is deselected: it says so, waits for its Application, and then goes",
    async run(world) {
      await withOthers(world);
      await world.apply(prod(world, { name: "paris" }), application(world, "paris"));
      const program = await world.start({ removal: soon });
      await world.apply(retired(world, { name: "paris" }));
      await program.says({ cluster: id(world, "paris"), verdict: { is: "waits", reason: "InUse" } });
      expect((await secretOf(world, "paris"))?.metadata.labels?.["rollcall.dev/state"]).toBe("leaving");
      await world.remove("Application", "shop");
      await listed(world, ...others);
      await program.says({ cluster: id(world, "paris"), state: "gone" });
    },
  },
  {
    tells: "a leaving cluster is chosen again while it waits: it is a member as before",
    async run(world) {
      await withOthers(world);
      await world.apply(prod(world, { name: "paris" }), application(world, "paris"));
      const program = await world.start({ removal: soon });
      const stood = (await secretOf(world, "paris"))!;
      await world.apply(retired(world, { name: "paris" }));
      await program.says({ cluster: id(world, "paris"), verdict: { reason: "InUse" } });
      await world.apply(prod(world, { name: "paris" }));
      const back = await until("it is a member again", async () => {
        const now = await secretOf(world, "paris");
        return now?.metadata.labels?.["rollcall.dev/state"] === "member" && now;
      });
      expect(back.metadata.uid).toBe(stood.metadata.uid);
      expect(back.data).toEqual(stood.data);
    },
  },
  {
    tells: "a profile is deleted while the program is down: its Secret is released after the grace, not before",
    async run(world) {
      await withOthers(world);
      await world.apply(prod(world, { name: "paris" }));
      await (await world.start()).stop();
      await world.remove("ClusterProfile", "paris");
      const program = await world.start({ removal: { unregistered: { then: "release", after: "2s" } } });
      const missing = await program.says({ cluster: id(world, "paris"), state: "missing" });
      expect(await secretOf(world, "paris")).toBeDefined();
      await listed(world, ...others);
      const gone = await program.says({ cluster: id(world, "paris"), state: "gone" });
      expect(Date.parse(String(gone["time"])) - Date.parse(String(missing["time"]))).toBeGreaterThan(1500);
    },
  },
  {
    tells: "the last one leaves: it is held until a person confirms the digest that the log names",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      const program = await world.start({ removal: soon });
      await world.remove("ClusterProfile", "paris");
      const held = await program.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "GuardHolds" } });
      const digest = /digest (\w+)/.exec((held["verdict"] as { message: string }).message)![1]!;
      await world.edit("ConfigMap", rollName, { metadata: { annotations: { "rollcall.dev/ack": "0000000000" } } });
      await program.says({ message: "ack unknown", digest: "0000000000", expected: digest });
      expect(await secretOf(world, "paris")).toBeDefined();
      await world.edit("ConfigMap", rollName, { metadata: { annotations: { "rollcall.dev/ack": digest } } });
      await listed(world);
      const roll = await world.get("ConfigMap", rollName);
      expect(roll?.metadata.annotations?.["rollcall.dev/ack"]).toBeUndefined();
    },
  },
];
