import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ca } from "@rollcall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { until } from "../stories/world.ts";
import { leaksOf } from "./leaks.ts";
import { plugin } from "./storm.ts";
import { loginWorld, type LoginWorld } from "./world.ts";

const apiVersion = "client.authentication.k8s.io/v1";

/** What Rollcall's own environment holds; a plugin is to see none of it that was not meant for it. */
const ours = {
  ROLLCALL_MARKER: "canary-of-our-own",
  AWS_SECRET_ACCESS_KEY: "canary-of-the-cloud",
  KUBECONFIG: "/canary-of-the-hub",
  HANDED: "canary-handed-over",
};

const verdicts = {
  slow: "PluginTimeout",
  loud: "PluginTooLoud",
  spilling: "PluginFailed",
  failing: "PluginFailed",
  splitting: "PluginAnswer",
  old: "PluginAnswer",
} as const;

describe("plugins of every temper beside each other", () => {
  let hub: ControlPlane;
  let world: LoginWorld;
  beforeAll(async () => {
    hub = await startControlPlane({ crds: [crds.clusterProfiles] });
  });
  afterAll(async () => {
    await world?.close();
    await hub?.stop();
  });

  it("a bad one costs its own cluster the login and nobody else's, and nothing that it prints is seen", async () => {
    const seen = hub.dir;
    const env = [
      { name: "SEEN", value: seen },
      { name: "LIFE", value: "3600" },
    ];
    const entry = { name: "fleet", execConfig: { command: plugin, apiVersion, env, provideClusterInfo: true } };
    const settings = { fleet: { kind: "exec", passEnv: ["HANDED"], hosts: ["*.example.test"] } };
    world = await loginWorld(hub, { providers: () => ({ inline: [entry], settings }) });
    const publish = (name: string, temper: string): Promise<void> =>
      world.publish(name, [{ provider: "fleet", server: `https://${name}.example.test:6443`, ca, config: { temper } }]);
    const bad = Object.entries(verdicts);
    for (const [temper] of bad) await publish(temper, temper);
    for (const name of ["paris", "rome", "oslo"]) await publish(name, "good");
    await publish("lyon", "forking");

    const starting = world.start(ours);
    const good = ["paris", "rome", "oslo", "lyon"];
    for (const name of good) {
      const { token } = await world.listed(name, (each) => each.token);
      expect(token).toContain(`canary-https://${name}.example.test:6443`);
    }
    // The slow one takes its fifteen seconds, and has not held up the others.
    expect(world.programs[0]!.lines.filter((line) => line["verdict"]).map(({ cluster }) => cluster)).not.toContain(`${world.fleet}/slow`);
    const program = await starting;
    for (const [temper, reason] of bad)
      await program.says({ message: "state", cluster: `${world.fleet}/${temper}`, verdict: { is: "stale", reason } });
    for (const [temper] of bad) expect(await world.entry(temper)).toBeUndefined();

    const variables = (await readFile(join(seen, "environment"), "utf8")).split("\n").flatMap((line) => /^\w+(?==)/.exec(line) ?? []);
    const ofTheShell = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);
    expect(variables.filter((name) => !ofTheShell.has(name)).toSorted()).toEqual([
      "HANDED",
      "KUBERNETES_EXEC_INFO",
      "LIFE",
      "PATH",
      "SEEN",
    ]);
    const child = Number(await readFile(join(seen, "child"), "utf8"));
    await until("what a plugin left behind has ended", () => !isRunning(child));
    expect(await leaksOf(world)).toEqual([]);
  });

  it("would be told of, wherever a credential were to be read", async () => {
    // These two names stand everywhere.
    for (const name of ["argocd", world.fleet]) world.hidden.add(name);
    const places = (await leaksOf(world)).map((leak) => /^\w+:\/\/|^\w+/.exec(leak)![0]);
    expect([...new Set(places)].toSorted()).toEqual([
      "ClusterProfile",
      "ConfigMap",
      "Secret",
      "http://",
      "log",
      "plan",
      "rbac",
      "request",
      "status",
    ]);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
