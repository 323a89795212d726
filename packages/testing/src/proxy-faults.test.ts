import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request as secure } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { KubeObject } from "@rollcall/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProxyAnswer } from "./fault-plan.ts";
import { startProxy, type Proxy } from "./proxy.ts";

let target: Server;
let proxy: Proxy;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
/** What reached the target. */
let reached: string[];

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  reached = [];
  handle = (_, response) => response.end("0123456789");
  target = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    handle(request, response);
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy({ target: urlOf(target) });
});

afterEach(async () => {
  await proxy.stop();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

const secrets = "/api/v1/namespaces/argocd/secrets";
const get = (path: string = secrets, init: RequestInit = {}): Promise<Response> => fetch(`${proxy.url}${path}`, init);
const soon = (): AbortSignal => AbortSignal.timeout(150);

describe("answers in the target's place", () => {
  it("a status comes with the wait that it asks for", async () => {
    proxy.rule({ answer: { status: 429, retryAfter: 7 } });
    const { status, headers } = await get();
    expect([status, headers.get("retry-after"), reached]).toEqual([429, "7", []]);
  });

  it("HTML 200 is a page for people", async () => {
    proxy.rule({ answer: "HTML 200" });
    const answer = await get();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toContain("<title>");
  });

  it("an expired token is a 410 as an API server words it", async () => {
    proxy.rule({ when: ({ query }) => query.has("continue"), answer: "expired" });
    expect((await get(`${secrets}?limit=1`)).status).toBe(200);
    const answer = await get(`${secrets}?limit=1&continue=abc`);
    expect([answer.status, await answer.json()]).toEqual([410, expect.objectContaining({ kind: "Status", reason: "Expired", code: 410 })]);
  });

  it("half-open is no answer at all, and the target is spared", async () => {
    proxy.rule({ answer: "half-open" });
    await expect(get(secrets, { signal: soon() })).rejects.toThrow("timeout");
    expect(reached).toEqual([]);
  });
});

describe("the target does it, and the client is told something else", () => {
  it.each<{ says: string; answer: ProxyAnswer; error: string }>([
    { says: "nothing, the connection breaks", answer: "reset", error: "fetch failed" },
    { says: "nothing, for ever", answer: "half-open", error: "timeout" },
  ])("$says", async ({ answer, error }) => {
    handle = (_, response) => response.writeHead(201).end("{}");
    proxy.rule({ verb: "create", phase: "after", answer });
    await expect(get(secrets, { method: "POST", body: "{}", signal: soon() })).rejects.toThrow(error);
    expect(reached).toEqual([`POST ${secrets}`]);
    expect(proxy.requests).toMatchObject([{ verb: "create", answeredBy: "rule", status: 201, body: "{}" }]);
  });

  it("a 500", async () => {
    proxy.rule({ phase: "after", answer: { status: 500 } });
    expect((await get(secrets, { method: "DELETE" })).status).toBe(500);
    expect(reached).toEqual([`DELETE ${secrets}`]);
  });
});

describe("something happens at this very moment", () => {
  it.each([
    { phase: "before", sees: 0 },
    { phase: "after", sees: 1 },
  ] as const)("$phase the target has it", async ({ phase, sees }) => {
    let seen = -1;
    proxy.rule({ nth: 2, phase, meanwhile: () => Promise.resolve().then(() => (seen = reached.length)) });
    handle = (request, response) => response.end(request.url);
    await get("/version");
    reached = [];
    expect(await (await get("/readyz")).text()).toBe("/readyz");
    expect(seen).toBe(sees);
  });
});

describe("the target's answer comes through other than it was", () => {
  it.each(["before", "after"] as const)("comes later, held up %s the target has it", async (phase) => {
    proxy.rule({ phase, answer: { stall: 120 } });
    const begun = performance.now();
    const answer = get();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(reached).toHaveLength(phase === "before" ? 0 : 1);
    expect(await (await answer).text()).toBe("0123456789");
    expect(performance.now() - begun).toBeGreaterThan(110);
  });

  it("ends too early, and nobody can tell", async () => {
    handle = (_, response) => response.writeHead(200, { "content-length": 10 }).end("0123456789");
    proxy.rule({ answer: { truncate: 4 } });
    expect(await (await get()).text()).toBe("0123");
  });

  it("passes whole where it is shorter than that", async () => {
    proxy.rule({ answer: { truncate: 400, then: "reset" } });
    await expect(get(secrets, { signal: soon() }).then(text200)).resolves.toBe("0123456789");
  });

  it("breaks in the middle", async () => {
    proxy.rule({ answer: { truncate: 4, then: "reset" } });
    const reader = (await get()).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("0123");
    await expect(reader.read()).rejects.toThrow("terminated");
    await vi.waitFor(() => expect(proxy.requests).toMatchObject([{ status: 200, isOver: true }]));
    expect(proxy.requests[0]!.isHeard).toBeUndefined();
  });

  it.each([0, 4])("is silent for ever after %i bytes", async (truncate) => {
    proxy.rule({ answer: { truncate, then: "half-open" } });
    const answer = await get(secrets, { signal: soon() });
    expect(answer.status).toBe(200);
    expect(proxy.requests[0]!.isOver).toBeUndefined();
    await expect(answer.text()).rejects.toThrow("timeout");
  });

  it("drips", async () => {
    proxy.rule({ answer: { drip: 3, every: 30 } });
    const begun = performance.now();
    expect(await (await get()).text()).toBe("0123456789");
    expect(performance.now() - begun).toBeGreaterThan(80);
  });

  it("says that it is something else", async () => {
    proxy.rule({ answer: { contentType: "text/html" } });
    const answer = await get();
    expect([answer.headers.get("content-type"), await answer.text()]).toEqual(["text/html", "0123456789"]);
  });
});

describe("events of a watch", () => {
  const event = (name: string, type: string = "ADDED"): string => `{"type":"${type}","object":{"metadata":{"name":"${name}"}}}\n`;
  const watched = [event("b1", "BOOKMARK"), event("paris"), event("b2", "BOOKMARK"), event("oslo"), event("rome", "MODIFIED")];

  it.each<{ what: string; answer: ProxyAnswer; names: readonly string[] }>([
    { what: "lost", answer: { event: 2, is: "lost" }, names: ["b1", "paris", "b2", "rome"] },
    { what: "told twice", answer: { event: 1, is: "doubled" }, names: ["b1", "paris", "paris", "b2", "oslo", "rome"] },
    { what: "overtaken by others", answer: { event: 1, is: "late", by: 250 }, names: ["b1", "b2", "oslo", "rome", "paris"] },
    { what: "replaced by an ERROR", answer: { event: 2, is: "expired" }, names: ["b1", "paris", "b2", "410"] },
    { what: "lost because of its type", answer: { event: 1, of: "MODIFIED", is: "lost" }, names: ["b1", "paris", "b2", "oslo"] },
    { what: "lost because of its name", answer: { event: 1, about: "oslo", is: "lost" }, names: ["b1", "paris", "b2", "rome"] },
    { what: "never reached, for the watch is too old", answer: { event: 0, is: "expired" }, names: ["410"] },
  ])("one is $what", async ({ answer, names }) => {
    handle = (_, response) => {
      // In pieces that end anywhere, as they come over a network.
      const all = watched.join("");
      response.write(all.slice(0, 100));
      setTimeout(() => response.write(all.slice(100)), 10);
      setTimeout(() => response.end(), 30);
    };
    proxy.rule({ verb: "watch", answer });
    const lines = (await (await get(`${secrets}?watch=1`)).text()).trimEnd().split("\n");
    const told = lines.map((line) => (JSON.parse(line) as { readonly object: Partial<KubeObject> & { readonly code?: number } }).object);
    expect(told.map(({ metadata, code }) => metadata?.name ?? String(code))).toEqual(names);
  });
});

describe("connections", () => {
  it("those that are open fall silent on demand, and new ones are served", async () => {
    let watch: ServerResponse | undefined;
    handle = (_, response) => {
      watch = response;
      response.flushHeaders();
    };
    const answer = await get(`${secrets}?watch=1`, { signal: AbortSignal.timeout(300) });
    proxy.fallSilent();
    watch!.write("never heard");
    // Not even the end of the target is.
    watch!.destroy();
    handle = (_, response) => response.end("new");
    expect(await (await get(secrets, { headers: { connection: "close" } })).text()).toBe("new");
    await expect(answer.text()).rejects.toThrow("timeout");
  });

  it("only those that are meant fall silent", async () => {
    handle = (_, response) => void response.write("begun\n");
    const [watch, other] = [await get(`${secrets}?watch=1`), await get(`/version`)];
    proxy.fallSilent(({ isWatch }) => isWatch);
    target.closeAllConnections();
    await expect(other.text()).rejects.toThrow("terminated");
    const reader = watch.body!.getReader();
    await reader.read();
    const end = reader.read().then(() => "an end");
    expect(await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 60, "nothing"))])).toBe("nothing");
    void reader.cancel();
  });

  it("with TLS in front, whoever has its CA trusts it, and faults are the same", async () => {
    const hidden = await startProxy({ target: urlOf(target), tls: true });
    const ask = (ca: string | undefined, host = "127.0.0.1"): Promise<string> =>
      new Promise((resolve, reject) => {
        const url = hidden.url.replace("127.0.0.1", host);
        const request = secure(url, { ...(ca !== undefined && { ca }), agent: false }, (answer) => void text(answer).then(resolve, reject));
        request.once("error", reject).end();
      });
    expect(hidden.url).toMatch(/^https:/);
    expect(await ask(hidden.ca)).toBe("0123456789");
    expect(await ask(hidden.ca, "localhost")).toBe("0123456789");
    await expect(ask(undefined)).rejects.toThrow("self-signed");
    hidden.rule({ answer: "reset" });
    await expect(ask(hidden.ca)).rejects.toThrow("socket hang up");
    await hidden.stop();
  });
});

function text200(answer: Response): Promise<string> {
  expect(answer.status).toBe(200);
  return answer.text();
}
