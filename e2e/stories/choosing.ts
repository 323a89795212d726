import type { KubeObject } from "@rollcall/contract";
import { profile } from "@rollcall/testing";
import { until, type World } from "./world.ts";

const named = (world: World, name: string, health: "healthy" | "unhealthy" | "unknown" = "healthy"): KubeObject =>
  profile({ namespace: world.fleet, name, health });

const inSet = (world: World, labels: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: world.fleet, labels },
});

const stand = (world: World, ...names: readonly string[]): Promise<true> =>
  until(`there stand ${names.join(", ") || "none"}`, async () => {
    const there = (await world.secrets()).map(({ metadata }) => metadata.name.replace(`${world.fleet}.`, ""));
    return there.sort().join() === names.toSorted().join() && (true as const);
  });

/** Profiles that name no cluster set are in that of their namespace; Rollcall asks for the right to see that when it needs it. */
export const clusterSets = {
  tells: "a namespace is put into a cluster set: its clusters join; it is taken out again: they are missing",
  async run(world: World): Promise<void> {
    await world.apply(named(world, "paris"), named(world, "oslo"), profile({ namespace: world.fleet, name: "lima", clusterSet: "edge" }));
    const program = await world.start();
    const mark = await world.mark();
    await world.rewrite([{ name: "web", consumer: "argocd", select: { clusterSets: ["web"] }, target: { namespace: world.argocd } }]);
    await program.says({ message: "list gone through", list: "web" });
    await stand(world);
    await world.apply(inSet(world, { "clusterset.multicluster.x-k8s.io": "web" }));
    await stand(world, "oslo", "paris");
    await world.apply(inSet(world, { "clusterset.multicluster.x-k8s.io": "other" }));
    for (const name of ["oslo", "paris"]) await program.says({ cluster: `${world.fleet}/${name}`, state: "missing" });
    await stand(world, "oslo", "paris");
    // Throws where anything was asked for that the printed rights do not give.
    await world.writes(mark);
  },
};

/** Whoever is unhealthy for long enough goes the way that the list says; who is unknown does not. */
export const health = {
  tells: "a cluster is unhealthy for too long: it is let go, and joins again when it is well; an unknown one stays",
  async run(world: World): Promise<void> {
    const all = ["paris", "oslo", "lima", "tokyo", "rome"];
    await world.apply(...all.map((name) => named(world, name)));
    const program = await world.start();
    await world.rewrite([
      {
        name: "argocd",
        consumer: "argocd",
        select: { health: { join: "healthy", evict: "2s" } },
        target: { namespace: world.argocd },
        removal: { unhealthy: { then: "release", after: 0 } },
      },
    ]);
    await stand(world, ...all);
    await world.apply(named(world, "paris", "unhealthy"), named(world, "oslo", "unknown"));
    await stand(world, "oslo", "lima", "tokyo", "rome");
    await program.says({ message: "wrote", cluster: `${world.fleet}/paris`, verb: "delete" });
    await world.apply(named(world, "paris", "unknown"));
    await program.says({ cluster: `${world.fleet}/paris`, verdict: { reason: "NotHealthy" } });
    await world.apply(named(world, "paris"));
    await stand(world, ...all);
  },
};
