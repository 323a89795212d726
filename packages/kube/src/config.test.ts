import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findServer } from "./config.ts";

let folder = "";
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "rollcall-kube-"))));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.useRealTimers());

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly rest?: object;
}

/** A kubeconfig with the context `hub`; JSON is YAML too. */
function kubeconfig({ cluster = {}, user = {}, rest = {} }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "rollcall", namespace: "fleet" } }],
    clusters: [{ name: "hub", cluster: { server: "https://hub.example:6443", ...cluster } }],
    users: [{ name: "rollcall", user }],
    ...rest,
  });
}

async function refusal(text: string, context?: string): Promise<string> {
  const path = await file("refused.yaml", text);
  const found = findServer({ env: {}, kubeconfig: path, ...(context !== undefined && { context }) });
  const error: unknown = await found.then(
    () => "nothing was refused",
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ reason: "BadKubeconfig", retry: false, message: expect.stringContaining(path) as string });
  return (error as Error).message;
}

describe("in a pod", () => {
  async function account(): Promise<string> {
    const mounted = join(folder, "account");
    await mkdir(mounted, { recursive: true });
    await file("account/ca.crt", "the CA");
    await file("account/namespace", "rollcall-system\n");
    await file("account/token", "first\n");
    return mounted;
  }
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };

  it("the pod's own account is used", async () => {
    const server = await findServer({ env, accountFolder: await account() });
    expect(server).toMatchObject({ url: "https://10.0.0.1:6443", ca: "the CA", namespace: "rollcall-system" });
    expect(await server.token?.()).toBe("first");
  });

  it.each([
    { host: "fd00::1", url: "https://[fd00::1]:6443" },
    { host: "api.internal", url: "https://api.internal:6443" },
  ])("a host such as $host makes a URL", async ({ host, url }) => {
    const server = await findServer({ env: { ...env, KUBERNETES_SERVICE_HOST: host }, accountFolder: await account() });
    expect(server.url).toBe(url);
  });

  it("a rotated token is used within a minute, and the last good one while the file is bad", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const server = await findServer({ env, accountFolder: await account() });
    expect(await server.token?.()).toBe("first");
    await file("account/token", "second");
    vi.advanceTimersByTime(59_000);
    expect(await server.token?.()).toBe("first");
    vi.advanceTimersByTime(2000);
    expect(await server.token?.()).toBe("second");
    await file("account/token", "\n");
    vi.advanceTimersByTime(61_000);
    expect(await server.token?.()).toBe("second");
    await rm(join(folder, "account/token"));
    expect(await server.token?.()).toBe("second");
    await file("account/token", "third");
    vi.advanceTimersByTime(3000);
    expect(await server.token?.()).toBe("third");
  });

  it("a token that was never there is an error, not a request without one", async () => {
    const server = await findServer({ env, accountFolder: await account() });
    await rm(join(folder, "account/token"));
    await expect(server.token?.()).rejects.toThrow("ENOENT");
    await file("account/token", "");
    await expect(server.token?.()).rejects.toThrow("account/token is empty");
  });

  it("an account that is not mounted is said, with what to do", async () => {
    await expect(findServer({ env, accountFolder: join(folder, "nowhere") })).rejects.toThrow(/cannot read .*nowhere.* name a kubeconfig/);
  });

  it.each(["KUBECONFIG", "an explicit file", "a context"])("%s goes before the pod's own account", async (named) => {
    const kubeconfigPath = await file("elsewhere.yaml", kubeconfig());
    await mkdir(join(folder, ".kube"), { recursive: true });
    await file(".kube/config", kubeconfig());
    const found = await findServer({
      accountFolder: await account(),
      env: { ...env, HOME: folder, ...(named === "KUBECONFIG" && { KUBECONFIG: kubeconfigPath }) },
      ...(named === "an explicit file" && { kubeconfig: kubeconfigPath }),
      ...(named === "a context" && { context: "hub" }),
    });
    expect(found.url).toBe("https://hub.example:6443");
  });
});

describe("with a kubeconfig", () => {
  it("the explicit file goes before KUBECONFIG, and that before the one at home", async () => {
    const [explicit, first, second] = await Promise.all(
      ["explicit", "first", "second"].map((name) => file(`${name}.yaml`, kubeconfig({ cluster: { server: `https://${name}.example/` } }))),
    );
    await mkdir(join(folder, ".kube"), { recursive: true });
    await file(".kube/config", kubeconfig({ cluster: { server: "https://home.example" } }));
    const env = { HOME: folder, KUBECONFIG: ["", first, second].join(delimiter) };
    expect((await findServer({ env, kubeconfig: explicit! })).url).toBe("https://explicit.example");
    expect((await findServer({ env })).url).toBe("https://first.example");
    expect((await findServer({ env: { HOME: folder } })).url).toBe("https://home.example");
  });

  it("several files are one: the first that says a thing counts, and paths are relative to where they stand", async () => {
    await Promise.all(["one", "two"].map((name) => mkdir(join(folder, name), { recursive: true })));
    await Promise.all([file("one/token", "token of one"), file("two/token", "token of two"), file("two/ca.crt", "CA of two")]);
    const entry = (name: string, kind: string, fields: object) => ({ name, [kind]: fields });
    const one = {
      contexts: [entry("spare", "context", { cluster: "spare", user: "rollcall" })],
      clusters: [entry("spare", "cluster", { server: "https://one.example" })],
      users: [entry("rollcall", "user", { tokenFile: "token" })],
    };
    const two = {
      "current-context": "hub",
      contexts: [
        entry("hub", "context", { cluster: "hub", user: "rollcall", namespace: "two" }),
        entry("spare", "context", { cluster: "hub", user: "rollcall" }),
      ],
      clusters: [entry("hub", "cluster", { server: "https://two.example", "certificate-authority": "ca.crt" })],
      users: [entry("rollcall", "user", { tokenFile: "token" })],
    };
    const three = { "current-context": "spare" };
    const files = await Promise.all([
      Promise.resolve(join(folder, "missing.yaml")),
      file("empty.yaml", ""),
      file("one/config", JSON.stringify(one)),
      file("two/config", JSON.stringify(two)),
      file("three", JSON.stringify(three)),
    ]);
    const env = { KUBECONFIG: files.join(delimiter) };
    const hub = await findServer({ env });
    expect(hub).toMatchObject({ url: "https://two.example", ca: "CA of two", namespace: "two" });
    expect(await hub.token?.()).toBe("token of one");
    expect((await findServer({ env, context: "spare" })).url).toBe("https://one.example");
    await expect(findServer({ env, context: "other" })).rejects.toThrow(
      `${files.slice(1).join(", ")}: contexts has no entry named "other"`,
    );
  });

  it.each([
    { what: "none of which is there", files: ["missing-1", "missing-2"], why: /cannot read .*missing-1; name a kubeconfig/ },
    { what: "one of which cannot be read", files: ["good.yaml", ""], why: /cannot read .*; name a kubeconfig/ },
    { what: "one of which is no YAML", files: ["good.yaml", "broken.yaml"], why: /broken.yaml is not YAML/ },
  ])("several files, $what, are an error", async ({ files, why }) => {
    await Promise.all([file("good.yaml", kubeconfig()), file("broken.yaml", "users: {")]);
    const env = { KUBECONFIG: files.map((name) => join(folder, name)).join(delimiter) };
    await expect(findServer({ env })).rejects.toThrow(why);
  });

  it("a file that is not there is said, with what to do", async () => {
    const missing = join(folder, "missing.yaml");
    await expect(findServer({ env: {}, kubeconfig: missing })).rejects.toMatchObject({ reason: "NoServer", retry: false });
    await expect(findServer({ env: {}, kubeconfig: missing })).rejects.toThrow(`cannot read ${missing}; name a kubeconfig`);
  });

  it("server, trust, namespace and token are taken from the context", async () => {
    const ca = Buffer.from("the CA").toString("base64");
    const cluster = { "certificate-authority-data": ca, "tls-server-name": "api.hub", server: "https://hub.example/k8s/clusters/c-1/" };
    const path = await file("whole.yaml", kubeconfig({ cluster, user: { token: "t0ken" } }));
    const server = await findServer({ env: {}, kubeconfig: path });
    expect(server).toMatchObject({ url: "https://hub.example/k8s/clusters/c-1", ca: "the CA", tlsName: "api.hub", namespace: "fleet" });
    expect(server).not.toHaveProperty("insecure");
    expect(server).not.toHaveProperty("clientCertificate");
    expect(await server.token?.()).toBe("t0ken");
  });

  it("another context is used when it is named", async () => {
    const rest = {
      contexts: [
        { name: "hub", context: { cluster: "hub", user: "rollcall" } },
        { name: "spare", context: { cluster: "spare", user: "rollcall" } },
      ],
      clusters: [
        { name: "hub", cluster: { server: "https://hub.example" } },
        { name: "spare", cluster: { server: "https://spare.example", "insecure-skip-tls-verify": true } },
      ],
    };
    const path = await file("two.yaml", kubeconfig({ rest }));
    const { url, insecure, ca } = await findServer({ env: {}, kubeconfig: path, context: "spare" });
    expect([url, insecure, ca]).toEqual(["https://spare.example", true, undefined]);
  });

  it("paths are relative to the file unless they are absolute, and data beside them goes first", async () => {
    await mkdir(join(folder, "pki"), { recursive: true });
    await Promise.all([file("pki/ca.crt", "the CA"), file("pki/me.crt", "my certificate"), file("pki/token", "from a file")]);
    const user = {
      "client-certificate": join(folder, "pki/me.crt"),
      "client-key": "pki/missing.key",
      "client-key-data": Buffer.from("my key").toString("base64"),
      tokenFile: "pki/token",
      token: "beside the file",
    };
    const path = await file("paths.yaml", kubeconfig({ cluster: { "certificate-authority": "pki/ca.crt" }, user }));
    const server = await findServer({ env: {}, kubeconfig: path });
    expect(server).toMatchObject({ ca: "the CA", clientCertificate: { certificate: "my certificate", key: "my key" } });
    expect(await server.token?.()).toBe("from a file");
    await rm(join(folder, "pki/token"));
    const again = await findServer({ env: {}, kubeconfig: path });
    expect(await again.token?.()).toBe("beside the file");
  });
});

describe("a kubeconfig that cannot be used", () => {
  it.each([
    { field: "username", parts: { user: { username: "admin", password: "hunter2", token: "t" } } },
    { field: "username", parts: { user: { username: "admin", password: "hunter2", "auth-provider": { name: "oidc" } } } },
    { field: "as-groups", parts: { user: { token: "t", "as-groups": ["readers"] } } },
    { field: "as-uid", parts: { user: { token: "t", "as-uid": "1" } } },
    { field: "proxy-url", parts: { cluster: { "proxy-url": "socks4://proxy.example:1080" } } },
    { field: "proxy-url", parts: { cluster: { "proxy-url": "proxy.example:3128" } } },
    { field: "clusters[].cluster.server", parts: { cluster: { server: "hub.example" } } },
    { field: "clusters[].cluster.server", parts: { cluster: { server: "localhost:8080" } } },
    { field: "clusters[].cluster.server", parts: { cluster: { server: "" } } },
    { field: "client-certificate", parts: { user: { "client-certificate-data": "YQ==" } } },
    { field: "client-key", parts: { user: { "client-key-data": "YQ==" } } },
    { field: "client-certificate names missing.crt", parts: { user: { "client-certificate": "missing.crt" } } },
    {
      field: "insecure-skip-tls-verify",
      parts: { cluster: { "insecure-skip-tls-verify": true, "certificate-authority-data": "YQ==" } },
    },
    { field: "current-context", parts: { rest: { "current-context": "" } } },
    { field: "current-context", parts: { rest: { "current-context": undefined } } },
    { field: 'contexts has no entry named "hub"', parts: { rest: { contexts: [] } } },
    { field: 'clusters has no entry named "hub"', parts: { rest: { clusters: null } } },
    { field: 'users has no entry named "rollcall"', parts: { rest: { users: [{ name: "someone" }] } } },
  ])("is refused by the name of its field: $field", async ({ field, parts }) => {
    expect(await refusal(kubeconfig(parts))).toContain(`: ${field}`);
  });

  it("is refused when the named context is not in it", async () => {
    expect(await refusal(kubeconfig(), "spare")).toContain('contexts has no entry named "spare"');
  });

  it.each([
    { what: "text", text: "this is no kubeconfig" },
    { what: "nothing", text: "" },
    { what: "a list", text: "- hub\n- spare\n" },
  ])("is refused when it is $what", async ({ text }) => {
    expect(await refusal(text)).toContain("current-context is empty");
  });

  it.each([
    { what: "a broken line", text: "users:\n- name: a\n  user: {token: s3cret\n foo: bar\n" },
    { what: "an alias that leads nowhere", text: "users: *s3cret\n" },
    { what: "aliases that explode", text: `a: &a [s3cret,s3cret]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: &d [*c,*c,*c]\ne: [*d,*d,*d]\n` },
    { what: "two documents", text: "a: s3cret\n---\nb: s3cret\n" },
  ])("says where it is no YAML but never quotes it: $what", async ({ text }) => {
    const message = await refusal(text);
    expect(message).toMatch(/is not YAML(?:: [A-Z_]+ in line \d+)?$/);
    expect(message).not.toContain("s3cret");
  });
});
