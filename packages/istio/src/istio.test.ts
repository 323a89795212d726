import { describe, expect, it } from "vitest";
import { firstHarm, fromBase64, Hidden, toBase64, type Connection } from "@rollcall/contract";
import { ca, cluster, reachable, testAdapter, toYaml, type Given } from "@rollcall/testing";
import { parse } from "yaml";
import { istio, type IstioOptions } from "./index.ts";
import { readKubeconfig, startIstiod } from "./istiod.test.helper.ts";

const options: IstioOptions = { namespace: "istio-system" };
const login = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") } as const;
const key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";

type Some = { readonly [Key in keyof Connection]?: Connection[Key] | undefined };
type Case = Given & { readonly connection?: Some };

/** The Secret of one cluster, which has a token unless the case says otherwise. */
function secretOf({ connection, ...given }: Case, more: Partial<IstioOptions> = {}, keptAs?: string) {
  const kept = keptAs === undefined ? undefined : { name: keptAs, plain: {} };
  const [secret] = istio.entry(reachable({ ...given, connection: { login, ...connection } }), { ...options, ...more }, kept);
  return secret!;
}

const textOf = (id: string, given: Case, more: Partial<IstioOptions> = {}) => fromBase64(secretOf(given, more).data![id]!)!;

function refused(reason: string, message: string = ""): unknown {
  return expect.objectContaining({ name: "RollcallError", reason, retry: false, message: expect.stringContaining(message) as string });
}

describe("istio keeps the adapter promises", () => {
  testAdapter(istio, options);
});

describe("istio keeps the adapter promises when asked for the worst", () => {
  const keys = ["istio/multiCluster", "kiali.io/multiCluster", "argocd.argoproj.io/secret-type", "rollcall.dev/list", "__proto__"];
  testAdapter(istio, {
    ...options,
    readers: ["istio", "kiali"],
    labels: Object.fromEntries(keys.map((key) => [key, { from: "property" as const, key }])),
  });
});

it.each<{ readonly name: string; readonly given: Case; readonly options?: Partial<IstioOptions> }>([
  { name: "one cluster", given: { name: "paris" } },
  {
    name: "client certificate",
    given: {
      name: "paris",
      connection: { login: { kind: "credential", provider: "fleet", clientCertificate: { certificate: ca, key: new Hidden(key) } } },
    },
  },
  {
    name: "path, tls name and proxy",
    given: {
      name: "paris",
      connection: {
        server: "https://gateway.example.test/clusters/paris",
        ca: undefined,
        tlsName: "paris.internal",
        proxy: "socks5://bastion.example.test:1080",
        disableCompression: true,
      },
    },
  },
  { name: "insecure", given: { name: "paris", connection: { ca: undefined, insecure: true } } },
  {
    name: "ID, network and server from the profile",
    given: {
      name: "paris",
      labels: { "example.test/network": "net-1", mesh: "prod" },
      properties: { "cluster.clusterset.k8s.io": "eu-paris-1", "example.test/private": "https://10.0.0.1:6443" },
      connection: { ca: undefined },
    },
    options: {
      clusterId: { from: "property", key: "cluster.clusterset.k8s.io" },
      server: { from: "property", key: "example.test/private", allowed: ["10.0.0.1"] },
      labels: {
        "topology.istio.io/network": { from: "label", key: "example.test/network" },
        "example.test/mesh": { from: "label", key: "mesh" },
      },
    },
  },
  { name: "for Istio and Kiali", given: { name: "paris", connection: { ca: undefined } }, options: { readers: ["istio", "kiali"] } },
  { name: "for Kiali alone", given: { name: "paris", connection: { ca: undefined } }, options: { namespace: "kiali", readers: ["kiali"] } },
])("istio renders $name", async ({ name, given, options: more }) => {
  await expect(toYaml([secretOf(given, more)])).toMatchFileSnapshot(`__golden__/${name.toLowerCase().replaceAll(/,? /g, "-")}.yaml`);
});

it("means what istioctl create-remote-secret writes", () => {
  // With --name paris and a token of the reader account.
  const made = parse(`
apiVersion: v1
kind: Secret
metadata:
  annotations: { networking.istio.io/cluster: paris }
  labels: { istio/multiCluster: "true" }
  name: istio-remote-secret-paris
  namespace: istio-system
stringData:
  paris: |
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority-data: ${toBase64(ca)}
        server: https://paris.example.test:6443
      name: paris
    contexts:
    - context: { cluster: paris, user: paris }
      name: paris
    current-context: paris
    kind: Config
    users:
    - name: paris
      user: { token: s3cret }
`) as { readonly metadata: object; readonly stringData: { readonly paris: string } };
  const { metadata, data } = secretOf({ name: "paris" });
  expect(metadata).toEqual(made.metadata);
  expect(Object.keys(data!)).toEqual(["paris"]);
  expect(parse(fromBase64(data!["paris"]!)!)).toEqual(parse(made.stringData.paris));
});

describe("istiod", () => {
  const [paris, rome] = [secretOf({ name: "paris" }), secretOf({ name: "rome" })];

  it("adds a cluster once, and does nothing when its profile only tells of its health, its properties or a restart", () => {
    const istiod = startIstiod("local");
    istiod.see(paris);
    istiod.see(secretOf({ name: "paris", resourceVersion: "99", health: "unhealthy", properties: { beat: "7" }, version: "v2" }));
    istiod.see(
      secretOf({ name: "paris", uid: "another", labels: { a: "b" } }, { labels: { a: { from: "label", key: "a" } } }, paris.metadata.name),
    );
    expect(istiod.says).toEqual(["add paris"]);
  });

  it("starts a cluster anew when its token changes, and that one alone", () => {
    const istiod = startIstiod("local");
    for (const secret of [paris, rome]) istiod.see(secret);
    istiod.see(secretOf({ name: "paris", connection: { login: { ...login, token: new Hidden("next") } } }));
    expect(istiod.says).toEqual(["add paris", "add rome", "update paris"]);
  });

  it("forgets a cluster whose Secret is gone, and knows it by its new ID when that one is made afterwards", () => {
    const istiod = startIstiod("local");
    istiod.see(paris);
    istiod.lose(paris);
    istiod.see(secretOf({ name: "paris" }, { clusterIds: { "fleet/paris": "eu-paris" } }));
    expect(istiod.says).toEqual(["add paris", "delete paris", "add eu-paris"]);
  });
});

describe("a cluster's ID", () => {
  it.each([
    { from: "its name", more: {}, id: "paris" },
    { from: "a label", more: { clusterId: { from: "label", key: "mesh-id" } }, id: "eu-1" },
    { from: "a property", more: { clusterId: { from: "property", key: "id.k8s.io" } }, id: "eu-2" },
    { from: "the list's own word", more: { clusterId: { from: "label", key: "none" }, clusterIds: { "fleet/paris": "eu-3" } }, id: "eu-3" },
  ] as const)("comes from $from, and names the Secret, its key and all that is in it", ({ more, id }) => {
    const given = { name: "paris", labels: { "mesh-id": "eu-1" }, properties: { "id.k8s.io": "eu-2" } };
    const { metadata, data } = secretOf(given, more);
    expect([metadata.name, metadata.annotations, Object.keys(data!)]).toEqual([
      `istio-remote-secret-${id}`,
      { "networking.istio.io/cluster": id },
      [id],
    ]);
    expect(readKubeconfig(fromBase64(data![id]!)!).id).toBe(id);
  });

  it.each(["", "Paris", "a.b", "a_b", "-a", "a-", "x".repeat(64), "é", "a\n", "__proto__"])("is refused when it is %j", (id) => {
    expect(() => secretOf({ name: "x" }, { clusterIds: { "fleet/x": id } })).toThrow(refused("BadClusterId", "fleet/x"));
  });

  it("may have all of 63 characters", () => {
    const id = "x".repeat(63);
    expect(secretOf({ name: id }).metadata.name).toBe(`istio-remote-secret-${id}`);
  });

  it.each([{}, { "mesh-id": "" }])("is never made up when the profile does not say it: %j", (labels) => {
    expect(() => secretOf({ name: "paris", labels }, { clusterId: { from: "label", key: "mesh-id" } })).toThrow(
      refused("NoClusterId", "mesh-id"),
    );
  });

  it("is no word that every object seems to have", () => {
    expect(() => secretOf({ name: "paris" }, { clusterId: { from: "property", key: "constructor" } })).toThrow(refused("NoClusterId"));
  });

  it("is refused when it is that of the reading istiod, which would ignore the cluster", () => {
    expect(() => secretOf({ name: "paris" }, { ownId: "paris" })).toThrow(refused("OwnCluster", "fleet/paris"));
  });

  it("is not changed under a mesh that uses it: the Secret stays, and the refusal says how to rename", () => {
    const rename = () => secretOf({ name: "paris" }, { clusterIds: { "fleet/paris": "eu" } }, "istio-remote-secret-paris");
    expect(rename).toThrow(refused("ClusterIdChanged", "choose it anew"));
  });

  it("is one Secret's alone: two clusters with the same ID want the same name, which an API server gives once", () => {
    const clusterId = { from: "label", key: "id" } as const;
    const names = ["paris", "rome"].map((name) => secretOf({ name, labels: { id: "eu" } }, { clusterId }).metadata.name);
    expect(names).toEqual(["istio-remote-secret-eu", "istio-remote-secret-eu"]);
  });
});

describe("who reads a Secret", () => {
  it.each([
    { keptAs: "istio-remote-secret-paris", readers: ["kiali"] as const },
    { keptAs: "kiali-remote-secret-paris", readers: ["istio", "kiali"] as const },
  ])("is not changed by an option where $keptAs stands, which would be a removal or an ID twice", ({ keptAs, readers }) => {
    expect(() => secretOf({ name: "paris" }, { readers }, keptAs)).toThrow(refused("ReaderChanged", keptAs));
  });

  it("may come to be Kiali too, without a change that istiod would see", () => {
    const istiod = startIstiod("local");
    const before = secretOf({ name: "paris" });
    istiod.see(before);
    istiod.see(secretOf({ name: "paris" }, { readers: ["kiali", "istio"] }, before.metadata.name));
    expect(istiod.says).toEqual(["add paris"]);
  });
});

it("carries no label by which somebody else takes the Secret for theirs, and leaves out what is no label", () => {
  const value = { from: "value", value: "x" } as const;
  const keys = [
    "istio/multiCluster",
    "kiali.io/multiCluster",
    "operator.istio.io/component",
    "rollcall.dev/list",
    "argocd.argoproj.io/secret-type",
    "managed-by",
  ];
  const labels = {
    ...Object.fromEntries(keys.map((key) => [key, value])),
    long: { from: "property", key: "long" },
    none: { from: "property", key: "none" },
    "topology.istio.io/network": value,
  } as const;
  const secret = secretOf({ name: "paris", properties: { long: "not a label" } }, { labels });
  expect(secret.metadata.labels).toEqual({ "topology.istio.io/network": "x", "istio/multiCluster": "true" });
});

describe("another server that the profile says", () => {
  const server = { from: "property", key: "private", allowed: ["*.Internal.example.test", "10.0.0.1:6443", "[fd00::1]"] } as const;
  const from = (said: string) =>
    readKubeconfig(textOf("paris", { name: "paris", properties: { private: said } }, { server })).cluster["server"];

  it.each([
    ["https://paris.internal.example.test:6443/k8s/", "https://paris.internal.example.test:6443/k8s"],
    ["https://10.0.0.1:6443", "https://10.0.0.1:6443"],
    ["https://[fd00::1]:6443", "https://[fd00::1]:6443"],
    ["paris.internal.example.test", "https://paris.internal.example.test"],
  ])("is taken when the operator allows its host: %s", (said, is) => expect(from(said)).toBe(is));

  it.each([
    "https://evil.example.test",
    "https://evil-internal.example.test",
    "https://10.0.0.1",
    "http://10.0.0.1:6443",
    "https://user:pass@10.0.0.1:6443",
    "https://evil.example.test\\@10.0.0.1:6443",
    "https://10.0.0.1:6443#@evil.example.test",
    "https://evil.example.test/?https://10.0.0.1:6443",
    " https://10.0.0.1:6443",
    "https:10.0.0.1:6443",
    "x",
  ])("gets no credential when nobody allowed it: %s", (said) =>
    expect(() => from(said)).toThrow(refused("ServerNotAllowed", "server.allowed")),
  );

  it("is the usual one where the profile says none", () => {
    expect(readKubeconfig(textOf("paris", { name: "paris" }, { server })).cluster["server"]).toBe("https://paris.example.test:6443");
  });
});

it("trusts the CA of a cluster that also says insecure, since no client takes both", () => {
  const { cluster: written } = readKubeconfig(textOf("paris", { name: "paris", connection: { insecure: true } }));
  expect(written).toEqual({ server: "https://paris.example.test:6443", "certificate-authority-data": toBase64(ca) });
});

it("passes over a key that stands among the client certificates", () => {
  const clientCertificate = { certificate: `${ca}${key}${ca}`, key: new Hidden(key) };
  const text = textOf("paris", { name: "paris", connection: { login: { kind: "credential", provider: "fleet", clientCertificate } } });
  expect(readKubeconfig(text).user).toHaveProperty("client-key-data");
});

const credential = { kind: "credential", provider: "fleet" } as const;

it.each<{ readonly when: string; readonly given: Some; readonly reason: string; readonly more?: Partial<IstioOptions> }>([
  { when: "it is istiod's own", given: { server: "https://kubernetes.default.svc" }, reason: "InCluster" },
  { when: "it is istiod's own, spelled out", given: { server: "https://KUBERNETES.default.svc.cluster.local.:443/" }, reason: "InCluster" },
  { when: "it is istiod's own, by its short name", given: { server: "https://kubernetes" }, reason: "InCluster" },
  {
    when: "its server is one that was refused",
    given: { server: "https://HUB.example.test:443/" },
    reason: "OwnCluster",
    more: { refuse: ["https://hub.example.test"] },
  },
  { when: "its server has a query, which would be lost", given: { server: "https://a.test/?agentName=paris" }, reason: "QueryNotRead" },
  { when: "its server is no URL", given: { server: "a.test" }, reason: "BadServer" },
  { when: "its server would get the token in clear", given: { server: "http://a.test" }, reason: "BadServer" },
  { when: "its server holds what Go cannot read", given: { server: "https://a.test/%zz" }, reason: "BadServer" },
  { when: "its server ends in a line break", given: { server: "https://a.test\n" }, reason: "BadServer" },
  { when: "its CA is no PEM", given: { ca: "LS0tLS1CRUdJTg==" }, reason: "BadCertificate" },
  { when: "its CA is cut short", given: { ca: ca.replace("MIIBj", "MIIBk") }, reason: "BadCertificate" },
  { when: "its proxy is of another kind", given: { proxy: "ftp://p.test" }, reason: "ProxyNotSupported" },
  { when: "its proxy has no host", given: { proxy: "http://" }, reason: "ProxyNotSupported" },
  {
    when: "its login is a plugin, which istiod runs for nobody",
    given: { login: { kind: "exec", provider: "x", command: "/x", args: [], env: {}, apiVersion: "v1" } },
    reason: "NoCredential",
  },
  { when: "its login is a cloud identity", given: { login: { kind: "gcp", provider: "google" } }, reason: "NoCredential" },
  { when: "its credential is empty", given: { login: { ...credential, token: new Hidden("") } }, reason: "NoCredential" },
  { when: "its credential holds nothing", given: { login: credential }, reason: "NoCredential" },
  { when: "its token would break a header", given: { login: { ...credential, token: new Hidden("s3cret\r\nX: 1") } }, reason: "BadToken" },
  {
    when: "its client certificate comes with a key that is locked",
    given: {
      login: {
        ...credential,
        clientCertificate: { certificate: ca, key: new Hidden(key.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE")) },
      },
    },
    reason: "BadCertificate",
  },
])("istio refuses a cluster when $when", ({ given, reason, more }) => {
  const render = () => secretOf({ name: "paris", connection: given }, more);
  expect(render).toThrow(refused(reason, "paris"));
  expect(render).not.toThrow("s3cret");
});

it("never lets istiod log in by itself, which it cannot", () => {
  expect(istio.login(cluster({ name: "paris" }), options)).toBe("with a credential from us");
});

it("takes a cluster out of the mesh in one step, and that one stands behind the guard", () => {
  const { drain, release } = istio.leave(options);
  expect([drain, release].map((steps) => steps.map(({ does }) => does))).toEqual([
    ["delete", "outOfAnswers"],
    ["delete", "outOfAnswers"],
  ]);
  expect([firstHarm(drain), firstHarm(release)]).toEqual([0, 0]);
});
