import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findServer } from "./config.ts";
import { says, scripted } from "./scripted.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

let folder = "";
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "rollcall-client-node-"))));
afterAll(() => rm(folder, { recursive: true }));

const version = { method: "GET", path: "/version" } as const;

async function open(server: string, user: object): Promise<Transport> {
  const path = join(folder, "config");
  const contexts = [{ name: "hub", context: { cluster: "hub", user: "us" } }];
  const config = { "current-context": "hub", contexts, clusters: [{ name: "hub", cluster: { server } }], users: [{ name: "us", user }] };
  await writeFile(path, JSON.stringify(config));
  return openTransport(await findServer({ env: {}, kubeconfig: path }));
}

/** A plugin that gives another token each time that it runs: t1, t2, … */
async function plugin(): Promise<object> {
  const [script, count] = [join(folder, "plugin.mjs"), join(folder, "count")];
  await writeFile(count, "");
  const lines = [
    `import { appendFileSync, readFileSync } from "node:fs";`,
    `appendFileSync(${JSON.stringify(count)}, "x");`,
    `const status = { token: "t" + readFileSync(${JSON.stringify(count)}, "utf8").length };`,
    `console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status }));`,
  ];
  await writeFile(script, lines.join("\n"));
  return { exec: { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: [script], interactiveMode: "Never" } };
}

const tokens = (server: { readonly asked: readonly { readonly headers: { readonly authorization?: string | undefined } }[] }) =>
  server.asked.map(({ headers }) => headers.authorization);

it("a credential plugin is run when nobody else is there to do it, once for many calls, and again when its token is refused", async () => {
  await using server = await scripted((response, { headers }) =>
    says(headers.authorization === "Bearer t2" ? 401 : 200, {})(response, {} as never),
  );
  const user = await plugin();
  const transport = await open(server.url, user);
  await Promise.all([1, 2, 3].map(() => transport.call(version)));
  expect(tokens(server)).toEqual(Array(3).fill("Bearer t1"));
  await transport.close();

  const again = await open(server.url, user);
  await again.call(version);
  expect(tokens(server).slice(3)).toEqual(["Bearer t2", "Bearer t3"]);
  await again.close();
});

it("an OIDC login is that of client-node", async () => {
  await using server = await scripted(says(200, {}));
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const idToken = `${part({ alg: "none" })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`;
  const config = { "idp-issuer-url": "https://idp.invalid", "client-id": "us", "id-token": idToken, "refresh-token": "r" };
  const transport = await open(server.url, { "auth-provider": { name: "oidc", config } });
  await transport.call(version);
  expect(tokens(server)).toEqual([`Bearer ${idToken}`]);
  await transport.close();
});

it("a plugin that fails is named, and what it printed is not told", async () => {
  await using server = await scripted(says(200, {}));
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: ["-e", "console.error('s3cret'); process.exit(1)"],
  };
  const transport = await open(server.url, { exec });
  const error = await transport.call(version).catch((error: unknown) => error);
  expect(String(error)).toMatch(/config: exec gave no login; try it with kubectl to see why/);
  expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain("s3cret");
  expect(server.asked).toEqual([]);
  await transport.close();
});
