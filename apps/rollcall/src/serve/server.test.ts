import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { eventually, members, otherToken, ready, running, token } from "./serve.test.helper.ts";

const reason = (json: unknown): string => (json as { reason: string }).reason;
const message = (json: unknown): string => (json as { message: string }).message;
const names = (json: unknown): readonly string[] =>
  (json as { output: { parameters: { name: string }[] } }).output.parameters.map(({ name }) => name);
const many = Array.from({ length: 2000 }, (_, at) => `c${at}`);

describe("those who ask with a token", () => {
  it("get the parameters of Argo CD's plugin generator, for a list and for a placement", async () => {
    await using service = await running();
    const all = await service.post({ list: "argocd" });
    expect([all.status, all.headers["content-type"], names(all.json)]).toEqual([200, "application/json; charset=utf-8", ["paris", "oslo"]]);
    expect(all.headers["rollcall-generation"]).toBe("1");
    expect(names((await service.post({ list: "argocd", placement: { key: "web", namespace: "fleet" } })).json)).toEqual(["oslo"]);
  });

  it("get flux-operator's inputs, and clusters as JSON by query and by path", async () => {
    await using service = await running();
    expect(((await service.ask("/flux/v1/inputs?list=argocd")).json as { inputs: { id: string }[] }).inputs.map(({ id }) => id)).toEqual([
      "fleet.oslo",
      "fleet.paris",
    ]);
    const clusters = await service.ask("/api/v1/clusters?list=argocd&placement=web");
    const list = await service.ask("/api/v1/lists/argocd?placement=web");
    expect(clusters.json).toMatchObject({ list: "argocd", placement: { key: "web" }, clusters: [{ id: "fleet/oslo" }] });
    expect(list.json).toEqual(clusters.json);
  });

  it("are answered below the prefix, and nowhere else, while health stays where probes look for it", async () => {
    await using service = await running({ prefix: "/rollcall" });
    expect(service.serving.url).toMatch(/\/rollcall$/);
    expect((await service.post({ list: "argocd" })).status).toBe(200);
    expect((await service.ask("/../api/v1/clusters?list=argocd")).status).toBe(404);
    const root = service.serving.url.replace("/rollcall", "");
    expect((await fetch(`${root}/healthz`)).status).toBe(200);
    expect((await fetch(`${root}/api/v1/clusters?list=argocd`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
  });

  it("are told that nothing has changed, by the tag that they had", async () => {
    await using service = await running();
    const first = await service.ask("/api/v1/lists/argocd");
    const headers = { authorization: `Bearer ${token}`, "if-none-match": first.headers["etag"]! };
    const again = await service.ask("/api/v1/lists/argocd", { headers });
    expect([again.status, again.bytes.length, again.headers["etag"]]).toEqual([304, 0, first.headers["etag"]]);
    service.source.says.set("argocd", ready("2", "paris"));
    expect((await service.ask("/api/v1/lists/argocd", { headers })).status).toBe(200);
  });

  it.each([
    { size: "a short answer", clusters: many.slice(0, 20), atOnce: "gzip" },
    // It is compressed beside everything else; until then it is sent as it is.
    { size: "a long answer", clusters: many, atOnce: undefined },
  ])("get $size compressed, and it is the same", async ({ clusters, atOnce }) => {
    await using service = await running();
    service.source.says.set("argocd", ready("2", ...clusters));
    const get = (encoding: string) =>
      service.ask("/api/v1/lists/argocd", { headers: { authorization: `Bearer ${token}`, "accept-encoding": encoding } });
    const plain = await get("gzip;q=0, br");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    let packed = await get("br, gzip");
    expect(packed.headers["content-encoding"]).toBe(atOnce);
    await eventually(async () => (packed = await get("gzip")).headers["content-encoding"] === "gzip");
    expect(packed.headers["vary"]).toBe("accept-encoding");
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
  });

  it("hear the age of what is known, and nothing at all once the list says that it is too old", async () => {
    await using service = await running();
    service.source.says.set("argocd", { ...ready("1", "paris"), age: 40 });
    expect((await service.ask("/api/v1/lists/argocd")).headers["age"]).toBe("40");
    service.source.says.set("argocd", { is: "stale", seconds: 61 });
    const late = await service.ask("/api/v1/lists/argocd");
    expect([late.status, reason(late.json), late.headers["retry-after"]]).toEqual([503, "Stale", "30"]);
    service.source.says.set("argocd", ready("1", "paris"));
    expect((await service.ask("/api/v1/lists/argocd")).headers["age"]).toBeUndefined();
  });
});

describe("nobody is told less than all", () => {
  it.each([
    { what: { is: "filling" } as const, status: 503, says: "Filling" },
    { what: { is: "incomplete", why: "slice 1 is missing" } as const, status: 503, says: "Incomplete" },
    { what: { is: "held", why: "6 of 10", digest: "3f81" } as const, status: 503, says: "GuardHolds" },
    { what: { is: "ambiguous", why: "a/web, b/web" } as const, status: 409, says: "AmbiguousPlacement" },
    { what: { is: "no room", most: 100 } as const, status: 409, says: "TooManyPlacements" },
    { what: { is: "no placement", why: "there is none" } as const, status: 404, says: "NoPlacement" },
    { what: { is: "ready", generation: "1", members: [] } as const, status: 503, says: "Empty" },
  ])("$what.is: $status", async ({ what, status, says }) => {
    await using service = await running();
    service.source.says.set("argocd", what);
    const { headers, ...got } = await service.post({ list: "argocd" });
    expect([got.status, reason(got.json)]).toEqual([status, says]);
    expect(headers["retry-after"] !== undefined).toBe(status === 503);
  });

  it("an empty answer only when a decision says so, and it is asked for anew each time", async () => {
    await using service = await running();
    const empty = { allowed: true, passed: "acknowledged" } as const;
    service.source.says.set("argocd", { is: "ready", generation: "1", members: [], decision: { name: "fleet/web", size: 0 }, empty });
    expect((await service.post({ list: "argocd" })).text).toBe('{"output":{"parameters":[]}}');
    service.source.says.set("argocd", { is: "ready", generation: "1", members: [], decision: { name: "fleet/web", size: 0 } });
    expect((await service.post({ list: "argocd" })).status).toBe(503);
  });

  it("a cluster whose profile is gone is answered with the words that it had, until it is gone itself", async () => {
    await using service = await running();
    const before = names((await service.post({ list: "argocd" })).json);
    const nameless = members("paris", "oslo").map(({ id, plain, order }) => ({ id, plain, order: order! }));
    service.source.says.set("argocd", { is: "ready", generation: "2", members: nameless });
    expect(names((await service.post({ list: "argocd" })).json)).toEqual(before);
    service.serving.forget("argocd", "fleet/paris");
    service.source.says.set("argocd", { is: "ready", generation: "3", members: nameless });
    const forgotten = await service.post({ list: "argocd" });
    expect([forgotten.status, reason(forgotten.json)]).toEqual([503, "ProfileUnread"]);
  });

  it("a source that fails is an error, and the next question is answered", async () => {
    await using service = await running();
    const { says } = service.source;
    const get = says.get.bind(says);
    says.get = () => {
      throw new Error("lost");
    };
    const failed = await service.post({ list: "argocd" });
    expect([failed.status, reason(failed.json)]).toEqual([500, "Failed"]);
    says.get = get;
    expect((await service.post({ list: "argocd" })).status).toBe(200);
    expect(service.lines.join("")).toContain('"message":"answer failed","error":"lost"');
  });
});

it("what cannot be sent costs this one connection, and nobody else", async () => {
  await using service = await running();
  service.source.says.set("argocd", { ...ready("1\n2", "paris") });
  await expect(service.post({ list: "argocd" })).rejects.toThrow("socket hang up");
  service.source.says.set("argocd", ready("3", "paris"));
  expect((await service.post({ list: "argocd" })).status).toBe(200);
  expect(service.lines.join("")).toContain('"message":"answer failed"');
});

describe("a question that cannot be answered says what to do", () => {
  it.each([
    { when: "no such path", path: "/api/v2/clusters", method: "GET", status: 404, says: "/flux/v1/inputs" },
    { when: "a path with a bad escape", path: "/api/v1/lists/%E0%A4%A", method: "GET", status: 404, says: "correct the URL" },
    { when: "GET of what is posted", path: "/api/v1/getparams.execute", method: "GET", status: 405, says: "POST", allow: "POST" },
    { when: "POST of what is got", path: "/flux/v1/inputs", method: "POST", status: 405, says: "GET", allow: "GET" },
    { when: "DELETE", path: "/api/v1/clusters?list=argocd", method: "DELETE", status: 405, says: "GET", allow: "GET" },
    { when: "no list", path: "/api/v1/clusters", method: "GET", status: 400, says: "list expected" },
    {
      when: "a misspelt key",
      path: "/api/v1/clusters?list=argocd&placment=web",
      method: "GET",
      status: 400,
      says: "placment is not known",
    },
    { when: "the list twice", path: "/api/v1/lists/argocd?list=batch", method: "GET", status: 400, says: "list expected one value" },
    { when: "an unknown list", path: "/api/v1/lists/argo", method: "GET", status: 404, says: "only argocd, batch" },
  ])("$when: $status", async ({ path, method, status, says, allow }) => {
    await using service = await running();
    const { headers, ...got } = await service.ask(path, { method });
    expect(got.status).toBe(status);
    expect(Object.keys(got.json as object).toSorted()).toEqual(["message", "reason"]);
    expect(message(got.json)).toContain(says);
    expect(headers["allow"]).toBe(allow);
  });

  it.each([
    { when: "no JSON", body: "list=argocd", says: "not JSON" },
    { when: "an empty body", body: "", says: "not JSON" },
    { when: "null", body: "null", says: "the body expected an object" },
    { when: "deeper than anybody means", body: `{"input":${"[".repeat(30)}${"]".repeat(30)}}`, says: "nested deeper than 20" },
    {
      when: "deeper, behind text that looks like an end",
      body: `{"a":"\\"]}","input":${"[".repeat(60_000)}`,
      says: "nested deeper than 20",
    },
    { when: "text that never ends", body: `{"a":"${'\\"'.repeat(30_000)}`, says: "not JSON" },
    {
      when: "a prototype",
      body: '{"applicationSetName":"a","input":{"parameters":{"list":"argocd","__proto__":{"sort":"x"}}}}',
      says: "__proto__ is not known",
    },
    {
      when: "a selector of its own",
      body: '{"applicationSetName":"a","input":{"parameters":{"list":"argocd","selector":"a=b"}}}',
      says: "selector is not known",
    },
    {
      when: "a number for a list",
      body: '{"applicationSetName":"a","input":{"parameters":{"list":7}}}',
      says: "input.parameters.list expected a text",
    },
    { when: "no parameters, as Argo CD sends none", body: '{"applicationSetName":"a","input":{}}', says: "input.parameters.list" },
  ])("a body with $when: 400", async ({ body, says }) => {
    await using service = await running();
    const got = await service.ask("/api/v1/getparams.execute", { method: "POST", body });
    expect(got.status).toBe(400);
    expect(message(got.json)).toContain(says);
  });

  it("probes hear that it is alive, and when it is ready; their connections are not kept", async () => {
    let isReady = false;
    await using service = await running({ with: { isReady: () => isReady } });
    const alive = await service.ask("/healthz", { headers: {} });
    expect([alive.text, alive.headers["connection"]]).toEqual(["ok\n", "close"]);
    const early = await service.ask("/readyz", { headers: {} });
    expect([early.status, reason(early.json)]).toEqual([503, "NotReady"]);
    isReady = true;
    expect((await service.ask("/readyz", { headers: {} })).status).toBe(200);
  });
});

describe("strangers", () => {
  it.each([
    { when: "without a token", headers: {}, says: "Authorization: Bearer TOKEN" },
    { when: "with another token", headers: { authorization: `Bearer ${otherToken}` }, says: "Authorization: Bearer TOKEN" },
    { when: "with a part of it", headers: { authorization: `Bearer ${token.slice(0, -1)}` }, says: "Authorization: Bearer TOKEN" },
    { when: "with a password", headers: { authorization: `Basic ${Buffer.from(`a:${token}`).toString("base64")}` }, says: "Bearer TOKEN" },
    { when: "with the name of Argo CD's key", headers: { authorization: "Bearer $rollcall:token" }, says: "under the key" },
    { when: "with nothing behind the word", headers: { authorization: "Bearer " }, says: "Bearer TOKEN" },
  ])("$when are told nothing: 401", async ({ headers, says }) => {
    await using service = await running();
    const got = await service.ask("/api/v1/lists/argocd", { headers });
    expect([got.status, got.headers["www-authenticate"], got.headers["connection"]]).toEqual([401, "Bearer", "close"]);
    expect(message(got.json)).toContain(says);
    expect(got.text).not.toContain("paris");
    expect(service.source.questions).toEqual([]);
  });

  it("who fail again and again are told to wait, and whoever has the token is answered from the same address", async () => {
    await using service = await running();
    const statuses: number[] = [];
    for (let turn = 0; turn < 15; turn += 1) statuses.push((await service.ask("/api/v1/lists/argocd", { headers: {} })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
    const limited = await service.ask("/elsewhere", { headers: {} });
    expect([limited.status, Number(limited.headers["retry-after"])]).toEqual([429, expect.any(Number)]);
    expect((await service.post({ list: "argocd" })).status).toBe(200);
    expect((await service.ask("/healthz", { headers: {} })).status).toBe(200);
    // One line says it; a flood of them would be a weapon.
    expect(service.lines.filter((line) => line.includes('"status":429'))).toHaveLength(1);
  });
});

describe("a token with a scope", () => {
  const tokens = [{ file: "token", lists: ["argocd"], namespaces: ["fleet"], placements: ["web"] }];

  it("cannot tell what is beyond it from what does not exist", async () => {
    await using service = await running({ tokens });
    service.source.says.set("argocd key secret in fleet", ready("1", "oslo"));
    const [beyond, nowhere] = await Promise.all(["batch", "nowhere"].map((list) => service.post({ list, placement: { key: "web" } })));
    expect([beyond!.status, message(beyond!.json)]).toEqual([404, expect.stringContaining("only argocd;")]);
    expect(beyond!.text.replace("batch", "X")).toBe(nowhere!.text.replace("nowhere", "X"));
    const [secret, none] = await Promise.all(["secret", "sicret"].map((key) => service.post({ list: "argocd", placement: { key } })));
    expect(secret!.status).toBe(404);
    expect(secret!.text.replace("secret", "X")).toBe(none!.text.replace("sicret", "X"));
    expect((await service.post({ list: "argocd", placement: { key: "web", namespace: "other" } })).status).toBe(404);
    expect((await service.post({ list: "argocd" })).status).toBe(404);
    expect(service.source.questions).toEqual([]);
    expect(names((await service.post({ list: "argocd", placement: { key: "web" } })).json)).toEqual(["oslo"]);
  });
});

describe("the log", () => {
  it("says who asked for what and what came of it, and nothing that is secret", async () => {
    const told: unknown[] = [];
    await using service = await running({ with: { heard: (each) => told.push(each) } });
    await service.post({ list: "argocd", placement: { key: "web", namespace: "fleet" }, values: { canary: "sekrit-value" } });
    await service.ask("/api/v1/clusters?list=argocd&sekrit=query");
    await service.ask("/api/v1/clusters", { headers: { authorization: "Bearer sekrit-token-of-somebody" } });
    await service.post({ list: `a\u001b[2J\n${"x".repeat(200)}` });
    await service.post({ list: `a${"y".repeat(200)}` });
    await eventually(() => told.length === 5);
    const lines = service.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      level: "debug",
      message: "answered",
      method: "POST",
      route: "plugin",
      list: "argocd",
      placement: "fleet/key web",
      status: 200,
      bytes: expect.any(Number) as number,
      milliseconds: expect.any(Number) as number,
      token: service.files.at("token"),
    });
    expect(lines.slice(1).map(({ level, status }) => [level, status])).toEqual([
      ["info", 400],
      ["info", 401],
      ["info", 400],
      ["info", 404],
    ]);
    expect(lines[2]).toMatchObject({ from: "127.0.0.1" });
    const all = service.lines.join("");
    expect(all).not.toContain(token);
    expect(all).not.toContain("sekrit");
    for (const line of service.lines) expect(line.length).toBeLessThan(600);
  });
});
