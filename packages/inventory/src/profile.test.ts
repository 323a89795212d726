import fc from "fast-check";
import { type Cluster, isRefusal, toBase64 } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { parseProfile, placed } from "./index.ts";

const pem = `-----BEGIN CERTIFICATE-----\n${toBase64(`\u0030\u0042${"x".repeat(66)}`)}\n-----END CERTIFICATE-----\n`;
const ca = toBase64(pem);
const server = "https://paris.example.test:6443";
const exec = "client.authentication.k8s.io/exec";

function profile(status: unknown = {}, metadata: object = {}, spec: object = {}): unknown {
  return {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    metadata: {
      namespace: "fleet",
      name: "paris",
      uid: "u-1",
      resourceVersion: "7",
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...metadata,
    },
    spec: { clusterManager: { name: "hand" }, ...spec },
    status,
  };
}

function clusterOf(object: unknown): Cluster {
  const read = parseProfile(object);
  if ("refusal" in read) throw new Error(`refused: ${read.refusal.message}`);
  return read.cluster;
}

function refusalOf(object: unknown): string {
  const read = parseProfile(object);
  return "refusal" in read ? read.refusal.reason : "none";
}

/** A profile with one provider, and what became of it. */
function endpoint(cluster: unknown): unknown {
  return clusterOf(profile({ accessProviders: [{ name: "test", cluster }] })).access[0]?.endpoint;
}

describe("a profile becomes a cluster", () => {
  it("with all its words", () => {
    const status = {
      version: { kubernetes: "v1.34.2" },
      properties: [{ name: "region", value: "eu", lastObservedTime: "2026-01-01T00:00:00Z" }],
      conditions: [{ type: "ControlPlaneHealthy", status: "True" }],
      accessProviders: [{ name: "test", cluster: { server, "certificate-authority-data": ca } }],
    };
    const metadata = { labels: { env: "prod", "multicluster.x-k8s.io/inventory-member-id": "m-1" }, annotations: { secret: "kept out" } };
    expect(parseProfile(profile(status, metadata, { displayName: "Paris" }))).toEqual({
      id: "fleet/paris",
      uid: "u-1",
      resourceVersion: "7",
      cluster: {
        id: "fleet/paris",
        namespace: "fleet",
        name: "paris",
        uid: "u-1",
        memberId: "m-1",
        createdAt: "2026-01-01T00:00:00Z",
        resourceVersion: "7",
        displayName: "Paris",
        manager: "hand",
        labels: { env: "prod", "multicluster.x-k8s.io/inventory-member-id": "m-1" },
        properties: { region: "eu" },
        version: "v1.34.2",
        health: "healthy",
        conditions: { ControlPlaneHealthy: "True" },
        access: [{ provider: "test", endpoint: { server, ca: pem } }],
      },
    });
  });

  it("without a status, a display name or a member id", () => {
    const cluster = clusterOf(profile(undefined, { labels: { "multicluster.x-k8s.io/inventory-member-id": "" } }, { displayName: "" }));
    expect(cluster).toMatchObject({ displayName: "paris", health: "unknown", properties: {}, conditions: {}, access: [] });
    expect(cluster).not.toHaveProperty("clusterSet");
    expect(cluster).not.toHaveProperty("memberId");
    expect(cluster).not.toHaveProperty("terminating");
  });

  it("that says when it is being deleted", () => {
    expect(clusterOf(profile({}, { deletionTimestamp: "2026-08-22T07:31:00Z" })).terminating).toBe(true);
  });

  it("as v1alpha2 tells it", () => {
    expect(clusterOf({ ...(profile() as object), apiVersion: "multicluster.x-k8s.io/v1alpha2" }).id).toBe("fleet/paris");
  });

  it.each([
    ["True", "healthy"],
    ["False", "unhealthy"],
    ["Unknown", "unknown"],
    ["true", "unknown"],
  ])("whose ControlPlaneHealthy %s means %s", (status, health) => {
    const conditions = [
      { type: "Joined", status: "False" },
      { type: "ControlPlaneHealthy", status },
    ];
    expect(clusterOf(profile({ conditions })).health).toBe(health);
  });

  it("with each condition's status, and unknown where that is none or two", () => {
    const conditions = [
      { type: "Joined", status: "True", reason: "Joined", message: "since long" },
      { type: "Ready", status: "False" },
      { type: "Odd", status: "yes" },
      { type: "Silent" },
      { type: "Twice", status: "True" },
      { type: "Twice", status: "True" },
      { type: "Torn", status: "True" },
      { type: "Torn", status: "False" },
      { type: "Torn", status: "True" },
      { type: "", status: "True" },
      { status: "True" },
      null,
    ];
    expect(clusterOf(profile({ conditions })).conditions).toEqual({
      Joined: "True",
      Ready: "False",
      Odd: "Unknown",
      Silent: "Unknown",
      Twice: "True",
      Torn: "Unknown",
    });
  });

  const inSet = { label: { "multicluster.x-k8s.io/clusterset": "label" }, property: [{ name: "clusterset.k8s.io", value: "property" }] };
  const kep = { "clusterset.multicluster.x-k8s.io": "namespace, as the KEP spells it" };
  const constant = { "multicluster.x-k8s.io/clusterset": "namespace, as the constant spells it" };

  it.each([
    ["label", inSet.label, inSet.property, { ...kep, ...constant }],
    ["property", { "multicluster.x-k8s.io/clusterset": "" }, inSet.property, { ...kep, ...constant }],
    ["namespace, as the KEP spells it", {}, [], { ...constant, ...kep }],
    [
      "namespace, as the constant spells it",
      {},
      [{ name: "clusterset.k8s.io", value: "" }],
      { ...constant, "clusterset.multicluster.x-k8s.io": "" },
    ],
    [undefined, { "multicluster.x-k8s.io/clusterset": "" }, [], { "multicluster.x-k8s.io/clusterset": "" }],
  ])("in the cluster set of its %s", (clusterSet, labels, properties, namespaceLabels) => {
    const read = placed(parseProfile(profile({ properties }, { labels })), namespaceLabels);
    expect("cluster" in read && read.cluster.clusterSet).toBe(clusterSet);
  });

  it("without letting a name of its label, property or condition change other objects", () => {
    const hostile = JSON.parse('{"__proto__":"x","constructor":"y"}') as object;
    const conditions = [{ type: "__proto__", status: "True" }];
    const cluster = clusterOf(profile({ properties: [{ name: "__proto__", value: "z" }], conditions }, { labels: hostile }));
    expect(Object.entries(cluster.conditions)).toEqual([["__proto__", "True"]]);
    expect(Object.entries(cluster.labels)).toEqual(Object.entries(hostile));
    expect(Object.entries(cluster.properties)).toEqual([["__proto__", "z"]]);
    expect(Object.getPrototypeOf(cluster.properties)).toBeNull();
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("a profile that cannot be used says why", () => {
  it.each([
    ["NotAClusterProfile", { apiVersion: "config.projectsveltos.io/v1beta1", kind: "ClusterProfile", metadata: { name: "x" } }],
    ["NotAClusterProfile", { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "PlacementDecision" }],
    ["NotAClusterProfile", undefined],
    ["UnknownVersion", { apiVersion: "multicluster.x-k8s.io/v1", kind: "ClusterProfile" }],
    ["NoIdentity", profile({}, { uid: undefined })],
    ["NoIdentity", profile({}, { namespace: "" })],
    ["NoIdentity", profile({}, { name: 7 })],
    ["BadName", profile({}, { name: "../paris" })],
    ["BadName", profile({}, { namespace: "a.b" })],
    ["BadName", profile({}, { name: "p".repeat(254) })],
    ["NoManager", profile({}, {}, { clusterManager: {} })],
  ])("%s", (reason, object) => expect(refusalOf(object)).toBe(reason));

  it("and what it is called, as far as it says so", () => {
    expect([{}, { metadata: { name: "x" } }, profile({}, { uid: "" })].map((each) => parseProfile(each).id)).toEqual([
      "(unnamed)",
      "x",
      "fleet/paris",
    ]);
  });
});

describe("a server is kept as it is spelled, but for slashes at the end of its path", () => {
  it.each([
    ["https://paris.example.test", "https://paris.example.test"],
    ["https://API.Example.TEST:443/", "https://API.Example.TEST:443"],
    ["https://[2001:db8:42::7]:6443/", "https://[2001:db8:42::7]:6443"],
    ["https://proxy.hub:9092/edge//", "https://proxy.hub:9092/edge"],
    ["https://proxy.hub:9090?agentName=a/", "https://proxy.hub:9090?agentName=a/"],
    ["https://proxy.hub:9090/x/?agentName=a", "https://proxy.hub:9090/x?agentName=a"],
    ["https://10.0.0.1:6443", "https://10.0.0.1:6443"],
  ])("%s", (spelled, kept) => expect(endpoint({ server: spelled })).toEqual({ server: kept }));
});

describe("an endpoint that nobody should go to is refused", () => {
  it.each([
    ["NoEndpoint", undefined],
    ["NoEndpoint", null],
    ["NoServer", {}],
    ["NoServer", { server: "" }],
    ["NoServer", { server: 7 }],
    ["ServerTooLong", { server: `https://a.test/${"x".repeat(2048)}` }],
    ["ServerOddCharacters", { server: "https://a.test/ x" }],
    ["ServerOddCharacters", { server: " https://a.test" }],
    ["ServerOddCharacters", { server: "https://a.test\nHost: b" }],
    ["ServerOddCharacters", { server: "https://a.test\\@b.test" }],
    ["ServerOddCharacters", { server: "https://аpple.test" }],
    ["ServerNotUrl", { server: "api.example.test:6443" }],
    ["ServerNotUrl", { server: "https:api.example.test" }],
    ["ServerNotUrl", { server: "https:///api.example.test" }],
    ["ServerNotUrl", { server: "https://" }],
    ["ServerNotUrl", { server: "https://:6443" }],
    ["ServerNotUrl", { server: "https://a.test:99999" }],
    ["ServerNotUrl", { server: "https://2130706433" }],
    ["ServerNotUrl", { server: "https://%61.test" }],
    ["ServerNotUrl", { server: "https://[::1" }],
    ["ServerNotHttps", { server: "http://a.test" }],
    ["ServerNotHttps", { server: "file://a.test/etc/passwd" }],
    ["ServerUserInfo", { server: "https://admin:s3cret@a.test" }],
    ["ServerUserInfo", { server: "https://@a.test" }],
    ["ServerFragment", { server: "https://a.test#x" }],
    ["ServerDotSegment", { server: "https://gw.test/k8s/clusters/evil/../paris" }],
    ["ServerDotSegment", { server: "https://gw.test/k8s/clusters/evil/%2e%2e/paris" }],
    ["ServerDotSegment", { server: "https://gw.test/k8s/clusters/evil/.%2E/paris" }],
    ["ServerDotSegment", { server: "https://gw.test/k8s/clusters/evil%2f..%2Fparis" }],
    ["ServerDotSegment", { server: "https://gw.test/k8s/clusters/evil%5C..%5cparis" }],
    ["ServerDotSegment", { server: "https://gw.test/./paris" }],
    ["ServerFragment", { server: "https://a.test#" }],
    ["CaNotCertificates", { server, "certificate-authority-data": toBase64("not a certificate") }],
    ["CaNotCertificates", { server, "certificate-authority-data": "%%%" }],
    ["CaNotCertificates", { server, "certificate-authority-data": 7 }],
    ["CaNotBase64", { server, "certificate-authority-data": pem }],
    ["CaEncodedTwice", { server, "certificate-authority-data": toBase64(ca) }],
    ["CaTooLong", { server, "certificate-authority-data": "A".repeat(600_000) }],
    ["CaIsAPath", { server, "certificate-authority": "/etc/kubernetes/pki/ca.crt" }],
    ["InsecureWithCa", { server, "insecure-skip-tls-verify": true, "certificate-authority-data": ca }],
    ["BadTlsName", { server, "tls-server-name": "n".repeat(254) }],
    ["BadTlsName", { server, "tls-server-name": "a b" }],
    ["BadTlsName", { server, "tls-server-name": "-a" }],
    ["BadTlsName", { server, "tls-server-name": { toString: "x" } }],
    ["BadProxy", { server, "proxy-url": "ftp://proxy.test" }],
    ["BadProxy", { server, "proxy-url": "http://" }],
    ["BadProxy", { server, "proxy-url": "proxy.test:3128" }],
    ["BadProxy", { server, "proxy-url": "http://proxy.test\r\n" }],
    ["BadProxy", { server, "proxy-url": 3128 }],
    ["ProxyUserInfo", { server, "proxy-url": "http://me:s3cret@proxy.test:3128" }],
  ])("%s %j", (reason, cluster) => {
    expect(endpoint(cluster)).toEqual({ reason, message: expect.stringMatching(/^provider "test" of the profile: it/) as string });
    expect(JSON.stringify(endpoint(cluster))).not.toContain("s3cret");
  });

  it.each([
    [{ "insecure-skip-tls-verify": true }, { insecure: true }],
    [{ "insecure-skip-tls-verify": "true" }, {}],
    [{ "certificate-authority-data": ca, "certificate-authority": "/ignored" }, { ca: pem }],
    [{ "certificate-authority-data": "", "proxy-url": "", "tls-server-name": "" }, {}],
    [{ "tls-server-name": "kubernetes.default.svc" }, { tlsName: "kubernetes.default.svc" }],
    [{ "proxy-url": "socks5://bastion.test:1080" }, { proxy: "socks5://bastion.test:1080" }],
    [{ "disable-compression": true }, { disableCompression: true }],
  ])("while %j is fine", (more, kept) => expect(endpoint({ server, ...more })).toEqual({ server, ...kept }));
});

describe("the ways in of a profile", () => {
  const at = (name: string, host: string) => ({ name, cluster: { server: `https://${host}` } });

  it("are those of both lists; the deprecated one gives way, and the order says nothing", () => {
    const status = { credentialProviders: [at("b", "old"), at("a", "only-old")], accessProviders: [at("c", "c"), at("b", "new")] };
    expect(clusterOf(profile(status)).access).toEqual([
      { provider: "a", endpoint: { server: "https://only-old" } },
      { provider: "b", endpoint: { server: "https://new" } },
      { provider: "c", endpoint: { server: "https://c" } },
    ]);
  });

  it("are refused one by one when they have no name, or the same name twice", () => {
    const status = { accessProviders: [at("", "x"), null, at("b", "one"), at("b", "two"), at("c", "c")] };
    const reasons = clusterOf(profile(status)).access.map(({ provider, endpoint }) => [provider, isRefusal(endpoint) && endpoint.reason]);
    expect(reasons).toEqual([
      ["", "NoProviderName"],
      ["b", "DuplicateProvider"],
      ["c", false],
    ]);
  });

  const withExtensions = (...extensions: unknown[]) =>
    clusterOf(profile({ accessProviders: [{ name: "test", cluster: { server, extensions } }] })).access[0];

  it("tell a plugin what the first exec extension says", () => {
    const access = withExtensions(
      { name: exec, extension: { clusterName: "paris", deep: [{ a: 1.5 }] } },
      { name: exec, extension: { clusterName: "rome" } },
    );
    expect(access).toEqual({ provider: "test", endpoint: { server }, config: { clusterName: "paris", deep: [{ a: 1.5 }] } });
  });

  it("tell a plugin a number with every digit, where the reader kept them", () => {
    expect(withExtensions({ name: exec, extension: { id: 9007199254740993n } })).toMatchObject({ config: { id: 9007199254740993n } });
  });

  it("have nothing to tell where the extension is empty", () => {
    expect(withExtensions({ name: exec, extension: null })).toEqual({ provider: "test", endpoint: { server } });
    expect(withExtensions({ name: exec })).not.toHaveProperty("config");
  });

  const [args, env] = ["args", "envs"].map((what) => `clusterprofiles.multicluster.x-k8s.io/exec/additional-${what}`);

  it("keep apart what they would add to a plugin's call, the same whatever the order of a map", () => {
    const variables = JSON.parse('{"B":"","__proto__":"x","A":"1"}') as unknown;
    expect(withExtensions({ name: env, extension: variables }, { name: args, extension: ["--tenant", "t"] })).toStrictEqual({
      provider: "test",
      endpoint: { server },
      args: ["--tenant", "t"],
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "" },
        { name: "__proto__", value: "x" },
      ],
    });
  });

  it.each([{ of: { a: "b" } }, { of: ["--a", 1] }, { of: "--a" }, { of: 7 }])("can still be used when their arguments are %j", ({ of }) => {
    expect(withExtensions({ name: args, extension: of })).toMatchObject({ endpoint: { server }, args: { reason: "BadExecArguments" } });
  });

  it.each([{ of: ["A=1"] }, { of: { A: 1 } }, { of: { A: null } }, { of: "A=1" }, { of: 7 }])(
    "can still be used when their variables are %j",
    ({ of }) => {
      expect(withExtensions({ name: env, extension: of })).toMatchObject({ endpoint: { server }, env: { reason: "BadExecVariables" } });
    },
  );

  const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

  it.each([
    ["an array", ["--kubeconfig"], "is no object"],
    ["a scalar", "x", "is no object"],
    ["a number that JSON rounded", JSON.parse('{"id":9007199254740993}') as unknown, "2^53"],
    ["something very deep", nested(9000), "32 deep"],
    ["something very large", { all: Array.from({ length: 10_001 }, () => 0) }, "10000 values"],
  ])("are refused when the extension is %s", (_, extension, why) => {
    expect(withExtensions({ name: exec, extension })?.endpoint).toEqual({
      reason: "BadExecExtension",
      message: expect.stringContaining(why) as string,
    });
  });
});

describe("whatever a stranger writes", () => {
  const places = ["apiVersion", "kind", "metadata", "spec", "status"];
  const inside = ["metadata.labels", "metadata.name", "spec.clusterManager", "status.properties", "status.conditions", "status.version"];
  const within = ["server", "certificate-authority-data", "proxy-url", "tls-server-name", "extensions"].map(
    (key) => `status.accessProviders.0.cluster.${key}`,
  );
  const path = fc.constantFrom(...places, ...inside, "status.accessProviders", "status.accessProviders.0", ...within);

  it("is a cluster or a refusal, never an exception", () => {
    fc.assert(
      fc.property(path, fc.jsonValue(), (where, value) => {
        const object = structuredClone(
          profile({ accessProviders: [{ name: "test", cluster: { server, extensions: [{ name: exec, extension: {} }] } }] }),
        );
        const keys = where.split(".");
        let parent = object as Record<string, unknown>;
        for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as Record<string, unknown>;
        parent[keys.at(-1)!] = value;
        const read = parseProfile(object);
        return "cluster" in read !== "refusal" in read;
      }),
      { numRuns: 500 },
    );
  });
});
