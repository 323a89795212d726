import { writeFile } from "node:fs/promises";
import { startMemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind } from "@rollcall/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { stringify } from "yaml";
import { configOf, listOf } from "../reload.test.helper.ts";
import { folder, rollcall } from "../run.test.helper.ts";

it("SIGHUP reads the config at once, and metrics tell what came of it", { timeout: 30_000 }, async () => {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "one", "two", "rollcall"] });
  const kubeconfig = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "me" } }],
    clusters: [{ name: "hub", cluster: { server: hub.url } }],
    users: [{ name: "me", user: { token: hub.token } }],
  });
  const config = (...lists: readonly object[]): string =>
    stringify(configOf(lists, { inventory: { namespaces: ["fleet"], kubeconfig: "hub.conf" }, metrics: { listen: "127.0.0.1:0" } }));
  await using files = await folder({ "hub.conf": kubeconfig, "config.yaml": config(listOf("one")) });
  const lines: Readonly<Record<string, unknown>>[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    const said = String(text).trimEnd().split("\n");
    return lines.push(...said.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)) > 0;
  });
  onTestFinished(() => write.mockRestore());
  const listeners = process.listenerCount("SIGHUP");
  const running = rollcall(["sync", "--config", files.at("config.yaml")]);
  const said = async (message: string): Promise<Readonly<Record<string, unknown>>> => {
    await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ message })), { timeout: 10_000 });
    return lines.find((line) => line["message"] === message)!;
  };

  const { url } = await said("listening");
  await said("started");
  const metrics = async (): Promise<string> => (await fetch(`${String(url)}/metrics`)).text();
  expect(await metrics()).toContain("rollcall_config_problems 0\n");
  await writeFile(files.at("config.yaml"), config(listOf("one"), listOf("two"), listOf("three", { mode: "perhaps" })));
  const began = performance.now();
  process.emit("SIGHUP");
  expect(await said("config taken")).toMatchObject({ added: ["two (sync)"] });
  expect(performance.now() - began).toBeLessThan(900);
  const text = await metrics();
  expect(text).toContain("rollcall_config_problems 1\n");
  expect(text).toContain('rollcall_config_reloads_total{result="partly_taken"} 1\n');

  process.emit("SIGTERM");
  expect((await running).code).toBe(0);
  expect(process.listenerCount("SIGHUP")).toBe(listeners);
  await hub.stop();
});
