import { Hidden, type Credential, type Refusal } from "@rollcall/contract";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, openTransport, type Call, type ServerConfig, type Transport } from "@rollcall/kube";
import { describe, expect, it, onTestFinished } from "vitest";
import { tokenOfMember } from "./member.ts";
import { credentialFrom, requestToken } from "./token-request.ts";

const wanted = { namespace: "kube-system", serviceAccount: "argocd", expiration: 3600 };
const answer = (status: unknown) => ({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {}, status });
const good = answer({ token: "a.b.c", expirationTimestamp: "2026-11-21T11:00:00Z" });
const { signal } = new AbortController();

function server(respond: (call: Call) => unknown) {
  const calls: Call[] = [];
  const call = async (given: Call): Promise<unknown> => {
    calls.push(given);
    return Promise.resolve(respond(given));
  };
  return {
    calls,
    transport: {
      url: "https://m.test",
      call,
      lines: () => Promise.reject(new Error("no")),
      close: () => Promise.resolve(),
    } satisfies Transport,
  };
}

describe("a token that is asked for", () => {
  it("is of one ServiceAccount, and lives as long as was granted", async () => {
    const { calls, transport } = server(() => good);
    const got = (await requestToken(transport, "fleet", { ...wanted, audiences: ["https://m.test"] }, signal)) as Credential;
    expect(got.token?.reveal()).toBe("a.b.c");
    expect(got.expiresAt).toBe("2026-11-21T11:00:00.000Z");
    expect(calls[0]).toMatchObject({
      method: "POST",
      path: "/api/v1/namespaces/kube-system/serviceaccounts/argocd/token",
      body: { kind: "TokenRequest", spec: { expirationSeconds: 3600, audiences: ["https://m.test"] } },
    });
  });

  it.each([
    [404, "NoServiceAccount", "ServiceAccount kube-system/argocd is not there"],
    [403, "MayNotRequest", 'give it a Role in namespace kube-system that allows "create" on serviceaccounts/token, resourceNames argocd'],
    [401, "MayNotRequest", "store or configure one that works"],
    [422, "TokenRefused", "gives no token"],
  ])("and not given with a %i is a reason that says what to do", async (status, reason, message) => {
    const { transport } = server(() => {
      throw new ApiError(status, "x", "said the server");
    });
    expect(await requestToken(transport, "fleet", wanted, signal)).toMatchObject({ reason, message: expect.stringContaining(message) });
  });

  it.each([
    ["another kind", { kind: "Pod" }],
    ["no status", { kind: "TokenRequest" }],
    ["a newline in it", answer({ token: "a\nb", expirationTimestamp: "2026-11-21T11:00:00Z" })],
    ["nothing in it", answer({ token: "", expirationTimestamp: "2026-11-21T11:00:00Z" })],
    ["no end", answer({ token: "a" })],
    ["no time for its end", answer({ token: "a", expirationTimestamp: "soon" })],
    ["nothing", null],
  ])("and comes with %s is refused, and not shown", (_, said) => {
    const got = credentialFrom(said, "fleet", "ServiceAccount a/b");
    expect(got).toMatchObject({ reason: "TokenAnswer" });
    expect(JSON.stringify(got)).not.toContain("a\\nb");
  });
});

describe("asking a member", () => {
  const login: Credential = { kind: "credential", provider: "fleet", token: new Hidden("login") };
  const paris = { server: "https://paris.example.test:6443" };
  const ask = (endpoint: { server: string; proxy?: string }, hosts: readonly string[] = []) => {
    const opened: ServerConfig[] = [];
    const { transport } = server(() => good);
    const open = (config: ServerConfig): Transport => (opened.push(config), transport);
    const answered = tokenOfMember(endpoint, login, wanted, { open, isAllowed: (at) => hosts.includes(at) }, signal);
    return { opened, answered };
  };

  it("logs in with the credential that was made for it", async () => {
    const { opened, answered } = ask(paris);
    expect(await answered).toMatchObject({ kind: "credential", provider: "fleet" });
    expect(await opened[0]!.token!()).toBe("login");
  });

  it.each(["https://169.254.169.254", "https://localhost:6443", "https://kubernetes.default.svc"])(
    "never connects to %s that a profile names, unless the operator does",
    async (at) => {
      const refused = ask({ server: at });
      expect(await refused.answered).toMatchObject({ reason: "HostNotAllowed" });
      expect(refused.opened).toEqual([]);
      expect(await ask({ server: at }, [at]).answered).toMatchObject({ kind: "credential" });
    },
  );

  it.each([422, 500])("that answers %i with what it was sent in it is not quoted with that, and not at length", async (status) => {
    const { transport } = server(() => {
      throw new ApiError(status, "x", `POST /token: ${status} no to Bearer opaque-login\n${"and so on ".repeat(100)}`);
    });
    const sent: Credential = { ...login, token: new Hidden("opaque-login") };
    const refused = await tokenOfMember(paris, sent, wanted, { open: () => transport, isAllowed: () => false }, signal);
    const { message } = refused as Refusal;
    expect(message).toContain(`(${status} no to Bearer [hidden] and so on`);
    expect(message).not.toContain("opaque-login");
    expect(message.length).toBeLessThan(500);
  });

  it.each<readonly [string, (words: string) => string]>([
    ["a page", (words) => words],
    ["an answer", (message) => JSON.stringify({ kind: "Status", reason: "Invalid", message })],
  ])("that repeats what it was sent is never quoted with a part of it, wherever the words are cut: %s", async (_, body) => {
    const [sent, before] = [`token-canary9:${"q4w7b2n9x5z8".repeat(4)}`, `token-canary8:${"k3m6v1c0l7j4".repeat(4)}`];
    let pad = "";
    const member = createServer((request, response) => {
      const said = `${pad} ${request.headers.authorization!.slice(7)} ${pad} ${before}`;
      response.writeHead(422, { "content-type": "application/json" }).end(body(said));
    });
    await new Promise<void>((done) => member.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(member.address() as AddressInfo).port}`;
    const transport = openTransport({ url, token: () => Promise.resolve(sent) });
    onTestFinished(async () => {
      await transport.close();
      member.close();
    });
    for (const length of [0, 45, 60, 80, 100, 120, 135, 150, 165, 180, 195, 230, 400, 440, 455, 470, 490])
      for (pad of [" ".repeat(length), "no ".repeat(length / 3)])
        // Of the hub nobody but its transport knows the login.
        for (const known of [[sent, before], [before]])
          expect(JSON.stringify(await requestToken(transport, "fleet", wanted, signal, known))).not.toContain("canary");
  });

  it.each([200, 422])("that answers %i and goes on for more than 1 MiB is not listened to any longer", async (status) => {
    const member = createServer((_, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(" ".repeat(2 ** 20) + JSON.stringify(good));
    });
    await new Promise<void>((done) => member.listen(0, "127.0.0.1", done));
    onTestFinished(() => void member.close());
    const at = { server: `http://127.0.0.1:${(member.address() as AddressInfo).port}` };
    const answered = await tokenOfMember(at, login, wanted, { open: openTransport, isAllowed: () => true }, signal);
    expect(answered).toMatchObject({ reason: "Unreachable", message: expect.stringContaining("goes on after 1 MiB") });
  });

  it("never goes through a proxy that a profile names", async () => {
    const { opened, answered } = ask({ ...paris, proxy: "http://evil.test" });
    expect(await answered).toMatchObject({ reason: "ProxyNotAllowed" });
    expect(opened).toEqual([]);
  });
});
