import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { inTurn, says, scripted } from "./scripted.test.helper.ts";
import { openTransport } from "./transport.ts";

const path = "/api/v1/namespaces/argocd/secrets";
const get = { method: "GET", path } as const;
const ok = { kind: "SecretList" };
const okLine = says(200, '{"kind":"SecretList"}\n', { "content-type": "application/json" });

async function linesOf(lines: Promise<AsyncIterable<string>>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of await lines) all.push(line);
  return all;
}

describe("a call", () => {
  it("sends what is said and gives the JSON that comes back", async () => {
    await using server = await scripted(says(201, { kind: "Secret" }));
    const body = { kind: "Secret", data: { name: "cGFyaXM=" } };
    await expect(server.transport.call({ method: "POST", path: `${path}?fieldManager=rollcall`, body })).resolves.toEqual({
      kind: "Secret",
    });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: "POST", path, body: JSON.stringify(body) });
    expect(asked?.query.get("fieldManager")).toBe("rollcall");
    expect(asked?.headers).toMatchObject({ accept: "application/json", "content-type": "application/json", "user-agent": "rollcall" });
  });

  it("carries no body, type or login when there is none", async () => {
    await using server = await scripted(says(200, ok));
    await server.transport.call(get);
    expect(server.asked[0]?.headers).not.toHaveProperty("content-type");
    expect(server.asked[0]?.headers).not.toHaveProperty("authorization");
  });

  it("carries the token of the moment, each time", async () => {
    await using server = await scripted(okLine);
    const tokens = ["first", "second", "third"];
    const transport = openTransport({ url: server.url, token: () => Promise.resolve(tokens.shift()) });
    await transport.call(get);
    await transport.call(get);
    await linesOf(transport.lines(get));
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second", "Bearer third"]);
    await transport.close();
  });

  it("is not sent when there should be a token and there is none to read", async () => {
    await using server = await scripted(says(200, ok));
    const transport = openTransport({ url: server.url, token: () => Promise.reject(new Error("no token file")) });
    await expect(transport.call(get)).rejects.toMatchObject({
      reason: "Unreachable",
      message: expect.stringContaining("no token file") as string,
    });
    expect(server.asked).toEqual([]);
    await transport.close();
  });

  it.each(["/k8s/clusters/c-1", "/k8s/clusters/c-1/", ""])("keeps the path that the server's URL has: %j", async (prefix) => {
    await using server = await scripted(okLine);
    const transport = openTransport({ url: `${server.url}${prefix}` });
    await transport.call(get);
    await linesOf(transport.lines(get));
    expect(server.asked.map((each) => each.path)).toEqual(Array(2).fill(`${prefix.replace(/\/$/, "")}${path}`));
    await transport.close();
  });

  it("is not held up by watches, however many are open", async () => {
    await using server = await scripted((response, asked) =>
      asked.query.has("watch")
        ? void response.writeHead(200, { "content-type": "application/json" }).write("\n")
        : says(200, ok)(response, asked),
    );
    const transport = openTransport({ url: server.url }, { connections: 1 });
    await Promise.all([1, 2, 3].map(() => transport.lines({ method: "GET", path: `${path}?watch=1` })));
    await expect(transport.call(get)).resolves.toEqual(ok);
    await transport.close();
  });
});

describe("a call that goes wrong", () => {
  it("is a typed error with the server's reason and the wait that it asks for", async () => {
    const status = { kind: "Status", reason: "TooManyRequests", message: "slow down" };
    await using server = await scripted(says(429, status, { "retry-after": "3" }));
    const error = { status: 429, reason: "TooManyRequests", retryAfter: 3000, message: `GET ${path}: 429 slow down` };
    const answers = [server.transport.call(get), server.transport.lines(get)];
    await Promise.all(answers.map((answer) => expect(answer).rejects.toMatchObject(error)));
  });

  it("says where but not what: neither query nor body stand in the error", async () => {
    await using server = await scripted(says(500, "no"));
    const call = { method: "POST", path: `${path}?continue=s3cret`, body: { data: "s3cret" } } as const;
    await expect(server.transport.call(call)).rejects.toMatchObject({ message: `POST ${path}: 500 no` });
  });

  it.each([
    { what: "an empty answer", answer: says(200, "") },
    { what: "a proxy's page", answer: says(200, "<html>please log in</html>", { "content-type": "text/html" }) },
    { what: "a list that is no object", answer: says(200, []) },
    { what: "nothing", answer: says(200, "null") },
    { what: "half an answer", answer: says(200, '{"kind":"SecretList","items":[') },
    { what: "packed bytes that nobody asked for", answer: says(200, gzipSync("{}").toString("latin1"), { "content-encoding": "gzip" }) },
  ])("takes $what for no answer of an API server", async ({ answer }) => {
    await using server = await scripted(answer);
    await expect(server.transport.call(get)).rejects.toMatchObject({ reason: "ForeignAnswer", status: 0, retry: true });
  });

  it.each([301, 302, 307, 308])("does not follow a server that sends it elsewhere, where its token would go too: %i", async (status) => {
    await using elsewhere = await scripted(says(200, ok));
    await using server = await scripted(says(status, "", { location: `${elsewhere.url}/login` }));
    const transport = openTransport({ url: server.url, token: () => Promise.resolve("s3cret") });
    await expect(transport.call({ ...get, method: "POST", body: {} })).rejects.toMatchObject({ status });
    await expect(transport.lines(get)).rejects.toMatchObject({ status });
    expect([server.asked.length, elsewhere.asked.length]).toEqual([2, 0]);
    await transport.close();
  });

  it("is given up when the answer is larger than an API server's can be", async () => {
    const closed = vi.fn();
    await using server = await scripted((response) => {
      response.on("close", closed);
      response.writeHead(200, { "content-type": "application/json" });
      const write = (): void => void response.write("x".repeat(2 ** 20), () => response.destroyed || write());
      write();
    });
    await expect(server.transport.call(get)).rejects.toMatchObject({
      reason: "TooLarge",
      message: `GET ${path}: the answer goes on after 32 MiB, which no API server's does; it was not read on`,
    });
    const lines = await server.transport.lines(get);
    await expect(lines[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: "TooLarge" });
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2));
  });

  it("is an error as soon as there is enough of it, also when it does not end", async () => {
    const closed = vi.fn();
    await using server = await scripted((response) => {
      response.on("close", closed);
      response.writeHead(500, { "content-type": "text/html" }).write("x".repeat(100_000));
    });
    await expect(server.transport.lines(get)).rejects.toMatchObject({ status: 500 });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it("is unreachable when its time is over", async () => {
    await using server = await scripted(() => {});
    await expect(server.transport.call({ ...get, timeout: 30 })).rejects.toMatchObject({ reason: "Unreachable", retry: true });
    const { signal } = new AbortController();
    await expect(server.transport.call({ ...get, timeout: 30, signal })).rejects.toMatchObject({ reason: "Unreachable" });
  });

  it("is unreachable when its time is over in the middle of the answer", async () => {
    await using server = await scripted(
      (response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"kind":'),
    );
    await expect(server.transport.call({ ...get, timeout: 50 })).rejects.toMatchObject({ reason: "Unreachable" });
  });

  it("ends at once when it is told to stop", async () => {
    await using server = await scripted(() => stop.abort());
    const stop = new AbortController();
    await expect(server.transport.call({ ...get, signal: stop.signal })).rejects.toMatchObject({ reason: "Unreachable" });
    await expect(server.transport.lines({ ...get, signal: stop.signal })).rejects.toMatchObject({ reason: "Unreachable" });
  });

  it("is unreachable when the connection is reset, and the next one works", async () => {
    await using server = await scripted(inTurn((response) => void response.destroy(), says(200, ok)));
    await expect(server.transport.call({ ...get, method: "POST" })).rejects.toMatchObject({ reason: "Unreachable" });
    await expect(server.transport.call(get)).resolves.toEqual(ok);
  });

  it("is unreachable when nobody listens, and says so in words", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    taken.close();
    const transport = openTransport({ url: `http://127.0.0.1:${port}` });
    await expect(transport.call(get)).rejects.toThrow(`GET ${path}: connect ECONNREFUSED 127.0.0.1:${port}`);
    await transport.close();
  });

  it("is unreachable when the transport closes under it", async () => {
    await using server = await scripted(() => void server.transport.close());
    await expect(server.transport.call(get)).rejects.toMatchObject({ reason: "Unreachable" });
  });
});

describe("lines", () => {
  /** Answers with these chunks, each in a packet of its own, and then ends well. */
  const inPieces = (...chunks: readonly (string | Buffer)[]) =>
    scripted((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      void (async () => {
        for (const chunk of chunks) await new Promise((resolve) => response.write(chunk, () => setTimeout(resolve, 5)));
        response.end();
      })();
    });

  it("are whole wherever the network cuts them", async () => {
    await using server = await inPieces('{"a"', ':1}\n{"b":2}\n{"c', '":3}\n', "\n", '{"d":4}\n');
    await expect(linesOf(server.transport.lines(get))).resolves.toEqual(['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}']);
  });

  it("are whole when the cut goes through a character", async () => {
    const text = Buffer.from('{"name":"Zürich 東京 🗼"}\n');
    await using server = await inPieces(...Array.from(text, (byte) => Buffer.of(byte)));
    await expect(linesOf(server.transport.lines(get))).resolves.toEqual(['{"name":"Zürich 東京 🗼"}']);
  });

  it.each([
    { how: "in a line", chunks: ['{"a":1}\n{"b":'] },
    { how: "in the first character of a line", chunks: ['{"a":1}\n', Buffer.from("東").subarray(0, 2)] },
  ])("that end $how are a failure, after those that are whole", async ({ chunks }) => {
    await using server = await inPieces(...chunks);
    const lines = (await server.transport.lines(get))[Symbol.asyncIterator]();
    await expect(lines.next()).resolves.toEqual({ done: false, value: '{"a":1}' });
    await expect(lines.next()).rejects.toMatchObject({
      reason: "ForeignAnswer",
      message: expect.stringContaining("middle of a line") as string,
    });
  });

  it("that are cut off by the network are a failure too, also after a whole line", async () => {
    await using server = await scripted((response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"a":1}\n');
      setTimeout(() => response.destroy(), 20);
    });
    const lines = (await server.transport.lines(get))[Symbol.asyncIterator]();
    await lines.next();
    await expect(lines.next()).rejects.toMatchObject({ reason: "Unreachable" });
  });

  it("end with an error when they are told to stop", async () => {
    await using server = await scripted(
      (response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"a":1}\n'),
    );
    const stop = new AbortController();
    const lines = (await server.transport.lines({ ...get, signal: stop.signal }))[Symbol.asyncIterator]();
    await lines.next();
    const next = lines.next();
    stop.abort();
    await expect(next).rejects.toMatchObject({ reason: "Unreachable" });
  });

  it("come no more once they are told to stop, not even those that were there already", async () => {
    await using server = await scripted(
      (response) => void response.writeHead(200, { "content-type": "application/json" }).write('{"a":1}\n{"b":2}\n'),
    );
    const stop = new AbortController();
    const lines = (await server.transport.lines({ ...get, signal: stop.signal }))[Symbol.asyncIterator]();
    await expect(lines.next()).resolves.toEqual({ done: false, value: '{"a":1}' });
    stop.abort();
    await expect(lines.next()).rejects.toMatchObject({ reason: "Unreachable" });
    await expect(lines.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it("wait for a slow reader at the server's, not here", async () => {
    const all = 4000;
    let written = 0;
    await using server = await scripted((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const write = (): void => {
        while (written < all) if (!response.write(`"${"x".repeat(10_000)}${(written += 1)}"\n`)) return void response.once("drain", write);
        response.end();
      };
      write();
    });
    const lines = await server.transport.lines(get);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(written).toBeLessThan(all);
    let read = 0;
    for await (const line of lines) expect(line.endsWith(`x${(read += 1)}"`)).toBe(true);
    expect(read).toBe(all);
  });

  it("leave no connection behind when nobody reads on", async () => {
    const closed = vi.fn();
    await using server = await scripted((response) => {
      response.on("close", closed);
      response.writeHead(200, { "content-type": "application/json" }).write('{"a":1}\n');
    });
    for await (const line of await server.transport.lines(get)) if (line !== "") break;
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it.each([
    { what: "a proxy's page", answer: says(200, "<html>please log in</html>", { "content-type": "text/html" }), reason: "ForeignAnswer" },
    { what: "a plain 404 of a server that does not know the kind", answer: says(404, "404 page not found\n"), reason: "NotFound" },
    { what: "a 403", answer: says(403, { kind: "Status", reason: "Forbidden", message: "no" }), reason: "Forbidden" },
    {
      what: "an error that is cut off",
      answer: inTurn((response) => {
        response.writeHead(500, { "content-length": "100" }).write("half");
        setTimeout(() => response.destroy(), 20);
      }),
      reason: "Unreachable",
    },
  ])("do not begin with $what", async ({ answer, reason }) => {
    await using server = await scripted(answer);
    await expect(server.transport.lines(get)).rejects.toMatchObject({ name: "ApiError", reason });
  });
});
