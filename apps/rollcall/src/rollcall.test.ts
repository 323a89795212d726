import { openTransport } from "@rollcall/kube";
import { startMemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile } from "@rollcall/testing";
import { expect, it, vi } from "vitest";
import { checkConfig } from "./config/check.ts";
import { startRollcall } from "./rollcall.ts";

it("a target that cannot be opened at first is tried again, and no other list waits for it", { timeout: 30_000 }, async () => {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "argocd", "tools", "rollcall"] });
  const { uid: _, creationTimestamp: __, ...metadata } = profile({ name: "paris" }).metadata;
  hub.apply({ ...profile({ name: "paris" }), metadata });
  const list = (name: string, target: object) => ({ name, consumer: "argocd", target });
  const { config } = checkConfig({
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet"] },
    providers: { inline: [{ name: "fleet", execConfig: { command: "/plugins/login", apiVersion: "client.authentication.k8s.io/v1" } }] },
    lists: [list("here", { namespace: "argocd" }), list("there", { namespace: "tools", kubeconfig: "/there" })],
  });
  let fails = 1;
  const complaints: string[] = [];
  const rollcall = await startRollcall({
    config: config!,
    async open({ kubeconfig }) {
      if (kubeconfig !== undefined && fails-- > 0) throw new Error("no such file");
      return openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
    },
    log: (level, message) => void (level === "warn" && complaints.push(message)),
  });
  await vi.waitFor(() => expect(hub.get("Secret", "argocd", "fleet.paris")).toBeDefined(), { timeout: 12_000 });
  await vi.waitFor(() => expect(hub.get("Secret", "tools", "fleet.paris")).toBeDefined(), { timeout: 12_000 });
  expect(complaints).toContain("the target cannot be opened");
  await rollcall.stop();
  await hub.stop();
});
