import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { firstHarm, fromBase64, Hidden, type Connection, type KubeObject } from "@rollcall/contract";
import { ca, cluster, reachable, testAdapter, toYaml } from "@rollcall/testing";
import { crdCheck } from "./crd.test.helper.ts";
import { kueue, type KueueOptions } from "./index.ts";

const problemsWith = crdCheck((path) => readFileSync(new URL(path, import.meta.url), "utf8"));

const options: KueueOptions = { namespace: "kueue-system", config: "batch" };
const byProfile: KueueOptions = { ...options, clusterSource: "clusterProfileRef" };
const auto: KueueOptions = { ...options, clusterSource: "auto", providers: ["google"] };

describe("kueue keeps the adapter promises with kubeconfigs", () => {
  testAdapter(kueue, options);
});

describe("kueue keeps the adapter promises with profiles", () => {
  testAdapter(kueue, byProfile);
});

describe("kueue keeps the adapter promises with either, and every option", () => {
  testAdapter(kueue, {
    ...options,
    clusterSource: "auto",
    providers: ["fleet"],
    mirror: true,
    prefix: "batch.",
    maxClusters: 3,
    whenEmpty: "delete",
    deadline: 0,
    gcInterval: 0,
    refuse: ["https://hub.example.test"],
  });
});

describe("kueue keeps the adapter promises in its old API", () => {
  testAdapter(kueue, { ...options, version: "v1beta1" });
});

const token: Connection["login"] = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") };
const key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
const exec: Connection["login"] = {
  kind: "exec",
  provider: "secretreader",
  command: "/plugins/secretreader",
  args: ["--for", "rollcall"],
  env: {},
  apiVersion: "client.authentication.k8s.io/v1",
};

type Given = Parameters<typeof reachable>[0];

interface Case {
  readonly name: string;
  readonly clusters: readonly Given[];
  readonly options?: Partial<KueueOptions>;
}

const paris = (connection: NonNullable<Given["connection"]> = {}, more: Partial<Given> = {}): Given => ({
  name: "paris",
  ...more,
  connection: { login: token, ...connection },
});

it.each<Case>([
  { name: "one cluster", clusters: [paris()] },
  {
    name: "client certificate",
    clusters: [paris({ login: { kind: "credential", provider: "fleet", clientCertificate: { certificate: ca, key: new Hidden(key) } } })],
  },
  {
    name: "every way to get there",
    clusters: [
      paris({
        server: "https://gateway.example.test/clusters/paris",
        tlsName: "paris.internal",
        proxy: "socks5://bastion.example.test:1080",
        disableCompression: true,
      }),
    ],
  },
  { name: "public CA", clusters: [paris({ ca: undefined })] },
  { name: "prefix", clusters: [paris()], options: { prefix: "night." } },
  { name: "old api", clusters: [paris()], options: { version: "v1beta1" } },
  {
    name: "profile from elsewhere",
    clusters: [
      paris(
        { login: exec, proxy: "http://bastion.example.test:3128", disableCompression: true },
        {
          displayName: "Paris (EU)",
          properties: { region: "eu" },
          labels: { env: "prod" },
          access: [
            { provider: "other", endpoint: { server: "https://other.example.test" } },
            { provider: "secretreader", endpoint: { server: "https://paris.example.test:6443" }, config: { clusterName: "paris" } },
          ],
        },
      ),
    ],
    options: { clusterSource: "clusterProfileRef" },
  },
  {
    name: "profile in kueue's namespace",
    clusters: [paris({ login: exec }, { namespace: "kueue-system" })],
    options: { clusterSource: "clusterProfileRef" },
  },
  {
    name: "profile in kueue's namespace and mirrored",
    clusters: [paris({ login: exec, ca: undefined }, { namespace: "kueue-system" })],
    options: { clusterSource: "clusterProfileRef", mirror: true },
  },
  {
    name: "either",
    clusters: [
      paris({ login: { kind: "gcp", provider: "google" }, server: "https://gateway.example.test/v1/paris", ca: undefined }),
      { name: "rome", connection: { login: token, ca: undefined } },
    ],
    options: { clusterSource: "auto", providers: ["google"] },
  },
  { name: "no clusters", clusters: [] },
])("kueue renders $name", async ({ name, clusters, options: more }) => {
  const objects = clusters.flatMap((each) => kueue.entry(reachable(each), { ...options, ...more }));
  expect(objects.flatMap(problemsWith)).toEqual([]);
  await expect(toYaml(objects)).toMatchFileSnapshot(`__golden__/${name.replaceAll("'", "").replaceAll(" ", "-").toLowerCase()}.yaml`);
});

it("kueue renders a kept name, in the kubeconfig too, since another byte there restarts its watches", async () => {
  const objects = kueue.entry(reachable(paris({}, { name: "paris-2" })), options, { name: "cluster-paris-1234", plain: {} });
  expect(fromBase64(objects[0]!.data!["kubeconfig"]!)).not.toContain('paris-2"');
  await expect(toYaml(objects)).toMatchFileSnapshot("__golden__/kept-name.yaml");
});

describe("a MultiKueueCluster comes after what it points at", () => {
  it.each([
    { by: "kubeconfig", given: paris(), options, kinds: ["Secret", "MultiKueueCluster"] },
    { by: "mirror", given: paris({ login: exec }), options: byProfile, kinds: ["ClusterProfile", "MultiKueueCluster"] },
  ])("its $by", ({ given, options, kinds }) => {
    const objects = kueue.entry(reachable(given), options);
    expect(objects.map(({ kind }) => kind)).toEqual(kinds);
    // What is left when the last is deleted still says how the cluster was called.
    expect(new Set(objects.map(({ metadata }) => metadata.name)).size).toBe(1);
    const order = kueue.writes(options).map(({ kind }) => kind);
    expect(kinds.map((kind) => order.indexOf(kind))).toEqual(kinds.map((kind) => order.indexOf(kind)).toSorted((a, b) => a - b));
  });
});

describe("a mirror", () => {
  const mirrorOf = (given: Given, more: Partial<KueueOptions> = {}) => kueue.entry(reachable(given), { ...byProfile, ...more })[0]!;
  const before = paris({ login: exec });

  it("is not written again for a heartbeat, or for anything that Kueue does not read", () => {
    const after = {
      ...before,
      resourceVersion: "99",
      health: "unhealthy",
      version: "v1.37.0",
      displayName: "Paris!",
      properties: { "nodes.count": "7" },
      labels: { env: "dev" },
      memberId: "m-1",
      access: [{ provider: "another", endpoint: { server: "https://another.example.test" } }],
    } as const;
    expect(mirrorOf(after)).toEqual(mirrorOf(before));
  });

  it("is written again when its server moves", () => {
    expect(mirrorOf(paris({ login: exec, server: "https://new.example.test" }))).not.toEqual(mirrorOf(before));
  });

  it("says what the login says to a plugin when the profile is not at hand", () => {
    expect(JSON.stringify(mirrorOf({ ...paris({ login: { ...exec, config: { clusterName: "p" } } }), access: [] }).status)).toContain(
      '"extension":{"clusterName":"p"}',
    );
  });

  it("is without a label that its manager's name is too long for", () => {
    const { metadata, spec } = mirrorOf({ ...before, manager: "m".repeat(64), labels: { "x-k8s.io/cluster-manager": "m" } });
    expect(metadata).not.toHaveProperty("labels");
    expect(spec).toEqual({ clusterManager: { name: "m".repeat(64) } });
  });

  it("is made anew for another manager, which an API server lets nobody change, and its status is written on its own", () => {
    const [kind] = kueue.writes(byProfile);
    expect(kind).toMatchObject({ kind: "ClusterProfile", status: true, replaceOn: ["spec.clusterManager"] });
    const { spec } = mirrorOf(before);
    expect(Object.keys(spec as object)).toEqual(["clusterManager"]);
  });

  it("holds no credential, even where one was resolved", () => {
    expect(JSON.stringify(mirrorOf(paris({ login: token })))).not.toContain("s3cret");
  });
});

describe("the kinds that kueue writes, and so the rights that it needs", () => {
  const kinds = (more: Partial<KueueOptions>) =>
    kueue.writes({ ...options, ...more }).map(({ kind, namespace }) => `${kind}${namespace === undefined ? "" : ` in ${namespace}`}`);
  const cluster = ["MultiKueueCluster", "MultiKueueConfig"];

  it.each([
    { when: "it writes kubeconfigs", more: {}, are: ["Secret in kueue-system", ...cluster] },
    { when: "it shows profiles", more: { clusterSource: "clusterProfileRef" }, are: ["ClusterProfile in kueue-system", ...cluster] },
    { when: "all profiles are where Kueue looks", more: { clusterSource: "clusterProfileRef", mirror: false }, are: cluster },
    {
      when: "it does either",
      more: { clusterSource: "auto" },
      are: ["Secret in kueue-system", "ClusterProfile in kueue-system", ...cluster],
    },
    { when: "its API is the old one", more: { version: "v1beta1", clusterSource: "auto" }, are: ["Secret in kueue-system", ...cluster] },
  ] as const)("are no more than these when $when", ({ more, are }) => expect(kinds(more)).toEqual(are));

  it("are of the version that is served", () => {
    const versions = kueue.writes({ ...options, version: "v1beta1" }).map(({ apiVersion }) => apiVersion);
    expect(versions).toEqual(["v1", "kueue.x-k8s.io/v1beta1", "kueue.x-k8s.io/v1beta1"]);
  });
});

describe("who logs in", () => {
  const google = { provider: "google", endpoint: { server: "https://paris.example.test" } };

  it.each([
    { when: "nobody says", options, is: "with a credential from us" },
    { when: "Kueue goes by profiles", options: byProfile, is: "by itself" },
    { when: "Kueue knows a provider of the profile", options: auto, access: [google], is: "by itself" },
    { when: "Kueue knows none", options: auto, access: [{ ...google, provider: "x" }], is: "with a credential from us" },
    { when: "nobody says which Kueue knows", options: { ...auto, providers: [] }, access: [google], is: "with a credential from us" },
    {
      when: "Kueue would drop the TLS name",
      options: auto,
      access: [{ ...google, endpoint: { ...google.endpoint, tlsName: "x" } }],
      is: "with a credential from us",
    },
    {
      when: "the profile does not say where it is",
      options: auto,
      access: [{ provider: "google", endpoint: { reason: "NoServer", message: "none" } }],
      is: "with a credential from us",
    },
    {
      when: "its API is the old one",
      options: { ...auto, version: "v1beta1" as const },
      access: [google],
      is: "with a credential from us",
    },
  ])("is settled when $when: $is", ({ options, access, is }) => {
    expect(kueue.login(cluster({ name: "paris", ...(access && { access }) }), options)).toBe(is);
  });
});

describe("a cluster that leaves", () => {
  it("is waited for, dropped, cleaned up after, and forgotten, whatever the reason", () => {
    const { drain, release } = kueue.leave(options);
    expect(release).toEqual(drain);
    expect(drain.map(({ does }) => does)).toEqual(["untilUnused", "dropFromIndex", "wait", "delete", "delete"]);
    expect(firstHarm(drain)).toBe(1);
    expect(drain[0]).toMatchObject({ deadline: 3600 });
    expect(drain[2]).toMatchObject({ seconds: 120 });
    // First Kueue lets go of the cluster, then its login goes.
    expect(drain.slice(3)).toEqual([{ does: "delete", kind: "MultiKueueCluster" }, { does: "delete" }]);
  });

  it("is waited for as long as the operator says, and cleaned up after as slowly as Kueue does", () => {
    const { drain } = kueue.leave({ ...options, deadline: 60, gcInterval: 5 });
    expect([drain[0], drain[2]]).toMatchObject([{ deadline: 60 }, { seconds: 10 }]);
  });

  const own = { name: "fleet.paris", namespace: "", plain: {} };
  const finished = (status: string) => ({ conditions: [null, { type: "Admitted", status: "True" }, { type: "Finished", status }] });

  it.each([
    { when: "was sent there", status: { clusterName: "fleet.paris" }, uses: true },
    { when: "was sent there and runs", status: { clusterName: "fleet.paris", ...finished("False") }, uses: true },
    { when: "was sent there and is done", status: { clusterName: "fleet.paris", ...finished("True") }, uses: false },
    { when: "was sent there and says something odd", status: { clusterName: "fleet.paris", conditions: "Finished" }, uses: true },
    { when: "was sent elsewhere", status: { clusterName: "fleet.paris-2" }, uses: false },
    { when: "may yet be sent anywhere", status: { nominatedClusterNames: ["fleet.paris"] }, uses: false },
    { when: "is new", status: undefined, uses: false },
  ])("is held by a Workload that $when: $uses", ({ status, uses }) => {
    const wait = kueue.leave(options).drain.find((step) => step.does === "untilUnused");
    const workload: KubeObject = { apiVersion: "kueue.x-k8s.io/v1beta2", kind: "Workload", metadata: { name: "job" }, status };
    expect(wait?.uses(workload, own)).toBe(uses);
    expect(wait?.reads).toEqual([{ apiVersion: "kueue.x-k8s.io/v1beta2", kind: "Workload", plural: "workloads", namespace: "*" }]);
  });
});
