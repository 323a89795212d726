import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { selfSigned, type Pair } from "./certificate.test.helper.ts";
import { findServer } from "./config.ts";
import { inTurn, says, scripted } from "./scripted.test.helper.ts";
import { secure, type Secure, type Who } from "./secure.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

const [old, next] = ["api.hub.example", "api.hub.example"].map((host) => selfSigned(host, "127.0.0.1")) as [Pair, Pair];
const [first, second] = ["first", "second"].map((name) => selfSigned(name)) as [Pair, Pair];
const version = { method: "GET", path: "/version" } as const;

let folder = "";
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "rollcall-rotation-"))));
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());
const aMinute = (): unknown => vi.advanceTimersByTime(61_000);

const file = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A pod whose account was mounted with this CA. */
async function inPod({ port }: Pick<Secure, "port">, ca: string): Promise<Transport> {
  await Promise.all([file("ca.crt", ca), file("namespace", "rollcall"), file("token", "t")]);
  const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(port) };
  return openTransport(await findServer({ env, accountFolder: folder }));
}

async function writeKubeconfig(cluster: object, user: object): Promise<string> {
  const contexts = [{ name: "hub", context: { cluster: "hub", user: "us" } }];
  const config = { "current-context": "hub", contexts, clusters: [{ name: "hub", cluster }], users: [{ name: "us", user }] };
  await file("config", JSON.stringify(config));
  return join(folder, "config");
}

const withKubeconfig = async (cluster: object, user: object): Promise<Transport> =>
  openTransport(await findServer({ env: {}, kubeconfig: await writeKubeconfig(cluster, user) }));

describe("a CA that is rotated", () => {
  it("is trusted as soon as a connection cannot be made with the one before, and the call does not fail", async () => {
    await using server = await secure(old);
    const transport = await inPod(server, old.certificate);
    await transport.call(version);
    server.rotate(next);
    server.cut();
    await file("ca.crt", next.certificate);
    await expect(transport.call(version)).resolves.toMatchObject({ user: "anonymous" });
    await transport.close();
  });

  it("is trusted within a minute, while calls and watches over the connections before come to their ends", async () => {
    const answers: ServerResponse[] = [];
    const hold = (response: ServerResponse): void => void answers.push(response.writeHead(200, { "content-type": "application/json" }));
    await using server = await secure(old, [], hold);
    const transport = await inPod(server, old.certificate);
    const slow = transport.call(version);
    const lines = transport.lines(version);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    for (const answer of answers) answer.flushHeaders();
    const watch = (await lines)[Symbol.asyncIterator]();

    await file("ca.crt", `${old.certificate}${next.certificate}`);
    aMinute();
    const after = transport.call(version);
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    expect(server.connections()).toBe(3);
    for (const answer of answers) answer.write('{"is":"whole"}\n');
    await expect(watch.next()).resolves.toMatchObject({ value: '{"is":"whole"}' });
    for (const answer of answers) answer.end();
    await expect(Promise.all([slow, after])).resolves.toEqual([{ is: "whole" }, { is: "whole" }]);
    await expect(watch.next()).resolves.toMatchObject({ done: true });
    await transport.close();
  });

  it("makes no new connections when it only looks rotated", async () => {
    await using server = await secure(old);
    const transport = await inPod(server, old.certificate);
    await transport.call(version);
    await file("ca.crt", old.certificate);
    aMinute();
    await transport.call(version);
    expect(server.connections()).toBe(1);
    await transport.close();
  });

  it.each([
    { what: "gone", rotate: () => rm(join(folder, "ca.crt")) },
    { what: "half written", rotate: () => file("ca.crt", next.certificate.slice(0, 200)) },
    { what: "empty", rotate: () => file("ca.crt", "") },
  ])("counts for nothing while it is $what", async ({ rotate }) => {
    await using server = await secure(old);
    const transport = await inPod(server, old.certificate);
    await transport.call(version);
    await rotate();
    aMinute();
    server.cut();
    await expect(transport.call(version)).resolves.toMatchObject({ user: "anonymous" });
    await transport.close();
  });

  it("of a kubeconfig is read from its file, or from the kubeconfig itself", async () => {
    await using server = await secure(old);
    await file("hub.crt", old.certificate);
    const transports = [await withKubeconfig({ server: server.url, "certificate-authority": "hub.crt" }, {})];
    const inline = (ca: Pair) => ({ server: server.url, "certificate-authority-data": base64(ca.certificate) });
    transports.push(await withKubeconfig(inline(old), {}));
    for (const transport of transports) await transport.call(version);
    server.rotate(next);
    server.cut();
    await file("hub.crt", next.certificate);
    await writeKubeconfig(inline(next), {});
    await expect(transports[1]!.call(version)).resolves.toMatchObject({ user: "anonymous" });
    await writeKubeconfig({ server: server.url, "certificate-authority": "hub.crt" }, {});
    await expect(transports[0]!.call(version)).resolves.toMatchObject({ user: "anonymous" });
    for (const transport of transports) await transport.close();
  });
});

it("the name by which a server is to be known may change beside its CA", async () => {
  const renamed = selfSigned("api.new.example");
  await using server = await secure(old);
  const cluster = ({ certificate }: Pair, name: string) => ({
    server: server.url,
    "tls-server-name": name,
    "certificate-authority-data": base64(certificate),
  });
  const transport = await withKubeconfig(cluster(old, "api.hub.example"), {});
  await expect(transport.call(version)).resolves.toMatchObject({ name: "api.hub.example" });
  server.rotate(renamed);
  server.cut();
  await expect(transport.call(version)).rejects.toMatchObject({ reason: "Unreachable" });
  await writeKubeconfig(cluster(renamed, "api.new.example"), {});
  await expect(transport.call(version)).resolves.toMatchObject({ name: "api.new.example" });
  await transport.close();
});

describe("a client certificate that is rotated", () => {
  const user = { "client-certificate": "us.crt", "client-key": "us.key" };
  const show = ({ certificate }: Pair, { key }: Pair): Promise<unknown> => Promise.all([file("us.crt", certificate), file("us.key", key)]);

  it("is shown within a minute, and not before its key is there too", async () => {
    await using server = await secure(old, [first, second]);
    await show(first, first);
    const cluster = { server: server.url, "certificate-authority-data": base64(old.certificate), "tls-server-name": "api.hub.example" };
    const transport = await withKubeconfig(cluster, user);
    await expect(transport.call(version)).resolves.toEqual({ user: "first", name: "api.hub.example" });
    await show(second, first);
    aMinute();
    await expect(transport.call(version)).resolves.toMatchObject({ user: "first" });
    await show(second, second);
    aMinute();
    await expect(transport.call(version)).resolves.toEqual({ user: "second", name: "api.hub.example" });
    await transport.close();
  });

  it("is shown at once when the one before is refused", async () => {
    const refuses = (response: ServerResponse, { user }: Who): void =>
      void response.writeHead(user === "first" ? 401 : 200).end('{"is":"whole"}');
    await using server = await secure(old, [first, second], refuses);
    await show(first, first);
    const transport = await withKubeconfig({ server: server.url, "certificate-authority-data": base64(old.certificate) }, user);
    await expect(transport.call(version)).rejects.toMatchObject({ status: 401 });
    await show(second, second);
    await expect(transport.call(version)).resolves.toEqual({ is: "whole" });
    await transport.close();
  });
});

describe("a kubeconfig that is rewritten", () => {
  it("gives its new token, once the server refuses the one before", async () => {
    await using server = await scripted((response, { headers }) =>
      says(headers.authorization === "Bearer old" ? 401 : 200, { told: headers.authorization })(response, {} as never),
    );
    const transport = await withKubeconfig({ server: server.url }, { token: "old" });
    await expect(transport.call(version)).rejects.toMatchObject({ status: 401 });
    await writeKubeconfig({ server: server.url }, { token: "new" });
    await expect(transport.call(version)).resolves.toEqual({ told: "Bearer new" });
    await transport.close();
  });

  it("takes our login to no other server", async () => {
    await using one = await scripted(says(401, "no"));
    await using other = await scripted(says(200, {}));
    const transport = await withKubeconfig({ server: one.url }, { token: "old" });
    await writeKubeconfig({ server: other.url }, { token: "new" });
    await expect(transport.call(version)).rejects.toThrow("clusters[].cluster.server is another one than it was");
    expect([one.asked.length, other.asked.length]).toEqual([1, 0]);
    await transport.close();
  });
});

describe("a token that the server refuses", () => {
  const openWith = (url: string, token: (refused?: string) => Promise<string | undefined>) => openTransport({ url, token });
  const refused = says(401, { kind: "Status", reason: "Unauthorized" });
  const good = says(200, '{"kind":"Secret"}\n', { "content-type": "application/json" });

  it.each(["call", "lines"] as const)("is read again, and the request is sent once more: %s", async (how) => {
    await using server = await scripted(inTurn(refused, good));
    const transport = openWith(server.url, async (refused) => (refused === "old" ? "new" : "old"));
    const body = { kind: "Secret" };
    await expect(transport[how]({ method: "POST", path: "/api/v1/secrets", body })).resolves.toBeDefined();
    expect(server.asked.map(({ headers, body }) => [headers.authorization, body])).toEqual([
      ["Bearer old", JSON.stringify(body)],
      ["Bearer new", JSON.stringify(body)],
    ]);
    await transport.close();
  });

  it("is not sent again when there is no other", async () => {
    await using server = await scripted(refused);
    const transport = openWith(server.url, async () => "old");
    await expect(transport.call(version)).rejects.toMatchObject({ status: 401, reason: "Unauthorized" });
    expect(server.asked).toHaveLength(1);
    await transport.close();
  });

  it("is a failure when the fresh one is refused too, and no more is tried", async () => {
    await using server = await scripted(refused);
    let n = 0;
    const transport = openWith(server.url, async () => String(++n));
    await expect(transport.call(version)).rejects.toMatchObject({ status: 401 });
    expect(server.asked).toHaveLength(2);
    await transport.close();
  });
});
