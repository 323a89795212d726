import { afterEach, describe, expect, it, vi } from "vitest";
import { follow, gone, isList, isWatch, lists, pause, plays, profile, quiet, stopAll, until, watches } from "./informer.test.helper.ts";
import { inTurn, says, type Answer, type Asked } from "./scripted.test.helper.ts";

afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const added = (name: string, version: number, spec?: string) => ({ type: "ADDED", object: profile(name, version, spec) });
const end = (version: number) => ({
  type: "BOOKMARK",
  object: { metadata: { resourceVersion: String(version), annotations: { "k8s.io/initial-events-end": "true" } } },
});
const bookmark = (version: number) => ({ type: "BOOKMARK", object: { metadata: { resourceVersion: String(version) } } });
const queries = (asked: readonly Asked[]) => asked.map(({ query }) => query.get("resourceVersion") ?? query.get("sendInitialEvents"));
const noList: Answer = () => expect.unreachable("no list was to be asked for");

describe("a first list as a stream", () => {
  it("is one request, which goes on as the watch", async () => {
    const state = [added("paris", 3), added("oslo", 1), end(9), { type: "MODIFIED", object: profile("paris", 11, "b") }];
    await using server = await plays({
      list: noList,
      watch: inTurn(
        watches(state, (response) => response.destroy()),
        quiet,
      ),
    });
    const { informer, told, events } = follow(server.transport, { labelSelector: "env=prod" });
    await informer.synced;
    await until(() => expect(told).toEqual(["+paris", "+oslo", "~paris"]));
    expect(Object.fromEntries(server.asked[0]!.query)).toEqual({
      watch: "1",
      sendInitialEvents: "true",
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: "true",
      labelSelector: "env=prod",
      timeoutSeconds: expect.stringMatching(/^[345]\d\d$/) as string,
    });
    expect(events.slice(0, 2)).toEqual([
      { type: "connected", kind: "ClusterProfile", again: false },
      { type: "listed", kind: "ClusterProfile", objects: 2, missed: 0, how: "stream" },
    ]);
    await until(() => expect(queries(server.asked)).toEqual(["true", "11"]));
  });

  it("goes on from where it ended, also when nothing happened since", async () => {
    const watch = inTurn(
      watches([added("paris", 3), end(9)], (response) => response.destroy()),
      quiet,
    );
    await using server = await plays({ list: noList, watch });
    follow(server.transport);
    await until(() => expect(queries(server.asked)).toEqual(["true", "9"]));
  });

  it("is complete when the server says so, and not before", async () => {
    let more = (): void => {};
    const watch = watches([added("paris", 3), bookmark(8)], (response) => {
      more = () => response.write(`${JSON.stringify(end(9))}\n`);
    });
    await using server = await plays({ list: noList, watch });
    const { informer, told } = follow(server.transport);
    await until(() => expect(server.asked).toHaveLength(1));
    await pause(50);
    expect(informer.isSynced()).toBe(false);
    more();
    await informer.synced;
    expect(told).toEqual(["+paris"]);
  });

  it("takes what happens meanwhile into account", async () => {
    const state = [
      added("paris", 3),
      added("oslo", 4),
      { type: "MODIFIED", object: profile("oslo", 12, "b") },
      { type: "DELETED", object: profile("paris", 13) },
      added("rome", 14),
      end(14),
    ];
    await using server = await plays({ list: noList, watch: watches(state) });
    const { informer, told } = follow(server.transport);
    await informer.synced;
    expect(told).toEqual(["+paris", "+oslo", "~oslo", "-paris", "+rome"]);
    expect(informer.store.get("fleet/oslo")).toBe("b");
  });

  it("of many is told in a few tellings, and the first before the last has come", async () => {
    const names = Array.from({ length: 1200 }, (_, at) => `c${at}`);
    await using server = await plays({ list: noList, watch: watches([...names.map((name, at) => added(name, at + 1)), end(1300)]) });
    const tellings: number[] = [];
    const { informer } = follow(server.transport, { onChange: (changes) => void tellings.push(changes.length) });
    await informer.synced;
    expect(tellings).toEqual([500, 500, 200]);
  });

  it.each([
    { how: "cut", after: (response: Parameters<Answer>[0]) => response.destroy() },
    { how: "ended", after: (response: Parameters<Answer>[0]) => response.end() },
  ])("that is $how half way is asked for again, and whoever has gone since is gone in the end", async ({ after }) => {
    const names = Array.from({ length: 500 }, (_, at) => added(`c${at}`, at + 1));
    const watch = inTurn(watches(names, after), watches([...names.slice(1), added("rome", 600), end(601)]));
    await using server = await plays({ list: noList, watch });
    const { informer, told, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(1));
    expect([informer.isSynced(), told.length]).toEqual([false, 500]);
    await informer.synced;
    expect(told.slice(500)).toEqual(["+rome", "-c0"]);
    expect(queries(server.asked)).toEqual(["true", "true"]);
  });

  it.each([
    { fault: "500", answer: says(500, "no"), reason: "InternalError" },
    { fault: "403", answer: says(403, { kind: "Status", reason: "Forbidden" }), reason: "Forbidden" },
    { fault: "404", answer: says(404, "404 page not found\n"), reason: "NotFound" },
    { fault: "a proxy's page", answer: says(200, "<html></html>", { "content-type": "text/html" }), reason: "ForeignAnswer" },
    {
      fault: "a storage that begins",
      answer: says(429, { kind: "Status", message: "storage is (re)initializing" }),
      reason: "TooManyRequests",
    },
  ])("that meets $fault is asked for again, and nothing is concluded", async ({ answer, reason }) => {
    await using server = await plays({ list: noList, watch: inTurn(answer, answer, watches([added("paris", 3), end(9)])) });
    const { informer, told, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(2));
    expect(failures()[0]).toMatchObject({ error: { reason } });
    await informer.synced;
    expect(told).toEqual(["+paris"]);
    await until(() => expect(informer.problem()).toBeUndefined());
  });

  it("is followed by lists in pages when it was too long ago", async () => {
    const watch = inTurn(
      watches([added("paris", 3), end(9)], (response) => response.destroy()),
      says(410, gone),
      quiet,
    );
    await using server = await plays({ list: lists(20, profile("oslo", 15)), watch });
    const { told } = follow(server.transport);
    await until(() => expect(told).toEqual(["+paris", "+oslo", "-paris"]));
    await until(() => expect(queries(server.asked.filter(isWatch))).toEqual(["true", "9", "20"]));
  });
});

describe("a server that cannot begin a watch with all that is there", () => {
  const status = (code: number, message: string) => ({ kind: "Status", code, message });

  it.each([
    { how: "an older one says 422", answer: says(422, status(422, "sendInitialEvents is forbidden for watch")) },
    { how: "a strict one says 400", answer: says(400, status(400, "unknown parameter sendInitialEvents")) },
    { how: "an event says so", answer: watches([{ type: "ERROR", object: status(422, "sendInitialEvents is not supported") }]) },
    { how: "it says 501", answer: says(501, "no") },
  ])("is asked for pages at once, and never again: $how", async ({ answer }) => {
    const watch = inTurn(
      answer,
      watches([], (response) => response.destroy()),
      says(410, gone),
      quiet,
    );
    await using server = await plays({ list: inTurn(lists(9, profile("paris", 1)), lists(20, profile("paris", 1))), watch });
    const { informer, told, events, failures } = follow(server.transport, { firstRetry: 200 });
    await informer.synced;
    expect(events.at(-1)).toEqual({ type: "listed", kind: "ClusterProfile", objects: 1, missed: 0, how: "pages" });
    expect(failures()).toEqual([]);
    await until(() => expect(server.asked.filter(isList)).toHaveLength(2));
    await until(() => expect(queries(server.asked.filter(isWatch))).toEqual(["true", "9", "9", "20"]));
    expect(told).toEqual(["+paris"]);
  });

  it("is asked for pages when it tells what is there and then nothing, as one does that knows only watches", async () => {
    const watch = inTurn(watches([added("paris", 1), added("oslo", 2)]), quiet);
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch });
    const { informer, told, failures } = follow(server.transport, { silence: 80 });
    await informer.synced;
    expect(told).toEqual(["+paris"]);
    expect(failures()).toEqual([]);
    await until(() => expect(queries(server.asked.filter(isWatch))).toEqual(["true", "9"]));
  });

  it("is asked for pages when its streams are cut again and again, since those make progress", async () => {
    const half = watches([added("paris", 3), added("oslo", 2)], (response) => response.destroy());
    await using server = await plays({ list: lists(20, profile("oslo", 2)), watch: inTurn(half, says(503, "no"), half, quiet) });
    const { informer, told, failures } = follow(server.transport);
    await informer.synced;
    expect(failures()).toHaveLength(2);
    expect(queries(server.asked.filter(isWatch)).slice(0, 3)).toEqual(["true", "true", "true"]);
    expect(told).toEqual(["+oslo"]);
  });

  it("is asked for pages when it says nothing at all", async () => {
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch: inTurn(() => {}, quiet) });
    const { informer } = follow(server.transport, { silence: 80 });
    await informer.synced;
    expect(server.asked.map((asked) => (isList(asked) ? "list" : "watch")).slice(0, 2)).toEqual(["watch", "list"]);
  });

  it("is asked for pages when it goes on telling and never says that this was all", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    let tell = (): void => {};
    const watch = inTurn(
      watches([added("paris", 1)], (response) => {
        let version = 10;
        tell = () => void response.write(`${JSON.stringify({ type: "MODIFIED", object: profile("paris", (version += 1)) })}\n`);
      }),
      quiet,
    );
    await using server = await plays({ list: lists(90, profile("paris", 50)), watch });
    const { informer } = follow(server.transport);
    await until(() => expect(server.asked).toHaveLength(1));
    await pause(30);
    vi.advanceTimersByTime(59_000);
    tell();
    await pause(30);
    expect(server.asked).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    tell();
    await informer.synced;
    expect(server.asked.filter(isList)).toHaveLength(1);
  });
});
