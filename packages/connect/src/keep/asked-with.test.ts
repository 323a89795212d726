import { Hidden } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Provider } from "../provider.ts";
import type { Ask } from "../resolve.ts";
import { newLogins } from "../logins.ts";
import { newCredentials } from "./credentials.ts";

const minute = 60_000;
const endpoint = { server: "https://paris.example.test" };
const tokens: Provider = { name: "tokens", credential: { kind: "token-request", with: "push", serviceAccount: "a/b" } };
const push: Provider = { name: "push", credential: { kind: "secret", preset: "secretreader" } };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-21T10:00:00Z") }));
afterEach(() => void vi.useRealTimers());

function keep() {
  const asked: Ask[] = [];
  const resolve = (ask: Ask) => {
    asked.push(ask);
    const expiresAt = new Date(Date.now() + 10 * minute).toISOString();
    const credential = { kind: "credential", provider: ask.provider.name, token: new Hidden(`token ${asked.length}`), expiresAt } as const;
    return Promise.resolve({ credential, madeFor: endpoint });
  };
  const credentials = newCredentials({ resolve, parallel: 4, now: Date.now, random: () => 0.5, onNews: () => undefined });
  return { asked, credentials };
}

it("whoever renews a credential knows the one before, so that no message repeats it", async () => {
  const { asked, credentials } = keep();
  await credentials.get({ cluster: cluster({ name: "paris" }), access: { provider: "push", endpoint }, endpoint, provider: push });
  await vi.advanceTimersByTimeAsync(9 * minute);
  expect(asked.map(({ known }) => known?.map((each) => each.reveal()))).toEqual([[], ["token 1"]]);
});

it("a token is asked for anew at once when what is logged in with for it is configured otherwise, and only then", async () => {
  const { asked, credentials } = keep();
  let providers: readonly Provider[] = [tokens, push];
  const access = [tokens, push].map(({ name }) => ({ provider: name, endpoint }));
  const connect = newLogins({ providers: () => providers, credentials });
  const again = () => connect(cluster({ name: "paris", access }), "with a credential from us");
  await again();
  providers = [tokens, { ...push }, { name: "other" }];
  await again();
  expect(asked).toHaveLength(1);
  providers = [tokens, { ...push, credential: { kind: "secret", preset: "secretreader", namespace: "logins" } }];
  expect(await again()).toMatchObject({ connection: { login: { provider: "tokens" } } });
  expect(asked).toHaveLength(2);
});
