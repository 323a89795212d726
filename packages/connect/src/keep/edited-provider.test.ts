import { Hidden, isRefusal, type Handed, type Reachable } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { newLogins, type Connect } from "../logins.ts";
import type { Provider } from "../provider.ts";
import { newCredentials } from "./credentials.ts";

const execConfig = { command: "fleet-login", args: ["get"], apiVersion: "client.authentication.k8s.io/v1", installHint: "get it" };
const corp: Provider = { name: "corp", execConfig, credential: { kind: "exec" }, hosts: ["*.example.test"] };
const tokens: Provider = { name: "tokens", credential: { kind: "token-request", with: "corp", serviceAccount: "a/b" }, hosts: [] };
const endpoint = { server: "https://paris.example.test" };
const access = [corp, tokens].map(({ name }) => ({ provider: name, endpoint }));

/** One start of Rollcall, and how often a credential was got in it. */
function start() {
  const state = { providers: [corp] as readonly Provider[], calls: 0 };
  const credentials = newCredentials({
    resolve({ provider, endpoint: madeFor }) {
      state.calls += 1;
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const credential = { kind: "credential", provider: provider.name, token: new Hidden(`t${state.calls}`), expiresAt } as const;
      return Promise.resolve(provider.name === "tokens" ? { credential, madeFor } : { credential });
    },
    parallel: 4,
    now: Date.now,
    random: () => 0.5,
    onNews: () => undefined,
  });
  onTestFinished(() => credentials.close());
  const connect = newLogins({ providers: () => state.providers, credentials });
  const again = (handed?: Handed): ReturnType<Connect> => connect(cluster({ name: "paris", access }), "with a credential from us", handed);
  return { state, again };
}

describe("a credential", () => {
  it.each<readonly [string, Partial<Provider>]>([
    ["the hint that helps to install its plugin", { execConfig: { ...execConfig, installHint: "get it at x.test" } }],
    ["a host more, for other clusters", { hosts: ["*.example.test", "*.example.com"] }],
    ["a host less, for other clusters", { hosts: ["paris.example.test"] }],
    ["a login for other consumers", { login: { kind: "gcp" } }],
  ])("is not got anew for %s, whether it is logged in with or a token is asked for with it", async (_, edit) => {
    for (const others of [[], [tokens]]) {
      const { state, again } = start();
      state.providers = [...others, corp];
      const first = (await again()) as Reachable;
      state.providers = [...others, { ...corp, ...edit }];
      expect(await again()).toEqual(first);
      expect(state.calls).toBe(1);
    }
  });

  it.each<readonly [string, Partial<Provider>]>([
    ["another command", { execConfig: { ...execConfig, command: "other" } }],
    ["other arguments", { execConfig: { ...execConfig, args: [] } }],
    ["other variables", { execConfig: { ...execConfig, env: [{ name: "A", value: "1" }] } }],
    ["another version", { execConfig: { ...execConfig, apiVersion: "client.authentication.k8s.io/v1beta1" } }],
    ["being told of the cluster", { execConfig: { ...execConfig, provideClusterInfo: true } }],
    ["other arguments of the profile", { profileSourcedCLIArgsPolicy: "Append" }],
    ["other variables of the profile", { profileSourcedEnvVarsPolicy: "Replace" }],
    ["a variable that is passed", { credential: { kind: "exec", passEnv: ["A"] } }],
  ])("is got anew for %s", async (_, edit) => {
    for (const others of [[], [tokens]]) {
      const { state, again } = start();
      state.providers = [...others, corp];
      await again();
      state.providers = [...others, { ...corp, ...edit }];
      expect(isRefusal(await again())).toBe(false);
      expect(state.calls).toBe(2);
    }
  });

  it("goes nowhere any more where its server is allowed no longer, be it held or assumed from before a restart", async () => {
    const { state, again } = start();
    const { handed } = (await again()) as Reachable & { readonly handed: Handed };
    const later = start();
    expect(await later.again(handed)).toMatchObject({ connection: { login: { assumed: true } } });
    expect(later.state.calls).toBe(0);
    for (const each of [{ state, again }, later, start()]) {
      each.state.providers = [{ ...corp, hosts: ["rome.example.test"] }];
      expect(await each.again(handed)).toMatchObject({ reason: "WrongServer" });
      each.state.providers = [corp];
      expect(isRefusal(await each.again(handed))).toBe(false);
    }
  });
});
