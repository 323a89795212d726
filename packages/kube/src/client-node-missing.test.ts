import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { findServer } from "./config.ts";
import { says, scripted } from "./scripted.test.helper.ts";
import { openTransport } from "./transport.ts";

const clientNode = vi.hoisted(() => ({ asked: 0 }));
vi.mock("@kubernetes/client-node", () => {
  clientNode.asked += 1;
  throw new Error("Cannot find package '@kubernetes/client-node'");
});

it("without client-node, a login that needs it says so, and one that does not never asks for it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-client-node-"));
  await using server = await scripted(says(200, {}));
  const call = async (user: object): Promise<unknown> => {
    const kubeconfig = join(folder, "config");
    const contexts = [{ name: "hub", context: { cluster: "hub", user: "us" } }];
    const clusters = [{ name: "hub", cluster: { server: server.url } }];
    await writeFile(kubeconfig, JSON.stringify({ "current-context": "hub", contexts, clusters, users: [{ name: "us", user }] }));
    const transport = openTransport(await findServer({ env: {}, kubeconfig }));
    try {
      return await transport.call({ method: "GET", path: "/version" });
    } finally {
      await transport.close();
    }
  };
  await call({ token: "t" });
  expect(clientNode.asked).toBe(0);
  await expect(call({ "auth-provider": { name: "oidc" } })).rejects.toThrow(
    /config: auth-provider needs the package @kubernetes\/client-node; install it beside/,
  );
  expect([clientNode.asked, server.asked.length]).toEqual([1, 1]);
  await rm(folder, { recursive: true });
});
