import { type Cluster, Hidden, isRefusal, kubeconfig, type KubeObject, type ObjectMeta, secretData } from "@rollcall/contract";
import { ApiError } from "@rollcall/kube";
import { ca, cluster, loopbackCertificate, reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { type SecretHub, readSecret } from "./read-secret.ts";
import type { SecretSetting } from "./setting.ts";

const paris = cluster({ name: "paris", namespace: "fleet" });
const server = "https://paris.example.test:6443";
const login = { kind: "credential", provider: "x", token: new Hidden("canary-k") } as const;
const file = kubeconfig(reachable({ name: "paris", connection: { server, ca, login } }));

const tokens: SecretSetting = { kind: "secret", preset: "secretreader" };
const files: SecretSetting = { kind: "secret", preset: "kubeconfig-secretreader" };
const consent = { annotations: { "rollcall.dev/consent": "fleet/paris" } };

type Metadata = Partial<ObjectMeta> & { readonly ownerReferences?: unknown };

function secret(metadata: Metadata = consent, data: Readonly<Record<string, string>> = { token: "canary-t" }, type?: string): KubeObject {
  const all: ObjectMeta = { name: "s", namespace: "fleet", uid: "u-9", resourceVersion: "7", ...metadata };
  return { apiVersion: "v1", kind: "Secret", metadata: all, data: secretData(data), ...(type !== undefined && { type }) };
}

interface Given {
  readonly of?: Cluster;
  readonly config?: unknown;
  readonly setting?: SecretSetting;
  readonly secret?: KubeObject | Error;
  readonly now?: number;
}

/** What comes of an ask, its secrets shown, and what was asked of the hub. */
async function read({ of = paris, config = { clusterName: "s" }, setting = tokens, secret: stands = secret(), now = 0 }: Given) {
  const asked: string[] = [];
  const get: SecretHub["get"] = (namespace, name) => {
    asked.push(`${namespace}/${name}`);
    return stands instanceof Error ? Promise.reject(stands) : Promise.resolve(stands);
  };
  const ask = { cluster: of, access: { provider: "reader", endpoint: { server }, config }, provider: { name: "reader" } };
  const answer = await readSecret(ask, setting, { get, now: () => now }, new AbortController().signal);
  return { asked, answer, reason: isRefusal(answer) ? answer.reason : (answer.credential.token?.reveal() ?? "no token") };
}

describe("a credential is read from the Secret that a profile means", () => {
  it("as a token, with what it is from", async () => {
    const { asked, answer } = await read({});
    expect(asked).toEqual(["fleet/s"]);
    expect(answer).toEqual({
      credential: { kind: "credential", provider: "reader", token: expect.any(Hidden) as unknown },
      source: { namespace: "fleet", name: "s", uid: "u-9", resourceVersion: "7" },
    });
  });

  it("as a kubeconfig, with the server and the CA that it was made for", async () => {
    const { answer, reason } = await read({
      setting: files,
      config: { name: "s", key: "value" },
      secret: secret(consent, { value: file }),
    });
    expect(reason).toBe("canary-k");
    expect(answer).toMatchObject({ madeFor: { server, ca }, source: { uid: "u-9" } });
  });

  it("as the context of a kubeconfig that the profile names", async () => {
    const config = { name: "s", key: "value", context: "other" };
    const { answer } = await read({ setting: files, config, secret: secret(consent, { value: file }) });
    expect(answer).toMatchObject({
      reason: "UnknownContext",
      message: expect.stringMatching(/^Secret\/fleet\/s, key value: .*"other"/) as string,
    });
  });

  it("as a token whose Secret says which server it is for, with the CA beside it or with public ones", async () => {
    const annotations = { ...consent.annotations, "rollcall.dev/server": server };
    const made = async (data: Readonly<Record<string, string>>) =>
      (await read({ secret: secret({ annotations }, { token: "t", ...data }) })).answer;
    expect(await made({ "ca.crt": ca })).toMatchObject({ madeFor: { server, ca } });
    expect(await made({})).toMatchObject({ madeFor: { server } });
    expect(await made({})).not.toHaveProperty("madeFor.ca");
    expect(await made({ "ca.crt": "placeholder" })).toMatchObject({ reason: "BadCa" });
  });

  it("with the line end that an editor left behind its token, and with no other", async () => {
    const of = async (token: string) => (await read({ secret: secret(consent, { token }) })).reason;
    expect(await Promise.all(["t\n", "t\r\n", "t\n\n", "t\nx", " t", "t\u0000", "tö", "t".repeat(65_537)].map(of))).toEqual([
      "t",
      "t",
      ...Array.from({ length: 6 }, () => "BadToken"),
    ]);
  });

  it.each<readonly [SecretSetting, unknown, string]>([
    [{ ...tokens, namespace: "logins" }, { clusterName: "s" }, "logins/s"],
    [{ kind: "secret", preset: "token-secretreader" }, { secretName: "s", secretNamespace: "fleet", key: "token" }, "fleet/s"],
    [
      { kind: "secret", preset: "argocd-agent" },
      { tokenSecretName: "s", tokenSecretNamespace: "fleet", tokenSecretKey: "token" },
      "fleet/s",
    ],
    [{ kind: "secret", preset: "push", consumer: "us" }, null, "fleet/paris-kubeconfig"],
    [{ kind: "secret", preset: "push", consumer: "us", name: "{namespace}.{name}", namespace: "us" }, {}, "us/fleet.paris"],
    [{ kind: "secret", preset: "managed-service-account", serviceAccount: "argocd" }, { clusterName: "edge-1" }, "fleet/edge-1-argocd"],
  ])("by the name that its plugin would ask for: %o", async (setting, config, place) => {
    expect((await read({ setting, config })).asked).toEqual([place]);
  });
});

describe("no Secret is asked for", () => {
  const other: SecretSetting = { kind: "secret", preset: "token-secretreader" };
  it.each<readonly [string, string, SecretSetting, unknown]>([
    ["without an extension", "NoSecretName", tokens, null],
    ["where the extension names none", "NoSecretName", tokens, { name: "s" }],
    ["by a name that is none of the extension's own", "NoSecretName", tokens, JSON.parse('{"__proto__":{"clusterName":"s"}}')],
    ["by a number", "NoSecretName", tokens, { clusterName: 7 }],
    ["by a path", "BadSecretName", tokens, { clusterName: "../../configmaps/s" }],
    ["by a name that is too long", "BadSecretName", tokens, { clusterName: "s".repeat(254) }],
    ["in a namespace of the profile's choosing", "ForeignNamespace", files, { name: "s", key: "value", namespace: "kube-system" }],
    [
      "beside the profile, where the operator says another place",
      "ForeignNamespace",
      { ...files, namespace: "a" },
      { name: "s", key: "value", namespace: "fleet" },
    ],
    ["by a key that is not allowed", "KeyNotAllowed", files, { name: "s", key: "tls.key" }],
    ["by a key that the operator does not allow", "KeyNotAllowed", { ...files, keys: ["kc"] }, { name: "s", key: "value" }],
    ["without the key that its plugin asks for", "NoSecretKey", other, { secretName: "s", secretNamespace: "fleet" }],
  ])("%s: %s", async (_, reason, setting, config) => {
    expect(await read({ setting, config })).toMatchObject({ reason, asked: [] });
  });

  it("in a foreign namespace, and the refusal names both", async () => {
    const { answer } = await read({ setting: files, config: { name: "s", key: "value", namespace: "kube-system" } });
    expect(answer).toMatchObject({
      message: expect.stringMatching(/"kube-system".*from "fleet" alone; .* set namespace of this provider/) as string,
    });
  });
});

describe("a Secret is used only where it names the profile", () => {
  const owner = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", name: "paris", uid: paris.uid };
  const push = (labels: Readonly<Record<string, string>>): Metadata => ({ labels: { "x-k8s.io/cluster-profile": "paris", ...labels } });
  const away: Partial<ObjectMeta> = { namespace: "logins" };
  const word = (text: string): Metadata => ({ annotations: { "rollcall.dev/consent": text } });

  it.each<readonly [string, Metadata]>([
    ["by its whole name", word("fleet/paris")],
    ["by its name, beside it", word("paris")],
    ["among others", word("fleet/rome, fleet/paris")],
    ["by a label", { labels: { "rollcall.dev/consent": "paris" } }],
    ["from another namespace, by its whole name", { ...away, ...word("fleet/paris") }],
    ["as one that was pushed beside it", push({})],
    ["as one that was pushed for its namespace", { ...away, ...push({ "x-k8s.io/cluster-profile-namespace": "fleet" }) }],
    ["as its owner", { ownerReferences: [owner] }],
  ])("%s", async (_, metadata) => {
    expect((await read({ secret: secret(metadata) })).reason).toBe("canary-t");
  });

  it.each<readonly [string, Metadata]>([
    ["nobody", {}],
    ["another", word("fleet/rome")],
    ["one of that name elsewhere", word("retail/paris")],
    ["a name alone, from another namespace", { ...away, ...word("paris") }],
    ["every one", word("*")],
    ["a part of its name", word("fleet/paris-2")],
    ["one that it was pushed for elsewhere", push({ "x-k8s.io/cluster-profile-namespace": "retail" })],
    ["one in the namespace default, as a push without a namespace does", { ...away, ...push({}) }],
    ["a predecessor as its owner", { ownerReferences: [{ ...owner, uid: "u-0" }] }],
    ["another kind as its owner", { ownerReferences: [{ ...owner, apiVersion: "config.projectsveltos.io/v1beta1" }] }],
    ["an owner from another namespace", { ...away, ownerReferences: [owner] }],
    ["a cluster of Cluster API, and holds a token", { labels: { "cluster.x-k8s.io/cluster-name": "paris" } }],
  ])("and not where it names %s", async (_, metadata) => {
    expect((await read({ secret: secret(metadata, undefined, "cluster.x-k8s.io/secret") })).reason).toBe("NoConsent");
  });

  it("as Cluster API does with the kubeconfig of that cluster, beside the profile, in a Secret of its own type", async () => {
    const labels = { "cluster.x-k8s.io/cluster-name": "paris" };
    const of = async (metadata: Metadata, type?: string) =>
      (await read({ setting: files, config: { name: "s", key: "value" }, secret: secret(metadata, { value: file }, type) })).reason;
    expect(await of({ labels }, "cluster.x-k8s.io/secret")).toBe("canary-k");
    expect(await of({ labels }, "Opaque")).toBe("NoConsent");
    expect(await of({ ...away, labels }, "cluster.x-k8s.io/secret")).toBe("NoConsent");
    expect(await of({ labels: { "cluster.x-k8s.io/cluster-name": "rome" } }, "cluster.x-k8s.io/secret")).toBe("NoConsent");
  });

  it("unless the operator says that all in that namespace may be used", async () => {
    expect((await read({ setting: { ...tokens, consent: "namespace" }, secret: secret({}) })).reason).toBe("canary-t");
  });

  it("and not where it was pushed for another consumer", async () => {
    const setting: SecretSetting = { kind: "secret", preset: "push", consumer: "us", consent: "namespace" };
    const of = async (consumer: string) =>
      (await read({ setting, secret: secret({ labels: { "x-k8s.io/cluster-inventory-consumer": consumer } }, { Config: file }) })).reason;
    expect([await of("us"), await of("them")]).toEqual(["canary-k", "OtherConsumer"]);
    const theirs = secret({ labels: { "x-k8s.io/cluster-inventory-consumer": "them" } }, { Config: file });
    expect((await read({ setting, secret: theirs })).answer, "and what it gave before is taken back").toHaveProperty("revokes", true);
    const labels = { "x-k8s.io/cluster-inventory-consumer": "them" };
    expect((await read({ secret: secret({ ...consent, labels }) })).reason, "where no consumer was asked for").toBe("canary-t");
  });

  it("and says how it can", async () => {
    const { answer } = await read({ secret: secret({}) });
    expect(answer).toMatchObject({ message: expect.stringContaining("annotate it with rollcall.dev/consent: fleet/paris, or") as string });
  });
});

describe("a Secret that gives no credential is refused", () => {
  it.each<readonly [string, string, KubeObject | Error]>([
    ["that is not there", "NoSecret", new ApiError(404, "NotFound", "no")],
    ["that is being deleted", "NoSecret", secret({ ...consent, deletionTimestamp: "2026-11-21T10:00:00Z" })],
    ["that may not be read", "SecretForbidden", new ApiError(403, "Forbidden", "no")],
    ["without the key", "NoKey", secret(consent, { other: "t" })],
    ["with nothing under the key", "NoKey", secret(consent, { token: "" })],
    ["without data", "NoKey", { ...secret(), data: {} }],
    ["with bytes that are no text", "NotText", { ...secret(), data: { token: "/w==" } }],
  ])("%s: %s", async (_, reason, stands) => {
    expect((await read({ secret: stands })).reason).toBe(reason);
  });

  it("whose certificate has ended, and not a moment before", async () => {
    const { certificate, key } = loopbackCertificate();
    const clientCertificate = { certificate, key: new Hidden(key) };
    const connection = { server, ca, login: { kind: "credential", provider: "x", clientCertificate } } as const;
    const stands = secret(consent, { value: kubeconfig(reachable({ name: "paris", connection })) });
    const at = async (now: number) => (await read({ setting: files, config: { name: "s", key: "value" }, secret: stands, now })).reason;
    const end = Date.parse("9999-12-31T23:59:59Z");
    expect([await at(end - 1), await at(end)]).toEqual(["no token", "CredentialExpired"]);
  });

  it("whose token has ended by its own word, in a Secret of its own as in a kubeconfig, and holds nothing of it", async () => {
    const end = Date.parse("2027-01-15T08:00:00Z");
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none" })}.${part({ exp: end / 1000, sub: "canary" })}.c2ln`;
    const inFile = { ...login, token: new Hidden(token) };
    const value = kubeconfig(reachable({ name: "paris", connection: { server, ca, login: inFile } }));
    for (const given of [
      { secret: secret(consent, { token }) },
      { setting: files, config: { name: "s", key: "value" }, secret: secret(consent, { value }) },
    ]) {
      const { answer } = await read({ ...given, now: end - 1 });
      expect(answer).toMatchObject({ credential: { expiresAt: "2027-01-15T08:00:00.000Z" } });
      const late = await read({ ...given, now: end });
      expect(late.answer).toMatchObject({
        reason: "CredentialExpired",
        message: expect.stringContaining("its token ended at 2027") as string,
      });
      expect(JSON.stringify(late.answer)).not.toContain(token.slice(20, 40));
    }
  });

  it("whose certificate lasts, whatever the token beside it says: the end that is known is not lengthened by it", async () => {
    const { certificate, key } = loopbackCertificate();
    const token = new Hidden(`e30.${Buffer.from('{"exp":253402300800}').toString("base64url")}.c2ln`);
    const connection = {
      server,
      ca,
      login: { kind: "credential", provider: "x", token, clientCertificate: { certificate, key: new Hidden(key) } },
    } as const;
    const stands = secret(consent, { value: kubeconfig(reachable({ name: "paris", connection })) });
    const { answer } = await read({ setting: files, config: { name: "s", key: "value" }, secret: stands });
    expect(answer).toMatchObject({ credential: { expiresAt: "9999-12-31T23:59:59.000Z" } });
  });

  it.each([new ApiError(503, "ServiceUnavailable", "away"), new Error("the socket hung up")])(
    "but of a hub that does not answer nothing is concluded: %s",
    async (error) => {
      await expect(read({ secret: error })).rejects.toBe(error);
    },
  );
});
