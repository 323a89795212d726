import { Hidden, refusal, type ClusterId, type Refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask, Resolve, Resolved } from "../resolve.ts";
import { newCredentials } from "./credentials.ts";
import { newTurns } from "./turns.ts";

const start = Date.parse("2026-11-21T10:00:00Z");
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

function ask(id: ClusterId): Ask {
  const [namespace = "", name = ""] = id.split("/");
  const endpoint = { server: `https://${name}.example.test` };
  return { cluster: cluster({ namespace, name }), access: { provider: "fleet", endpoint }, endpoint, provider: { name: "fleet" } };
}

/** How the plugin treats a cluster: what it answers, and after how many milliseconds. */
interface Manners {
  readonly takes?: number;
  readonly fails?: Refusal | undefined;
}

function keep(manners: (id: ClusterId) => Manners, parallel = 4) {
  const asked: ClusterId[] = [];
  const resolve: Resolve = async ({ cluster: { id } }) => {
    const { takes = 30, fails } = manners(id);
    asked.push(id);
    await new Promise((done) => setTimeout(done, takes));
    const expiresAt = new Date(Date.now() + 10 * minute).toISOString();
    return fails ?? { credential: { kind: "credential", provider: "fleet", token: new Hidden(`t${asked.length}`), expiresAt } };
  };
  const credentials = newCredentials({ resolve, parallel, now: Date.now, random: () => 0.5, onNews: () => undefined });
  const get = (id: ClusterId) => credentials.get(ask(id));
  return { asked, get, credentials };
}

const many = (namespace: string, count: number): readonly ClusterId[] => Array.from({ length: count }, (_, at) => `${namespace}/c${at}`);
const isHeld = (got: unknown): boolean => (got as { resolved?: Resolved }).resolved !== undefined;
const isBad = refusal("PluginFailed", "the plugin ended with 1");
const isWrong = refusal("PluginAnswer", "it is no JSON");

/** Waits for it while time goes by. */
async function passing<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  return promise;
}

describe("a namespace whose plugin runs all fail", () => {
  it("stops nobody of another namespace, and is itself asked less and less", async () => {
    const { asked, get } = keep((id) => ({ fails: id.startsWith("evil/") ? isBad : undefined }));
    const evil = await passing(Promise.all(many("evil", 200).map(get)), 1000);
    expect(evil.at(-1)).toMatchObject({ reason: "ProviderDown" });
    expect(asked.length).toBeLessThan(20);
    expect(isHeld(await passing(get("fleet/paris"), 100))).toBe(true);
  });

  it("stops nobody of another namespace with a failure or two of that one's own either", async () => {
    const { get } = keep((id) => ({ fails: id === "fleet/c0" || id.startsWith("evil/") ? isBad : undefined }));
    await passing(Promise.all([...many("evil", 50), "fleet/c0" as const].map(get)), 1000);
    for (const id of ["fleet/paris", "other/rome"] as const) expect(isHeld(await passing(get(id), 100))).toBe(true);
  });

  it("lets its own good cluster be the one that is asked when it is tried out: that one never expires", async () => {
    const { asked, get } = keep((id) => ({ fails: id === "fleet/paris" ? undefined : isBad }));
    const bad = many("fleet", 50);
    await passing(Promise.all(bad.map(get)), 2 * 60 * minute);
    void get("fleet/paris");
    await vi.advanceTimersByTimeAsync(minute);
    asked.length = 0;
    for (let minutes = 0; minutes < 120; minutes += 1) {
      await vi.advanceTimersByTimeAsync(minute);
      expect(isHeld(await get("fleet/paris"))).toBe(true);
    }
    expect(asked.filter((id) => id !== "fleet/paris").length).toBeGreaterThan(120);
  });
});

describe("a provider that fails for several namespaces", () => {
  it("rests for all of them: another namespace asks once, and again only after a while", async () => {
    const { asked, get } = keep(() => ({ fails: isBad }));
    await passing(Promise.all([...many("a", 100), ...many("b", 100)].map(get)), 1000);
    const before = asked.length;
    expect(before).toBeLessThan(40);
    await passing(Promise.all(many("c", 100).map(get)), 100);
    expect(asked.length - before).toBeLessThanOrEqual(1);
  });

  it("works for all again as soon as it has worked for one", async () => {
    let fails: Refusal | undefined = isBad;
    const { get } = keep(() => ({ fails }));
    await passing(Promise.all([...many("a", 50), ...many("b", 50)].map(get)), 1000);
    fails = undefined;
    expect(isHeld(await passing(get("c/good"), 100))).toBe(true);
    expect(isHeld(await passing(get("a/new"), 100))).toBe(true);
  });
});

it("one cluster that fails again and again never stops the others of its provider", async () => {
  const { get } = keep((id) => ({ fails: id === "fleet/bad" ? isBad : undefined }));
  await passing(get("fleet/bad"), 60 * minute);
  expect(isHeld(await passing(get("fleet/good"), 100))).toBe(true);
});

it.each(["PluginFailed", "PluginAnswer", "TokenAnswer", "MayNotRequest", "BadKubeconfig", "NotBound", "Unexpected"])(
  "a cluster that fails by %s is asked less and less often, whatever the reason",
  async (reason) => {
    const { asked, get } = keep(() => ({ fails: refusal(reason, "no") }));
    await passing(get("fleet/paris"), 100);
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(asked.length).toBe(19);
  },
);

it.each(["PluginAnswer", "PluginExpired", "TokenAnswer", "TokenRefused", "MayNotRequest", "NoServiceAccount", "Unexpected"])(
  "a provider that answers all clusters with %s rests",
  async (reason) => {
    const { asked, get } = keep(() => ({ fails: refusal(reason, "no") }));
    await passing(Promise.all(many("fleet", 200).map(get)), 1000);
    expect(asked.length).toBeLessThan(20);
  },
);

describe("a namespace whose plugin runs take fourteen seconds each", () => {
  it("takes no turn from renewals of another one: none expires", async () => {
    const { get } = keep((id) => (id.startsWith("evil/") ? { takes: 14_000, fails: isWrong } : {}));
    const good = many("fleet", 100);
    await passing(Promise.all(good.map(get)), 5000);
    void Promise.all(many("evil", 200).map(get));
    for (let seconds = 0; seconds < 1200; seconds += 10) {
      await vi.advanceTimersByTimeAsync(10_000);
      for (const id of good) expect(isHeld(await get(id))).toBe(true);
    }
  });

  it("keeps newcomers of another one waiting no longer than for one turn", async () => {
    const { get } = keep((id) => (id.startsWith("evil/") ? { takes: 14_000 } : {}));
    void Promise.all(many("evil", 200).map(get));
    await vi.advanceTimersByTimeAsync(1000);
    const got = await passing(Promise.all(many("fleet", 100).map(get)), 18_000);
    expect(got.every(isHeld)).toBe(true);
  });
});

it("a cluster that failed before and has nothing waits behind one that has not, though it came first", async () => {
  const { asked, get } = keep((id) => (id === "b/bad" ? { fails: isBad } : { takes: id === "c/slow" ? 20_000 : 30 }), 1);
  await passing(get("b/bad"), 1000);
  const slow = get("c/slow");
  await vi.advanceTimersByTimeAsync(5000);
  const good = get("a/good");
  await passing(Promise.all([slow, good]), 30_000);
  expect(asked.slice(0, 4)).toEqual(["b/bad", "c/slow", "a/good", "b/bad"]);
});

describe("a thousand clusters whose plugin takes 30 ms", () => {
  it.each([1, 50, 1000])("of %i namespaces have their credentials within a fifth more than the plugin itself needs", async (namespaces) => {
    const { get } = keep(() => ({}));
    const all = Array.from({ length: 1000 }, (_, at): ClusterId => `n${at % namespaces}/c${at}`);
    const got = await passing(Promise.all(all.map(get)), 1.2 * (1000 / 4) * 30);
    expect(got.every(isHeld)).toBe(true);
  });
});

describe("turns", () => {
  /** In which order jobs get their turn that wait behind one that runs. */
  async function order(jobs: readonly (readonly [whose: string, due: number])[]): Promise<readonly string[]> {
    const turns = newTurns(1, Date.now);
    const isOver = await turns.take("somebody", 0);
    const got: string[] = [];
    const all = jobs.map(async ([whose, due]) => {
      const done = await turns.take(whose, start + due);
      got.push(`${whose} ${due}`);
      done();
    });
    isOver();
    await Promise.all(all);
    return got;
  }

  it("go round from one namespace to the next, and within one by what ends first", async () => {
    expect(
      await order([
        ["a", 3],
        ["a", 1],
        ["a", 2],
        ["b", 5],
        ["b", 4],
        ["c", 6],
      ]),
    ).toEqual(["a 1", "b 4", "c 6", "a 2", "b 5", "a 3"]);
  });

  it("come last to what is not due within a minute, unless it has waited for long", async () => {
    const late = order([
      ["a", 2 * minute],
      ["b", minute],
      ["b", minute + 1],
    ]);
    expect(await late).toEqual([`b ${minute}`, `a ${2 * minute}`, `b ${minute + 1}`]);
    vi.setSystemTime(start + minute);
    expect(
      await order([
        ["a", 2 * minute],
        ["b", minute],
        ["b", minute + 1],
      ]),
    ).toEqual([`a ${2 * minute}`, `b ${minute}`, `b ${minute + 1}`]);
  });
});
