import { Hidden, refusal, type ClusterId, type Handed, type Refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask, Resolve, Resolved } from "../resolve.ts";
import { newCredentials, type Credentials, type Held } from "./credentials.ts";

const start = Date.parse("2026-11-21T10:00:00Z");
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

function ask(name: string, given: { readonly uid?: string; readonly server?: string; readonly provider?: string } = {}): Ask {
  const { uid = `uid-${name}`, server = `https://${name}.example.test`, provider = "fleet" } = given;
  const endpoint = { server };
  return { cluster: cluster({ name, uid }), access: { provider, endpoint }, endpoint, provider: { name: provider } };
}

/** A plugin to play with: each answer is a new token that lives for so long. */
function plugin({ lives = 10 * minute, takes = 30 }: { readonly lives?: number | undefined; readonly takes?: number } = {}) {
  const state = { calls: 0, atOnce: 0, most: 0, asked: [] as ClusterId[], fails: undefined as Refusal | undefined };
  const resolve: Resolve = async ({ cluster: { id }, provider }) => {
    state.calls += 1;
    state.asked.push(id);
    state.atOnce += 1;
    state.most = Math.max(state.most, state.atOnce);
    await new Promise((done) => setTimeout(done, takes));
    state.atOnce -= 1;
    if (state.fails !== undefined) return state.fails;
    const credential = { kind: "credential", provider: provider.name, token: new Hidden(`token ${state.calls}`) } as const;
    return { credential: { ...credential, ...(lives > 0 && { expiresAt: new Date(Date.now() + lives).toISOString() }) } };
  };
  return { state, resolve };
}

function keep(resolve: Resolve, parallel = 4, random = () => 0.5) {
  const news: ClusterId[] = [];
  const credentials: Credentials = newCredentials({ resolve, parallel, now: Date.now, random, onNews: (id) => void news.push(id) });
  return { credentials, news };
}

/** Waits for it while time goes by. */
async function passing<T>(promise: Promise<T>, milliseconds = 1000): Promise<T> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  return promise;
}

const tokenOf = (got: unknown): string | undefined => (got as { resolved?: Resolved }).resolved?.credential.token?.reveal();
const isDown = refusal("PluginFailed", "the plugin ended with 1");

describe("a credential", () => {
  it("is resolved once, however many lists ask for it", async () => {
    const { state, resolve } = plugin();
    const { credentials, news } = keep(resolve);
    const got = await passing(Promise.all([credentials.get(ask("paris")), credentials.get(ask("paris")), credentials.get(ask("paris"))]));
    expect(got.map(tokenOf)).toEqual(["token 1", "token 1", "token 1"]);
    expect(tokenOf(await credentials.get(ask("paris")))).toBe("token 1");
    expect(state.calls).toBe(1);
    expect(news).toEqual([]);
  });

  it("is renewed between a half and four fifths of its life, each at its own moment, and who has it is told", async () => {
    const { state, resolve } = plugin({ takes: 0 });
    const { credentials, news } = keep(resolve);
    const all = Array.from({ length: 40 }, (_, at) => ask(`c${at}`));
    await passing(Promise.all(all.map((each) => credentials.get(each))), 100);
    await vi.advanceTimersByTimeAsync(5 * minute - 101);
    expect(state.calls).toBe(40);
    await vi.advanceTimersByTimeAsync(minute);
    expect(state.calls).toBeGreaterThan(45);
    expect(state.calls).toBeLessThan(65);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(state.calls).toBe(80);
    expect(news.toSorted()).toEqual(all.map(({ cluster: { id } }) => id).toSorted());
    expect(tokenOf(await credentials.get(all[0]!))).toBeDefined();
  });

  it("that an earlier program handed over is assumed, and renewed when that one would have renewed it", async () => {
    const { state, resolve } = plugin({ takes: 0 });
    const first = keep(resolve);
    const { handed } = (await passing(first.credentials.get(ask("paris")), 0)) as Held;
    first.credentials.close();
    await vi.advanceTimersByTimeAsync(minute);
    const second = keep(resolve);
    expect(await second.credentials.get(ask("paris"), handed)).toEqual({});
    expect(state.calls).toBe(1);
    const third = keep(resolve);
    await third.credentials.get(ask("paris"), handed);
    expect(tokenOf(await passing(third.credentials.get(ask("paris")), 0))).toBe("token 2");
    state.calls = 1;
    await vi.advanceTimersByTimeAsync(4 * minute - 1);
    expect(state.calls).toBe(1);
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(state.calls).toBe(2);
    expect(second.news).toEqual(["fleet/paris"]);
    expect(tokenOf(await second.credentials.get(ask("paris"), handed))).toBe("token 2");
  });

  it.each<[string, Partial<Handed>]>([
    ["for something else", { by: "another" }],
    ["that is over", { from: "2026-11-21T09:00:00Z", until: "2026-11-21T10:00:00Z" }],
    ["from the future", { from: "2026-11-21T11:00:00Z", until: "2026-11-21T12:00:00Z" }],
    ["at no time", { from: "never", until: "ever" }],
  ])("that was handed over %s is resolved anew", async (_, given) => {
    const { state, resolve } = plugin({ takes: 0 });
    const { handed } = (await passing(keep(resolve).credentials.get(ask("paris")), 0)) as Held;
    const { credentials } = keep(resolve);
    expect(tokenOf(await passing(credentials.get(ask("paris"), { ...handed!, ...given }), 0))).toBe("token 2");
    expect(state.calls).toBe(2);
  });

  it("that was handed over and is due works on until there is another, also where none can be had", async () => {
    const { resolve } = plugin({ takes: 0 });
    const { handed } = (await passing(keep(resolve).credentials.get(ask("paris")), 0)) as Held;
    const given = { ...handed!, from: "2026-11-21T09:00:00Z", until: "2026-11-21T10:01:00Z" };
    const { state, resolve: anew } = plugin({ takes: 0 });
    state.fails = isDown;
    const { credentials, news } = keep(anew);
    expect(await passing(credentials.get(ask("paris"), given), 100)).toEqual({});
    expect(news).toEqual(["fleet/paris"]);
    expect(await passing(credentials.get(ask("paris"), given), 0)).toEqual({ failing: isDown });
    expect(credentials.status().get("fleet/paris")).toMatchObject([{ isHeld: true, expiresAt: start + minute, failing: isDown }]);
    state.fails = undefined;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(news).toHaveLength(2);
    expect(tokenOf(await credentials.get(ask("paris"), given))).toBeDefined();
  });

  it("that nobody says the end of is not renewed", async () => {
    const { state, resolve } = plugin({ lives: 0 });
    const { credentials } = keep(resolve);
    await passing(credentials.get(ask("paris")));
    await vi.advanceTimersByTimeAsync(100 * 24 * 60 * minute);
    expect(state.calls).toBe(1);
  });

  it("that nobody asks for any more is not renewed for ever", async () => {
    const { state, resolve } = plugin({ takes: 0 });
    const { credentials } = keep(resolve);
    await passing(credentials.get(ask("paris")), 0);
    await vi.advanceTimersByTimeAsync(24 * 60 * minute);
    expect(state.calls).toBe(2);
    expect(credentials.status().get("fleet/paris")).toEqual([]);
  });

  it("is another one for another uid, server or provider, and the old one is nobody's any more", async () => {
    const { state, resolve } = plugin();
    const { credentials } = keep(resolve);
    await passing(credentials.get(ask("paris")));
    const anew = await passing(credentials.get(ask("paris", { uid: "another" })));
    expect(tokenOf(anew)).toBe("token 2");
    expect(tokenOf(await passing(credentials.get(ask("paris", { uid: "another", server: "https://moved.example.test" }))))).toBe("token 3");
    expect(tokenOf(await passing(credentials.get(ask("paris", { uid: "another", provider: "other" }))))).toBe("token 4");
    expect(state.calls).toBe(4);
    expect(credentials.status().get("fleet/paris")).toHaveLength(1);
  });

  it("whose source has changed is resolved anew", async () => {
    const { resolve } = plugin({ lives: 0 });
    const { credentials, news } = keep(resolve);
    await passing(credentials.get(ask("paris")));
    credentials.outdated("fleet/paris");
    credentials.outdated("fleet/nobody");
    expect(news).toEqual(["fleet/paris"]);
    expect(tokenOf(await passing(credentials.get(ask("paris"))))).toBe("token 2");
  });
});

describe("a plugin that fails", () => {
  it("leaves the last good credential until it expires, with the reason, and is told of when it works again", async () => {
    const { state, resolve } = plugin({ takes: 0 });
    const { credentials, news } = keep(resolve);
    await passing(credentials.get(ask("paris")), 0);
    state.fails = isDown;
    await vi.advanceTimersByTimeAsync(8 * minute);
    expect(await credentials.get(ask("paris"))).toMatchObject({ failing: isDown });
    expect(tokenOf(await credentials.get(ask("paris")))).toBe("token 1");
    expect(news).toEqual(["fleet/paris"]);
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(await credentials.get(ask("paris"))).toEqual(isDown);
    state.fails = undefined;
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(news).toEqual(["fleet/paris", "fleet/paris"]);
    expect(tokenOf(await credentials.get(ask("paris")))).toBeDefined();
  });

  it("is asked less and less often", async () => {
    const { state, resolve } = plugin();
    state.fails = refusal("NoSecret", "there is none");
    const { credentials } = keep(resolve);
    await passing(credentials.get(ask("paris")));
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(state.calls).toBeGreaterThan(10);
    expect(state.calls).toBeLessThan(30);
  });

  it("for every cluster is not asked for each of them: the provider rests", async () => {
    const { state, resolve } = plugin({ takes: 0 });
    state.fails = isDown;
    const { credentials } = keep(resolve);
    const got = Promise.all(Array.from({ length: 1000 }, (_, at) => credentials.get(ask(`c${at}`))));
    expect((await passing(got)).at(-1)).toMatchObject({
      reason: "ProviderDown",
      message: expect.stringContaining(isDown.reason) as string,
    });
    expect(state.calls).toBeLessThan(20);
    // Whom it failed for is told why, however long it rests.
    await vi.advanceTimersByTimeAsync(minute);
    expect(credentials.status().get("fleet/c0")).toMatchObject([{ failing: isDown }]);
    state.fails = undefined;
    await vi.advanceTimersByTimeAsync(15 * minute);
    expect([...credentials.status().values()].every(([status]) => status?.failing === undefined)).toBe(true);
  });

  it("for what one cluster says does not stop the others of its provider", async () => {
    const { resolve } = plugin({ takes: 0 });
    const { credentials } = keep((given, signal) =>
      given.cluster.name.startsWith("bad") ? Promise.resolve(refusal("NotBound", "no")) : resolve(given, signal),
    );
    await passing(Promise.all(Array.from({ length: 50 }, (_, at) => credentials.get(ask(`bad${at}`)))));
    expect(tokenOf(await passing(credentials.get(ask("good"))))).toBeDefined();
  });

  it("with an error nobody expected is a reason, not a crash", async () => {
    const { credentials } = keep(() => Promise.reject(new Error("boom")));
    expect(await passing(credentials.get(ask("paris")))).toHaveProperty("reason");
  });
});

describe("a thousand credentials that expire in one minute", () => {
  it("are never renewed more than so many at once, and none expires", async () => {
    const { state, resolve } = plugin({ lives: 2 * minute });
    const { credentials } = keep(resolve, 4, Math.random);
    const all = Array.from({ length: 1000 }, (_, at) => ask(`c${at}`));
    await passing(Promise.all(all.map((each) => credentials.get(each))), 10_000);
    expect(state.most).toBe(4);
    const expired = new Set<string>();
    for (let seconds = 0; seconds < 300; seconds += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      for (const each of all) if (tokenOf(await credentials.get(each)) === undefined) expired.add(each.cluster.id);
    }
    expect(expired).toEqual(new Set());
    expect(state.most).toBe(4);
  });

  it("the one that expires first is renewed first", async () => {
    const { state, resolve } = plugin({ lives: 10 * minute, takes: 1000 });
    const { credentials } = keep(resolve, 1, () => 0);
    await passing(credentials.get(ask("late")), 1000);
    await vi.advanceTimersByTimeAsync(5 * minute - 500);
    state.asked.length = 0;
    const rest = [0, 1, 2, 3].map((at) => credentials.get(ask(`new${at}`)));
    await vi.advanceTimersByTimeAsync(4 * minute);
    await Promise.all(rest);
    expect(state.asked.indexOf("fleet/late")).toBeGreaterThan(0);
    expect(state.asked[0]).toBe("fleet/new0");
  });
});

describe("the end", () => {
  it("lets nobody wait", async () => {
    const { credentials } = keep(plugin({ takes: 1e9 }).resolve, 1);
    const waiting = [credentials.get(ask("a")), credentials.get(ask("b"))];
    await vi.advanceTimersByTimeAsync(10);
    credentials.close();
    await vi.advanceTimersByTimeAsync(1e9);
    expect(await Promise.all(waiting)).toHaveLength(2);
  });
});

describe("what whoever gives a credential says of its end", () => {
  it.each([
    ["that has been", -60 * minute],
    ["that is now", 0],
  ])("a time %s is no credential, and nobody is asked without a pause", async (_, lives) => {
    let calls = 0;
    const { credentials } = keep(() => {
      calls += 1;
      const expiresAt = new Date(Date.now() + lives).toISOString();
      return Promise.resolve({ credential: { kind: "credential", provider: "fleet", token: new Hidden(`t${calls}`), expiresAt } });
    });
    expect(await passing(credentials.get(ask("paris")), 0)).toMatchObject({ reason: "CredentialExpired" });
    await vi.advanceTimersByTimeAsync(minute);
    expect(calls).toBeLessThan(8);
  });

  it("a moment away is asked for again no sooner than in ten seconds", async () => {
    const { state, resolve } = plugin({ lives: 10, takes: 0 });
    const { credentials } = keep(resolve);
    await passing(credentials.get(ask("paris")), 0);
    await vi.advanceTimersByTimeAsync(minute);
    expect(state.calls).toBeLessThanOrEqual(7);
  });

  it("far away is believed for thirty days", async () => {
    const { resolve } = plugin({ lives: 7000 * 24 * 60 * minute, takes: 0 });
    const { credentials } = keep(resolve);
    const { resolved } = (await passing(credentials.get(ask("paris")), 0)) as Held;
    expect(Date.parse(resolved!.credential.expiresAt!)).toBe(start + 30 * 24 * 60 * minute);
  });
});

it("renewals that wait for their turn at the end crash nothing", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { resolve } = plugin({ lives: 20_000, takes: 100 });
  const { credentials } = keep(resolve, 1);
  const all = ["a", "b", "c"].map((name) => credentials.get(ask(name)));
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all(all);
  await vi.advanceTimersByTimeAsync(16_000);
  credentials.close();
  await vi.advanceTimersByTimeAsync(1000);
  vi.useRealTimers();
  await new Promise((done) => setTimeout(done, 20));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
