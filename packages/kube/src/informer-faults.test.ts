import { afterEach, describe, expect, it, vi } from "vitest";
import {
  follow as followAnyhow,
  gone,
  isList,
  isWatch,
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
import type { InformerOptions } from "./informer-options.ts";
import { inTurn, says, type Answer } from "./scripted.test.helper.ts";
import type { Transport } from "./transport.ts";

afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

/** Of a server that gives lists in pages. */
function follow(transport: Transport, options: Partial<InformerOptions<unknown>> = {}): Followed {
  return followAnyhow(transport, { watchList: false, ...options });
}

const ahead = { kind: "Status", code: 504, reason: "Timeout", message: "Too large resource version: 9, current: 5" };

describe("when things go wrong", () => {
  it.each([
    { how: "as a status", expired: says(410, gone) },
    { how: "as an event", expired: watches([{ type: "ERROR", object: gone }]) },
    { how: "to be ahead of the server", expired: watches([{ type: "ERROR", object: ahead }]) },
  ])("a version from which no watch can go on, said $how, leads to a list, and whoever it lacks is gone", async ({ expired }) => {
    const script = {
      list: inTurn(lists(9, profile("paris", 1), profile("oslo", 2)), lists(20, profile("oslo", 2), profile("rome", 15))),
      watch: inTurn(expired, quiet),
    };
    await using server = await plays(script);
    const { told, failures } = follow(server.transport);
    await until(() => expect(told).toEqual(["+paris", "+oslo", "+rome", "-paris"]));
    await until(() => expect(server.asked.at(-1)?.query.get("resourceVersion")).toBe("20"));
    expect(failures()).toHaveLength(1);
  });

  it("a version that is too old after an outage leads to a list at once, however long it had waited by then", async () => {
    const no = says(500, "no");
    const watch = inTurn(no, no, no, no, says(410, gone), quiet);
    await using server = await plays({ list: inTurn(lists(9), lists(20, profile("oslo", 15))), watch });
    const { told, failures } = follow(server.transport, { firstRetry: 20 });
    await until(() => expect(told).toEqual(["+oslo"]));
    expect(failures().map(({ error }) => (error as { readonly status: number }).status)).toEqual([500, 500, 500, 500, 410]);
    expect(failures()[3]!.retryIn).toBeGreaterThanOrEqual(80);
    expect(failures()[4]!.retryIn).toBeLessThanOrEqual(20);
  });

  it("a server that could not be watched for long is listed, since it may have been restored meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const no = says(503, "no");
    const watch = inTurn(no, no, no, quiet);
    await using server = await plays({ list: inTurn(lists(90, profile("paris", 80)), lists(30, profile("oslo", 20))), watch });
    const { told, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(2));
    expect(server.asked.filter(isList)).toHaveLength(1);
    vi.advanceTimersByTime(91_000);
    await until(() => expect(told).toEqual(["+paris", "went back", "+oslo", "-paris"]));
    expect(server.asked.filter(isList)).toHaveLength(2);
  });

  it("a version that stays too old is no reason to ask in a hurry", async () => {
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch: says(410, gone) });
    const { told } = follow(server.transport, { firstRetry: 40 });
    await pause(400);
    // 20 + 40 + 80 + 160 ms at the least.
    expect(server.asked.filter(isList).length).toBeLessThanOrEqual(5);
    expect(told).toEqual(["+paris"]);
  });

  it("a watch that is cut in the middle of a line goes on after the last whole one, and tells nothing twice", async () => {
    const cut = watches(
      [
        { type: "ADDED", object: profile("oslo", 11) },
        { type: "DELETED", object: profile("oslo", 12) },
        '{"type":"ADDED","object":{"metadata":{"na',
      ],
      (response) => response.destroy(),
    );
    const script = { list: lists(9, profile("paris", 1)), watch: inTurn(cut, watches([{ type: "ADDED", object: profile("rome", 13) }])) };
    await using server = await plays(script);
    const { told } = follow(server.transport);
    await until(() => expect(told).toEqual(["+paris", "+oslo", "-oslo", "+rome"]));
    expect(server.asked.filter(isWatch).map(({ query }) => query.get("resourceVersion"))).toEqual(["9", "12"]);
    expect(server.asked.filter(isList)).toHaveLength(1);
  });

  it.each([
    { what: "no JSON", line: "<html>\n" },
    { what: "about no object", line: { type: "MODIFIED", object: { metadata: { resourceVersion: "12" } } } },
  ])("a line that is $what and comes again and again is stepped over by a list", async ({ line }) => {
    const oslo = { type: "ADDED", object: profile("oslo", 11) };
    const script = {
      list: inTurn(lists(9), lists(20, profile("oslo", 11), profile("rome", 12))),
      watch: inTurn(watches([oslo, line]), watches([line]), quiet),
    };
    await using server = await plays(script);
    const { told, failures } = follow(server.transport);
    await until(() => expect(told).toEqual(["+oslo", "+rome"]));
    expect(failures()).toHaveLength(2);
    expect(server.asked.map(({ query }) => query.get("resourceVersion"))).toEqual(
      [null, "9", "11", null, "20"].slice(0, server.asked.length),
    );
  });

  it("a log that fails stops nobody from being followed", async () => {
    await using server = await plays({ list: inTurn(says(500, "no"), lists(9, profile("paris", 1))), watch: quiet });
    const onEvent = vi.fn(() => {
      throw new Error("disk full");
    });
    const { informer, told } = follow(server.transport, { onEvent });
    await informer.synced;
    await until(() => expect(onEvent.mock.calls.length).toBeGreaterThan(2));
    expect(told).toEqual(["+paris"]);
    await until(() => expect(informer.problem()).toBeUndefined());
  });

  it("a watch goes on from a bookmark, and never from further back", async () => {
    const bookmark = (version: string) => ({ type: "BOOKMARK", object: { metadata: { resourceVersion: version } } });
    const script = {
      list: lists(9),
      watch: inTurn(
        watches([bookmark("50"), { type: "MODIFIED", object: profile("paris", 12) }], (response) => response.destroy()),
        quiet,
      ),
    };
    await using server = await plays(script);
    follow(server.transport);
    await until(() => expect(server.asked.filter(isWatch).map(({ query }) => query.get("resourceVersion"))).toEqual(["9", "50"]));
  });

  it.each([
    { fault: "500", answer: says(500, "internal error") },
    { fault: "403", answer: says(403, { kind: "Status", reason: "Forbidden", message: "no" }) },
    { fault: "401", answer: says(401, { kind: "Status", reason: "Unauthorized" }) },
    { fault: "the 404 of a kind that is no longer served", answer: says(404, "404 page not found\n") },
    { fault: "an empty 200", answer: says(200, "") },
    { fault: "a proxy's page", answer: says(200, "<html></html>", { "content-type": "text/html" }) },
    {
      fault: "a list without items",
      answer: says(200, { apiVersion: profiles.apiVersion, kind: "ClusterProfileList", metadata: { resourceVersion: "20" } }),
    },
    {
      fault: "another kind's list",
      answer: says(200, { apiVersion: "v1", kind: "SecretList", metadata: { resourceVersion: "20" }, items: [] }),
    },
    { fault: "a reset connection", answer: ((response) => void response.destroy()) satisfies Answer },
  ])("$fault in a list takes nobody away, is known as the problem, and is tried again", async ({ answer }) => {
    const list = inTurn(lists(9, profile("paris", 1)), answer, answer, lists(20, profile("oslo", 2)));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { informer, told, failures } = follow(server.transport, { firstRetry: 20 });
    await until(() => expect(failures()).toHaveLength(2));
    expect(informer.problem()).toBe(failures()[1]?.error);
    expect(told).toEqual(["+paris"]);
    expect(informer.isSynced()).toBe(true);
    await until(() => expect(told).toEqual(["+paris", "+oslo", "-paris"]));
    await until(() => expect(informer.problem()).toBeUndefined());
  });

  it("nothing is synced until a list was complete", async () => {
    const list = inTurn(says(503, "starting"), says(200, ""), lists(9, profile("paris", 1)));
    await using server = await plays({ list, watch: quiet });
    const { informer, failures } = follow(server.transport);
    const synced = vi.fn();
    void informer.synced.then(synced);
    await until(() => expect(failures()).toHaveLength(2));
    expect(informer.isSynced()).toBe(false);
    expect(synced).not.toHaveBeenCalled();
    await informer.synced;
    expect(informer.store.size).toBe(1);
  });

  const half = says(200, {
    apiVersion: profiles.apiVersion,
    kind: "ClusterProfileList",
    metadata: { resourceVersion: "20", continue: "t1" },
    items: [profile("oslo", 2)],
  });

  it("half a list removes nobody, and nobody is told of it", async () => {
    const list = inTurn(lists(9, profile("paris", 1)), half, says(500, "no"));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { told, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(3));
    expect(told).toEqual(["+paris"]);
  });

  it("half a list keeps nobody either, once the list had to start again and is complete", async () => {
    const list = inTurn(half, says(410, gone), lists(30, profile("paris", 1)));
    await using server = await plays({ list, watch: quiet });
    const { told, failures } = follow(server.transport);
    await until(() => expect(told).toEqual(["+oslo", "+paris", "-oslo"]));
    expect(failures()).toEqual([]);
  });

  it.each([
    { how: "after it was opened", watch: quiet },
    { how: "before it is answered", watch: (() => {}) satisfies Answer },
  ])("a watch that falls silent $how leads to a list, not to another watch alone", async ({ watch }) => {
    const list = inTurn(lists(9, profile("paris", 1)), lists(20, profile("oslo", 15)));
    await using server = await plays({ list, watch });
    const { told, failures } = follow(server.transport, { silence: 80 });
    await until(() => expect(told).toEqual(["+paris", "+oslo", "-paris"]));
    expect(String(failures()[0]?.error)).toContain("silent for too long");
  });

  it("a watch that drips and never ends a line is as good as silent", async () => {
    let drip: NodeJS.Timeout | undefined;
    const watch = watches(['{"type":"'], (response) => {
      drip = setInterval(() => response.write("A"), 5);
      response.on("close", () => clearInterval(drip));
    });
    await using server = await plays({ list: inTurn(lists(9, profile("paris", 1)), lists(20)), watch: inTurn(watch, quiet) });
    const { told, failures } = follow(server.transport, { silence: 80 });
    await until(() => expect(told).toEqual(["+paris", "-paris"]));
    expect(String(failures()[0]?.error)).toContain("silent for too long");
  });

  it("a watch that ends as soon as it begins is opened again in good time, not in a circle", async () => {
    await using server = await plays({ list: lists(9), watch: watches([], (response) => response.end()) });
    const { informer, failures } = follow(server.transport, { firstRetry: 40 });
    await pause(400);
    const opened = server.asked.filter(isWatch).length;
    expect(opened).toBeGreaterThanOrEqual(2);
    expect(opened).toBeLessThanOrEqual(5);
    expect(server.asked.filter(isList)).toHaveLength(1);
    expect(String(failures()[0]?.error)).toContain("ended as soon as it began");
    expect(informer.isSynced()).toBe(true);
  });

  it.each([401, 403, 429, 500, 503, 504])(
    "a watch that is refused with %i stays known as the problem, and no list is asked for",
    async (status) => {
      await using server = await plays({ list: lists(9), watch: says(status, "no") });
      const { informer, failures } = follow(server.transport);
      await until(() => expect(failures()).toHaveLength(4));
      expect(informer.problem()).toMatchObject({ status });
      expect(server.asked.filter(isList)).toHaveLength(1);
    },
  );

  it("a server that asks for a pause gets it", async () => {
    const list = inTurn(says(429, "slow down", { "retry-after": "0.2" }), lists(9));
    await using server = await plays({ list, watch: quiet });
    const begin = performance.now();
    const { informer, failures } = follow(server.transport);
    await informer.synced;
    expect(failures()[0]?.retryIn).toBe(200);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(195);
  });

  it("a watch that served for long and is cut is opened again as soon as the first", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    let cut = (): void => {};
    const watch = inTurn(says(500, "no"), says(500, "no"), says(500, "no"), (response, asked) => {
      cut = () => response.destroy();
      quiet(response, asked);
    });
    await using server = await plays({ list: lists(9), watch });
    const { informer, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(3));
    expect(failures()[2]?.retryIn).toBeGreaterThanOrEqual(20);
    await until(() => expect(informer.problem()).toBeUndefined());
    vi.advanceTimersByTime(121_000);
    cut();
    await until(() => expect(failures()).toHaveLength(4));
    expect(failures()[3]?.retryIn).toBeLessThanOrEqual(10);
  });

  it("an object that cannot be read is reported, and all others are followed", async () => {
    const script = {
      list: lists(9, profile("rome", 1, "poison"), profile("paris", 2)),
      watch: watches([
        { type: "MODIFIED", object: profile("paris", 10, "poison") },
        { type: "ADDED", object: profile("oslo", 11) },
      ]),
    };
    await using server = await plays(script);
    const { informer, told, events } = follow(server.transport);
    await until(() => expect(told).toEqual(["+paris", "+oslo"]));
    expect(events.flatMap((event) => (event.type === "poison" ? [event.key] : []))).toEqual(["fleet/rome", "fleet/paris"]);
    expect(informer.store.get("fleet/paris")).toBe("a");
    expect(informer.problem()).toBeUndefined();
  });

  it("what its reader could not take in is told again, and nothing is synced before", async () => {
    const oslo = { type: "ADDED", object: profile("oslo", 11) };
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch: watches([oslo]) });
    const taken: string[] = [];
    const onChange = vi.fn((changes: readonly { readonly key: string }[]) => {
      if (onChange.mock.calls.length % 2 === 1) throw new Error("not now");
      taken.push(...changes.map(({ key }) => key));
    });
    const { informer, failures } = follow(server.transport, { onChange });
    await until(() => expect(failures()).toHaveLength(1));
    expect(informer.isSynced()).toBe(false);
    await until(() => expect(taken).toEqual(["fleet/paris", "fleet/oslo"]));
    expect(failures().map(({ error }) => String(error))).toEqual(["Error: not now", "Error: not now"]);
  });

  it("nothing is watched when its reader stops it over the list itself", async () => {
    const stop = new AbortController();
    await using server = await plays({ list: lists(9, profile("paris", 1)), watch: quiet });
    const { informer } = follow(server.transport, { signal: stop.signal, onChange: () => stop.abort() });
    await informer.synced;
    await pause(50);
    expect(server.asked.filter(isWatch)).toEqual([]);
  });

  it.each(["while it waits to try again", "while it watches"])("nothing is asked any more once it is told to stop, %s", async (when) => {
    const watch = when === "while it watches" ? quiet : says(500, "no");
    await using server = await plays({ list: lists(9), watch });
    const { informer, stop, events } = follow(server.transport, { firstRetry: 60 });
    await informer.synced;
    await until(() => expect(server.asked).toHaveLength(2));
    await pause(10);
    const before = events.length;
    stop.abort();
    await pause(120);
    expect(server.asked).toHaveLength(2);
    expect(events).toHaveLength(before);
  });
});
