import { Hidden, refusal, type Access, type Handed, type Reachable, type Refusal } from "@rollcall/contract";
import { ca, cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import type { Held } from "./keep/credentials.ts";
import { assumingLogins, newLogins } from "./logins.ts";
import type { Provider } from "./provider.ts";
import type { Ask } from "./resolve.ts";

const server = "https://paris.example.test:6443";
const credential = { kind: "credential", provider: "push", token: new Hidden("t") } as const;
const push: Provider = { name: "push", credential: { kind: "secret", preset: "secretreader" } };
const offered = (provider = "push", endpoint: Access["endpoint"] = { server }): readonly Access[] => [{ provider, endpoint }];
const asks = "with a credential from us" as const;
const wrong = "https://evil.example.test";

const by = (provider: string): Handed => ({ provider, by: "a" });

interface Given {
  readonly held?: Held | Refusal;
  readonly access?: readonly Access[];
  readonly handed?: Handed;
}

async function login({ held = { resolved: { credential, madeFor: { server } } }, access = offered(), handed }: Given = {}) {
  const asked: { readonly ask: Ask; readonly handed: Handed | undefined }[] = [];
  const released: string[] = [];
  const connect = newLogins({
    providers: () => [push],
    credentials: {
      get(ask, word) {
        asked.push({ ask, handed: word });
        return Promise.resolve(held);
      },
      release: (id) => released.push(id),
    },
  });
  return { asked, released, is: await connect(cluster({ name: "paris", access }), asks, handed) };
}

describe("a cluster whose consumer needs a credential", () => {
  it("is connected with the one that was made for it", async () => {
    const { is } = await login();
    expect((is as Reachable).connection).toEqual({ server, login: credential });
  });

  it("says why it could not be renewed, and what is to be remembered of it", async () => {
    const failing = refusal("PluginFailed", "no");
    const handed = { provider: "push", by: "a", from: "b", until: "c" };
    const { is } = await login({ held: { resolved: { credential, madeFor: { server } }, failing, handed } });
    expect(is).toMatchObject({ failing, handed });
  });

  it("is asked about with what was handed over before, and that is assumed where nothing else comes", async () => {
    const handed = { provider: "push", by: "a", from: "b", until: "c" };
    const { asked, is } = await login({ held: {}, handed });
    expect(asked[0]?.handed).toBe(handed);
    expect((is as Reachable).connection.login).toEqual({ kind: "credential", provider: "push", assumed: true });
  });

  it.each<[string, Given, string, true | undefined]>([
    ["of which nobody knows which provider it used", { access: offered("other") }, "NoProvider", undefined],
    ["of which what stands says which it used", { access: offered("other"), handed: by("push") }, "NoProvider", true],
    [
      "that offers still what it used, which the operator has taken out",
      { access: offered("old"), handed: by("old") },
      "NoProvider",
      undefined,
    ],
    [
      "that offers still what it used, which has trouble",
      { held: refusal("PluginFailed", "no"), handed: by("push") },
      "PluginFailed",
      undefined,
    ],
    [
      "that offers another one than it used, which has trouble",
      { held: refusal("PluginFailed", "no"), handed: by("old") },
      "PluginFailed",
      true,
    ],
    ["that offers no way in any more", { access: [] }, "NoAccess", true],
    ["whose endpoint cannot be used", { access: offered("push", refusal("ServerNotHttps", "no")) }, "ServerNotHttps", undefined],
    ["that does without verification", { access: offered("push", { server, insecure: true }) }, "InsecureEndpoint", undefined],
    ["at another server than it was made for", { access: offered("push", { server: wrong }) }, "WrongServer", undefined],
    ["for which none can be had", { held: refusal("PluginFailed", "no") }, "PluginFailed", undefined],
    ["for which consent was taken back", { held: { ...refusal("NoConsent", "no"), revokes: true } }, "NoConsent", true],
    ["of which nothing says where it may be sent", { held: { resolved: { credential } } }, "NotBound", undefined],
  ])("%s is refused", async (_, given, reason, revokes) => {
    const { is } = await login(given);
    expect(is).toMatchObject({ reason });
    expect((is as Refusal).revokes).toBe(revokes);
  });

  it("is not asked about where it cannot be reached anyway", async () => {
    expect((await login({ access: offered("push", { server, insecure: true }) })).asked).toEqual([]);
  });
});

describe("a provider that is there no more", () => {
  const paris = (...names: readonly string[]) => cluster({ name: "paris", access: names.flatMap((name) => offered(name)) });
  let configured: readonly Provider[] = [push];
  const connect = newLogins({
    providers: () => configured,
    credentials: { get: () => Promise.resolve({ resolved: { credential, madeFor: { server } } }), release: () => undefined },
  });
  const askOf = async (...names: readonly string[]): Promise<Refusal> => (await connect(paris(...names), asks)) as Refusal;

  it("is withdrawn where the profile takes it out, and not where the operator does: that is about everybody at once", async () => {
    await askOf("push", "other");
    expect(await askOf("other")).toMatchObject({ reason: "NoProvider", revokes: true });
    configured = [{ name: "renamed" }];
    expect(await askOf("push", "other")).not.toHaveProperty("revokes");
  });

  it("is withdrawn too where another one is offered that leads nowhere", async () => {
    configured = [push, { name: "second" }];
    await askOf("push");
    const away = cluster({ name: "paris", access: offered("second", refusal("NoServer", "no")) });
    expect(await connect(away, asks)).toMatchObject({ reason: "NoServer", revokes: true });
  });
});

it("of a cluster that offers no way in that is configured nothing is renewed any more", async () => {
  expect((await login({ access: offered("other") })).released).toEqual(["fleet/paris"]);
  expect((await login()).released).toEqual([]);
});

describe("whoever only looks", () => {
  const at = { server, ca };
  const plugin: Provider = { name: "plugin", execConfig: { command: "/bin/login", apiVersion: "client.authentication.k8s.io/v1" } };
  const tokens: Provider = { name: "tokens", credential: { kind: "token-request", with: "push", serviceAccount: "kube-system/argocd" } };
  const hubToken: Provider = {
    name: "hub",
    credential: { kind: "hub-token", serviceAccount: "rollcall/argocd", audience: "{memberId}" },
    hosts: ["*.example.test"],
  };
  const look = (providers: readonly Provider[], access: readonly Access[]) =>
    assumingLogins(() => providers)(cluster({ name: "paris", access }), asks);

  it("gets no credential", async () => {
    const is = (await look([push], [{ provider: "push", endpoint: at, config: { clusterName: "paris" } }])) as Reachable;
    expect(is.connection.login).toEqual({ kind: "credential", provider: "push", assumed: true });
  });

  it.each([
    ["a Secret that the profile does not name", [push], "NoSecretName"],
    ["a plugin's that nothing says where it may go", [plugin], "NotBound"],
    ["a plugin's that may go elsewhere", [{ ...plugin, hosts: ["other.test"] }], "WrongServer"],
    ["a provider that makes none", [{ name: "bare" }], "NoLogin"],
    ["a provider that the consumer logs in with", [{ name: "reference", credential: { kind: "reference" } }], "ReferenceOnly"],
    ["the hub's for an audience that the profile does not say", [hubToken], "NoAudience"],
    ["a member's, logged in with what is not configured", [tokens], "NoProvider"],
    ["a member's, logged in with what cannot be had", [tokens, push], "NoSecretName"],
  ] as const)("is told why none can be had: %s", async (_, providers, reason) => {
    const access = providers.map(({ name }) => ({ provider: name, endpoint: at }));
    expect(await look(providers as readonly Provider[], access)).toMatchObject({ reason });
  });
});
