import fc from "fast-check";
import { canonicalJson, Hidden, isRefusal, toBase64, type KubeObject, type Reachable, type Refusal } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { ca } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { pluginCall } from "./exec/environment.ts";
import { exact, odd, quickly, spoilt } from "./hostile.test.helper.ts";
import { connect, newCredentials, newLogins, resolver, type Provider, type ResolverParts } from "./index.ts";

const execConfig = { command: "/plugins/x", apiVersion: "client.authentication.k8s.io/v1", provideClusterInfo: true };
const rules = { fromProfile: { argsPolicy: "Append", envPolicy: "Replace", args: { "--a": "x" }, env: { A: "x" } } } as const;
const plugin: Provider = { name: "p", execConfig, hosts: ["paris.example.test"] };
const ways: readonly Provider[] = [
  plugin,
  { ...plugin, credential: { kind: "exec", ...rules } },
  { ...plugin, credential: { kind: "secret", preset: "kubeconfig-secretreader" } },
  { ...plugin, credential: { kind: "secret", preset: "managed-service-account", serviceAccount: "argocd" } },
  { ...plugin, credential: { kind: "hub-token", serviceAccount: "n/s" } },
  { ...plugin, credential: { kind: "token-request", with: "other", serviceAccount: "n/s" } },
  { name: "p", login: { kind: "aws" } },
];

const secret: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "fleet" }, data: {} };
const away = () => Promise.reject(new Error("away"));
const parts: Omit<ResolverParts, "providers"> = {
  exec(ask) {
    const call = pluginCall({ ...ask, execConfig, rules, path: [], environment: {} });
    return Promise.resolve(isRefusal(call) ? call : { credential: { kind: "credential", provider: "p", token: new Hidden("t") } });
  },
  secrets: { get: () => Promise.resolve(secret), now: () => 0 },
  hub: { call: away },
  open: () => ({ call: away, close: () => Promise.resolve() }) as never,
};

const extensions = [
  { name: "client.authentication.k8s.io/exec", extension: { clusterName: "s", name: "s", key: "value", context: "c" } },
  { name: "clusterprofiles.multicluster.x-k8s.io/exec/additional-args", extension: ["--a=x"] },
  { name: "clusterprofiles.multicluster.x-k8s.io/exec/additional-envs", extension: { A: "x" } },
];
const at = { server: "https://paris.example.test", "certificate-authority-data": toBase64(ca) };
const offered = [
  { name: "p", cluster: { ...at, "tls-server-name": "paris.example.test", extensions } },
  { name: "other", cluster: { ...at, extensions } },
];

function accessOf(accessProviders: unknown) {
  const metadata = { name: "paris", namespace: "fleet", uid: "u" };
  const spec = { displayName: "paris", clusterManager: { name: "m" } };
  const head = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile" };
  return parseProfile({ ...head, metadata, spec, status: { accessProviders } });
}

/** What comes of a profile by every kind of provider, for both kinds of consumers. */
async function outcomes(accessProviders: unknown): Promise<readonly (Reachable | Refusal)[]> {
  const read = accessOf(accessProviders);
  if (!("cluster" in read)) return [];
  const answers = ways.map(async (provider) => {
    const providers = () => [provider, { ...plugin, name: "other" }];
    const resolve = resolver({ ...parts, providers });
    const credentials = newCredentials({ resolve, parallel: 1, now: () => 0, random: () => 0, onNews: () => undefined });
    const answer = await newLogins({ providers, credentials })(read.cluster, "with a credential from us");
    credentials.close();
    return [answer, await connect(read.cluster, "by itself", providers())];
  });
  return (await Promise.all(answers)).flat();
}

const inWords = /^(?!Unexpected)[A-Z][A-Za-z]+: \P{Cc}{1,2000}$/u;

/** What came of it that nobody could make use of. */
async function unfit(accessProviders: unknown): Promise<readonly string[]> {
  const answers = await quickly(() => outcomes(accessProviders));
  return answers
    .filter((answer) => isRefusal(answer))
    .map(({ reason, message }) => `${reason}: ${message}`)
    .filter((words) => !inWords.test(words));
}

describe("a profile that means harm", () => {
  it("is connected where it means none", async () => {
    const reasons = (await outcomes(offered)).map((answer) => (isRefusal(answer) ? answer.reason : "connected"));
    expect(reasons.filter((reason) => reason === "connected").length).toBeGreaterThan(6);
  });

  it.each(Object.entries(odd))("is connected, or refused in words, at once, where %s stands anywhere in it", async (_, by) => {
    for (const text of spoilt(offered, by)) expect(await unfit(exact(text))).toEqual([]);
  });

  it("whatever its extensions are, is never an exception", async () => {
    const keys = ["clusterName", "clusterId", "name", "key", "namespace", "context", "__proto__"];
    const extension = fc.oneof(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(extension, extension, extension, async (...said) => {
        const own = extensions.map((each, index) => ({ ...each, extension: said[index] }));
        expect(await unfit([{ name: "p", cluster: { ...at, extensions: own } }])).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("hands on every digit of a number", () => {
    const text = JSON.stringify(offered).replace('"clusterName":"s"', '"id":9007199254740993');
    const read = accessOf(exact(text));
    const access = "cluster" in read ? read.cluster.access.find(({ provider }) => provider === "p") : undefined;
    const call = pluginCall({ execConfig, endpoint: { server: "https://a" }, access: access!, rules: {}, path: [], environment: {} });
    expect(canonicalJson(call)).toContain("9007199254740993");
  });
});
