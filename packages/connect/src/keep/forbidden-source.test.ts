import { Hidden, isRefusal, kubeconfig, secretData, type KubeObject, type Refusal } from "@rollcall/contract";
import { ApiError } from "@rollcall/kube";
import { ca, cluster, reachable } from "@rollcall/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { newLogins } from "../logins.ts";
import type { Provider } from "../provider.ts";
import { readSecret } from "../secret/read-secret.ts";
import type { SecretSetting } from "../secret/setting.ts";
import { newCredentials } from "./credentials.ts";
import { followSources } from "./follow-sources.ts";

const server = "https://paris.example.test";
const setting: SecretSetting = { kind: "secret", preset: "kubeconfig-secretreader" };
const push: Provider = { name: "push", credential: setting };
const access = { provider: "push", endpoint: { server, ca }, config: { name: "paris-login", key: "value" } };
const paris = cluster({ name: "paris", access: [access] });
const token = { kind: "credential", provider: "push", token: new Hidden("t") } as const;
const secret: KubeObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "paris-login",
    namespace: "fleet",
    uid: "u",
    resourceVersion: "1",
    annotations: { "rollcall.dev/consent": "fleet/paris" },
  },
  data: secretData({ value: kubeconfig(reachable({ name: "paris", connection: { server, ca, login: token } })) }),
};

it("a Role that is taken away makes members stale with what to apply, takes nothing back, and all is well when it is there again", async () => {
  let isAllowed = true;
  const read = () => (isAllowed ? Promise.resolve(secret) : Promise.reject(new ApiError(403, "Forbidden", "no")));
  const news: string[] = [];
  const credentials = newCredentials({
    resolve: (ask, signal) => readSecret(ask, setting, { get: read, now: Date.now }, signal),
    parallel: 1,
    now: Date.now,
    random: () => 0,
    onNews: (id) => void news.push(id),
  });
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    credentials.close();
  });
  void followSources({
    sources: () => credentials.sources(),
    read: async () => {
      const { uid = "", resourceVersion = "" } = (await read()).metadata;
      return { uid, resourceVersion };
    },
    outdated: (id) => credentials.outdated(id),
    signal: stop.signal,
    every: 10,
    apart: 1,
  });
  const connect = newLogins({ providers: () => [push], credentials });
  const ask = () => connect(paris, "with a credential from us");
  expect(isRefusal(await ask())).toBe(false);

  isAllowed = false;
  await vi.waitFor(() => expect(news).toEqual(["fleet/paris"]));
  const why = (await ask()) as Refusal;
  expect(why.reason).toBe("SecretForbidden");
  expect(why.message).toMatch(
    /Secret\/fleet\/paris-login may not be read; allow "get" on secrets in namespace fleet, .* rollcall rbac prints/,
  );
  expect(why).not.toHaveProperty("revokes");

  isAllowed = true;
  await vi.waitFor(() => expect(news).toEqual(["fleet/paris", "fleet/paris"]), { timeout: 10_000 });
  expect(isRefusal(await ask())).toBe(false);
});
