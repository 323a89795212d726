import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hidden } from "@rollcall/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi, type Mock } from "vitest";
import { selfSigned } from "./certificate.test.helper.ts";
import { findServer } from "./config.ts";
import type { ExecCredential, RunExec } from "./exec.ts";
import { says, scripted } from "./scripted.test.helper.ts";
import { secure } from "./secure.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

let folder = "";
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "rollcall-login-"))));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.useRealTimers());

const version = { method: "GET", path: "/version" } as const;
const plugin = { apiVersion: "client.authentication.k8s.io/v1", command: "login-plugin" };
/** A plugin that gives something else each time. */
function gives(credential: (run: number) => ExecCredential): Mock<RunExec> {
  let runs = 0;
  return vi.fn<RunExec>(() => Promise.resolve(credential((runs += 1))));
}
const tokenIs = (token: string, more: Partial<ExecCredential> = {}): ExecCredential => ({ token: new Hidden(token), ...more });

async function open(user: object, options: { readonly cluster?: object; readonly exec?: RunExec } = {}): Promise<Transport> {
  const path = join(folder, "config");
  const contexts = [{ name: "hub", context: { cluster: "hub", user: "us" } }];
  const clusters = [{ name: "hub", cluster: { server: "https://hub.example", ...options.cluster } }];
  await writeFile(path, JSON.stringify({ "current-context": "hub", contexts, clusters, users: [{ name: "us", user }] }));
  return openTransport(await findServer({ env: {}, kubeconfig: path, ...(options.exec && { exec: options.exec }) }));
}

describe("a kubeconfig that names a credential plugin", () => {
  it("has it run by whoever was handed in, as it is written", async () => {
    await using server = await scripted(says(200, {}));
    const exec = gives(() => tokenIs("from the plugin"));
    const written = {
      ...plugin,
      command: "./bin/login-plugin",
      args: ["--cluster", "hub"],
      env: [{ name: "REGION", value: "eu" }],
      installHint: "get it from us",
      provideClusterInfo: true,
    };
    const extensions = [{ name: "client.authentication.k8s.io/exec", extension: { audience: "hub" } }];
    const transport = await open({ exec: written }, { cluster: { server: server.url, extensions }, exec });
    await transport.call(version);
    expect(server.asked[0]?.headers.authorization).toBe("Bearer from the plugin");
    expect(exec.mock.calls).toEqual([
      [
        {
          apiVersion: plugin.apiVersion,
          command: join(folder, "bin/login-plugin"),
          args: ["--cluster", "hub"],
          env: { REGION: "eu" },
          installHint: "get it from us",
          cluster: { server: server.url, config: { audience: "hub" } },
        },
      ],
    ]);
    await transport.close();
  });

  it("tells the plugin nothing of the cluster unless it says so", async () => {
    await using server = await scripted(says(200, {}));
    const exec = gives(() => tokenIs("t"));
    const transport = await open({ exec: plugin }, { cluster: { server: server.url }, exec });
    await transport.call(version);
    expect(exec).toHaveBeenCalledWith({ ...plugin, args: [], env: {} });
    await transport.close();
  });

  it("has it run once for many calls at once, and again when four fifths of its time are over", async () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"] });
    await using server = await scripted(says(200, {}));
    const exec = gives((run) => tokenIs(`t${run}`, { expiresAt: new Date(Date.now() + 100_000).toISOString() }));
    const transport = await open({ exec: plugin }, { cluster: { server: server.url }, exec });
    await Promise.all(Array.from({ length: 20 }, () => transport.call(version)));
    vi.advanceTimersByTime(79_000);
    await transport.call(version);
    expect(exec).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2000);
    await transport.call(version);
    expect(exec).toHaveBeenCalledTimes(2);
    expect(server.asked.at(-1)?.headers.authorization).toBe("Bearer t2");
    await transport.close();
  });

  it("goes on with what it has while the plugin fails or hangs at its renewal, and does not run it for each call", async () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"] });
    await using server = await scripted(says(200, {}));
    const expiresAt = new Date(Date.now() + 100_000).toISOString();
    const exec = vi.fn<RunExec>(() => new Promise(() => {}));
    exec.mockResolvedValueOnce(tokenIs("t1", { expiresAt })).mockRejectedValueOnce(new Error("log in first"));
    const transport = await open({ exec: plugin }, { cluster: { server: server.url }, exec });
    await transport.call(version);
    vi.advanceTimersByTime(81_000);
    for (const _ of [1, 2, 3]) await transport.call(version);
    expect(exec).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(3000);
    for (const _ of [1, 2, 3]) {
      await transport.call({ ...version, timeout: 3000 });
      vi.advanceTimersByTime(3000);
    }
    expect(exec).toHaveBeenCalledTimes(3);
    expect(server.asked.every(({ headers }) => headers.authorization === "Bearer t1")).toBe(true);
    await transport.close();
  });

  it("does not run it for each call when what it gives has expired already", async () => {
    await using server = await scripted(says(200, {}));
    const exec = gives(() => tokenIs("t1", { expiresAt: "2001-01-01T00:00:00Z" }));
    const transport = await open({ exec: plugin }, { cluster: { server: server.url }, exec });
    for (const _ of [1, 2, 3]) await transport.call(version);
    expect(exec).toHaveBeenCalledTimes(1);
    await transport.close();
  });

  it("has it run again when the server refuses what it gave, and not because the server is away", async () => {
    await using server = await scripted((response, { headers }) =>
      says(headers.authorization === "Bearer t1" ? 401 : 200, {})(response, {} as never),
    );
    const exec = gives((run) => tokenIs(`t${run}`));
    const transport = await open({ exec: plugin }, { cluster: { server: server.url }, exec });
    await expect(transport.call(version)).resolves.toEqual({});
    expect(exec).toHaveBeenCalledTimes(2);
    await server.stop();
    for (const _ of [1, 2, 3]) await expect(transport.call(version)).rejects.toMatchObject({ reason: "Unreachable" });
    expect(exec).toHaveBeenCalledTimes(2);
    await transport.close();
  });

  it("may get a client certificate from it, and another one when that is refused", async () => {
    const [hub, first, second] = [selfSigned("hub", "127.0.0.1"), selfSigned("first"), selfSigned("second")];
    await using server = await secure(
      hub,
      [first, second],
      (response, { user }) => void response.writeHead(user === "second" ? 200 : 401).end(JSON.stringify({ user })),
    );
    const exec = gives((run) => {
      const { certificate, key } = run === 1 ? first : second;
      return { clientCertificate: { certificate, key: new Hidden(key) } };
    });
    const cluster = { server: server.url, "certificate-authority-data": Buffer.from(hub.certificate).toString("base64") };
    const transport = await open({ exec: plugin }, { cluster, exec });
    await expect(transport.call(version)).resolves.toEqual({ user: "second" });
    expect(exec).toHaveBeenCalledTimes(2);
    await transport.close();
  });

  it("sends nothing when it fails, and says why", async () => {
    await using server = await scripted(says(200, {}));
    const transport = await open(
      { exec: plugin },
      { cluster: { server: server.url }, exec: () => Promise.reject(new Error("log in first")) },
    );
    await expect(transport.call(version)).rejects.toThrow("GET /version: log in first");
    expect(server.asked).toEqual([]);
    await transport.close();
  });

  it("makes nobody wait for ever when it hangs", async () => {
    const transport = await open({ exec: plugin }, { exec: () => new Promise(() => {}) });
    await expect(transport.call({ ...version, timeout: 30 })).rejects.toThrow("no answer within 30 ms");
    const lines = transport.lines({ ...version, signal: AbortSignal.timeout(30) });
    await expect(lines).rejects.toThrow("GET /version: told to stop");
    await transport.close();
  });

  it.each([
    { what: "without a command", exec: { apiVersion: plugin.apiVersion } },
    { what: "without an apiVersion", exec: { command: "x" } },
    { what: "that wants to ask somebody", exec: { ...plugin, interactiveMode: "Always" } },
  ])("is refused $what", async ({ exec }) => {
    await expect(open({ exec }, { exec: async () => ({}) })).rejects.toMatchObject({ reason: "BadKubeconfig", message: /: exec / });
  });
});

describe("a kubeconfig's rarer logins", () => {
  async function headersOf(user: object): Promise<object> {
    await using server = await scripted(says(200, "{}\n", { "content-type": "application/json" }));
    const transport = await open(user, { cluster: { server: server.url } });
    await transport.call(version);
    await transport.lines(version);
    await transport.close();
    const [called, watched] = server.asked.map(({ rawHeaders }) =>
      rawHeaders.filter(([name]) => /^(?:impersonate|authorization)/i.test(name!)),
    );
    expect(called).toEqual(watched);
    return called!;
  }

  it("a name and a password are sent as they have always been", async () => {
    await expect(headersOf({ username: "admin", password: "hunter2" })).resolves.toEqual([["authorization", "Basic YWRtaW46aHVudGVyMg=="]]);
  });

  it("whoever acts as somebody else does so in every point, and with all requests", async () => {
    const user = {
      token: "t",
      as: "jane",
      "as-uid": "u-1",
      "as-groups": ["readers", "writers"],
      "as-user-extra": { "acme.com/scope": ["a", "b"] },
    };
    await expect(headersOf(user)).resolves.toEqual([
      ["impersonate-user", "jane"],
      ["impersonate-uid", "u-1"],
      ["impersonate-group", "readers"],
      ["impersonate-group", "writers"],
      ["impersonate-extra-acme.com%2Fscope", "a"],
      ["impersonate-extra-acme.com%2Fscope", "b"],
      ["authorization", "Bearer t"],
    ]);
  });
});
