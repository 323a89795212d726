import { fromBase64 } from "@rollcall/contract";
import { profile } from "@rollcall/testing";
import { expect } from "vitest";
import { until, type World } from "./world.ts";

const named = (world: World, name: string, env: string) => profile({ namespace: world.fleet, name, labels: { env } });

/** Which clusters stand on which list. */
async function lists(world: World): Promise<string> {
  const secrets = await world.secrets();
  return secrets
    .map(({ metadata }) => `${metadata.labels?.["rollcall.dev/list"] ?? "nobody"}: ${metadata.name.replace(`${world.fleet}.`, "")}`)
    .sort()
    .join(", ");
}

const stand = (world: World, wanted: string): Promise<true> =>
  until(`there stands ${wanted}`, async () => (await lists(world)) === wanted && (true as const));

/** Lists come, change, break and go while the program runs; nobody is disturbed who is not concerned. */
export const reload = {
  tells: "a list is added, changed, broken and removed while the program runs: the others do not notice, and nothing is swept",
  async run(world: World): Promise<void> {
    const target = { namespace: world.argocd };
    const prod = { name: "argocd", consumer: "argocd", select: { labels: "env=prod" }, target };
    const lab = { name: "lab", consumer: "argocd", select: { labels: "env=lab" }, target };
    await world.apply(named(world, "paris", "prod"), named(world, "rome", "lab"));
    const program = await world.start();
    await stand(world, "argocd: paris");

    let [from, mark] = [program.lines.length, await world.mark()];
    await world.rewrite([prod, lab]);
    await program.says({ message: "config taken", added: { 0: "lab (sync)" } });
    await stand(world, "argocd: paris, lab: rome");
    const secrets = async (): Promise<readonly string[]> =>
      (await world.writes(mark)).flatMap(({ verb, resource, name }) =>
        resource === "secrets" ? [`${verb} ${name.replace(`${world.fleet}.`, "")}`] : [],
      );
    expect(await secrets()).toEqual(["create rome"]);
    expect(program.lines.slice(from).filter(({ list }) => list === "argocd")).toEqual([]);
    const first = await program.says({ message: "wrote", list: "lab" });

    [from, mark] = [program.lines.length, await world.mark()];
    await world.rewrite([prod, { ...lab, options: { project: "shop" } }]);
    await until("rome is in the project", async () => {
      const rome = await world.get("Secret", `${world.fleet}.rome`);
      return fromBase64(rome?.data?.["project"] ?? "") === "shop";
    });
    const second = await program.says({ message: "wrote", list: "lab" }, from);
    expect(second["config"]).not.toBe(first["config"]);
    expect(await secrets()).toEqual(["patch rome"]);

    [from, mark] = [program.lines.length, await world.mark()];
    await world.rewrite([prod, { ...lab, mode: "perhaps" }]);
    await program.says({ message: "config problem", at: "lists[1].mode" }, from);
    await program.says({ message: "list goes on as before", list: "lab" }, from);
    await world.apply(named(world, "oslo", "lab"));
    await stand(world, "argocd: paris, lab: oslo, lab: rome");

    [from, mark] = [program.lines.length, await world.mark()];
    await world.rewrite([prod]);
    await program.says({ message: "list is not kept any more", list: "lab" }, from);
    await world.remove("ClusterProfile", "rome");
    await world.apply(named(world, "lima", "prod"), named(world, "quito", "lab"));
    await stand(world, "argocd: lima, argocd: paris, lab: oslo, lab: rome");
    expect(await secrets()).toEqual(["create lima"]);

    [from, mark] = [program.lines.length, await world.mark()];
    await world.rewrite([prod, { ...lab, options: { project: "shop" } }]);
    await stand(world, "argocd: lima, argocd: paris, lab: oslo, lab: quito, lab: rome");
    await program.says({ message: "state", cluster: `${world.fleet}/rome`, state: "missing" }, from);
    expect(await secrets()).toEqual(["create quito"]);
    expect(await program.stop()).toBe(0);
  },
};
