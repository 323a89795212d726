import { Hidden, kubeconfig, secretData, type KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { ca, clusterProfileKind, profile, reachable } from "@rollcall/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { checkConfig } from "./config/check.ts";
import { configOf, listOf } from "./reload.test.helper.ts";
import { startRollcall, type Rollcall } from "./rollcall.ts";

const canary = "canary-b7f3";

function login(name: string, token: string, annotations: Record<string, string> = { "rollcall.dev/consent": `fleet/${name}` }): KubeObject {
  const connection = { login: { kind: "credential", provider: "push", token: new Hidden(token) } } as const;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${name}-login`, namespace: "fleet", annotations },
    data: secretData({ value: kubeconfig(reachable({ name, connection })) }),
  };
}

function publish(
  hub: MemoryHub,
  name: string,
  config: unknown = { name: `${name}-login`, key: "value" },
  provider: string | null = "push",
): void {
  const { metadata, ...rest } = profile({ name, provider, config, ca });
  const { uid: _, creationTimestamp: __, ...sent } = metadata;
  hub.apply({ ...rest, metadata: sent });
}

interface Bench {
  readonly hub: MemoryHub;
  readonly lines: string[];
  readonly start: () => Promise<Rollcall>;
  readonly configOf: (name: string) => string;
}

async function bench(): Promise<Bench> {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "one", "rollcall"] });
  onTestFinished(() => hub.stop());
  const lines: string[] = [];
  const list = listOf("one", { target: { namespace: "one" }, options: { login: "with a credential from us" } });
  const settings = { push: { kind: "secret", preset: "kubeconfig-secretreader" } };
  const { config, problems } = checkConfig(configOf([list], { providers: { settings } }));
  expect(problems).toEqual([]);
  return {
    hub,
    lines,
    async start() {
      const rollcall = await startRollcall({
        config: config!,
        open: async () => openTransport({ url: hub.url, token: async () => hub.token }),
        log: (level, message, fields) =>
          void lines.push(
            JSON.stringify({ level, message, ...fields }, (_, each: unknown) => (each instanceof Error ? each.message : each)),
          ),
      });
      onTestFinished(() => rollcall.stop());
      await rollcall.settled();
      return rollcall;
    },
    configOf: (name) => atob(hub.get("Secret", "one", `fleet.${name}`)?.data?.["config"] ?? ""),
  };
}

const soon = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

it(
  "a cluster whose kubeconfig lies in a Secret that names it is listed with its credential, and with nobody else's",
  { timeout: 60_000 },
  async () => {
    const { hub, start, configOf: read, lines } = await bench();
    hub.apply(login("paris", `${canary}-paris`));
    hub.apply(login("rome", `${canary}-rome`, {}));
    // Rome's Secret does not name it; Oslo names the Secret of Paris.
    publish(hub, "paris");
    publish(hub, "rome");
    publish(hub, "oslo", { name: "paris-login", key: "value" });
    const rollcall = await start();
    expect(read("paris")).toContain(`${canary}-paris`);
    const status = (name: string) => rollcall.lists.get("one")!.status().get(`fleet/${name}`)?.verdict?.reason;
    expect([status("rome"), status("oslo")]).toEqual(["NoConsent", "NoConsent"]);
    expect(hub.list("Secret", "one")).toHaveLength(1);
    expect(rollcall.credentials().get("fleet/paris")).toMatchObject([{ provider: "push" }]);

    // The provider is withdrawn: the credential goes, the cluster stays.
    publish(hub, "paris", {}, "other");
    await soon(() => expect(read("paris")).toBe(""));
    expect(hub.get("Secret", "one", "fleet.paris")).toBeDefined();
    publish(hub, "paris");
    await soon(() => expect(read("paris")).toContain(`${canary}-paris`));

    // Its server is another: what was made for the old one is not sent to the new one.
    const { metadata, ...rest } = profile({
      name: "paris",
      provider: "push",
      config: { name: "paris-login", key: "value" },
      server: "https://evil.example.test",
      ca,
    });
    const { uid: _, creationTimestamp: __, ...sent } = metadata;
    hub.apply({ ...rest, metadata: sent });
    await soon(() => expect(status("paris")).toBe("WrongServer"));
    expect(atob(hub.get("Secret", "one", "fleet.paris")!.data!["server"]!)).not.toContain("evil");

    expect(lines.join("\n")).not.toContain(canary);
    expect(JSON.stringify(hub.list("Secret", "one").map((each) => each.metadata))).not.toContain(canary);
  },
);

it("a restart writes nothing, whatever the credential", { timeout: 60_000 }, async () => {
  const { hub, start } = await bench();
  hub.apply(login("paris", "t"));
  publish(hub, "paris");
  const first = await start();
  await first.stop();
  const from = hub.requests.length;
  await start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(hub.requests.slice(from).filter(({ verb }) => !["get", "list", "watch"].includes(verb))).toEqual([]);
});

it("a provider that a profile withdraws while Rollcall is down is taken back by the next start", { timeout: 60_000 }, async () => {
  const { hub, start, configOf: read } = await bench();
  for (const name of ["paris", "rome"]) {
    hub.apply(login(name, "t"));
    publish(hub, name);
  }
  const first = await start();
  await first.stop();
  publish(hub, "paris", {}, "other");
  const from = hub.requests.length;
  await start();
  expect(read("paris")).toContain('"t"');
  await soon(() => expect(read("paris")).toBe(""));
  const { metadata, data } = hub.get("Secret", "one", "fleet.paris")!;
  expect(Object.keys(data!).toSorted()).toEqual(["name", "server"]);
  expect(metadata.annotations).not.toHaveProperty(["rollcall.dev/login"]);
  expect(read("rome")).toContain('"t"');
  const writes = hub.requests.slice(from).filter(({ verb, name }) => verb === "patch" && name?.startsWith("fleet."));
  expect(writes.map(({ name }) => name)).toEqual(["fleet.paris"]);
});
