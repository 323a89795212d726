import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startProxy, type Proxy } from "./proxy.ts";

let target: Server;
let proxy: Proxy;
let handle: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  handle = (request, response) => response.end(JSON.stringify({ url: request.url, token: request.headers.authorization }));
  target = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy({ target: `http://127.0.0.1:${(target.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await proxy.stop();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${proxy.url}${path}`, init);
const secrets = "/api/v1/secrets";

it("passes a request on with its query and token, and what it carries", async () => {
  const answer = await get(`${secrets}?limit=5`, { headers: { authorization: "Bearer mine" } });
  expect(await answer.json()).toEqual({ url: `${secrets}?limit=5`, token: "Bearer mine" });

  handle = (request, response) => {
    response.writeHead(409, { "content-type": "text/plain", "x-own": "kept" });
    request.pipe(response);
  };
  const refused = await get(secrets, { method: "POST", body: "a secret" });
  expect([refused.status, refused.headers.get("x-own"), await refused.text()]).toEqual([409, "kept", "a secret"]);
});

it.each([
  { says: "a 500", answer: { status: 500, body: "no" }, status: 500, body: "no", type: "application/json" },
  {
    says: "a 403 in plain text",
    answer: { status: 403, body: "go", contentType: "text/plain" },
    status: 403,
    body: "go",
    type: "text/plain",
  },
  { says: "an empty 200", answer: "empty 200", status: 200, body: "", type: "application/json" },
] as const)("answers with $says in the target's place", async ({ answer, status, body, type }) => {
  handle = () => expect.unreachable("the target is not asked");
  proxy.rule({ when: ({ path }) => path === secrets, answer });
  const got = await get(secrets, { method: "POST", body: "x".repeat(100_000) });
  expect([got.status, await got.text(), got.headers.get("content-type")]).toEqual([status, body, type]);
});

it("sends the headers that a rule names", async () => {
  proxy.rule({ when: () => true, answer: { status: 429, headers: { "retry-after": "1" } } });
  expect((await get(secrets)).headers.get("retry-after")).toBe("1");
});

it("breaks the connection when told to", async () => {
  proxy.rule({ when: () => true, answer: "reset" });
  await expect(get(secrets)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
});

it("lets requests through again after so many times, or when the rule is taken away", async () => {
  proxy.rule({ when: ({ method }) => method === "GET", answer: { status: 500 }, times: 2 });
  const takeAway = proxy.rule({ when: ({ path }) => path === "/version", answer: { status: 403 } });
  const statuses = [];
  for (const path of ["/version", secrets, secrets, "/version"]) statuses.push((await get(path)).status);
  takeAway();
  takeAway();
  statuses.push((await get("/version")).status);
  expect(statuses).toEqual([500, 500, 200, 403, 200]);
});

it("counts what came and who answered it", async () => {
  proxy.rule({ when: ({ isWatch }) => isWatch, answer: { status: 500 } });
  await get(`${secrets}?watch=true&resourceVersion=7`);
  await get(`${secrets}?watch=false`, { method: "DELETE" });
  expect(proxy.requests).toMatchObject([
    { method: "GET", path: secrets, isWatch: true, answeredBy: "rule", isHeard: true },
    { method: "DELETE", path: secrets, isWatch: false, answeredBy: "target", status: 200, isHeard: true },
  ]);
  expect(proxy.requests[0]?.query.get("resourceVersion")).toBe("7");
});

it("passes a watch on as it comes: its beginning, each event, and its end", async () => {
  let watch: ServerResponse | undefined;
  handle = (_, response) => {
    watch = response;
    response.flushHeaders();
  };
  const answer = await get(`${secrets}?watch=1`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (const event of ['{"type":"ADDED"}\n', '{"type":"DELETED"}\n']) {
    watch!.write(event);
    expect((await reader.read()).value).toBe(event);
  }
  watch!.end();
  expect((await reader.read()).done).toBe(true);
});

it("breaks open watches on demand, and goes on serving", async () => {
  let isOver: Promise<unknown> | undefined;
  handle = (_, response) => {
    isOver = new Promise((resolve) => response.once("close", resolve));
    response.flushHeaders();
  };
  const answer = await get(`${secrets}?watch=1`);
  proxy.closeAll();
  await expect(answer.text()).rejects.toThrow("terminated");
  await isOver;
  handle = (_, response) => response.end("again");
  expect(await (await get(secrets)).text()).toBe("again");
});

it("breaks when the target breaks, before an answer and in the middle of one", async () => {
  handle = (_, response) => void response.write("half", () => response.destroy());
  await expect(get(secrets).then((answer) => answer.text())).rejects.toThrow("terminated");
  handle = (request) => request.socket.destroy();
  await expect(get(secrets)).rejects.toThrow("fetch failed");
});
