import { Hidden, kubeconfig, secretData, type KubeObject } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { expect } from "vitest";
import { id, prod, secretOf, type Story } from "./telling.ts";
import { until, type World } from "./world.ts";

const settings = { options: { login: "with a credential from us" } };

/** A kubeconfig in a Secret that says whose it is. */
function login(world: World, name: string): KubeObject {
  const connection = { login: { kind: "credential", provider: "push", token: new Hidden("t0ken") } } as const;
  const annotations = { "rollcall.dev/consent": id(world, name) };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${name}-login`, namespace: world.fleet, annotations },
    data: secretData({ value: kubeconfig(reachable({ name, connection })) }),
  };
}

const offering = (world: World, name: string, provider: string): KubeObject =>
  prod(world, { name, provider, ca, config: { name: `${name}-login`, key: "value" } });

/** A profile takes back the way in that its cluster was connected by, and nobody is there to see it. */
export const withdrawing: Story = {
  tells:
    "a provider is withdrawn while the program is down: the next start takes its credential back, in one patch, and that of nobody else",
  async run(world) {
    for (const name of ["paris", "rome"]) await world.apply(login(world, name), offering(world, name, "push"));
    const first = await world.start(settings);
    for (const name of ["paris", "rome"])
      await until(`${name} has a credential`, async () => (await secretOf(world, name))?.data?.["config"] !== undefined);
    await first.stop();

    const before = await world.mark();
    await world.apply(offering(world, "paris", "unheard-of"));
    const second = await world.start(settings);
    const bare = await until("the credential of paris is gone", async () => {
      const now = await secretOf(world, "paris");
      return now?.data?.["config"] === undefined && now;
    });
    expect(Object.keys(bare.data!).toSorted()).toEqual(["name", "server"]);
    expect(bare.metadata.annotations).not.toHaveProperty(["rollcall.dev/login"]);
    expect(bare.metadata.labels).toMatchObject({ "rollcall.dev/state": "member" });
    await second.says({ cluster: id(world, "paris"), verdict: { is: "stale", reason: "NoProvider" } });
    await second.stop();

    await (await world.start(settings)).stop();
    const secrets = (await world.writes(before)).filter(({ resource }) => resource === "secrets");
    expect(secrets).toEqual([{ verb: "patch", resource: "secrets", name: `${world.fleet}.paris` }]);
    expect((await secretOf(world, "rome"))!.data).toHaveProperty("config");
  },
};
