import { Hidden, refusal, type Handed } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Ask, Resolve } from "../resolve.ts";
import { newCredentials, type Credentials, type Held } from "./credentials.ts";

const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-21T10:00:00Z") }));
afterEach(() => void vi.useRealTimers());

interface Given {
  readonly name?: string;
  readonly uid?: string;
  readonly server?: string;
  readonly hosts?: readonly string[];
}

function ask({ name = "paris", ...given }: Given = {}): Ask {
  const { uid = `uid-${name}`, server = `https://${name}.example.test`, hosts = ["*.example.test"] } = given;
  const endpoint = { server };
  return { cluster: cluster({ name, uid }), access: { provider: "fleet", endpoint }, endpoint, provider: { name: "fleet", hosts } };
}

/** A plugin whose tokens live for an hour, or for ever, and that may be down. */
function plugin(life = hour) {
  const state = { calls: 0, isDown: false };
  const resolve: Resolve = () => {
    state.calls += 1;
    if (state.isDown) return Promise.resolve(refusal("PluginFailed", "the plugin ended with 1"));
    const credential = { kind: "credential", provider: "fleet", token: new Hidden(`token ${state.calls}`) } as const;
    const end = Number.isFinite(life) && { expiresAt: new Date(Date.now() + life).toISOString() };
    return Promise.resolve({ credential: { ...credential, ...end } });
  };
  const start = (): Credentials => {
    const credentials = newCredentials({ resolve, parallel: 4, now: Date.now, random: () => 0.5, onNews: () => undefined });
    onTestFinished(() => credentials.close());
    return credentials;
  };
  return { state, start };
}

describe("what was handed over before a restart", () => {
  it.each<readonly [string, Ask]>([
    ["another cluster", ask({ name: "rome" })],
    ["another profile of that name", ask({ uid: "another" })],
    ["another server", ask({ server: "https://moved.example.test" })],
    ["a server that was not allowed then", ask({ hosts: ["rome.example.test"] })],
  ])("for %s says nothing of this one: its credential is got anew", async (_, other) => {
    const { state, start } = plugin();
    const { handed } = (await start().get(other)) as Held;
    expect(await start().get(ask(), handed)).toHaveProperty("resolved");
    expect(state.calls).toBe(2);
  });

  it("is said by its provider alone where it has no end, the same after each restart, and is got anew", async () => {
    const { start } = plugin(Number.POSITIVE_INFINITY);
    const first = (await start().get(ask())) as Held;
    expect(first.handed).toEqual({ provider: "fleet", by: expect.any(String) });
    await vi.advanceTimersByTimeAsync(hour);
    const second = (await start().get(ask(), first.handed)) as Held;
    expect(second).toMatchObject({ resolved: {}, handed: first.handed! });
  });

  it("and does not stand any more is tried for again soon, however long it would have been good", async () => {
    const { state, start } = plugin();
    const { handed } = (await start().get(ask())) as Held & { readonly handed: Handed };
    state.isDown = true;
    const credentials = start();
    const look = async () => {
      await credentials.get(ask(), handed);
      // Somebody has changed what stands: what is assumed is of no use.
      return credentials.get(ask());
    };
    expect(await look()).toMatchObject({ reason: "PluginFailed" });
    state.isDown = false;
    expect(await look()).toMatchObject({ reason: "PluginFailed" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await look()).toHaveProperty("resolved");
  });
});
