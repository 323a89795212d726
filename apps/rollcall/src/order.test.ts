import { fromBase64 } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile } from "@rollcall/testing";
import { expect, it } from "vitest";
import { checkConfig } from "./config/check.ts";
import { startRollcall } from "./rollcall.ts";

it.each([
  { orderBy: undefined, has: "paris" },
  { orderBy: 'name == "oslo"', has: "oslo" },
])("of newcomers who want one server, $has gets it where the order is $orderBy", async ({ orderBy, has }) => {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "argocd", "rollcall"] });
  for (const name of ["paris", "oslo"]) {
    const { uid: _, creationTimestamp: __, ...metadata } = profile({ name }).metadata;
    hub.apply({ ...profile({ name, server: "https://one.example.test:6443" }), metadata });
    // The server's clock has whole seconds, and the older one is to be told from the other.
    if (name === "paris") await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  const { config } = checkConfig({
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet"] },
    providers: { inline: [{ name: "fleet", execConfig: { command: "/plugins/login", apiVersion: "client.authentication.k8s.io/v1" } }] },
    lists: [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" }, select: orderBy === undefined ? {} : { orderBy } }],
  });
  const rollcall = await startRollcall({
    config: config!,
    open: async () => openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) }),
    log: () => undefined,
  });
  await rollcall.settled();
  expect(hub.list("Secret", "argocd").map(({ data }) => fromBase64(data!["name"]!))).toEqual([has]);
  await rollcall.stop();
  await hub.stop();
});
