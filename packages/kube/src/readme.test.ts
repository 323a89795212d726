import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "@rollcall/contract";
import { startMemoryHub } from "@rollcall/memory-hub";
import { expect, it, vi } from "vitest";
import { findServer, openTransport, patch, startInformer } from "./index.ts";

async function example(env: Readonly<Record<string, string | undefined>>, stop: AbortController, log: (...words: unknown[]) => void) {
  const transport = openTransport(await findServer({ env }));
  const kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "argocd" };

  const secrets = startInformer({
    transport,
    kind,
    labelSelector: "argocd.argoproj.io/secret-type=cluster",
    project: ({ metadata }: KubeObject) => metadata, // what is not kept here is let go, data included
    onChange: (changes) => changes.forEach(({ key, after }) => log(key, after === undefined ? "is gone" : "is there")),
    signal: stop.signal,
  });
  await secrets.synced; // until then, absent means nothing

  for (const { name, uid, resourceVersion } of secrets.store.values())
    await patch(transport, kind, { metadata: { name } }, { metadata: { uid, resourceVersion, labels: { seen: "yes" } } });
  return transport;
}

it("the README's example does what it says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-readme-"));
  const hub = await startMemoryHub({ namespaces: ["argocd"] });
  const labels = { "argocd.argoproj.io/secret-type": "cluster" };
  hub.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "paris", namespace: "argocd", labels } });
  const KUBECONFIG = join(folder, "config");
  const config = {
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "me" } }],
    clusters: [{ name: "hub", cluster: { server: hub.url } }],
    users: [{ name: "me", user: { token: hub.token } }],
  };
  await writeFile(KUBECONFIG, JSON.stringify(config));
  const stop = new AbortController();
  const log = vi.fn();
  const transport = await example({ KUBECONFIG }, stop, log);
  expect(log.mock.calls[0]).toEqual(["argocd/paris", "is there"]);
  expect(hub.get("Secret", "argocd", "paris")?.metadata.labels).toEqual({ ...labels, seen: "yes" });
  hub.remove("Secret", "argocd", "paris");
  await vi.waitFor(() => expect(log.mock.lastCall).toEqual(["argocd/paris", "is gone"]));
  stop.abort();
  await transport.close();
  await hub.stop();
  await rm(folder, { recursive: true });
});

it("the README's example is what stands above", async () => {
  const [readme, here] = await Promise.all(
    ["../README.md", "./readme.test.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
  );
  const shown = readme?.split("```ts\n")[1]?.split("```")[0] ?? "";
  const body = shown.replaceAll("env: process.env", "env").replaceAll("console.log", "log").split("\n");
  const lines = body.filter((line) => line !== "" && !/^import |^const stop/.test(line));
  expect(lines.length).toBeGreaterThan(10);
  expect(here!.replaceAll(/^ {2}/gm, "").replaceAll(/\n+/g, "\n")).toContain(lines.join("\n"));
});
