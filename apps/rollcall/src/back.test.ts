import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile, startProxy, type Proxy } from "@rollcall/testing";
import { describe, expect, it, vi } from "vitest";
import { checkConfig } from "./config/check.ts";
import { configOf, listOf } from "./reload.test.helper.ts";
import { startRollcall, type Rollcall } from "./rollcall.ts";
import { whenBack } from "./timing.ts";

interface Bench extends AsyncDisposable {
  readonly hub: MemoryHub;
  /** Between Rollcall and its hub, and between Rollcall and the server of its one list. */
  readonly toHub: Proxy;
  readonly toTarget: Proxy;
  readonly rollcall: Rollcall;
  readonly lines: readonly { readonly message: string; readonly [field: string]: unknown }[];
  publish(name: string, env: string): void;
}

const config = (options: object = {}) =>
  checkConfig(configOf([listOf("one", { select: { labels: "env=prod" }, target: { namespace: "one", kubeconfig: "there" }, options })]));

async function start(): Promise<Bench> {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "one", "rollcall"] });
  const [toHub, toTarget] = await Promise.all([startProxy({ target: hub.url }), startProxy({ target: hub.url })]);
  const publish = (name: string, env: string): void => {
    const { metadata, ...rest } = profile({ name, labels: { env } });
    const { uid: _, creationTimestamp: __, ...sent } = metadata;
    hub.apply({ ...rest, metadata: sent });
  };
  for (const name of ["paris", "rome", "oslo"]) publish(name, "prod");
  const lines: { message: string }[] = [];
  const rollcall = await startRollcall({
    config: config().config!,
    open: async ({ kubeconfig }) => openTransport({ url: (kubeconfig === undefined ? toHub : toTarget).url, token: async () => hub.token }),
    log: (level, message, fields) => void lines.push({ ...fields, message }),
    timing: { firstRetry: 50 },
  });
  await rollcall.settled();
  return {
    hub,
    toHub,
    toTarget,
    rollcall,
    lines,
    publish,
    async [Symbol.asyncDispose]() {
      await rollcall.stop();
      await Promise.all([toHub.stop(), toTarget.stop()]);
      await hub.stop();
    },
  };
}

const within = (seconds: number, isSo: () => void): Promise<void> => vi.waitFor(isSo, { timeout: seconds * 1000, interval: 20 });

describe.concurrent("when a server is back after trouble", { timeout: 40_000 }, () => {
  it("who could not be judged without the hub is judged at once", async () => {
    await using bench = await start();
    const status = () => bench.rollcall.lists.get("one")!.status().get("fleet/paris");
    bench.publish("paris", "retired");
    await within(10, () => expect(status()).toMatchObject({ state: "missing" }));
    const up = bench.toHub.rule({ when: () => true, answer: "reset" });
    bench.toHub.closeAll();
    await within(10, () =>
      expect(bench.lines).toContainEqual(expect.objectContaining({ message: "watch failed", kind: "ClusterProfile" })),
    );
    // Somebody's change brings a look in the middle of the outage.
    const secret = bench.hub.get("Secret", "one", "fleet.paris")!;
    bench.hub.apply({ ...secret, metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, theirs: "1" } } });
    await within(10, () => expect(status()?.verdict).toMatchObject({ is: "stale", reason: "HubUnreachable" }));
    up();
    const before = bench.lines.length;
    await within(20, () => expect(bench.lines.slice(before)).toContainEqual(expect.objectContaining({ message: "watch connected" })));
    await within(1, () => expect(status()?.verdict?.is).not.toBe("stale"));
    expect(status()).toMatchObject({ state: "missing" });
  });

  it("what could not be written to the target is written at once", async () => {
    await using bench = await start();
    const up = bench.toTarget.rule({ verb: "create", answer: "reset" });
    bench.publish("lima", "prod");
    const longWait = () => bench.lines.some(({ message, retryIn }) => message === "retry" && Number(retryIn) > 1900);
    await within(20, () => expect(longWait()).toBe(true));
    up();
    bench.toTarget.closeAll();
    await within(1.2, () => expect(bench.hub.get("Secret", "one", "fleet.lima")).toBeDefined());
  });

  it("nobody is asked again where nothing was in trouble", () => {
    let times = 0;
    const heard = whenBack(() => (times += 1));
    const connected = { type: "connected", kind: "Secret", again: true } as const;
    const failed = { type: "failed", kind: "Secret", error: new Error("reset"), retryIn: 1, absent: false } as const;
    heard(connected);
    expect(times).toBe(0);
    heard(failed);
    heard(failed);
    heard({ ...connected, kind: "ConfigMap" });
    expect(times).toBe(0);
    heard(connected);
    heard(connected);
    expect(times).toBe(1);
  });
});

it("a list that changes finishes what it is writing before it goes on in another way", { timeout: 20_000 }, async () => {
  await using bench = await start();
  const [before, from] = [bench.hub.requests.length, bench.toTarget.requests.length];
  bench.toTarget.rule({ verb: "create", meanwhile: () => new Promise((resolve) => setTimeout(resolve, 700)) });
  bench.publish("lima", "prod");
  await within(5, () => expect(bench.toTarget.requests.slice(from)).toContainEqual(expect.objectContaining({ verb: "create" })));
  bench.rollcall.take(config({ project: "shop" }));
  await within(10, () => expect(bench.hub.get("Secret", "one", "fleet.lima")?.data?.["project"]).toBeDefined());
  const lima = bench.hub.requests.slice(before).filter(({ resource, verb }) => resource === "secrets" && verb !== "watch");
  expect(lima.flatMap(({ verb, code }) => (verb === "create" ? [code] : []))).toEqual([201]);
  expect(lima.filter(({ code }) => code >= 400)).toEqual([]);
});

describe.concurrent("when another hub answers at the same address", { timeout: 40_000 }, () => {
  const replace = (hub: MemoryHub): void => {
    hub.remove("Namespace", undefined, "kube-system");
    hub.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
  };

  it("nobody is let go for it, and it is believed once it has all the members", async () => {
    await using bench = await start();
    replace(bench.hub);
    bench.hub.remove("ClusterProfile", "fleet", "paris");
    const up = bench.toHub.rule({ when: () => true, answer: "reset" });
    bench.toHub.closeAll();
    await within(10, () =>
      expect(bench.lines).toContainEqual(expect.objectContaining({ message: "watch failed", kind: "ClusterProfile" })),
    );
    up();
    const status = () => bench.rollcall.lists.get("one")!.status().get("fleet/paris");
    await within(20, () => expect(bench.lines).toContainEqual(expect.objectContaining({ message: "another hub answers" })));
    bench.publish("rome", "test");
    await within(10, () => expect(status()?.verdict).toMatchObject({ is: "stale", reason: "HubChanged" }));
    await within(10, () =>
      expect(bench.rollcall.lists.get("one")!.status().get("fleet/rome")?.verdict).toMatchObject({ reason: "HubChanged" }),
    );
    bench.publish("paris", "prod");
    await within(20, () => expect(bench.lines).toContainEqual(expect.objectContaining({ message: "hub believed" })));
    await within(10, () => expect(status()?.verdict).toBeUndefined());
  });

  it("a hub that is the same after trouble is nobody's doubt for longer than it takes to ask", async () => {
    await using bench = await start();
    const up = bench.toHub.rule({ when: () => true, answer: "reset" });
    bench.toHub.closeAll();
    await within(10, () =>
      expect(bench.lines).toContainEqual(expect.objectContaining({ message: "watch failed", kind: "ClusterProfile" })),
    );
    bench.publish("lima", "prod");
    up();
    await within(20, () => expect(bench.rollcall.lists.get("one")!.status().get("fleet/lima")).toMatchObject({ state: "member" }));
    await within(5, () =>
      expect([...bench.rollcall.lists.get("one")!.status().values()].every(({ verdict }) => verdict === undefined)).toBe(true),
    );
    expect(bench.lines.map(({ message }) => message)).not.toContain("another hub answers");
  });

  it("nobody joins for it where its watches ended well, and whoever was looked at meanwhile is looked at again", async () => {
    await using bench = await start();
    const status = (name: string) => bench.rollcall.lists.get("one")!.status().get(`fleet/${name}`);
    const said = () => bench.toHub.rule({ when: ({ path }) => path.includes("kube-system"), answer: { status: 503 } });
    const up = said();
    replace(bench.hub);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    bench.hub.closeWatches();
    const again = () => bench.lines.some(({ message, kind }) => message === "watch connected" && kind === "ClusterProfile");
    await within(10, () => expect(again()).toBe(true));
    bench.publish("lima", "prod");
    bench.publish("paris", "retired");
    await within(10, () => expect(status("lima")?.verdict).toMatchObject({ reason: "HubUnknown" }));
    await within(10, () => expect(status("paris")?.verdict).toMatchObject({ reason: "HubUnknown" }));
    expect(bench.lines.filter(({ message, kind }) => message === "watch failed" && kind === "ClusterProfile")).toEqual([]);
    up();
    await within(20, () => expect(status("lima")?.verdict).toMatchObject({ reason: "HubChanged" }));
    expect(bench.hub.get("Secret", "one", "fleet.lima")).toBeUndefined();
    expect(status("paris")).toMatchObject({ state: "member" });
  });
});
