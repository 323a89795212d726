import { once } from "node:events";
import type { KubeObject } from "@rollcall/contract";
import { startMemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile } from "@rollcall/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { stringify } from "yaml";
import { configOf, listOf, provider } from "../reload.test.helper.ts";
import { folder, rollcall, start, type Ran } from "../run.test.helper.ts";
import { placeholder } from "../serve/manifests.ts";
import { routeOf } from "../serve/routes.ts";
import { tokensIn } from "../serve/tokens.ts";
import { fromYaml } from "../yaml.ts";

const plain = {
  apiVersion: "rollcall.dev/v1alpha1",
  kind: "RollcallConfig",
  inventory: { namespaces: ["fleet"] },
  lists: [{ name: "argocd", consumer: "argocd", target: { namespace: "gitops" } }],
};

async function run(serve: unknown, ...args: readonly string[]): Promise<Ran> {
  await using files = await folder({ "rollcall.yaml": stringify({ ...plain, serve }) });
  return await rollcall(["serve", "--config", files.at("rollcall.yaml"), ...args]);
}

async function printed(
  serve: object,
): Promise<(kind: string) => { readonly metadata: KubeObject["metadata"]; readonly [key: string]: unknown }> {
  const { code, stdout } = await run({ tokens: [{ file: "/etc/rollcall/token" }], ...serve }, "--print-manifests");
  expect(code).toBe(0);
  const objects = fromYaml("stdout", stdout) as readonly KubeObject[];
  return (kind) => {
    const found = objects.find((object) => object.kind === kind);
    if (found === undefined) throw new Error(`no ${kind}`);
    return found as unknown as ReturnType<Awaited<ReturnType<typeof printed>>>;
  };
}

describe("rollcall serve", () => {
  it("says what is missing in a config that serves nobody", async () => {
    const { code, stderr } = await run(undefined);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("rollcall.yaml does not say whom to answer; add serve with at least one file of tokens"),
    ]);
  });

  it("says what is wrong with a config as sync does", async () => {
    await using files = await folder({ "rollcall.yaml": "kind: RollcallConfig\n" });
    const { code } = await rollcall(["serve", "--config", files.at("rollcall.yaml")]);
    expect(code).toBe(1);
  });
});

it("a Rollcall that serves answers for its lists, and ends when it is told to", { timeout: 60_000 }, async () => {
  const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "one", "rollcall"] });
  onTestFinished(() => hub.stop());
  hub.apply(profile({ name: "paris" }));
  const kubeconfig = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "me" } }],
    clusters: [{ name: "hub", cluster: { server: hub.url } }],
    users: [{ name: "me", user: { token: hub.token } }],
  });
  const token = "6f1b8a6c0d3e4f52a7c9";
  const serve = { listen: "127.0.0.1:0", tokens: [{ file: "token" }] };
  const config = configOf([listOf("one")], {
    inventory: { namespaces: ["fleet"], kubeconfig: "hub.conf" },
    providers: { inline: [provider("fleet")] },
    serve,
  });
  await using files = await folder({ "hub.conf": kubeconfig, "config.yaml": stringify(config), token });
  const running = start(["serve", "--config", files.at("config.yaml")]);
  let log = "";
  running.stdout.on("data", (data: Buffer) => (log += data.toString()));
  const ended = once(running, "exit");
  await vi.waitFor(() => expect(log).toContain('"message":"answering"'), { timeout: 20_000 });
  const url = /"answering","url":"([^"]+)"/.exec(log)![1]!;
  const ids = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${url}/api/v1/lists/one`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? ((await answer.json()) as { clusters: { id: string }[] }).clusters.map(({ id }) => id) : [];
  };
  await vi.waitFor(async () => expect(await ids()).toEqual(["fleet/paris"]), { timeout: 20_000 });
  running.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(log).not.toContain(token);
});

describe("the manifests that it prints", () => {
  const open = { listen: "0.0.0.0:8443", insecure: true };

  it("are nine tenths of the way: nobody who forgets the token gets in by the placeholder", async () => {
    const { stdout } = await run({ tokens: [{ file: "/etc/rollcall/token" }], ...open }, "--print-manifests");
    expect(stdout).toContain("put it into /etc/rollcall/token");
    expect(stdout.split(`token: ${placeholder}`)).toHaveLength(3);
    expect(tokensIn(placeholder)).toMatchObject({ reason: "BadToken" });
  });

  it("lead Argo CD to the plugin, with a token from a Secret that it may read", async () => {
    const object = await printed({ ...open, prefix: "/rollcall" });
    expect(object("Service")).toMatchObject({
      metadata: { name: "rollcall", namespace: "rollcall" },
      spec: { selector: { "app.kubernetes.io/name": "rollcall" }, ports: [{ name: "http", port: 8443, targetPort: 8443 }] },
    });
    const { data } = object("ConfigMap") as unknown as { data: { baseUrl: string; token: string } };
    expect(data).toEqual({ baseUrl: "http://rollcall.rollcall.svc:8443/rollcall", token: "$rollcall-token:token", requestTimeout: "30" });
    expect(routeOf("POST", `${new URL(data.baseUrl).pathname}/api/v1/getparams.execute`, "/rollcall")).toMatchObject({ route: "plugin" });
    expect(object("Secret")).toMatchObject({
      metadata: { name: "rollcall-token", namespace: "gitops", labels: { "app.kubernetes.io/part-of": "argocd" } },
      stringData: { token: placeholder },
    });
  });

  it("have an ApplicationSet that asks for what the token is good for, and harms nobody who applies it", async () => {
    const object = await printed({ ...open, tokens: [{ file: "t", lists: ["argocd"], namespaces: ["fleet"], placements: ["web"] }] });
    const set = object("ApplicationSet");
    expect(set.metadata.namespace).toBe("gitops");
    expect(set).toMatchObject({
      apiVersion: "argoproj.io/v1alpha1",
      spec: {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [
          {
            plugin: {
              configMapRef: { name: "rollcall" },
              input: { parameters: { list: "argocd", placement: { key: "web", namespace: "fleet" } } },
              requeueAfterSeconds: 180,
            },
          },
        ],
        syncPolicy: { preserveResourcesOnDeletion: true },
      },
    });
    const { spec } = set as unknown as { spec: { template: { metadata: object; spec: object } } };
    expect(spec.template.metadata).not.toHaveProperty("finalizers");
    expect(spec.template.spec).not.toHaveProperty("syncPolicy");
    const one = await printed({ ...open, tokens: [{ file: "t", placements: ["fleet/web-0"] }] });
    expect(JSON.stringify(one("ApplicationSet"))).toContain('"placement":{"name":"web-0","namespace":"fleet"}');
  });

  it("lead flux-operator to the inputs, all of them", async () => {
    const object = await printed({ ...open, tokens: [{ file: "t", namespaces: ["fleet"], placements: ["web"] }] });
    expect(object("ResourceSetInputProvider")).toEqual({
      apiVersion: "fluxcd.controlplane.io/v1",
      kind: "ResourceSetInputProvider",
      metadata: { name: "rollcall", namespace: "flux-system", annotations: { "fluxcd.controlplane.io/reconcileEvery": "5m" } },
      spec: {
        type: "ExternalService",
        url: "http://rollcall.rollcall.svc:8443/flux/v1/inputs?list=argocd&placement=web&namespace=fleet",
        insecure: true,
        secretRef: { name: "rollcall-token" },
        filter: { limit: 10_000 },
      },
    });
  });

  it("with TLS speak of it, and of whose CA is trusted", async () => {
    const serve = { listen: "0.0.0.0:8443", tls: { cert: "tls.crt", key: "tls.key" } };
    const object = await printed(serve);
    expect(object("ResourceSetInputProvider")["spec"]).toMatchObject({
      url: expect.stringMatching(/^https:/) as string,
      certSecretRef: { name: "rollcall-ca" },
    });
    expect(object("ResourceSetInputProvider")["spec"]).not.toHaveProperty("insecure");
    expect(object("Service")["spec"]).toMatchObject({ ports: [{ name: "https" }] });
    const { stdout } = await run({ tokens: [{ file: "t" }], ...serve }, "--print-manifests");
    expect(stdout).toContain("SSL_CERT_DIR");
  });

  it("say so where nobody but the pod itself could reach it", async () => {
    const { stdout } = await run({ tokens: [{ file: "t" }] }, "--print-manifests");
    expect(stdout).toContain("serve.listen is 127.0.0.1:8443, which nobody outside the pod can reach: say 0.0.0.0:8443 first.");
  });
});
