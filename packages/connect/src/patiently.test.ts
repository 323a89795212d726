import { refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { patiently } from "./patiently.ts";

const asks = "with a credential from us" as const;
const no = refusal("NoConsent", "no");
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("gives what comes in time, and tells nobody", async () => {
  const news: string[] = [];
  const coming = patiently(
    () => new Promise((resolve) => setTimeout(() => resolve(no), 900)),
    (id) => news.push(id),
  )(cluster({ name: "paris" }), asks);
  await vi.advanceTimersByTimeAsync(2000);
  expect([await coming, news]).toEqual([no, []]);
});

it("says that what is slow is coming, and tells when it is there, whatever came of it", async () => {
  const news: string[] = [];
  const connect = patiently(
    ({ name }) => new Promise((resolve, reject) => setTimeout(() => (name === "paris" ? resolve(no) : reject(new Error("no"))), 14_000)),
    (id) => news.push(id),
  );
  const coming = ["paris", "rome"].map((name) => connect(cluster({ name }), asks));
  await vi.advanceTimersByTimeAsync(1500);
  expect(await Promise.all(coming)).toMatchObject([{ pending: true }, { pending: true }]);
  expect(news).toEqual([]);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(news).toEqual(["fleet/paris", "fleet/rome"]);
});

it("a thousand that are slow keep nobody waiting for long", async () => {
  const connect = patiently(
    () => new Promise(() => undefined),
    () => undefined,
  );
  let done = 0;
  const all = Array.from({ length: 1000 }, async (_, at) => {
    await connect(cluster({ name: `c${at}` }), asks);
    done += 1;
  });
  await vi.advanceTimersByTimeAsync(50);
  expect(done).toBe(992);
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all(all);
});
