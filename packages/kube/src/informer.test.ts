import type { Kind, KubeObject } from "@rollcall/contract";
import { startMemoryHub, type MemoryHub, type MemoryHubOptions } from "@rollcall/memory-hub";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startInformer, type Informer, type InformerEvent, type InformerOptions } from "./informer.ts";
import { inTurn, says, scripted, type Answer, type Asked, type Scripted } from "./scripted.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

const profiles: Kind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespace: "fleet",
};

function profile(name: string, resourceVersion?: number, spec = "a"): KubeObject {
  const metadata = { namespace: "fleet", name, ...(resourceVersion !== undefined && { resourceVersion: String(resourceVersion) }) };
  return { apiVersion: profiles.apiVersion, kind: profiles.kind, metadata, spec };
}

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
  vi.useRealTimers();
});

interface Followed {
  readonly informer: Informer<unknown>;
  /** What was told, such as `+paris`, `~paris` and `-paris`. */
  readonly told: string[];
  readonly events: InformerEvent[];
  readonly stop: AbortController;
  readonly failures: () => readonly Extract<InformerEvent, { type: "failed" }>[];
}

function follow(transport: Transport, options: Partial<InformerOptions<unknown>> = {}): Followed {
  const [told, events, stop] = [[] as string[], [] as InformerEvent[], new AbortController()];
  stops.push(stop);
  const informer = startInformer<unknown>({
    transport,
    kind: profiles,
    project: ({ spec }) => {
      if (spec === "poison") throw new Error("cannot be read");
      return spec;
    },
    onChange: (changes) => {
      for (const { key, before, after } of changes)
        told.push(`${after === undefined ? "-" : before === undefined ? "+" : "~"}${key.replace("fleet/", "")}`);
    },
    onEvent: (event) => {
      events.push(event);
      if (event.type === "went back") told.push("went back");
    },
    signal: stop.signal,
    firstRetry: 10,
    ...options,
  });
  return { informer, told, events, stop, failures: () => events.filter((event) => event.type === "failed") };
}

const until = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 3000, interval: 5 });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("against an API server", () => {
  async function withHub(options: MemoryHubOptions, story: (hub: MemoryHub, transport: Transport) => Promise<void>): Promise<void> {
    const kind = { apiVersion: profiles.apiVersion, kind: profiles.kind, plural: profiles.plural, namespaced: true };
    const hub = await startMemoryHub({ kinds: [kind], namespaces: ["fleet"], ...options });
    const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
    try {
      await story(hub, transport);
    } finally {
      for (const stop of stops.splice(0)) stop.abort();
      await transport.close();
      await hub.stop();
    }
  }
  const asked = ({ requests }: MemoryHub, verb: string): number => requests.filter((each) => each.verb === verb).length;

  it("everything is known when it is synced, and what happens after that is told", async () => {
    await withHub({}, async (hub, transport) => {
      for (const name of ["paris", "oslo", "rome"]) hub.apply(profile(name));
      const { informer, told } = follow(transport, { pageSize: 2 });
      expect(informer.isSynced()).toBe(false);
      await informer.synced;
      expect(informer.isSynced()).toBe(true);
      expect(told.sort()).toEqual(["+oslo", "+paris", "+rome"]);
      hub.apply(profile("bern"));
      hub.apply(profile("paris", undefined, "b"));
      hub.remove("ClusterProfile", "fleet", "oslo");
      await until(() => expect(told.slice(3)).toEqual(["+bern", "~paris", "-oslo"]));
      expect(informer.store.get("fleet/paris")).toBe("b");
      expect([...informer.store.values()]).toHaveLength(3);
      expect(asked(hub, "list")).toBe(2);
    });
  });

  it("a list of nobody is complete, too", async () => {
    await withHub({}, async (hub, transport) => {
      const { informer, events } = follow(transport);
      await informer.synced;
      expect(informer.store.size).toBe(0);
      expect(events).toContainEqual({ type: "listed", kind: "ClusterProfile", objects: 0 });
      hub.apply(profile("paris"));
      await until(() => expect(informer.store.size).toBe(1));
    });
  });

  it("who no longer has the label is gone", async () => {
    await withHub({}, async (hub, transport) => {
      const labelled = (labels: Record<string, string>) => ({ ...profile("paris"), metadata: { ...profile("paris").metadata, labels } });
      hub.apply(labelled({ env: "prod" }));
      hub.apply(profile("oslo"));
      const { told } = follow(transport, { labelSelector: "env=prod" });
      await until(() => expect(told).toEqual(["+paris"]));
      hub.apply(labelled({ env: "test" }));
      await until(() => expect(told).toEqual(["+paris", "-paris"]));
    });
  });

  it("watches that the server ends go on where they were, without another list", async () => {
    await withHub({}, async (hub, transport) => {
      hub.apply(profile("paris"));
      const { informer, told } = follow(transport);
      await informer.synced;
      await until(() => expect(informer.problem()).toBeUndefined());
      for (const name of ["oslo", "rome", "bern"]) {
        hub.closeWatches();
        await pause(1);
        hub.apply(profile(name));
        await until(() => expect(told).toContain(`+${name}`));
      }
      expect(told).toEqual(["+paris", "+oslo", "+rome", "+bern"]);
      expect(asked(hub, "list")).toBe(1);
    });
  });

  it("what was missed is found by a list when the server has forgotten it", async () => {
    await withHub({}, async (hub, transport) => {
      hub.apply(profile("paris"));
      hub.apply(profile("oslo"));
      const { informer, told } = follow(transport, { firstRetry: 100 });
      await informer.synced;
      await until(() => expect(asked(hub, "watch")).toBe(1));
      hub.closeWatches();
      await pause(1);
      hub.remove("ClusterProfile", "fleet", "oslo");
      hub.apply(profile("rome"));
      hub.compact();
      await until(() => expect(told.slice(2).sort()).toEqual(["+rome", "-oslo"]));
      expect(asked(hub, "list")).toBe(2);
    });
  });

  it("a quiet watch lives by its bookmarks", async () => {
    await withHub({ bookmarkEvery: 30 }, async (hub, transport) => {
      const { informer, failures } = follow(transport, { silence: 300 });
      await informer.synced;
      await pause(700);
      expect(failures()).toEqual([]);
      expect(asked(hub, "list")).toBe(1);
    });
  });

  it("a server that goes away takes nobody with it, and one that comes back is believed", async () => {
    await withHub({}, async (hub, transport) => {
      for (const name of ["paris", "oslo", "rome"]) hub.apply(profile(name));
      const { informer, told, events } = follow(transport, { silence: 100, pageSize: 1 });
      await informer.synced;
      await hub.stop();
      await until(() => expect(informer.problem()).toMatchObject({ reason: "Unreachable" }));
      expect(informer.isSynced()).toBe(true);
      expect(informer.store.size).toBe(3);
      // Restored from a backup: it counts from further back, and a watch from where we were is silent for ever.
      const kind = { apiVersion: profiles.apiVersion, kind: profiles.kind, plural: profiles.plural, namespaced: true };
      const user = { name: "us", token: hub.token, rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] };
      const port = Number(new URL(hub.url).port);
      const restored = await startMemoryHub({ kinds: [kind], namespaces: ["fleet"], users: [user], port });
      restored.apply(profile("paris", undefined, "b"));
      restored.apply(profile("rome"));
      await until(() => expect(told.slice(3)).toEqual(["went back", "~paris", "~rome", "-oslo"]));
      expect(events.filter(({ type }) => type === "went back")).toHaveLength(1);
      restored.apply(profile("bern"));
      await until(() => expect(told.at(-1)).toBe("+bern"));
      await until(() => expect(informer.problem()).toBeUndefined());
      await restored.stop();
    });
  });
});

describe("when things go wrong", () => {
  /** A server with one answer for lists and one for watches, to be changed as the story goes. */
  interface Script {
    list: Answer;
    watch: Answer;
  }
  const plays = (script: Script): Promise<Scripted> =>
    scripted((response, asked) => (asked.query.has("watch") ? script.watch : script.list)(response, asked));

  const lists = (version: number, ...items: readonly KubeObject[]): Answer =>
    says(200, { apiVersion: profiles.apiVersion, kind: "ClusterProfileList", metadata: { resourceVersion: String(version) }, items });

  /** A watch that says these lines, and then what `after` does: nothing, if it is not given. */
  const watches =
    (
      lines: readonly (string | { readonly type: string; readonly object: unknown })[],
      after: (response: Parameters<Answer>[0]) => void = () => {},
    ): Answer =>
    (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join("") || "\n", () =>
        setTimeout(() => after(response), 10),
      );
    };
  const quiet = watches([]);
  const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
  const isWatch = ({ query }: Asked): boolean => query.has("watch");
  const isList = (asked: Asked): boolean => !isWatch(asked);

  it.each([
    { how: "as a status", expired: says(410, gone) },
    { how: "as an event", expired: watches([{ type: "ERROR", object: gone }]) },
  ])("a version that is too old, said $how, leads to a list, and whoever it lacks is gone", async ({ expired }) => {
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

  it("half a list removes nobody", async () => {
    const list = inTurn(lists(9, profile("paris", 1)), half, says(500, "no"));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { told, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(3));
    expect(told).toEqual(["+paris", "+oslo"]);
  });

  it("half a list keeps nobody either, once the list had to start again and is complete", async () => {
    const list = inTurn(lists(9, profile("paris", 1)), half, says(410, gone), lists(30, profile("paris", 1)));
    await using server = await plays({ list, watch: inTurn(says(410, gone), quiet) });
    const { told, failures } = follow(server.transport);
    await until(() => expect(told).toEqual(["+paris", "+oslo", "-oslo"]));
    expect(failures()).toHaveLength(1);
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

  it("a watch that is refused stays known as the problem", async () => {
    await using server = await plays({ list: lists(9), watch: says(403, { kind: "Status", reason: "Forbidden" }) });
    const { informer, failures } = follow(server.transport);
    await until(() => expect(failures()).toHaveLength(4));
    expect(informer.problem()).toMatchObject({ reason: "Forbidden" });
    expect(server.asked.filter(isList)).toHaveLength(1);
  });

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
