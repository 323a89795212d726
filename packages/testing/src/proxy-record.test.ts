import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startProxy, type Proxy } from "./proxy.ts";

/** A server with one collection, whose version grows with each write. */
let secrets: Map<string, { readonly labels: object; readonly resourceVersion: string }>;
let version: number;
let watches: ServerResponse[];
let target: Server;
let proxy: Proxy;

const path = "/api/v1/namespaces/argocd/secrets";

beforeEach(async () => {
  secrets = new Map();
  version = 10;
  watches = [];
  put("paris", { mine: "yes" });
  put("oslo", {});
  target = createServer(answer);
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy({ target: `http://127.0.0.1:${(target.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await proxy.stop();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

function put(name: string, labels: object): void {
  version += 1;
  secrets.set(name, { labels, resourceVersion: String(version) });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.authorization !== "Bearer mine") return void response.writeHead(401).end();
  if (request.url!.includes("watch=1")) {
    response.flushHeaders();
    return void watches.push(response);
  }
  if (request.method === "DELETE") secrets.delete(request.url!.split("/").at(-1)!);
  const items = [...secrets].map(([name, metadata]) => ({ metadata: { name, ...metadata }, data: { key: "eA==" } }));
  response.end(JSON.stringify({ kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: String(version) }, items }));
}

const get = (query: string = "", headers: object = {}, method = "GET"): Promise<Response> =>
  fetch(`${proxy.url}${path}${query}`, {
    method,
    headers: { authorization: "Bearer mine", ...headers },
    signal: AbortSignal.timeout(2000),
  });

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function names(query: string = ""): Promise<readonly string[]> {
  return ((await (await get(query)).json()) as Listed).items.map(({ metadata }) => metadata.name);
}

it("what was recorded is what is read, whatever happens meanwhile, until it thaws", async () => {
  await get("?limit=500");
  await proxy.freeze();
  put("rome", {});
  await get("/paris", {}, "DELETE");
  expect([...secrets.keys()]).toEqual(["oslo", "rome"]);
  expect(await names()).toEqual(["paris", "oslo"]);
  expect(await names("?labelSelector=mine%3Dyes")).toEqual(["paris"]);
  expect(await (await get()).json()).toMatchObject({ kind: "SecretList", metadata: { resourceVersion: "12" } });
  proxy.thaw();
  expect(await names()).toEqual(["oslo", "rome"]);
  expect(proxy.requests.map(({ verb, answeredBy }) => `${verb} ${answeredBy}`)).toEqual([
    "list target",
    "delete target",
    "list record",
    "list record",
    "list record",
    "list target",
  ]);
});

it("one object is read as it was, whole or without its data", async () => {
  await get();
  await proxy.freeze();
  secrets.clear();
  expect(await (await get("/paris")).json()).toMatchObject({ apiVersion: "v1", kind: "Secret", data: { key: "eA==" } });
  const bare = await (await get("/paris", { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" })).json();
  expect(bare).toEqual({
    apiVersion: "meta.k8s.io/v1",
    kind: "PartialObjectMetadata",
    metadata: { name: "paris", labels: { mine: "yes" }, resourceVersion: "11" },
  });
  const absent = await get("/rome");
  expect([absent.status, await absent.json()]).toEqual([404, expect.objectContaining({ reason: "NotFound" })]);
});

it("what nobody has read before is read from the target", async () => {
  await proxy.freeze();
  expect(await names()).toEqual(["paris", "oslo"]);
  expect(proxy.requests.at(-1)?.answeredBy).toBe("target");
});

it("a rule comes before the record", async () => {
  await get();
  await proxy.freeze();
  proxy.rule({ verb: "list", answer: { status: 503 } });
  expect((await get()).status).toBe(503);
});

it("watches hear of nothing: old ones until it thaws, new ones at all", async () => {
  const old = (await get("?watch=1&resourceVersion=12")).body!.pipeThrough(new TextDecoderStream()).getReader();
  await proxy.freeze();
  watches[0]!.write("event\n");
  const young = await get("?watch=1&resourceVersion=12");
  const heard = old.read();
  expect(await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 60, "nothing"))])).toBe("nothing");
  proxy.thaw();
  expect((await heard).value).toBe("event\n");
  expect(await young.text()).toBe("");
});

it("a watch from before the record is told that it is too old, and one that asks for the state gets it", async () => {
  await get();
  await proxy.freeze();
  expect(await (await get("?watch=1&resourceVersion=11")).text()).toContain('"code":410');
  const initial = await get("?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
  proxy.thaw();
  const lines = (await initial.text()).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { readonly type: string }).type)).toEqual(["ADDED", "ADDED", "BOOKMARK"]);
  expect(lines.at(-1)).toContain("k8s.io/initial-events-end");
});

it("is recorded with the rights of whoever read it, or not at all", async () => {
  await fetch(`${proxy.url}${path}`);
  await expect(proxy.freeze()).rejects.toThrow(`cannot record ${path}: its target answered 401`);
});
