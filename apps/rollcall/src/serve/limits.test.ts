import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { eventually, raw, ready, running, token } from "./serve.test.helper.ts";

const many = Array.from({ length: 4000 }, (_, at) => `c${at}`);
const head = (path: string, ...more: readonly string[]) =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n${more.join("")}\r\n`;
const post = (...more: readonly string[]) => head("/api/v1/getparams.execute", ...more).replace("GET", "POST");

it("the limits are those that the documentation names", () => {
  expect(limits).toEqual({
    bodyBytes: 65_536,
    headerBytes: 16_384,
    jsonDepth: 20,
    reading: 10_000,
    writing: 30_000,
    idle: 100_000,
    stopping: 5000,
    connections: 256,
    silent: 64,
    unread: 268_435_456,
  });
});

describe("those who take room and give nothing", () => {
  it("are shown the door where they come from one address and say nothing, and whoever has a token is answered", async () => {
    await using service = await running({ with: { limits: { connections: 20, silent: 5 } } });
    const known = await raw(service.serving.url);
    known.socket.write(head("/api/v1/lists/argocd"));
    await eventually(() => service.source.questions.length > 0);
    const strangers = await Promise.all(Array.from({ length: 40 }, () => raw(service.serving.url)));
    expect((await service.ask("/api/v1/lists/argocd")).status).toBe(200);
    expect((await service.ask("/healthz")).status).toBe(200);
    expect(known.socket.destroyed).toBe(false);
    for (const { socket } of [known, ...strangers]) socket.destroy();
  });

  it("ask for much and do not read it: others are told to come again, and probes are answered", async () => {
    await using service = await running({ with: { limits: { unread: 1_000_000 } } });
    service.source.says.set("argocd", ready("9", ...many));
    const slow = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const one = await raw(service.serving.url);
        one.socket.pause();
        one.socket.write(head("/api/v1/lists/argocd").repeat(4));
        return one;
      }),
    );
    await eventually(async () => (await service.ask("/api/v1/lists/argocd")).status === 503);
    expect((await service.ask("/api/v1/lists/argocd")).json).toMatchObject({ reason: "Busy" });
    expect((await service.ask("/healthz")).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
    await eventually(async () => (await service.ask("/api/v1/lists/argocd")).status === 200);
  });
});

describe("too much", () => {
  it("of a body is refused before it is read, where it says so itself", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(post("content-length: 65537\r\n"));
    expect(await all).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*"TooLarge"/);
  });

  it("of a body in chunks is refused as soon as it is too much", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(post("transfer-encoding: chunked\r\n"));
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    for (let turn = 0; turn < 5; turn += 1) socket.write(chunk);
    expect(await all).toMatch(/^HTTP\/1.1 413 /);
  });

  it("of a body of just the size that is taken is read", async () => {
    await using service = await running();
    const body = JSON.stringify({ applicationSetName: "web", input: { parameters: { list: "argocd" } } });
    const ask = (size: number) => service.ask("/api/v1/getparams.execute", { method: "POST", body: body.padEnd(size) });
    expect((await ask(65_536)).status).toBe(200);
    expect((await ask(65_537)).status).toBe(413);
  });

  it("of a body is not even read where a stranger sends it", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(post("content-length: 60000\r\n").replace(token, "nobody-knows-this-one"));
    expect(await all).toMatch(/^HTTP\/1.1 401 /);
  });

  it("of headers is refused in words", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(head("/healthz", `x: ${"y".repeat(17_000)}\r\n`));
    expect(await all).toMatch(/^HTTP\/1.1 431 [^]*"HeadersTooLarge"/);
  });

  it("of something else than HTTP is refused in words", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write("\x16\x03\x01 hello\r\n\r\n");
    expect(await all).toMatch(/^HTTP\/1.1 400 [^]*"BadRequest"/);
  });

  it("of connections are not taken, the log says so, and there is room again once one goes", async () => {
    await using service = await running({ with: { limits: { connections: 2 } } });
    const first = await raw(service.serving.url);
    await raw(service.serving.url);
    const third = await raw(service.serving.url);
    expect(await third.all).toBe("");
    expect(service.lines.join("")).toContain('"message":"too many connections","most":2');
    first.socket.destroy();
    await first.all;
    await eventually(async () => (await service.ask("/healthz").catch(() => undefined))?.status === 200);
  });
});

describe("too slow", () => {
  const reading = { with: { limits: { reading: 300 } } };

  it.each([
    { who: "says nothing at all", says: "" },
    { who: "never ends its headers", says: "GET /healthz HTTP/1.1\r\nhost: a\r\nx: y" },
    { who: "never ends its body", says: post("content-length: 100\r\n") + "{" },
  ])("whoever $who is cut off", async ({ says }) => {
    await using service = await running(reading);
    const { socket, all } = await raw(service.serving.url);
    socket.write(says);
    expect(await all).toMatch(/^HTTP\/1.1 408 [^]*"TooSlow"/);
    expect(service.lines.join("")).not.toContain("answer failed");
  });

  it("whoever sends its headers byte by byte is cut off all the same", async () => {
    await using service = await running(reading);
    const { socket, all } = await raw(service.serving.url);
    socket.write("GET /healthz HTTP/1.1\r\n");
    const drip = setInterval(() => socket.write("x"), 20);
    expect(await all).toMatch(/^HTTP\/1.1 408 /);
    clearInterval(drip);
  });

  it("whoever does not read its answer is cut off, and the log says so; others are answered meanwhile", async () => {
    await using service = await running({ with: { limits: { writing: 300 } } });
    service.source.says.set("argocd", ready("1", ...many));
    const { socket, all } = await raw(service.serving.url);
    socket.pause();
    // Several answers, more than any buffer between us holds.
    socket.write(head("/api/v1/lists/argocd").repeat(8));
    expect((await service.ask("/api/v1/lists/argocd")).status).toBe(200);
    await eventually(() => service.lines.join("").includes('"message":"answer cut off"'));
    socket.resume();
    await all;
  });

  it("whoever hangs up in the middle of its question is no error of ours", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(`${post("content-length: 100\r\n")}{`);
    await eventually(() => true);
    socket.destroy();
    await all;
    await eventually(() => service.lines.length > 0);
    expect(service.lines.join("")).not.toContain("answer failed");
  });
});

describe("a connection", () => {
  it("is kept for those who are known, and not for strangers", async () => {
    await using service = await running();
    const { socket, all } = await raw(service.serving.url);
    socket.write(head("/api/v1/lists/argocd"));
    await once(socket, "data");
    socket.write(head("/api/v1/lists/argocd").replace(token, "nobody-knows-this-one"));
    const text = await all;
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 401"]);
  });
});

describe("when it is stopped", () => {
  it("what is at work is finished, nothing new is taken, and whoever only waits is let go", async () => {
    const service = await running();
    service.source.says.set("argocd", ready("1", ...many));
    const idle = await raw(service.serving.url);
    const kept = await raw(service.serving.url);
    kept.socket.write(head("/api/v1/lists/argocd", "accept-encoding: identity\r\n"));
    await once(kept.socket, "data");
    const working = await raw(service.serving.url);
    const body = JSON.stringify({ applicationSetName: "web", input: { parameters: { list: "argocd" } } });
    working.socket.write(`${post(`content-length: ${body.length}\r\n`)}${body.slice(0, 10)}`);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    const stopped = service.serving.stop();
    expect(await idle.all).toBe("");
    await expect(raw(service.serving.url)).rejects.toThrow("ECONNREFUSED");
    working.socket.write(body.slice(10));
    const answer = await working.all;
    expect(answer.slice(0, 500)).toMatch(/^HTTP\/1.1 200 [^]*connection: close/i);
    expect(answer.slice(-1000)).toContain('"name":"c3999"');
    await kept.all;
    const before = performance.now();
    await stopped;
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("those who never end are not waited for", async () => {
    const service = await running({ with: { limits: { stopping: 200 } } });
    const { socket, all } = await raw(service.serving.url);
    socket.write(`${post("content-length: 100\r\n")}{`);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    await service.serving.stop();
    expect(await all).toBe("");
  });
});
