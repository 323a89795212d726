import { Hidden, kubeconfig, refusal, secretData, type Access, type KubeObject, type Refusal } from "@rollcall/contract";
import type { Call, ServerConfig, Transport } from "@rollcall/kube";
import { ca, cluster, reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import type { Provider } from "./provider.ts";
import type { Resolved } from "./resolve.ts";
import { resolver } from "./resolver.ts";

const server = "https://paris.example.test:6443";
const endpoint = { server, ca };
const hosts = ["paris.example.test"];
const config = { name: "login", key: "value" };
const push: Provider = { name: "push", credential: { kind: "secret", preset: "kubeconfig-secretreader" } };
const tokens: Provider = { name: "tokens", credential: { kind: "token-request", with: "push", serviceAccount: "kube-system/argocd" } };

function source(at = server): KubeObject {
  const login = { kind: "credential", provider: "push", token: new Hidden("first") } as const;
  const value = kubeconfig(reachable({ name: "paris", connection: { server: at, ca, login } }));
  const annotations = { "rollcall.dev/consent": "fleet/paris" };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "fleet", annotations }, data: secretData({ value }) };
}

interface Given {
  readonly provider: Provider;
  readonly others?: readonly Provider[];
  readonly access?: readonly Access[];
  readonly secret?: KubeObject | Error;
  readonly at?: string;
  /** The token that a server gives. */
  readonly minted?: string;
}

async function resolve({ provider, others = [], access, secret = source(), at = server, minted = "minted" }: Given) {
  const [calls, opened, ran] = [[] as Call[], [] as ServerConfig[], [] as string[]];
  const call = async (given: Call): Promise<unknown> => {
    calls.push(given);
    return Promise.resolve({ kind: "TokenRequest", status: { token: minted, expirationTimestamp: "2026-11-21T11:00:00Z" } });
  };
  const transport: Transport = { url: server, call, lines: () => Promise.reject(new Error("no")), close: () => Promise.resolve() };
  const answer = await resolver({
    exec: (ask) => {
      ran.push(ask.provider.name);
      return Promise.resolve({ credential: { kind: "credential", provider: ask.provider.name, token: new Hidden("ran") } });
    },
    secrets: { get: () => (secret instanceof Error ? Promise.reject(secret) : Promise.resolve(secret)), now: () => 0 },
    hub: transport,
    open: (config_) => (opened.push(config_), transport),
    providers: () => [provider, ...others],
  })(
    {
      cluster: cluster({
        name: "paris",
        access: access ?? [
          { provider: "push", endpoint: { ...endpoint, server: at }, config },
          { provider: provider.name, endpoint: { ...endpoint, server: at } },
        ],
      }),
      access: { provider: provider.name, endpoint: { ...endpoint, server: at }, config },
      endpoint: { ...endpoint, server: at },
      provider,
    },
    new AbortController().signal,
  );
  return { answer, calls, opened, ran, reason: (answer as Refusal).reason, token: (answer as Resolved).credential?.token?.reveal() };
}

describe("a credential comes", () => {
  it("from a Secret", async () => expect((await resolve({ provider: push })).token).toBe("first"));

  it("from the plugin of its entry, with a setting or without", async () => {
    const execConfig = { command: "/bin/plugin", apiVersion: "client.authentication.k8s.io/v1" };
    expect((await resolve({ provider: { name: "plugin", execConfig, hosts } })).ran).toEqual(["plugin"]);
    expect((await resolve({ provider: { name: "plugin", execConfig, hosts, credential: { kind: "exec" } } })).token).toBe("ran");
  });

  it("from the member itself, logged in to with another provider's, and is good there and nowhere else", async () => {
    const { answer, opened, calls, token } = await resolve({ provider: tokens, others: [push] });
    expect(token).toBe("minted");
    expect(answer).toMatchObject({ credential: { provider: "tokens", expiresAt: "2026-11-21T11:00:00.000Z" }, madeFor: endpoint });
    expect(opened).toMatchObject([{ url: server, ca }]);
    expect(await opened[0]!.token!()).toBe("first");
    expect(calls[0]).toMatchObject({ path: "/api/v1/namespaces/kube-system/serviceaccounts/argocd/token" });
  });

  it("from the hub, for a member that trusts its issuer: made for this server, and bound to no way there", async () => {
    const provider: Provider = { name: "issuer", hosts, credential: { kind: "hub-token", serviceAccount: "rollcall/argocd" } };
    const { answer, calls } = await resolve({ provider });
    expect(calls[0]).toMatchObject({
      path: "/api/v1/namespaces/rollcall/serviceaccounts/argocd/token",
      body: { spec: { audiences: [server], expirationSeconds: 3600 } },
    });
    // A profile may name the right server, and beside it a CA, a proxy and a TLS name of somebody on the way.
    expect(answer).not.toHaveProperty("madeFor");
  });

  it("from the hub with an audience of the operator's, which binds it to no server", async () => {
    const credential = { kind: "hub-token", serviceAccount: "rollcall/argocd", audience: "member:{name}", expiration: 600 } as const;
    const { answer, calls } = await resolve({ provider: { name: "issuer", hosts, credential } });
    expect(calls[0]).toMatchObject({ body: { spec: { audiences: ["member:paris"], expirationSeconds: 600 } } });
    expect(answer).not.toHaveProperty("madeFor");
  });
});

describe("a member that lies", () => {
  it("gives back the token that we logged in with, and that goes no further", async () => {
    const { reason } = await resolve({ provider: tokens, others: [push], minted: "first" });
    expect(reason).toBe("TokenAnswer");
  });
});

describe("no credential comes, and nobody is asked for one,", () => {
  it("where a plugin's, or a hub's, may not be sent: no plugin is told of that server, and no token made for it", async () => {
    const execConfig = { command: "/bin/plugin", apiVersion: "client.authentication.k8s.io/v1" };
    const issuer = { kind: "hub-token", serviceAccount: "rollcall/argocd" } as const;
    for (const given of [{ execConfig }, { credential: issuer }])
      for (const [allowed, reason] of [
        [[], "NotBound"],
        [["rome.example.test"], "WrongServer"],
      ] as const) {
        const { reason: is, ran, calls } = await resolve({ provider: { name: "it", hosts: allowed, ...given } });
        expect([is, ran, calls]).toEqual([reason, [], []]);
      }
  });

  it("where the login for a token may not be sent to the member", async () => {
    const { reason, opened } = await resolve({ provider: tokens, others: [push], at: "https://evil.example.test" });
    expect(reason).toBe("WrongServer");
    expect(opened).toEqual([]);
  });

  it.each<[string, Given, string]>([
    ["where the provider to log in with is not configured", { provider: tokens }, "NoProvider"],
    ["where the profile does not offer it", { provider: tokens, others: [push], access: [] }, "NoProvider"],
    ["where it is another that asks for tokens", { provider: tokens, others: [{ ...tokens, name: "push" }] }, "TokenChain"],
    ["where there is nothing to get it from", { provider: { name: "bare" } }, "NoLogin"],
    ["where the consumer is to log in by itself", { provider: { name: "ref", credential: { kind: "reference" } } }, "ReferenceOnly"],
    ["where the hub does not answer", { provider: push, secret: new Error("away") }, "Unreachable"],
    [
      "where the login for a token is refused",
      { provider: tokens, others: [push], access: [{ provider: "push", endpoint: refusal("NoServer", "no") }] },
      "NoServer",
    ],
  ])("%s", async (_, given, reason) => {
    const { reason: is, opened } = await resolve(given);
    expect(is).toBe(reason);
    expect(opened).toEqual([]);
  });
});
