import { toBase64 } from "@rollcall/contract";
import type { LogLine, Problems } from "@rollcall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkConfig } from "../../apps/rollcall/src/config/check.ts";
import { renderLists } from "../../apps/rollcall/src/render.ts";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { listed, prod, secretOf } from "../stories/telling.ts";
import { until } from "../stories/world.ts";
import { backUp } from "./backup.ts";
import { atOnce, others, pause } from "./fixtures.ts";
import { realFault, type RealFault } from "./real-world.ts";
import { judgeSecrets } from "./webhook.ts";

const files = { crds: [crds.clusterProfiles, crds.applications], quiet: true };
const soon = { unregistered: { then: "release", after: "1s" } };
const all = ["paris", ...others];

let plane: ControlPlane;
const newFault = (on = plane): Promise<RealFault> => realFault(on, { checkConfig, renderLists });

/** Takes the minute and a half after which a silent watch is given up, so it goes on beside the others. */
let restored: Promise<Problems>;

beforeAll(async () => {
  plane = await startControlPlane(files);
  restored = restoreFromBackup();
  restored.catch(() => undefined);
});
afterAll(async () => {
  await restored?.catch(() => undefined);
  await plane?.stop();
}, 240_000);

describe("faults on a real kube-apiserver", () => {
  it("row 7: a restarted server has forgotten what happened meanwhile: a list finds it", async () => {
    await using fault = await newFault();
    const { world } = fault;
    await fault.publish(...all);
    const program = await fault.start({ removal: atOnce });
    const over = world.proxy.rule({ verb: "watch", answer: "reset" });
    world.proxy.closeAll();
    await world.remove("ClusterProfile", "paris");
    await fault.publish("rome");
    await plane.restart("kube-apiserver");
    over();
    await until("paris is gone", async () => (await secretOf(world, "paris")) === undefined, 60);
    expect(program.lines).toContainEqual(
      expect.objectContaining({ message: "watch failed", error: expect.stringContaining("410") as string }),
    );
    expect(await fault.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it("row 16: the CRD is deleted and comes back: everybody stays", async () => {
    await using fault = await newFault();
    const { world } = fault;
    await fault.publish(...all);
    const program = await fault.start({ removal: soon });
    const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    await plane.remove(crd, undefined, "clusterprofiles.multicluster.x-k8s.io");
    await program.says({ message: "watch failed", kind: "ClusterProfile" });
    await pause(3000);
    await listed(world, ...all);
    await plane.applyCrds([crds.clusterProfiles]);
    await fault.publish(...all);
    expect(await fault.problems({ reference: Object.fromEntries(all.map((name) => [name, { changed: 1 }])) })).toEqual([]);
  });

  it.each([
    { what: "list profiles", of: "fleet" },
    { what: "write Secrets", of: "argocd" },
  ] as const)("row 17: the right to $what is taken away and given back: nobody leaves, and who waited joins", async ({ of }) => {
    await using fault = await newFault();
    const { world } = fault;
    await fault.publish(...all);
    const program = await fault.start({ removal: atOnce });
    const binding = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" };
    const [right] = await plane.list(binding, world[of]);
    await plane.remove(binding, world[of], right!.metadata.name);
    const from = program.lines.length;
    world.proxy.closeAll();
    await fault.publish("rome");
    await until("it says so", () => JSON.stringify(program.lines.slice(from)).includes("403"));
    await pause(1500);
    await listed(world, ...all);
    await plane.apply({ ...right!, ...binding });
    expect(await fault.problems()).toEqual([]);
  });

  it("row 18: the consumer's namespace is going: it says why, and asks now and then", async () => {
    await using fault = await newFault();
    const { world } = fault;
    await fault.publish(...all);
    const program = await fault.start({ removal: atOnce });
    await plane.remove("Namespace", undefined, world.argocd);
    const from = world.proxy.requests.length;
    await fault.publish("rome");
    await until("it says why", () => JSON.stringify(program.lines).includes("being terminated"));
    await pause(2500);
    expect(
      world.proxy.requests.slice(from).filter(({ verb, resource }) => verb === "create" && resource === "secrets").length,
    ).toBeLessThanOrEqual(6);
    await listed(world, ...all);
  });

  it("row 36: told to stop in the middle of many writes: it ends well and soon, and the next one makes the rest", async () => {
    await using fault = await newFault();
    const { world } = fault;
    const many = Array.from({ length: 60 }, (_, at) => `cluster-${at}`);
    await fault.publish(...many);
    world.proxy.rule({ verb: "create", resource: "secrets", answer: { stall: 200 } });
    const program = await fault.launch();
    const made = (): number => world.proxy.requests.filter(({ verb, resource }) => verb === "create" && resource === "secrets").length;
    await until("some are on their way", () => made() > 5);
    const told = performance.now();
    expect(await program.stop()).toBe(0);
    expect(performance.now() - told).toBeLessThan(6000);
    expect(made()).toBeLessThan(many.length);
    const [sent, stand] = [made(), await world.secrets()];
    await pause(500);
    expect([made(), (await world.secrets()).length]).toEqual([sent, stand.length]);
    await fault.start();
    expect(await fault.problems()).toEqual([]);
  });

  it("row 41: an admission webhook adds to what we wrote: it is left as it is, without a fight", async () => {
    await using fault = await newFault();
    await using _ = await judgeSecrets(plane, fault.world.argocd, ({ metadata }) => [
      { op: "add", path: "/metadata/labels", value: { ...metadata.labels, injected: "yes" } },
      { op: "add", path: "/data/injected", value: "eWVz" },
    ]);
    await fault.publish(...all);
    await fault.start();
    expect(await fault.problems()).toEqual([]);
    const secrets = await fault.world.secrets();
    expect(secrets.map(({ data }) => data?.["injected"])).toEqual(Array.from({ length: all.length + 1 }, () => "eWVz"));
  });

  it("row 41: an admission webhook denies one cluster: it says why, and the others go on", async () => {
    await using fault = await newFault();
    const { world } = fault;
    await fault.publish(...others);
    {
      await using _ = await judgeSecrets(plane, world.argocd, ({ metadata }) => (metadata.name.endsWith("paris") ? "not on Fridays" : []));
      await fault.publish("paris");
      const program = await fault.launch();
      await until("it says why", () => JSON.stringify(program.lines).includes("not on Fridays"));
      await listed(world, ...others);
    }
    expect(await fault.problems()).toEqual([]);
  });

  it("row 41: an admission webhook insists on another server: it is said once more, and then there is silence", async () => {
    await using fault = await newFault();
    const { world } = fault;
    const insist = [{ op: "replace", path: "/data/server", value: toBase64("https://elsewhere.example.test") }] as const;
    await using _ = await judgeSecrets(plane, world.argocd, ({ metadata }) => (metadata.name.endsWith("oslo") ? insist : []));
    await fault.publish(...others);
    await fault.start();
    await pause(2000);
    const writes = world.proxy.requests.filter(({ verb, name }) => ["create", "patch"].includes(verb) && name === `${world.fleet}.oslo`);
    expect(writes.length).toBeLessThanOrEqual(3);
    const from = world.proxy.requests.length;
    await pause(1500);
    expect(world.proxy.requests.slice(from).filter(({ verb }) => verb !== "watch")).toEqual([]);
  });

  it("row 38: the server is restored from a backup: Rollcall says so, and what stands again is left to stand", async () => {
    expect(await restored).toEqual([]);
  }, 240_000);
});

/** Plays a restore: since the backup one has moved and one has lost its profile, and then neither has happened. */
async function restoreFromBackup(): Promise<Problems> {
  const own = await startControlPlane(files);
  try {
    await using fault = await newFault(own);
    const { world } = fault;
    await fault.publish(...all);
    const program = await fault.start();
    const restore = await backUp(own);
    await makeBusy(own);
    await world.remove("ClusterProfile", "paris");
    await world.apply(prod(world, { name: "oslo", server: "https://moved.example.test:6443" }));
    await program.says({ cluster: `${world.fleet}/paris`, state: "missing" });
    await program.says({ message: "wrote", cluster: `${world.fleet}/oslo`, verb: "change" });

    await restore();
    await fault.anew();
    const from = program.lines.length;
    const lines = (): readonly LogLine[] => program.lines.slice(from);
    await until("it says that the hub went back", () => said(lines(), { message: "watch went back", kind: "ClusterProfile" }), 150);
    await until("paris is a member", () => said(lines(), { cluster: `${world.fleet}/paris`, state: "member" }), 60);
    // Until the profiles are listed again, what was last known of them may be said once more.
    return await fault.problems({ reference: { oslo: { changed: 2 } } });
  } finally {
    await own.stop();
  }
}

/** Has the server's versions run far ahead, so that a watch from there is silent after a restore. */
async function makeBusy(on: ControlPlane): Promise<void> {
  for (let n = 0; n < 300; n += 1) {
    await on.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "busy", namespace: "default" }, data: { n: String(n) } });
  }
}

function said(lines: readonly LogLine[], fields: Readonly<Record<string, string>>): LogLine | undefined {
  return lines.find((line) => Object.entries(fields).every(([key, value]) => line[key] === value));
}
