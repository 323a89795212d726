import { ApiError } from "@rollcall/kube";
import { expect, it, vi } from "vitest";
import type { Source } from "../resolve.ts";
import { followSources } from "./follow-sources.ts";

it("a Secret that is another, or gone, makes its credential outdated; one that cannot be read says nothing", async () => {
  const of = (name: string): Source => ({ namespace: "fleet", name, uid: "u", resourceVersion: "1" });
  const now: Record<string, { uid: string; resourceVersion: string } | undefined | Error> = {
    same: { uid: "u", resourceVersion: "1" },
    changed: { uid: "u", resourceVersion: "2" },
    anew: { uid: "v", resourceVersion: "1" },
    gone: undefined,
    away: new ApiError(503, "ServiceUnavailable", "away"),
    silent: new Error("the socket hung up"),
  };
  const outdated: string[] = [];
  const stop = new AbortController();
  const following = followSources({
    sources: () => Object.keys(now).map((name) => [`fleet/${name}`, of(name)]),
    read: async ({ name }) => {
      const is = now[name];
      return is instanceof Error ? Promise.reject(is) : Promise.resolve(is);
    },
    outdated: (id) => void outdated.push(id),
    signal: stop.signal,
    every: 10,
    apart: 1,
  });
  await vi.waitFor(() => expect(outdated.length).toBeGreaterThanOrEqual(6));
  stop.abort();
  await following;
  expect(new Set(outdated)).toEqual(new Set(["fleet/changed", "fleet/anew", "fleet/gone"]));
});
