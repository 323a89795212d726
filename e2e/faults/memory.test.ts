import { describe, expect, it, vi } from "vitest";
import { checkConfig } from "../../apps/rollcall/src/config/check.ts";
import { renderLists } from "../../apps/rollcall/src/render.ts";
import { startRollcall } from "../../apps/rollcall/src/rollcall.ts";
import { openTransport, startInformer } from "../../packages/kube/src/index.ts";
import { until } from "../stories/world.ts";
import { memberFaults, strangerFaults } from "./members.ts";
import { profileFaults } from "./profiles.ts";
import { readFaults } from "./reads.ts";
import { watchFaults } from "./watches.ts";
import { kinds, others, pause, places, profiles } from "./fixtures.ts";
import { faultWorld, type NewWorld } from "./world.ts";
import { writeFaults } from "./writes.ts";

// Most of them wait for a back-off most of the time, so all of them can wait together.
vi.setConfig({ maxConcurrency: 100, testTimeout: 120_000 });

const newWorld: NewWorld = (options) => faultWorld({ checkConfig, renderLists, startRollcall, openTransport }, options);

describe.concurrent("when the hub is read", () => {
  readFaults(newWorld);
});
describe.concurrent("when profiles are watched", () => {
  watchFaults(newWorld);
});
describe.concurrent("when Rollcall writes", () => {
  writeFaults(newWorld);
});
describe.concurrent("when others write", () => {
  strangerFaults(newWorld);
});
describe.concurrent("when profiles come and go", () => {
  memberFaults(newWorld);
});
describe.concurrent("when profiles are not what they should be", () => {
  profileFaults(newWorld);
});

describe.concurrent("when one informer follows", () => {
  it("row 10: a watch falls silent without an end: it is not waited for, and what it missed is listed", async () => {
    await using world = await newWorld({ bookmarkEvery: 500 });
    world.publish("paris", ...others);
    const asked = (verb: string): number => world.proxy.requests.filter((each) => each.verb === verb && each.resource === profiles).length;
    const stop = new AbortController();
    const transport = openTransport({ url: world.proxy.url, token: async () => world.user.token });
    const informer = startInformer({
      transport,
      kind: { ...kinds[0], namespace: places.fleet },
      project: ({ metadata }) => metadata.name,
      signal: stop.signal,
      silence: 3000,
      firstRetry: 50,
    });
    await informer.synced;
    await pause(4000);
    // A quiet watch is not a silent one: it lives by its bookmarks.
    const lists = asked("list");
    expect([asked("watch"), informer.problem()]).toEqual([1, undefined]);
    world.proxy.fallSilent(({ isWatch }) => isWatch);
    world.withdraw("paris");
    world.publish("rome");
    await until(
      "the store follows again",
      () => informer.store.get("fleet/rome") === "rome" && informer.store.get("fleet/paris") === undefined,
    );
    expect(asked("list")).toBe(lists + 1);
    stop.abort();
    await transport.close();
    await world.start();
    expect(await world.problems()).toEqual([]);
  });
});
