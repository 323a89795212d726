import type { Answerable, PlacementName } from "@rollcall/answers";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, decision, decisionKind, ocmDecisionKind, profile, type GivenDecision } from "@rollcall/testing";
import { afterEach, expect, vi } from "vitest";
import { checkConfig } from "../config/check.ts";
import { configOf, listOf } from "../reload.test.helper.ts";
import { startRollcall, type Rollcall } from "../rollcall.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A Rollcall that keeps list `one` of a hub in memory and answers for it. */
export interface Bench {
  readonly hub: MemoryHub;
  start(at?: () => number): Promise<Rollcall>;
  publish(...names: readonly string[]): void;
  publishWith(labels: Readonly<Record<string, string>>, ...names: readonly string[]): void;
  decide(given: Partial<GivenDecision> & { readonly of: readonly string[] }): void;
}

export async function bench(list: object = {}, serve: object = {}, more: object = {}): Promise<Bench> {
  const hub = await startMemoryHub({
    kinds: [clusterProfileKind, decisionKind, ocmDecisionKind],
    namespaces: ["fleet", "team", "one", "rollcall"],
  });
  ends.push(() => hub.stop());
  const said = configOf([listOf("one", { target: { namespace: "one" }, ...list })], {
    inventory: { namespaces: ["fleet"], placements: { settle: { one: "1s", several: "2s" } } },
    serve: { tokens: [{ file: "/nowhere" }], ...serve },
    ...more,
  });
  const { config, problems } = checkConfig(said);
  expect(problems).toEqual([]);
  const publishWith = (labels: Readonly<Record<string, string>>, ...names: readonly string[]): void => {
    for (const name of names) {
      const { metadata, ...rest } = profile({ name, provider: "fleet", labels });
      const { uid: _, creationTimestamp: __, ...sent } = metadata;
      hub.apply({ ...rest, metadata: sent });
    }
  };
  return {
    hub,
    async start(now) {
      const rollcall = await startRollcall({
        config: config!,
        open: async () => openTransport({ url: hub.url, token: async () => hub.token }),
        log: () => undefined,
        ...(now && { now }),
      });
      ends.push(() => rollcall.stop());
      await rollcall.settled();
      await soon(() => expect(rollcall.answers("one")).toBeDefined());
      return rollcall;
    },
    publish: (...names) => publishWith({}, ...names),
    publishWith,
    decide: (given) => void hub.apply(decision({ name: given.name ?? "web-0", ...given })),
  };
}

export const soon = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 20 });
export const answerable = (rollcall: Rollcall, placement?: PlacementName): Promise<Answerable> =>
  rollcall.answers("one")!.answerable(placement);

/** Who is answered, in order; or why nobody is. */
export async function says(rollcall: Rollcall, placement?: PlacementName): Promise<string> {
  const answer = await answerable(rollcall, placement);
  if (answer.is !== "ready") return answer.is;
  return answer.members
    .toSorted((a, b) => (a.order ?? 99) - (b.order ?? 99) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id.replace("fleet/", ""))
    .join(" ");
}
