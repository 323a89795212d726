import type { KubeObject } from "@rollcall/contract";
import { decision, ocmDecision, profile } from "@rollcall/testing";
import { expect } from "vitest";
import { id, listed, type Story } from "./telling.ts";
import { until, type World } from "./world.ts";

const everybody = ["berlin", "lima", "oslo", "paris", "rome", "tokyo"];

const web = (world: World, names: readonly string[], index = 0): KubeObject =>
  decision({ namespace: world.fleet, name: `web-${index}`, key: "web", index, of: names });

/** The one list follows this decision from now on. */
const follow = (world: World, placement: object): Promise<void> =>
  world.rewrite([{ name: "argocd", consumer: "argocd", select: { placement }, target: { namespace: world.argocd } }]);

const without = (...names: readonly string[]): readonly string[] => everybody.filter((name) => !names.includes(name));

export const following: readonly Story[] = [
  {
    tells: "a decision adds a cluster and takes one away; it moves one, and the new one comes first",
    async run(world) {
      await world.apply(...everybody.map((name) => profile({ namespace: world.fleet, name })), web(world, without("rome", "paris")));
      await world.start();
      const begin = await world.mark();
      await follow(world, { key: "web" });
      await listed(world, ...without("rome", "paris"));
      await world.apply(web(world, without("rome")));
      await listed(world, ...without("rome"));
      await world.apply(web(world, without("rome", "lima")));
      await listed(world, ...without("rome", "lima"));
      const before = await world.mark();
      await world.apply(web(world, without("oslo", "lima")));
      await listed(world, ...without("oslo", "lima"));
      const secrets = (await world.writes(before)).filter(({ resource }) => resource === "secrets");
      expect([secrets[0], secrets.at(-1)]).toMatchObject([{ verb: "create" }, { verb: "delete", name: `${world.fleet}.oslo` }]);
      // Throws where anything was asked for that the printed rights do not give.
      await world.writes(begin);
    },
  },
  {
    tells: "a decision is deleted, and written anew piece by piece: nobody leaves; it is emptied: a person is asked",
    async run(world) {
      await world.apply(...everybody.map((name) => profile({ namespace: world.fleet, name })), web(world, everybody));
      const program = await world.start();
      await follow(world, { key: "web" });
      await listed(world, ...everybody);
      await program.says({ message: "list gone through", clusters: everybody.length });
      const before = await world.mark();
      await world.remove("PlacementDecision", "web-0");
      await program.says({ cluster: id(world, "paris"), verdict: { is: "stale", reason: "NoPlacement" } });
      await world.apply(web(world, everybody.slice(3), 1));
      await program.says({ cluster: id(world, "berlin"), verdict: { is: "stale", reason: "IndexGap" } });
      await world.apply(web(world, everybody.slice(0, 3), 0));
      await until("nobody is in doubt any more", async () => {
        const { stdout } = await world.run("status", "-o", "json");
        return !/"stale"/.test(stdout);
      });
      expect(await world.writes(before)).toEqual([]);
      await world.remove("PlacementDecision", "web-1");
      await world.apply(web(world, []));
      await program.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "GuardHolds" } });
      await listed(world, ...everybody);
    },
  },
  {
    tells: "OCM's own decision chooses OCM's clusters, and nobody else's of that name",
    async run(world) {
      const ocm = (...names: readonly string[]): KubeObject =>
        ocmDecision({ namespace: world.fleet, name: "web-decision-1", key: "web", index: 0, of: names });
      const managed = ["paris", "oslo", "lima"].map((name) =>
        profile({ namespace: world.fleet, name, manager: "open-cluster-management" }),
      );
      await world.apply(...managed, profile({ namespace: world.fleet, name: "rome" }), ocm("paris", "rome"));
      const program = await world.start();
      await follow(world, { key: "web", api: "cluster.open-cluster-management.io" });
      await program.says({ cluster: id(world, "rome"), verdict: { reason: "NotOcm" } });
      await listed(world, "paris");
      await world.apply(ocm("paris", "oslo"));
      await listed(world, "oslo", "paris");
    },
  },
];
