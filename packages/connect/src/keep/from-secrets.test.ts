import { Hidden, type Handed } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask, Resolve } from "../resolve.ts";
import { newCredentials, type Held } from "./credentials.ts";

const start = Date.parse("2026-11-21T10:00:00Z");
const day = 24 * 60 * 60_000;
const source = { namespace: "fleet", name: "paris-kubeconfig", uid: "u", resourceVersion: "7" };
const endpoint = { server: "https://paris.example.test" };
const ask: Ask = {
  cluster: cluster({ name: "paris" }),
  access: { provider: "push", endpoint },
  endpoint,
  provider: { name: "push", credential: { kind: "secret", preset: "kubeconfig-secretreader" } },
};

/** A Secret with a client certificate, of which it is known when it ends. */
function secret() {
  const state = { reads: 0, certificate: "one", ends: start + 10 * day };
  const resolve: Resolve = () => {
    state.reads += 1;
    const clientCertificate = { certificate: state.certificate, key: new Hidden("key") };
    const expiresAt = new Date(state.ends).toISOString();
    return Promise.resolve({ credential: { kind: "credential", provider: "push", clientCertificate, expiresAt }, source });
  };
  const keep = () => newCredentials({ resolve, parallel: 4, now: Date.now, random: () => 0.5, onNews: () => undefined });
  return { state, keep };
}

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

describe("a client certificate from a Secret", () => {
  it("is followed to its Secret although it ends by itself, so that a consent taken back is heard of", async () => {
    const credentials = secret().keep();
    await credentials.get(ask);
    expect([...credentials.sources()]).toEqual([["fleet/paris", source]]);
  });

  it("is read anew after a restart, and followed again", async () => {
    const { state, keep } = secret();
    const { handed } = (await keep().get(ask)) as Held;
    const credentials = keep();
    expect(await credentials.get(ask, handed)).toHaveProperty("resolved");
    expect(state.reads).toBe(2);
    expect([...credentials.sources()]).toHaveLength(1);
  });

  it("that is read again as it was leaves the word that it left before: nothing is written for that", async () => {
    const { keep } = secret();
    const before = keep();
    const { handed } = (await before.get(ask)) as Held;
    await vi.advanceTimersByTimeAsync(9 * day);
    expect(((await before.get(ask, handed)) as Held).handed).toEqual(handed);
    expect(((await keep().get(ask, handed)) as Held).handed).toEqual(handed);
  });

  it("that lasts longer than anything is believed to leaves the word that it left before, until it is time to look at it again", async () => {
    const { state, keep } = secret();
    state.ends = start + 365 * day;
    const { handed } = (await keep().get(ask)) as Held;
    expect(handed?.until).toBe(new Date(start + 30 * day).toISOString());
    await vi.advanceTimersByTimeAsync(10 * day);
    expect(((await keep().get(ask, handed)) as Held).handed).toEqual(handed);
    await vi.advanceTimersByTimeAsync(15 * day);
    expect(((await keep().get(ask, handed)) as Held).handed?.until).toBe(new Date(start + 55 * day).toISOString());
    expect(((await keep().get(ask, { ...handed!, by: "another" })) as Held).handed?.until).toBe(new Date(start + 55 * day).toISOString());
  });

  it("that is another one leaves another word", async () => {
    const { state, keep } = secret();
    const { handed } = (await keep().get(ask)) as Held;
    await vi.advanceTimersByTimeAsync(day);
    Object.assign(state, { certificate: "two", ends: start + 20 * day });
    const from = new Date(start + day).toISOString();
    expect(((await keep().get(ask, handed)) as Held).handed).toMatchObject({ from, until: new Date(state.ends).toISOString() });
  });

  it.each<Partial<Handed>>([{ from: "never" }, { from: "2026-11-30T00:00:00Z" }])(
    "is not older or younger than it can be: %j",
    async (given) => {
      const { keep } = secret();
      const { handed } = (await keep().get(ask)) as Held;
      expect(((await keep().get(ask, { ...handed!, ...given })) as Held).handed?.from).toBe(new Date(start).toISOString());
    },
  );
});
