import fc from "fast-check";
import { type Access, type Cluster, type Endpoint, isRefusal, type Login, type Reachable, refusal } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { connect, type Provider } from "./index.ts";

const endpoint: Endpoint = { server: "https://paris.test", ca: "PEM", tlsName: "kubernetes", proxy: "http://proxy.test" };
const plugin: Provider = {
  name: "plugin",
  execConfig: {
    command: "/plugins/x",
    args: ["--a"],
    env: [
      { name: "A", value: "1" },
      { name: "A", value: "2" },
    ],
    apiVersion: "client.authentication.k8s.io/v1",
    installHint: "get it",
    provideClusterInfo: true,
  },
};
const eks = (login: object = {}): Provider => ({ name: "eks", login: { kind: "aws", ...login } });

function cluster(access: readonly (Partial<Access> & Pick<Access, "provider">)[], more: Partial<Cluster> = {}): Cluster {
  return {
    id: "fleet/paris",
    namespace: "fleet",
    name: "paris",
    uid: "u-1",
    createdAt: "",
    resourceVersion: "1",
    displayName: "paris",
    manager: "hand",
    labels: {},
    properties: {},
    conditions: {},
    health: "unknown",
    ...more,
    access: access.map((each) => ({ endpoint, ...each })),
  };
}

async function login(to: Cluster, providers: readonly Provider[], asked: Login = "by itself"): Promise<unknown> {
  const answer = await connect(to, asked, providers);
  return isRefusal(answer) ? answer.reason : answer.connection.login;
}

describe("a cluster is connected", () => {
  it("with its endpoint and the plugin that the operator configured, told what the profile has for it", async () => {
    const paris = cluster([{ provider: "plugin", config: { clusterName: "paris" } }]);
    expect(await connect(paris, "by itself", [plugin])).toEqual({
      ...paris,
      connection: {
        ...endpoint,
        login: {
          kind: "exec",
          provider: "plugin",
          command: "/plugins/x",
          args: ["--a"],
          env: { A: "2" },
          apiVersion: "client.authentication.k8s.io/v1",
          installHint: "get it",
          provideClusterInfo: true,
          config: { clusterName: "paris" },
        },
      },
    });
  });

  it("without a word to a plugin that is not to be told", async () => {
    const { provideClusterInfo: _, ...execConfig } = plugin.execConfig!;
    const paris = cluster([{ provider: "plugin", config: { clusterName: "paris" } }]);
    expect(await login(paris, [{ name: "plugin", execConfig }])).not.toHaveProperty("config");
    expect(await login(paris, [{ name: "plugin", execConfig: { ...execConfig, args: null, env: null } }])).toMatchObject({
      args: [],
      env: {},
    });
  });

  it("by the operator's order of providers, whatever the profile's", async () => {
    const paris = cluster([{ provider: "eks", config: { clusterId: "c" } }, { provider: "plugin" }]);
    expect(await login(paris, [plugin, eks()])).toMatchObject({ provider: "plugin" });
    expect(await login(paris, [{ name: "other" }, eks(), plugin])).toMatchObject({ provider: "eks" });
  });

  it("with a cloud identity where one is set, in place of a plugin", async () => {
    expect(await login(cluster([{ provider: "plugin" }]), [{ ...plugin, login: { kind: "gcp" } }])).toEqual({
      kind: "gcp",
      provider: "plugin",
    });
    const azure: Provider = { name: "aks", login: { kind: "azure", env: { AZURE_CLIENT_ID: "1" } } };
    expect(await login(cluster([{ provider: "aks" }]), [azure])).toEqual({ kind: "azure", provider: "aks", env: { AZURE_CLIENT_ID: "1" } });
  });

  it.each<{ from: string; setting: object; access?: object; more?: Partial<Cluster> }>([
    { from: "the extension's clusterName", setting: {}, access: { config: { clusterName: "checkout", clusterId: "x" } } },
    { from: "the extension's clusterId", setting: {}, access: { config: { clusterId: "checkout" } } },
    {
      from: "another key of the extension",
      setting: { clusterName: { from: "extension", key: "eks" } },
      access: { config: { eks: "checkout" } },
    },
    { from: "a property", setting: { clusterName: { from: "property", key: "eks" } }, more: { properties: { eks: "checkout" } } },
    { from: "a label", setting: { clusterName: { from: "label", key: "eks" } }, more: { labels: { eks: "checkout" } } },
  ])("to EKS by the name from $from", async ({ setting, access, more }) => {
    const paris = cluster([{ provider: "eks", ...access }], more);
    expect(await login(paris, [eks({ ...setting, roleArn: "arn:x", profile: "p" })])).toEqual({
      kind: "aws",
      provider: "eks",
      clusterName: "checkout",
      roleArn: "arn:x",
      profile: "p",
    });
  });
});

describe("a cluster that cannot be connected says why and what to do", () => {
  const asks = "with a credential from us";
  const broken = refusal("ServerNotHttps", "broken");

  it.each<{ reason: string; when: string; access?: Parameters<typeof cluster>[0]; providers?: readonly Provider[]; asked?: Login }>([
    { reason: "NotMapped", when: "the adapter refused it", asked: refusal("NotMapped", "no") },
    { reason: "NoAccess", when: "its profile offers nothing", access: [] },
    { reason: "NoAccess", when: "its profile offers nothing, whoever is to bring the credential", access: [], asked: asks },
    { reason: "NoProvider", when: "nothing that it offers is configured", providers: [eks()] },
    { reason: "NoProvider", when: "nothing is configured", providers: [] },
    {
      reason: "ServerNotHttps",
      when: "the first match leads nowhere, though a second would not",
      access: [
        { provider: "plugin", endpoint: broken },
        { provider: "eks", config: { clusterName: "c" } },
      ],
      providers: [plugin, eks()],
    },
    {
      reason: "InsecureEndpoint",
      when: "TLS verification is off",
      access: [{ provider: "plugin", endpoint: { server: "https://a", insecure: true } }],
    },
    { reason: "NoCredentials", when: "a credential from us is needed", asked: asks },
    { reason: "NoLogin", when: "the match says neither plugin nor cloud", providers: [{ name: "plugin" }] },
    {
      reason: "NoLogin",
      when: "the match makes credentials, and the consumer is to log in by itself",
      providers: [{ name: "plugin", credential: { kind: "secret", preset: "secretreader" } }],
    },
  ])("$reason: $when", async ({ reason, access = [{ provider: "plugin" }], providers = [plugin], asked = "by itself" }) => {
    expect(await login(cluster(access), providers, asked)).toBe(reason);
  });

  it("naming what is offered and what is configured, without the tricks of a hostile name", async () => {
    const offered = [{ provider: "spire\n\u001b[31m" }, ...Array.from({ length: 11 }, (_, at) => ({ provider: `p${at}` }))];
    const answer = await connect(cluster(offered), "by itself", [plugin, eks()]);
    expect(answer).toMatchObject({ reason: "NoProvider", message: expect.stringContaining('configured is "plugin", "eks";') as string });
    expect(answer).toMatchObject({ message: expect.stringContaining('"spire\\n\\u001b[31m", "p0"') as string });
    expect(answer).toMatchObject({ message: expect.stringContaining('"p8" and 2 more,') as string });
  });

  it.each([
    ["NoClusterName", undefined],
    ["NoClusterName", {}],
    ["NoClusterName", { clusterName: 7 }],
    ["NoClusterName", { clusterName: "" }],
    ["BadClusterName", { clusterName: "--kubeconfig=/etc/x" }],
    ["BadClusterName", { clusterName: "a b" }],
    ["BadClusterName", { clusterName: "a\n" }],
    ["BadClusterName", { clusterName: "a".repeat(101) }],
  ])("%s when the EKS extension is %j", async (reason, config) => {
    expect(await login(cluster([{ provider: "eks", ...(config !== undefined && { config }) }]), [eks()])).toBe(reason);
  });

  it("not taking what every object inherits for the name of a cluster", async () => {
    expect(await login(cluster([{ provider: "eks" }]), [eks({ clusterName: { from: "label", key: "constructor" } })])).toBe(
      "NoClusterName",
    );
  });
});

describe("two clusters never meet", () => {
  it("whatever is done with the connection of the one", async () => {
    const words = fc.array(fc.string(), { maxLength: 4 });
    const config = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(words, words, config, async (args, names, given) => {
        // A copy, so that a leak spoils the example and not the generator, which would search for a smaller one for ever.
        const told = structuredClone(given);
        const env = names.map((name) => ({ name, value: name }));
        const providers: readonly Provider[] = [
          { name: "plugin", execConfig: { ...plugin.execConfig!, args: [...args], env } },
          { name: "aks", login: { kind: "azure", env: { A: "1" } } },
        ];
        for (const provider of ["plugin", "aks"]) {
          const ask = (): ReturnType<typeof connect> => connect(cluster([{ provider, config: told }]), "by itself", providers);
          const alone = structuredClone(await ask());
          spoil((await connect(cluster([{ provider, config: told }], { name: "rome" }), "by itself", providers)) as Reachable);
          expect(structuredClone(await ask())).toStrictEqual(alone);
        }
      }),
      { numRuns: 50 },
    );
  });

  function spoil({ connection }: Reachable): void {
    const login = connection.login as unknown as Record<string, unknown>;
    (login["args"] as string[] | undefined)?.push("--kubeconfig=/tmp/theirs");
    for (const part of [connection, login, login["env"], login["config"]])
      if (typeof part === "object" && part !== null) Object.assign(part, { spoilt: "yes" });
  }
});
