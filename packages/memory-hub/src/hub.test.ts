import { setTimeout } from "node:timers/promises";
import type { KubeObject } from "@rollcall/contract";
import { afterEach, describe, expect, it } from "vitest";
import { startMemoryHub, type HubKind, type MemoryHub, type MemoryHubOptions } from "./index.ts";

const widgets: HubKind = { apiVersion: "example.com/v1", kind: "Widget", plural: "widgets", namespaced: true, status: true };
const widget = (name: string, more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name, namespace: "fleet" },
  ...more,
});
const path = "/apis/example.com/v1/namespaces/fleet/widgets";

const started: MemoryHub[] = [];
afterEach(async () => {
  for (const hub of started.splice(0)) await hub.stop();
});

async function start(options: MemoryHubOptions = {}): Promise<MemoryHub> {
  const hub = await startMemoryHub({ kinds: [widgets], namespaces: ["fleet"], ...options });
  started.push(hub);
  return hub;
}

async function ask(hub: MemoryHub, asked: string, method: string = "GET", body?: unknown, token: string = hub.token): Promise<Response> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": type }) };
  return fetch(hub.url + asked, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

/** What a watch told until now. */
async function told(hub: MemoryHub, watching: Response): Promise<readonly string[]> {
  hub.closeWatches();
  return eventsOf(watching);
}

/** What a watch tells until it ends. */
async function eventsOf(watching: Response): Promise<readonly string[]> {
  const lines = (await watching.text()).split("\n").filter((line) => line !== "");
  return lines
    .map((line) => JSON.parse(line) as { type: string; object: KubeObject })
    .map(({ type, object }) => `${type} ${object.metadata.name}`);
}

describe("seeding a hub", () => {
  it("creates an object with its status in one go, and a watch sees one event", async () => {
    const hub = await start();
    const watching = await ask(hub, `${path}?watch=true`);
    const made = hub.apply(widget("one", { spec: { size: 1 }, status: { ready: true } }));
    expect(made).toMatchObject({ metadata: { generation: 1, resourceVersion: expect.any(String) }, status: { ready: true } });
    expect(await told(hub, watching)).toEqual(["ADDED one"]);
  });

  it("puts an object in place of what stands, whatever that was, and keeps who it is", async () => {
    const hub = await start();
    const { metadata } = hub.apply(widget("one", { spec: { size: 1 }, status: { ready: true } }));
    const next = hub.apply(widget("one", { spec: { size: 2 } }));
    expect(next).toMatchObject({ spec: { size: 2 }, metadata: { uid: metadata.uid, generation: 2 } });
    expect(next.status).toBeUndefined();
  });

  it("writes nothing when nothing changes", async () => {
    const hub = await start();
    const once = hub.apply(widget("one", { spec: { size: 1 } }));
    expect(hub.apply(widget("one", { spec: { size: 1 } }))).toEqual(once);
  });

  it("refuses what a real server would refuse", async () => {
    const hub = await start();
    const { metadata } = hub.apply(widget("one"));
    const stale = widget("one", { metadata: { ...metadata, resourceVersion: "1" }, spec: { size: 2 } });
    expect(() => hub.apply(stale)).toThrow(expect.objectContaining({ reason: "Conflict" }));
    expect(() => hub.apply(widget("one", { metadata: { name: "one", namespace: "never" } }))).toThrow('namespaces "never" not found');
    expect(() => hub.apply(widget("one", { metadata: { name: "one" } }))).toThrow("set metadata.namespace");
    expect(() => hub.apply(widget("one", { kind: "Gadget" }))).toThrow("does not serve Gadget of example.com/v1");
  });

  it("hands out copies, so that nobody changes what stands", async () => {
    const hub = await start();
    const given = widget("one", { spec: { size: 1 } });
    hub.apply(given);
    (given.spec as { size: number }).size = 2;
    (hub.get("Widget", "fleet", "one")!.spec as { size: number }).size = 3;
    (hub.list("Widget")[0]!.spec as { size: number }).size = 4;
    expect(hub.get("Widget", "fleet", "one")?.spec).toEqual({ size: 1 });
  });

  it("lists a namespace or all of them", async () => {
    const hub = await start({ namespaces: ["fleet", "other"] });
    for (const namespace of ["fleet", "other"]) hub.apply(widget("one", { metadata: { name: "one", namespace } }));
    expect(hub.list("Widget")).toHaveLength(2);
    expect(hub.list("Widget", "other").map(({ metadata }) => metadata.namespace)).toEqual(["other"]);
    expect(hub.list("Namespace").map(({ metadata }) => metadata.name)).toEqual(["default", "fleet", "kube-system", "other"]);
    expect(hub.get("Widget", "fleet", "never")).toBeUndefined();
  });

  it("removes an object, or lets it wait for its finalizers", async () => {
    const hub = await start();
    hub.apply(widget("one"));
    const metadata = { name: "held", namespace: "fleet", finalizers: ["example.com/hold"] };
    hub.apply(widget("held", { metadata }));
    for (const name of ["one", "held"]) hub.remove("Widget", "fleet", name);
    expect(hub.get("Widget", "fleet", "one")).toBeUndefined();
    expect(hub.get("Widget", "fleet", "held")?.metadata.deletionTimestamp).toBeDefined();
    expect(() => hub.remove("Widget", "fleet", "one")).toThrow('widgets.example.com "one" not found');
  });

  it("removes a namespace with all that is in it, and nothing beside it", async () => {
    const hub = await start({ namespaces: ["fleet", "fleet-two"] });
    for (const namespace of ["fleet", "fleet-two"]) hub.apply(widget("one", { metadata: { name: "one", namespace } }));
    const watching = await ask(hub, `/apis/example.com/v1/widgets?watch=true`);
    hub.remove("Namespace", undefined, "fleet");
    expect(hub.list("Widget").map(({ metadata }) => metadata.namespace)).toEqual(["fleet-two"]);
    expect(await told(hub, watching)).toEqual(["ADDED one", "ADDED one", "DELETED one"]);
    expect((await ask(hub, path, "POST", widget("one"))).status).toBe(404);
    expect(() => hub.remove("Namespace", undefined, "fleet")).toThrow("not found");
  });
});

describe("kinds that come and go", () => {
  it("serves a kind from the moment it is named", async () => {
    const hub = await start({ kinds: [] });
    expect([(await ask(hub, path)).status, (await ask(hub, "/apis/example.com/v1")).status]).toEqual([404, 404]);
    hub.serve(widgets);
    hub.apply(widget("one"));
    expect([(await ask(hub, path)).status, (await ask(hub, "/apis/example.com/v1")).status]).toEqual([200, 200]);
  });

  it("takes the objects along when a kind goes, tells its watches, ends them, and knows nothing of it when it returns", async () => {
    const hub = await start();
    const { metadata } = hub.apply(widget("one"));
    const [watching, other] = [await ask(hub, `${path}?watch=true`), await ask(hub, "/api/v1/secrets?watch=true")];
    hub.unserve("widgets", "example.com");
    expect(await eventsOf(watching)).toEqual(["ADDED one", "DELETED one"]);
    expect(await (await ask(hub, path)).text()).toBe("404 page not found\n");
    expect(await told(hub, other)).toEqual([]);

    hub.serve(widgets);
    expect(hub.list("Widget")).toEqual([]);
    expect(await eventsOf(await ask(hub, `${path}?watch=true&resourceVersion=${metadata.resourceVersion}`))).toEqual(["ERROR undefined"]);
  });

  it("shows one object in every version of its kind", async () => {
    const hub = await start();
    const made = hub.apply(widget("one", { spec: { size: 1 } }));
    hub.serve({ ...widgets, apiVersion: "example.com/v2" });
    const watching = await ask(hub, `${path}?watch=true&resourceVersion=${made.metadata.resourceVersion}`);
    const patched = await ask(hub, `${path.replace("/v1/", "/v2/")}/one`, "PATCH", { spec: { size: 2 } });
    expect(await patched.json()).toMatchObject({ apiVersion: "example.com/v2", spec: { size: 2 } });
    expect(await (await ask(hub, `${path}/one`)).json()).toMatchObject({ apiVersion: "example.com/v1", spec: { size: 2 } });
    expect(await told(hub, watching)).toEqual(["MODIFIED one"]);
  });

  it("keeps what has no namespace apart from what has one", async () => {
    const cluster: HubKind = { apiVersion: "example.com/v1", kind: "Region", plural: "regions", namespaced: false };
    const hub = await start({ kinds: [cluster] });
    hub.apply({ apiVersion: "example.com/v1", kind: "Region", metadata: { name: "eu" }, spec: { open: true }, status: { seen: true } });
    expect(hub.get("Region", undefined, "eu")?.status).toEqual({ seen: true });
    expect(await (await ask(hub, "/apis/example.com/v1/regions/eu")).json()).toMatchObject({ kind: "Region", metadata: { name: "eu" } });
    expect((await ask(hub, "/apis/example.com/v1/regions/eu", "DELETE")).status).toBe(200);
    expect(hub.list("Region")).toEqual([]);
  });
});

describe("time and connections", () => {
  it("forgets on demand: older versions are too old for watches and pages, running watches go on", async () => {
    const hub = await start();
    for (const name of ["a", "b", "c"]) hub.apply(widget(name));
    const page = (await (await ask(hub, `${path}?limit=1`)).json()) as { metadata: { continue: string; resourceVersion: string } };
    const { continue: token, resourceVersion } = page.metadata;
    const watching = await ask(hub, `${path}?watch=true&resourceVersion=${resourceVersion}`);
    hub.compact();
    hub.apply(widget("d"));
    expect(await (await ask(hub, `${path}?limit=1&continue=${token}`)).json()).toMatchObject({ code: 410, reason: "Expired" });
    expect(await eventsOf(await ask(hub, `${path}?watch=true&resourceVersion=${resourceVersion}`))).toEqual(["ERROR undefined"]);
    expect(await (await ask(hub, `${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).json()).toMatchObject({
      code: 410,
    });
    expect(await told(hub, watching)).toEqual(["ADDED d"]);
  });

  it("sends bookmarks to a quiet watch that asked for them", async () => {
    const hub = await start({ bookmarkEvery: 20 });
    const { resourceVersion } = hub.apply(widget("one")).metadata;
    const quiet = `${path}?watch=true&resourceVersion=${resourceVersion}`;
    const [asked, not, ahead] = await Promise.all([
      ask(hub, `${quiet}&allowWatchBookmarks=true`),
      ask(hub, quiet),
      ask(hub, `${path}?watch=true&resourceVersion=999999&allowWatchBookmarks=true`),
    ]);
    await setTimeout(200);
    const events = await told(hub, asked);
    expect(events.length).toBeGreaterThan(5);
    expect(new Set(events)).toEqual(new Set(["BOOKMARK undefined"]));
    expect([await eventsOf(not), await eventsOf(ahead)]).toEqual([[], []]);
  });

  it("ends all watches on demand, and serves new ones", async () => {
    const hub = await start();
    const watching = await ask(hub, `${path}?watch=true`);
    hub.closeWatches();
    expect(await eventsOf(watching)).toEqual([]);
    hub.apply(widget("one"));
    expect(await told(hub, await ask(hub, `${path}?watch=true`))).toEqual(["ADDED one"]);
  });

  it("stops with its watches open, and starts again on its port as another cluster", async () => {
    const first = await start();
    const uid = first.get("Namespace", undefined, "kube-system")?.metadata.uid;
    const watching = await ask(first, `${path}?watch=true`);
    await first.stop();
    await expect(watching.text().catch(() => "cut")).resolves.toMatch(/^(cut)?$/);
    await expect(ask(first, path)).rejects.toThrow("fetch failed");
    const second = await start({ port: Number(new URL(first.url).port) });
    started.shift();
    expect(second.url).toBe(first.url);
    expect(second.get("Namespace", undefined, "kube-system")?.metadata.uid).not.toBe(uid);
  });
});

describe("users and the audit log", () => {
  const reads = { verbs: ["get", "list", "watch"], apiGroups: ["example.com"], resources: ["widgets"] };

  it.each([
    { may: "what a rule names", rules: [reads], asks: path, code: 200 },
    { may: "not what it does not name", rules: [reads], asks: "/api/v1/secrets", code: 403 },
    { may: "everything under stars", rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }], asks: "/api/v1/secrets", code: 200 },
    { may: "act inside the namespace of a rule", rules: [{ ...reads, namespace: "fleet" }], asks: path, code: 200 },
    { may: "not reach out of it", rules: [{ ...reads, namespace: "fleet" }], asks: "/apis/example.com/v1/widgets", code: 403 },
    { may: "get one by its name", rules: [{ ...reads, resourceNames: ["one"] }], asks: `${path}/one`, code: 200 },
    { may: "not get another", rules: [{ ...reads, resourceNames: ["one"] }], asks: `${path}/two`, code: 403 },
    { may: "not list all when named one", rules: [{ ...reads, resourceNames: ["one"] }], asks: path, code: 403 },
    {
      may: "list the one that is named",
      rules: [{ ...reads, resourceNames: ["one"] }],
      asks: `${path}?fieldSelector=metadata.name%3Done`,
      code: 200,
    },
    { may: "not see the status by a right to the object", rules: [reads], asks: `${path}/one/status`, code: 403 },
    { may: "see the status by its own right", rules: [{ ...reads, resources: ["widgets/status"] }], asks: `${path}/one/status`, code: 200 },
  ])("a user may $may", async ({ rules, asks, code }) => {
    const hub = await start({ users: [{ name: "reader", token: "reader-token", rules }] });
    for (const name of ["one", "two"]) hub.apply(widget(name));
    expect((await ask(hub, asks, "GET", undefined, "reader-token")).status).toBe(code);
  });

  it("is nobody without a token", async () => {
    const hub = await start();
    const answer = await fetch(hub.url + path);
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ message: expect.stringContaining('User "system:anonymous"') }),
    ]);
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${hub.url}/apis`)).status).toBe(403);
  });

  it("writes down who asked for what and how it was answered", async () => {
    const hub = await start({ users: [{ name: "reader", token: "reader-token", rules: [reads] }] });
    await ask(hub, "/readyz");
    await ask(hub, path, "POST", widget("one"));
    await ask(hub, path, "POST", widget("one"));
    await ask(hub, `${path}/one`, "PATCH", { metadata: { labels: { a: "b" } } });
    await ask(hub, `${path}/one/status`, "PUT", {}, "reader-token");
    await ask(hub, `${path}?limit=5`, "GET", undefined, "reader-token");
    await told(hub, await ask(hub, `${path}?watch=true`, "GET", undefined, "reader-token"));
    await ask(hub, `${path}/one`, "GET", undefined, "wrong");
    await ask(hub, `${path}/one`, "DELETE");
    const lines = hub.requests.map(({ user, verb, resource, namespace, name, code }) =>
      [user, verb, resource, namespace, name, code].join(" "),
    );
    expect(lines).toEqual([
      "admin create widgets fleet one 201",
      "admin create widgets fleet one 409",
      "admin patch widgets fleet one 200",
      "reader update widgets/status fleet one 403",
      "reader list widgets fleet  200",
      "reader watch widgets fleet  200",
      " get widgets fleet one 401",
      "admin delete widgets fleet one 200",
    ]);
    expect(hub.requests[4]?.path).toBe(`${path}?limit=5`);
  });

  it("says so when a check of yours breaks, and goes on", async () => {
    const validate = (): string => {
      throw new Error("the check broke");
    };
    const hub = await start({ kinds: [{ ...widgets, validate }] });
    const answer = await ask(hub, path, "POST", widget("one"));
    expect([answer.status, await answer.json()]).toEqual([
      500,
      expect.objectContaining({ message: "Internal error occurred: the check broke" }),
    ]);
    expect((await ask(hub, path)).status).toBe(200);
  });

  it("answers a path that is not spelled as one, and goes on", async () => {
    const hub = await start();
    expect((await ask(hub, "/api/v1/namespaces/%zz/secrets")).status).toBe(400);
    expect((await ask(hub, "/readyz")).status).toBe(200);
  });
});

it("goes on when something happens right after its watches were ended", async () => {
  const hub = await start();
  const watching = await ask(hub, `${path}?watch=1`);
  hub.closeWatches();
  hub.apply(widget("late"));
  expect(await watching.text()).not.toContain("late");
  expect((await ask(hub, `${path}/late`)).status).toBe(200);
});
