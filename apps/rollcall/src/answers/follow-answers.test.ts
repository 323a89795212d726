import type { Answerable, Placed, PlacementName } from "@rollcall/answers";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { followAnswers, type Answering } from "./follow-answers.ts";
import type { AnswerNews } from "./news.ts";

const clusters = new Map(["paris", "rome", "oslo"].map((name) => [name, cluster({ name })]));
const member = (name: string, order: number): Placed => ({ id: `fleet/${name}`, cluster: clusters.get(name)!, plain: { name }, order });
const ready = (...names: readonly string[]): Answerable => ({ is: "ready", generation: names.join(" "), members: names.map(member) });
const incomplete: Answerable = { is: "incomplete", why: "it is being written" };
const web: PlacementName = { key: "web" };

interface Bench {
  /** What the placement is answered from now on. */
  is(now: Answerable): void;
  readonly followed: Answering;
  readonly news: readonly AnswerNews[];
  /** How often it was worked out. */
  times(): number;
}

async function bench(
  first: Answerable,
  more: { readonly isWindow?: boolean; readonly remembered?: readonly PlacementName[] } = {},
): Promise<Bench> {
  let [now, times] = [first, 0];
  const news: AnswerNews[] = [];
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const answers = {
    answerable: async () => {
      times += 1;
      return now;
    },
    waitsFor: () => false,
    questions: async () => more.remembered ?? [],
    awaitsWindow: () => more.isWindow ?? false,
  };
  const followed = followAnswers({ list: "one", answers, tell: (each) => void news.push(each), signal: ending.signal });
  await pass(50);
  return { is: (given) => (now = given), followed, news, times: () => times };
}

/** Time passes, and what is at work goes on. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  for (let turn = 0; turn < 700; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const all = { list: "one", what: "all" };
const changed = { list: "one", placement: web, what: "clusters" };

describe("whoever asked", () => {
  it("is told of another answer once it is known, and not before anything happens", async () => {
    const here = await bench(ready("paris"));
    expect(here.news).toEqual([all]);
    await here.followed.answerable(web);
    here.is(ready("paris", "rome"));
    await pass(60_000);
    expect(here.news).toEqual([all]);
    here.followed.look?.();
    await pass(50);
    expect(here.news).toEqual([all, changed]);
  });

  it("costs one look, however much happens at once", async () => {
    const here = await bench(ready("paris"));
    await here.followed.answerable(web);
    const before = here.times();
    for (let at = 0; at < 100; at += 1) here.followed.look?.();
    await pass(1000);
    expect(here.times() - before).toBe(1);
  });

  it("keeps what they have while it is refused, and is told of nothing when it is the same again", async () => {
    const here = await bench(ready("paris"));
    await here.followed.answerable(web);
    for (const now of [incomplete, ready("paris")]) {
      here.is(now);
      here.followed.look?.();
      await pass(50);
    }
    expect(here.news).toEqual([all]);
  });

  it("and was refused is told of an answer that comes, though nobody says that it can be given again", async () => {
    const here = await bench(ready("paris"));
    await here.followed.answerable(web);
    here.is({ is: "stale", seconds: 700 });
    await here.followed.answerable(web);
    await pass(50);
    here.is(ready("paris"));
    await pass(2100);
    expect(here.news).toEqual([all, changed]);
    const times = here.times();
    await pass(60_000);
    expect(here.times()).toBe(times);
  });

  it("is told when more may leave by the next window, of which nobody tells", async () => {
    const here = await bench(ready("paris", "rome"), { isWindow: true });
    await here.followed.answerable(web);
    here.followed.look?.();
    await pass(50);
    here.is(ready("paris"));
    await pass(2100);
    expect(here.news).toEqual([all, changed]);
  });

  it("is told although nothing was heard of a change, when somebody else is answered otherwise", async () => {
    const here = await bench(ready("paris"));
    await here.followed.answerable(web);
    here.is(ready("rome"));
    await here.followed.answerable(web);
    await pass(50);
    expect(here.news).toEqual([all, changed]);
  });

  it("before a restart is told of a change after it", async () => {
    const here = await bench(ready("paris"), { remembered: [web] });
    here.is(ready("rome"));
    here.followed.look?.();
    await pass(50);
    expect(here.news).toEqual([all, changed]);
  });

  it("and does not come, since nobody can be reached who has just begun, is told again until somebody does", async () => {
    const here = await bench(ready("paris"));
    await pass(5000);
    await pass(10_000);
    expect(here.news).toEqual([all, all, all]);
    await here.followed.answerable(web);
    for (let at = 0; at < 10; at += 1) await pass(30_000);
    expect(here.news).toHaveLength(3);
    const alone = await bench(ready("paris"));
    for (let at = 0; at < 100; at += 1) await pass(10_000);
    expect(alone.news).toEqual(Array.from({ length: 6 }, () => all));
  });

  it("is told of no clusters only where that is an answer and no refusal", async () => {
    const here = await bench(ready("paris"));
    await here.followed.answerable(web);
    const nobody = { is: "ready", generation: "0", members: [], decision: { name: "fleet/web", size: 0 } } as const;
    here.is({ ...nobody, empty: { allowed: true } });
    here.followed.look?.();
    await pass(50);
    expect(here.news).toEqual([all]);
    here.is({ ...nobody, empty: { allowed: true, passed: "acknowledged" } });
    here.followed.look?.();
    await pass(50);
    expect(here.news).toEqual([all, changed]);
  });
});

it("asking for names that nobody goes by drives out nobody who is answered", async () => {
  const here = await bench(ready("paris"));
  await here.followed.answerable(web);
  here.is({ is: "no placement", why: "there is none" });
  for (let at = 0; at < 1000; at += 1) await here.followed.answerable({ key: `k${at}` });
  await pass(50);
  const before = here.times();
  here.is(ready("rome"));
  here.followed.look?.();
  await pass(50);
  expect(here.news).toContainEqual(changed);
  expect(here.times() - before).toBeLessThanOrEqual(301);
});
