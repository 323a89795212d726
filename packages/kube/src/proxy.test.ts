import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { selfSigned } from "./certificate.test.helper.ts";
import { says, scripted } from "./scripted.test.helper.ts";
import { secure } from "./secure.test.helper.ts";
import { openTransport } from "./transport.ts";

const hub = selfSigned("api.hub.example", "127.0.0.1");
const version = { method: "GET", path: "/version" } as const;

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Where it was asked to go, and as whom. */
  readonly asked: string[];
}

/** A proxy that tunnels, and forwards plain HTTP; itself over TLS when it has a certificate. */
async function httpProxy(pair?: { readonly certificate: string; readonly key: string }): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const server = pair ? createSecureServer({ cert: pair.certificate, key: pair.key }) : createServer();
  server.on("connect", ({ url, headers }, socket: Duplex) => {
    asked.push(`CONNECT ${url} ${headers["proxy-authorization"] ?? ""}`.trim());
    const [host, port] = url!.split(":");
    const onwards = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    for (const each of [socket, onwards]) sockets.add(each.on("error", () => {}));
    socket.pipe(onwards).pipe(socket);
  });
  server.on("request", ({ url, headers }, response) => {
    asked.push(`GET ${url} ${headers.authorization ?? ""}`.trim());
    void fetch(url!).then(async (answer) => response.end(await answer.text()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${pair ? "https" : "http"}://us:s3cret@127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A proxy that speaks SOCKS 5 without a login. */
async function socksProxy(): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  async function serve(socket: Socket): Promise<void> {
    sockets.add(socket.on("error", () => {}));
    await once(socket, "data");
    socket.write(Buffer.of(5, 0));
    const [wanted] = (await once(socket, "data")) as [Buffer];
    const isName = wanted[3] === 3;
    const host = isName ? wanted.subarray(5, 5 + wanted[4]!).toString() : wanted.subarray(4, 8).join(".");
    const port = wanted.readUInt16BE(wanted.length - 2);
    asked.push(`CONNECT ${host}:${port}`);
    const onwards = connect(port, host, () => socket.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)));
    sockets.add(onwards.on("error", () => {}));
    socket.pipe(onwards).pipe(socket);
  }
  const server = createTcpServer((socket) => void serve(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("through a proxy", () => {
  it.each([
    { kind: "http", start: () => httpProxy() },
    { kind: "https", start: () => httpProxy(hub) },
    { kind: "socks5", start: socksProxy },
  ])("of kind $kind, calls and watches reach a server that is trusted as without one", async ({ kind, start }) => {
    await using proxy = await start();
    await using server = await secure(hub);
    const { url, port } = server;
    const transport = openTransport({ url, proxy: proxy.url, ca: hub.certificate, tlsName: "api.hub.example" });
    await expect(transport.call(version)).resolves.toEqual({ user: "anonymous", name: "api.hub.example" });
    const lines = await transport.lines(version);
    for await (const line of lines) expect(JSON.parse(line)).toEqual({ user: "anonymous", name: "api.hub.example" });
    const login = kind === "socks5" ? "" : " Basic dXM6czNjcmV0";
    expect(proxy.asked).toEqual(Array(2).fill(`CONNECT 127.0.0.1:${port}${login}`));
    await transport.close();

    const stranger = openTransport({ url, proxy: proxy.url, ca: selfSigned("other").certificate, tlsName: "api.hub.example" });
    await expect(stranger.call(version)).rejects.toMatchObject({ reason: "Unreachable" });
    await stranger.close();
  });

  it("connections are used again", async () => {
    await using proxy = await httpProxy();
    await using server = await secure(hub);
    const transport = openTransport({ url: server.url, proxy: proxy.url, ca: hub.certificate });
    for (let n = 0; n < 20; n += 1) await transport.call(version);
    expect(proxy.asked.length).toBeLessThanOrEqual(2);
    await transport.close();
  });

  it("a server without TLS is reached, too", async () => {
    await using proxy = await httpProxy();
    await using server = await scripted(says(200, { is: "plain" }));
    const transport = openTransport({ url: server.url, proxy: proxy.url, token: async () => "t" });
    await expect(transport.call(version)).resolves.toEqual({ is: "plain" });
    expect(proxy.asked).toEqual([`GET ${server.url}/version Bearer t`]);
    await transport.close();
  });

  it("a proxy that is away is a failure, and its password stands in no message", async () => {
    const proxy = await httpProxy();
    await proxy[Symbol.asyncDispose]();
    const transport = openTransport({ url: "https://hub.example", proxy: proxy.url });
    const error = await transport.call(version).catch((error: unknown) => error);
    expect(error).toMatchObject({ reason: "Unreachable", message: expect.stringContaining("ECONNREFUSED") as string });
    expect(String(error)).not.toContain("s3cret");
    await transport.close();
  });

  it("a call ends in time when the proxy hangs", async () => {
    const hanging = createTcpServer((socket) => void socket.resume());
    await once(hanging.listen(0, "127.0.0.1"), "listening");
    const { port } = hanging.address() as AddressInfo;
    const transport = openTransport({ url: "https://hub.example", proxy: `http://127.0.0.1:${port}` });
    await expect(transport.call({ ...version, timeout: 50 })).rejects.toThrow("no answer within 50 ms");
    await transport.close();
    const closed = vi.fn();
    hanging.close(closed);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });
});
