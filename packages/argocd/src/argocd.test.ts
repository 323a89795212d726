import { describe, expect, it } from "vitest";
import { firstHarm, fromBase64, Hidden, type Connection, type KubeObject } from "@rollcall/contract";
import { cluster, reachable, testAdapter, toYaml } from "@rollcall/testing";
import { argocd, type ArgoCdOptions } from "./index.ts";

const options: ArgoCdOptions = { namespace: "argocd" };
const reserved = [
  "argocd.argoproj.io/*",
  "app.kubernetes.io/*",
  "kubectl.kubernetes.io/*",
  "rollcall.dev/*",
  "rollcall.dev/list",
  "__proto__",
];

describe("argocd keeps the adapter promises", () => {
  testAdapter(argocd, options);
});

describe("argocd keeps the adapter promises when asked for the worst", () => {
  const from = (source: "label" | "property") => Object.fromEntries(reserved.map((key) => [key, { from: source, key }]));
  testAdapter(argocd, {
    namespace: "argocd",
    copyLabels: reserved,
    labels: { ...from("property"), "a.test/label": { from: "property", key: "a.example" } },
    annotations: from("label"),
    shard: { hash: 5 },
    namespaces: ["web"],
    login: "with a credential from us",
  });
});

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
const exec: Connection["login"] = {
  kind: "exec",
  provider: "fleet",
  command: "/plugins/fleet-login",
  args: ["token", "--for=<argocd>"],
  env: { REGION: "eu", LOG_LEVEL: "warn" },
  apiVersion: "client.authentication.k8s.io/v1",
  installHint: "mount it into the application controller & the server",
  provideClusterInfo: true,
  config: { clusterName: "paris", account: 7 },
};

type Case = {
  readonly name: string;
  readonly clusters: readonly Parameters<typeof reachable>[0][];
  readonly options?: Partial<ArgoCdOptions>;
};
const paris = (connection: { readonly [Key in keyof Connection]?: Connection[Key] | undefined } = {}) => [
  { name: "paris", connection: { ca: certificate, ...connection } },
];

it.each<Case>([
  { name: "one cluster", clusters: [{ name: "paris" }] },
  { name: "a plugin that is told of its cluster", clusters: paris({ login: exec }) },
  {
    name: "profile labels",
    clusters: [
      {
        name: "paris",
        connection: { ca: certificate },
        labels: { env: "prod", "topology.kubernetes.io/region": "eu", "topology.kubernetes.io/zone": "eu-1", team: "web" },
      },
    ],
    options: { copyLabels: ["env", "topology.kubernetes.io/*"] },
  },
  {
    name: "gcp",
    clusters: paris({ login: { kind: "gcp", provider: "google" }, server: "https://gateway.example.test/v1/paris", ca: undefined }),
  },
  {
    name: "aws",
    clusters: paris({
      login: { kind: "aws", provider: "eks", clusterName: "paris-7", roleArn: "arn:aws:iam::123456789012:role/argocd", profile: "fleet" },
    }),
  },
  {
    name: "azure",
    clusters: paris({ login: { kind: "azure", provider: "aks", env: { AZURE_CLIENT_ID: "3f6a", AAD_LOGIN_METHOD: "workloadidentity" } } }),
  },
  { name: "bearer token", clusters: paris({ login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") } }) },
  {
    name: "client certificate",
    clusters: paris({ login: { kind: "credential", provider: "fleet", clientCertificate: { certificate, key: new Hidden(key) } } }),
  },
  {
    name: "tls name and proxy",
    clusters: paris({
      server: "https://10.0.0.1:6443",
      tlsName: "paris.internal",
      proxy: "socks5://bastion.example.test:1080",
      disableCompression: true,
    }),
  },
  { name: "no CA", clusters: paris({ ca: undefined }) },
  { name: "insecure", clusters: paris({ ca: undefined, insecure: true }) },
  { name: "project", clusters: paris(), options: { project: "platform" } },
  {
    name: "name with its namespace",
    clusters: [...paris(), { name: "paris", namespace: "retail", connection: { server: "https://retail.example.test", ca: undefined } }],
    options: { name: "{namespace}.{name}" },
  },
  { name: "no clusters", clusters: [] },
  {
    name: "a project that the profile names",
    clusters: [{ ...paris()[0]!, labels: { team: "payments" } }],
    options: { project: { from: "label", key: "team", allowed: ["platform", "payments"] } },
  },
  { name: "one shard for all", clusters: paris(), options: { shard: 2 } },
  {
    name: "a shard that the profile names",
    clusters: [{ ...paris()[0]!, properties: { "argo.example.test/shard": "1" } }],
    options: { shard: { from: "property", key: "argo.example.test/shard" } },
  },
  {
    name: "spread over three shards",
    clusters: ["paris", "rome", "oslo", "lima"].map((name) => ({ name, connection: { ca: undefined } })),
    options: { shard: { hash: 3 } },
  },
  { name: "some namespaces", clusters: paris(), options: { namespaces: ["web", "db"] } },
  {
    name: "some namespaces and what belongs to none",
    clusters: paris(),
    options: { namespaces: ["web", "db"], clusterResources: true },
  },
  {
    name: "labels and annotations from all over",
    clusters: [
      {
        ...paris()[0]!,
        displayName: "Paris (EU)",
        version: "v1.36.3+k3s1",
        clusterSet: "europe",
        labels: { env: "prod", team: "web" },
        properties: { "topology.kubernetes.io/region": "eu/west", "location.topology.k8s.io": "[48.86, 2.35]" },
      },
    ],
    options: {
      copyLabels: ["env"],
      labels: {
        "example.test/team": { from: "label", key: "team" },
        "example.test/region": { from: "property", key: "topology.kubernetes.io/region" },
        "example.test/version": { from: "version" },
        "example.test/manager": { from: "manager" },
        "example.test/set": { from: "clusterSet" },
        "example.test/missing": { from: "property", key: "nobody.example.test/says" },
        "argocd-agent.argoproj-labs.io/agent-name": { from: "name" },
        wave: { from: "value", value: "1" },
      },
      annotations: {
        "example.test/name": { from: "displayName" },
        "example.test/fleet": { from: "namespace" },
        "example.test/location": { from: "property", key: "location.topology.k8s.io" },
      },
    },
  },
  {
    name: "a plugin of an Argo CD before 3.5",
    clusters: paris({ login: { ...exec, args: ["token", "--cluster={namespace}/{name}"], env: { SERVER: "{server}" } } }),
    options: { passClusterInfo: false, placeholders: true },
  },
])("argocd renders $name", async ({ name, clusters, options: more }) => {
  const objects = clusters.flatMap((each) => argocd.entry(reachable(each), { ...options, ...more }));
  await expect(toYaml(objects)).toMatchFileSnapshot(`__golden__/${name.toLowerCase().replaceAll(" ", "-")}.yaml`);
});

it("argocd renders a kept name", async () => {
  const kept = { name: "cluster-paris-1234", plain: { name: "Paris (old)", server: "https://before.example.test" } };
  await expect(toYaml(argocd.entry(reachable({ name: "paris" }), options, kept))).toMatchFileSnapshot("__golden__/kept-name.yaml");
});

describe("argocd", () => {
  it("carries no label of Argo CD, kubectl or ours from a profile, whatever was asked", () => {
    const labels = {
      "argocd.argoproj.io/secret-type": "repository",
      "app.kubernetes.io/instance": "web",
      "app.kubernetes.io/part-of": "argocd",
      "app.kubernetes.io/name": "paris",
      "kubectl.kubernetes.io/last-applied-configuration": "x",
      "rollcall.dev/list": "other",
    };
    const [secret] = argocd.entry(reachable({ name: "paris", labels }), { ...options, copyLabels: [...reserved, ...Object.keys(labels)] });
    expect(secret!.metadata.labels).toEqual({ "app.kubernetes.io/name": "paris", "argocd.argoproj.io/secret-type": "cluster" });
  });

  it("copies labels that were asked for, not those that begin alike", () => {
    const labels = { env: "prod", environment: "x", "example.test.evil/a": "x", "example.test/a": "1" };
    const [secret] = argocd.entry(reachable({ name: "paris", labels }), { ...options, copyLabels: ["env", "example.test/*", "*"] });
    expect(secret!.metadata.labels).toEqual({ env: "prod", "example.test/a": "1", "argocd.argoproj.io/secret-type": "cluster" });
  });

  it("writes a server without trailing slashes", () => {
    expect(texts({ server: "https://a.test/k8s/c-1//" })["server"]).toBe("https://a.test/k8s/c-1");
  });

  it("tells a plugin of its cluster only where the operator said so", () => {
    const { provideClusterInfo: _, ...silent } = exec;
    expect(texts({ login: silent })["config"]).not.toContain("clusterName");
  });

  it("trusts the CA of a cluster that also says insecure", () => {
    expect(texts({ insecure: true })["config"]).toContain('"tlsClientConfig":{"insecure":false,"caData":');
  });

  it("logs in by itself unless the list says otherwise", () => {
    expect(argocd.login(cluster({ name: "paris" }), options)).toBe("by itself");
    expect(argocd.login(cluster({ name: "paris" }), { ...options, login: "with a credential from us" })).toBe("with a credential from us");
  });

  it("names a cluster anew whose name somebody emptied", () => {
    const kept = { name: "x", plain: { name: "" } };
    expect(fromBase64(argocd.entry(reachable({ name: "paris" }), options, kept)[0]!.data!["name"]!)).toBe("paris");
  });

  it("keeps a name that stands, even one that no newcomer would get", () => {
    const kept = { name: "x", plain: { name: "in-cluster" } };
    expect(fromBase64(argocd.entry(reachable({ name: "paris" }), options, kept)[0]!.data!["name"]!)).toBe("in-cluster");
  });

  it("lets an Application go before the Secret when it drains, and touches none when it releases", () => {
    const { drain, release } = argocd.leave(options);
    expect(drain.map(({ does }) => does)).toEqual(["relabel", "outOfAnswers", "untilUnused", "delete"]);
    expect(release.map(({ does }) => does)).toEqual(["delete", "outOfAnswers"]);
    expect([firstHarm(drain), firstHarm(release)]).toEqual([0, 0]);
  });
});

function texts(connection: Partial<Connection>): Record<string, string | undefined> {
  const [secret] = argocd.entry(reachable({ name: "paris", connection }), options);
  return Object.fromEntries(Object.entries(secret!.data!).map(([key, value]) => [key, fromBase64(value)]));
}

const inCluster = [
  "https://kubernetes.default.svc",
  "https://KUBERNETES.default.SVC:443/",
  "https://kubernetes.default.svc.cluster.local",
  "https://kubernetes.default.svc.:6443/x",
  "https://kubernetes.default",
];

it.each([
  ...inCluster.map((server) => ({
    when: `its server is ${server}`,
    given: { name: "paris", connection: { server } },
    reason: "InCluster",
  })),
  { when: "it is called like Argo CD's own cluster", given: { name: "in-cluster" }, reason: "ReservedName" },
  { when: "its name comes out empty", given: { name: "paris" }, template: "", reason: "BadName" },
  { when: "its name comes out too long", given: { name: "x".repeat(250) }, template: "{namespace}.{name}", reason: "BadName" },
  { when: "its name gets a line break", given: { name: "paris" }, template: "{name}\n", reason: "BadName" },
  {
    when: "its proxy is of a kind that Argo CD does not know",
    given: { name: "paris", connection: { proxy: "socks5h://x.test" } },
    reason: "ProxyNotSupported",
  },
  {
    when: "its proxy has no host",
    given: { name: "paris", connection: { proxy: "http://" } },
    reason: "ProxyNotSupported",
  },
  { when: "its server ends in a line break", given: { name: "paris", connection: { server: "https://a.test\n" } }, reason: "BadServer" },
  {
    when: "its server's query ends in a slash, which another server's may not",
    given: { name: "paris", connection: { server: "https://a.test/?agentName=paris/" } },
    reason: "BadServer",
  },
  { when: "its server is no URL", given: { name: "paris", connection: { server: "a.test" } }, reason: "BadServer" },
  {
    when: "its CA is not PEM",
    given: { name: "paris", connection: { ca: "LS0tLS1CRUdJTg==" } },
    reason: "BadCertificate",
  },
  {
    when: "its client certificate comes with a key that is locked",
    given: {
      name: "paris",
      connection: {
        login: {
          kind: "credential",
          provider: "fleet",
          clientCertificate: { certificate, key: new Hidden(key.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE")) },
        },
      },
    },
    reason: "BadCertificate",
  },
  {
    when: "its credential is empty",
    given: { name: "paris", connection: { login: { kind: "credential", provider: "fleet", token: new Hidden("") } as const } },
    reason: "NoCredential",
  },
] as const)("argocd refuses a cluster when $when", ({ given, reason, ...more }) => {
  const render = () => argocd.entry(reachable(given), { ...options, ...("template" in more && { name: more.template }) });
  expect(render).toThrow(expect.objectContaining({ name: "RollcallError", reason, retry: false }));
});

it.each(["https://kubernetes.default.svc.example.test", "https://my-kubernetes.default.svc", "https://paris.test/kubernetes.default.svc"])(
  "argocd takes %s for a cluster like any other",
  (server) => expect(texts({ server })["server"]).toBe(server),
);

const own = { name: "fleet.paris", namespace: "argocd", plain: { name: "paris", server: "https://paris.test/k8s" } };

it.each([
  { when: "names its server", destination: { server: "https://paris.test/k8s" }, uses: true },
  { when: "names its server with a slash", destination: { server: "https://paris.test/k8s/" }, uses: true },
  { when: "names it", destination: { name: "paris", namespace: "web" }, uses: true },
  { when: "names it and has several sources", destination: { name: "paris" }, more: { sources: [{}, {}] }, uses: true },
  { when: "names another server", destination: { server: "https://paris.test/k8s/other" }, uses: false },
  { when: "names another cluster", destination: { name: "paris-2" }, uses: false },
  { when: "names neither", destination: { server: "", name: "" }, uses: false },
  { when: "has no destination", uses: false },
])("an Application that $when holds the cluster: $uses", ({ destination, more, uses }) => {
  const wait = argocd.leave(options).drain.find((step) => step.does === "untilUnused");
  const application: KubeObject = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "web" },
    spec: { destination, ...more },
  };
  expect(wait?.uses(application, own)).toBe(uses);
  expect(wait?.reads).toEqual([{ apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespace: "*" }]);
});

it("an anchor whose plain values are lost holds nobody by accident", () => {
  const wait = argocd.leave(options).drain.find((step) => step.does === "untilUnused");
  const application = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "web" },
    spec: { destination: { name: "paris" } },
  };
  expect(wait?.uses(application, { ...own, plain: {} })).toBe(false);
});
