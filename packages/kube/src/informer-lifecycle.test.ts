import { startMemoryHub } from "@rollcall/memory-hub";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  follow as followAnyhow,
  gone,
  isList,
  lists,
  pause,
  plays,
  profile,
  profiles,
  quiet,
  stopAll,
  until,
  watches,
  type Followed,
} from "./informer.test.helper.ts";
import { inTurn, says } from "./scripted.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const follow = (transport: Transport, options: object = {}): Followed => followAnyhow(transport, { watchList: false, ...options });
const kind = profiles.kind;

describe("what happens to a list and watch is told", () => {
  it("each connection, and whether it is the first", async () => {
    const cut = watches([], (response) => response.destroy());
    await using server = await plays({ list: lists(9), watch: inTurn(cut, says(500, "no"), quiet) });
    const { events } = follow(server.transport);
    await until(() => expect(events.filter(({ type }) => type === "connected")).toHaveLength(2));
    expect(events.flatMap((event) => (event.type === "connected" ? [event.again] : []))).toEqual([false, true]);
  });

  it("how many changes no watch had told, when a list finds them", async () => {
    const all = (version: number, ...names: readonly string[]) => lists(version, ...names.map((name) => profile(name, 1)));
    const list = inTurn(all(9, "paris", "oslo", "bern"), lists(20, profile("oslo", 1), profile("bern", 15, "b"), profile("rome", 16)));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { events } = follow(server.transport);
    await until(() =>
      expect(events.filter(({ type }) => type === "listed")).toEqual([
        { type: "listed", kind, objects: 3, missed: 0, how: "pages" },
        { type: "listed", kind, objects: 3, missed: 3, how: "pages", again: true },
      ]),
    );
  });

  it("how long ago the server was heard of", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    let line = (): void => {};
    const watch = watches([], (response) => (line = () => void response.write("\n{}\n")));
    await using server = await plays({ list: inTurn(says(500, "no"), lists(9)), watch });
    const { informer, events } = follow(server.transport);
    expect(informer.lastHeard()).toBeUndefined();
    await until(() => expect(events.map(({ type }) => type)).toContain("connected"));
    vi.advanceTimersByTime(40_000);
    expect(informer.lastHeard()).toBeGreaterThanOrEqual(40_000);
    await pause(30);
    line();
    await until(() => expect(informer.lastHeard()).toBeLessThan(1000));
  });
});

describe("a list after the first", () => {
  it("is told as a whole, and nobody sees half of it meanwhile", async () => {
    const page = (token: string | undefined, ...items: readonly object[]) =>
      says(200, { apiVersion: profiles.apiVersion, kind: `${kind}List`, metadata: { resourceVersion: "20", continue: token }, items });
    let go = (): void => {};
    const list = inTurn(
      lists(9, profile("paris", 1), profile("oslo", 2)),
      page("t1", profile("paris", 15, "b"), profile("rome", 16)),
      (response, asked) => {
        go = () => page(undefined, profile("bern", 17))(response, asked);
      },
    );
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const tellings: unknown[] = [];
    const { informer } = follow(server.transport, {
      onChange: (changes: readonly { key: string }[]) => tellings.push(changes.map(({ key }) => key)),
    });
    await until(() => expect(server.asked.filter(isList)).toHaveLength(3));
    await pause(30);
    expect([informer.store.get("fleet/paris"), informer.store.size, tellings.length]).toEqual(["a", 2, 1]);
    go();
    await until(() => expect(tellings[1]).toEqual(["fleet/paris", "fleet/rome", "fleet/bern", "fleet/oslo"]));
    expect(tellings).toHaveLength(2);
  });

  it("does not undo a write of ours that was made while it was on its way", async () => {
    let go = (): void => {};
    const list = inTurn(lists(9, profile("paris", 1)), (response, asked) => {
      go = () => lists(20, profile("paris", 15, "theirs"))(response, asked);
    });
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { informer, told, events } = follow(server.transport);
    await until(() => expect(server.asked.filter(isList)).toHaveLength(2));
    informer.store.wrote(profile("paris", 21), "ours");
    go();
    await until(() => expect(events.filter(({ type }) => type === "listed")).toHaveLength(2));
    expect([informer.store.get("fleet/paris"), told]).toEqual(["ours", ["+paris"]]);
  });

  it("that has to start again tells nothing of its first half", async () => {
    const half = says(200, {
      apiVersion: profiles.apiVersion,
      kind: `${kind}List`,
      metadata: { resourceVersion: "20", continue: "t1" },
      items: [profile("oslo", 15)],
    });
    const list = inTurn(lists(9, profile("paris", 1)), half, says(410, gone), lists(30, profile("paris", 1)));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { told, events } = follow(server.transport);
    await until(() => expect(events.filter(({ type }) => type === "listed")).toHaveLength(2));
    expect(told).toEqual(["+paris"]);
  });
});

describe("a kind that is not served", () => {
  it.each([{ watchList: true }, { watchList: false }])(
    "is waited for, is believed when it comes, and is missed when it goes: %j",
    async ({ watchList }) => {
      const served = { apiVersion: profiles.apiVersion, kind, plural: profiles.plural, namespaced: true };
      const hub = await startMemoryHub({ namespaces: ["fleet"] });
      const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
      const { informer, told, failures, events } = followAnyhow(transport, { watchList, firstRetry: 40 });
      await until(() => expect(failures().length).toBeGreaterThan(1));
      expect(failures()[0]).toMatchObject({ absent: true, error: { status: 404 } });
      expect(informer.isSynced()).toBe(false);

      hub.serve(served);
      hub.apply(profile("paris"));
      await until(() => expect(told).toEqual(["+paris"]));
      await until(() => expect(informer.problem()).toBeUndefined());

      const before = failures().length;
      hub.unserve(profiles.plural, "multicluster.x-k8s.io");
      await until(() => expect(failures().slice(before)).toContainEqual(expect.objectContaining({ absent: true })));
      expect(told).toEqual(["+paris", "-paris"]);
      expect(informer.problem()).toMatchObject({ status: 404 });

      hub.serve(served);
      hub.apply(profile("oslo"));
      await until(() => expect(told).toEqual(["+paris", "-paris", "+oslo"]));
      expect(events.findLast(({ type }) => type === "listed")).toMatchObject({ how: "pages", objects: 1 });
      await transport.close();
      await hub.stop();
    },
  );

  it.each([403, 429, 500, 503])("is not what %i says", async (status) => {
    await using server = await plays({ list: says(status, "no"), watch: quiet });
    const { failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(1));
    expect(failures()[0]?.absent).toBe(false);
  });
});

describe("a server that is away for a moment", () => {
  it("is found again, without another list", async () => {
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch: quiet });
    const { informer, told, failures } = follow(server.transport);
    await until(() => expect(server.asked).toHaveLength(2));
    await server.stop();
    await until(() => expect(failures().length).toBeGreaterThan(2));
    expect(failures().at(-1)?.error).toMatchObject({ reason: "Unreachable", message: expect.stringContaining("ECONNREFUSED") as string });
    await server.start();
    await until(() => expect(informer.problem()).toBeUndefined());
    expect([told, server.asked.filter(isList).length]).toEqual([["+paris"], 1]);
  });

  it("is not asked more often than every few seconds while it stays away", async () => {
    await using server = await plays({ list: lists(9), watch: says(503, "no") });
    const { failures } = follow(server.transport, { firstRetry: 20 });
    await pause(500);
    // 10 + 20 + 40 + 80 + 160 ms at the least; with its own 800 ms to begin with, that is once in fifteen seconds soon.
    expect(failures().length).toBeLessThanOrEqual(6);
  });
});
