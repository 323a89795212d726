import { Hidden, isRefusal, refusal, type Handed, type Refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newLogins } from "../logins.ts";
import type { Provider } from "../provider.ts";
import type { Resolve } from "../resolve.ts";
import { newCredentials } from "./credentials.ts";

const asks = "with a credential from us" as const;
const endpoint = { server: "https://paris.example.test" };
const source = { namespace: "fleet", name: "paris-login", uid: "u", resourceVersion: "1" };
const minute = 60_000;
const all: readonly Provider[] = [
  { name: "tokens", credential: { kind: "token-request", with: "push", serviceAccount: "kube-system/argocd" } },
  { name: "push", credential: { kind: "secret", preset: "secretreader" } },
];
const paris = cluster({ name: "paris", access: all.map(({ name }) => ({ provider: name, endpoint })) });
const gone: Refusal = { ...refusal("NoConsent", "it does not agree any more"), revokes: true };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-21T10:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** A token that a member gives for a day to whoever logs in with what lies in a Secret. */
function world() {
  const state = { says: undefined as Refusal | undefined, tokens: 0, news: [] as string[] };
  const resolve: Resolve = async () => {
    if (state.says !== undefined) return Promise.resolve(state.says);
    const expiresAt = new Date(Date.now() + 1440 * minute).toISOString();
    const token = new Hidden(`t${state.tokens++}`);
    return Promise.resolve({ madeFor: endpoint, source, credential: { kind: "credential", provider: "tokens", token, expiresAt } });
  };
  const begin = () => {
    const credentials = newCredentials({
      resolve,
      source: () => Promise.resolve(state.says ?? source),
      parallel: 4,
      now: Date.now,
      random: () => 0.5,
      onNews: (id) => void state.news.push(id),
    });
    return { credentials, connect: newLogins({ providers: () => all, credentials }) };
  };
  return { state, begin };
}

async function handedBy(begin: ReturnType<typeof world>["begin"]): Promise<Handed> {
  return ((await begin().connect(paris, asks)) as { handed: Handed }).handed;
}

describe("a token that was got with a login from a Secret", () => {
  it("is assumed after a restart without another, and the Secret is followed", async () => {
    const { state, begin } = world();
    const handed = await handedBy(begin);
    const { credentials, connect } = begin();
    expect(await connect(paris, asks, handed)).toMatchObject({ connection: { login: { assumed: true } } });
    await vi.advanceTimersByTimeAsync(10);
    expect([state.tokens, [...credentials.sources()]]).toEqual([1, [["fleet/paris", source]]]);
  });

  it("is taken back after a restart where the Secret agrees no more", async () => {
    const { state, begin } = world();
    const handed = await handedBy(begin);
    const { connect } = begin();
    state.says = gone;
    await connect(paris, asks, handed);
    await vi.advanceTimersByTimeAsync(10);
    expect(state.news).toEqual(["fleet/paris"]);
    expect(await connect(paris, asks, handed)).toMatchObject({ reason: "NoConsent", revokes: true });
  });

  it("is assumed as long as the Secret cannot be read, and looked at again", async () => {
    const { state, begin } = world();
    const handed = await handedBy(begin);
    const { credentials, connect } = begin();
    state.says = refusal("SecretForbidden", "no");
    await connect(paris, asks, handed);
    await vi.advanceTimersByTimeAsync(minute);
    expect(await connect(paris, asks, handed)).toMatchObject({ connection: { login: { assumed: true } } });
    state.says = undefined;
    await vi.advanceTimersByTimeAsync(minute);
    expect([...credentials.sources()]).toHaveLength(1);
  });

  it("is assumed by nobody once one list knows that it was taken back", async () => {
    const { state, begin } = world();
    const handed = await handedBy(begin);
    const { connect } = begin();
    await connect(paris, asks, handed);
    await vi.advanceTimersByTimeAsync(10);
    state.says = gone;
    // Another list, whose objects would be written otherwise now.
    expect(await connect(paris, asks)).toMatchObject({ reason: "NoConsent" });
    expect(isRefusal(await connect(paris, asks, handed))).toBe(true);
  });
});

it("what nobody asks for any more is not got again, whether it is always the same or always fails", async () => {
  const offering = (provider: string) => cluster({ name: "paris", access: [{ provider, endpoint }] });
  for (const says of [undefined, refusal("PluginFailed", "no")]) {
    let runs = 0;
    const credentials = newCredentials({
      resolve: async () => {
        runs += 1;
        const expiresAt = new Date(Date.now() + 10 * minute).toISOString();
        return Promise.resolve(
          says ?? { madeFor: endpoint, credential: { kind: "credential", provider: "p", token: new Hidden("t"), expiresAt } },
        );
      },
      parallel: 4,
      now: Date.now,
      random: () => 0.5,
      onNews: () => undefined,
    });
    const connect = newLogins({ providers: () => [{ name: "p" }, { name: "q" }], credentials });
    await connect(offering("p"), asks);
    await connect(offering("other"), asks);
    await vi.advanceTimersByTimeAsync(600 * minute);
    expect([runs, [...credentials.status().values()].flat()]).toEqual([1, []]);
  }
});
