import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { KubeObject } from "@rollcall/contract";
import { startProxy } from "@rollcall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "./src/index.ts";
import { processes } from "./src/folder.ts";
import { until } from "./src/until.ts";

const profile = (status?: unknown, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  metadata: { name: "paris", namespace: "fleet", labels },
  spec: { displayName: "Paris", clusterManager: { name: "manager" } },
  ...(status !== undefined && { status }),
});

const mayListProfiles = (user: string) => [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: user, namespace: "fleet" },
    rules: [{ apiGroups: ["multicluster.x-k8s.io"], resources: ["clusterprofiles"], verbs: ["list", "watch"] }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: user, namespace: "fleet" },
    subjects: [{ kind: "ServiceAccount", name: user, namespace: "rollcall-system" }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: user },
  },
];

const profiles = "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/fleet/clusterprofiles";
const secrets = "/api/v1/namespaces/fleet/secrets";

describe("a real control plane", () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: true, crds: Object.values(crds), quiet: true });
  });
  afterAll(() => plane?.stop());

  it("is ready and says which version it is", async () => {
    expect(await plane.admin("GET", "/readyz")).toMatchObject({ status: 200, text: "ok" });
    expect((await plane.admin("GET", "/version")).body).toMatchObject({ gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/) });
  });

  it("takes a profile with its status, and takes away what the next one leaves out", async () => {
    await plane.apply(profile({ version: { kubernetes: "1.36.3" }, properties: [{ name: "region", value: "eu" }] }, { env: "prod" }));
    expect(await plane.get("ClusterProfile", "fleet", "paris")).toMatchObject({
      metadata: { labels: { env: "prod" } },
      status: { version: { kubernetes: "1.36.3" }, properties: [{ name: "region", value: "eu" }] },
    });

    await plane.apply(profile({ version: { kubernetes: "1.36.4" } }));
    const changed = await plane.get("ClusterProfile", "fleet", "paris");
    expect(changed?.metadata.labels).toBeUndefined();
    expect(changed?.status).toEqual({ version: { kubernetes: "1.36.4" } });
  });

  it("takes back what it gave, as it was read", async () => {
    const read = await plane.get("ClusterProfile", "fleet", "paris");
    await plane.remove("ClusterProfile", "fleet", "paris");
    expect(await plane.get("ClusterProfile", "fleet", "paris")).toBeUndefined();
    await plane.remove("ClusterProfile", "fleet", "paris");

    await plane.apply(read!);
    const [again] = await plane.list("ClusterProfile", "fleet");
    expect(again).toMatchObject({ spec: read!.spec, status: read!.status });
    expect(again!.metadata.uid).not.toBe(read!.metadata.uid);
  });

  it("refuses what the CRD refuses, and says so", async () => {
    const broken = { ...profile(), spec: { displayName: 7 } };
    await expect(plane.apply(broken)).rejects.toThrow(/ClusterProfile\/fleet\/paris: .*displayName/s);
  });

  it("serves Applications with any content", async () => {
    const destination = { server: "https://paris.example.test" };
    const metadata = { name: "web", namespace: "argocd" };
    await plane.apply({ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata, spec: { destination }, status: { sync: "x" } });
    expect(await plane.get("Application", "argocd", "web")).toMatchObject({ spec: { destination }, status: { sync: "x" } });
  });

  it("gives an account exactly its rights, at once", async () => {
    const account = await plane.account("lister", "rollcall-system", mayListProfiles("lister"));
    const ask = plane.as(account.token);
    expect((await ask("GET", profiles)).status).toBe(200);
    expect((await ask("GET", `${profiles}/paris`)).status).toBe(403);
    expect((await ask("GET", secrets)).status).toBe(403);
    expect((await ask("GET", profiles.replace("fleet", "other"))).status).toBe(403);
    expect((await plane.as(plane.strangerToken)("GET", profiles)).status).toBe(403);
    expect((await plane.as("nobody")("GET", profiles)).status).toBe(401);

    const { clusters, users } = JSON.parse(await readFile(account.kubeconfig, "utf8"));
    expect(users[0].user).toEqual({ token: account.token });
    expect(Buffer.from(clusters[0].cluster["certificate-authority-data"], "base64").toString()).toBe(plane.ca);
    const behind = JSON.parse(await readFile(await plane.kubeconfig(account.token, { server: "http://127.0.0.1:1" }), "utf8"));
    expect(behind.clusters[0].cluster).toEqual({ server: "http://127.0.0.1:1" });
  });

  it("counts every request of an account once", async () => {
    const { user, token } = await plane.account("counted", "rollcall-system", mayListProfiles("counted"));
    const ask = plane.as(token);
    await ask("GET", profiles);
    const since = await plane.mark();
    expect(await plane.audit({ user, since })).toEqual([]);

    await ask("GET", `${profiles}?limit=500`);
    await ask("GET", `${profiles}?watch=1&timeoutSeconds=1`);
    await ask("POST", secrets, { apiVersion: "v1", kind: "Secret", metadata: { name: "foreign" } });
    expect(await plane.audit({ user, since })).toEqual([
      expect.objectContaining({ verb: "list", resource: "clusterprofiles", namespace: "fleet", code: 200, uri: `${profiles}?limit=500` }),
      expect.objectContaining({ verb: "watch", resource: "clusterprofiles", code: 200 }),
      expect.objectContaining({ verb: "create", resource: "secrets", code: 403 }),
    ]);
    expect(await plane.audit({ user, verb: "list" })).toHaveLength(2);
  });

  it("counts a watch from its beginning, not again at its end", async () => {
    const { user, token } = await plane.account("watching", "rollcall-system", mayListProfiles("watching"));
    const watch = plane.as(token)("GET", `${profiles}?watch=1&timeoutSeconds=2`);
    await until("the watch is in the log", async () => (await plane.audit({ user, verb: "watch" })).length === 1, 5);
    const since = await plane.mark();
    await watch;
    expect(await plane.audit({ user, since })).toEqual([]);
  });

  it("can be spoken to through the fault proxy: requests, watches, and an answer in its place", async () => {
    const proxy = await startProxy({ target: plane.url, ca: plane.ca });
    const headers = { authorization: `Bearer ${plane.adminToken}` };
    const watch = await fetch(`${proxy.url}${secrets}?watch=1`, { headers });
    await plane.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "seen", namespace: "fleet" } });
    const { value } = await watch.body!.getReader().read();
    expect(JSON.parse(new TextDecoder().decode(value))).toMatchObject({ type: "ADDED", object: { metadata: { name: "seen" } } });

    proxy.rule({ when: ({ path }) => path === secrets, answer: { status: 500 }, times: 1 });
    const statuses = [await fetch(`${proxy.url}${secrets}`, { headers }), await fetch(`${proxy.url}${secrets}`, { headers })];
    expect(statuses.map(({ status }) => status)).toEqual([500, 200]);
    expect(proxy.requests.map(({ isWatch, answeredBy }) => [isWatch, answeredBy])).toEqual([
      [true, "target"],
      [false, "rule"],
      [false, "target"],
    ]);
    await proxy.stop();
  });

  it("deletes a namespace with all that is in it", async () => {
    await plane.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kept", namespace: "short-lived" } });
    await plane.remove("Namespace", undefined, "short-lived");
    await until("the namespace is gone", async () => (await plane.get("Namespace", undefined, "short-lived")) === undefined, 30);
    expect(await plane.get("ConfigMap", "short-lived", "kept")).toBeUndefined();
  });

  it.each(["kube-apiserver", "etcd"] as const)("keeps its data and its accounts when %s is killed", async (program) => {
    const { token } = await plane.account("survivor", "rollcall-system", mayListProfiles("survivor"));
    const before = await plane.get("ClusterProfile", "fleet", "paris");
    const running = () => processes().filter(({ command }) => command.includes(plane.dir)).length;
    await plane.kill(program);
    expect(running()).toBe(2);
    await plane.restart(program);
    expect(running()).toBe(3);
    expect(await plane.get("ClusterProfile", "fleet", "paris")).toEqual(before);
    expect((await plane.as(token)("GET", profiles)).status).toBe(200);
  });

  it("leaves no process and no folder behind", async () => {
    const ours = () => processes().filter(({ command }) => command.includes(plane.dir));
    expect(ours()).toHaveLength(3);
    await plane.stop();
    expect(ours()).toEqual([]);
    expect(existsSync(plane.dir)).toBe(false);
    await plane.stop();
  });
});
