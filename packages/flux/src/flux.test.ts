import { describe, expect, it } from "vitest";
import { firstHarm, Hidden, type Connection, type KubeObject } from "@rollcall/contract";
import { ca, cluster, reachable, testAdapter, toYaml } from "@rollcall/testing";
import { flux, type FluxOptions } from "./index.ts";
import { readSecret, user } from "./read-as-flux.test.helper.ts";

const options: FluxOptions = { namespace: "apps" };

describe("flux keeps the adapter promises with Secrets", () => {
  testAdapter(flux, { namespace: "apps", namespaces: ["infra", "apps"], watch: true, deadline: 60 });
});

describe("flux keeps the adapter promises with ConfigMaps", () => {
  testAdapter(flux, { namespace: "apps", namespaces: ["infra"], configMap: { provider: "generic", audiences: ["members"] } });
});

const token: Connection["login"] = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") };
const key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
const gcp: Connection["login"] = { kind: "gcp", provider: "google" };
const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/paris-7";

type Given = Parameters<typeof reachable>[0];
const paris = (connection: Given["connection"] = {}, more: Partial<Given> = {}): Given => ({
  name: "paris",
  ...more,
  connection: { login: token, ...connection },
});

interface Case {
  readonly name: string;
  readonly given: Given;
  readonly options?: Partial<FluxOptions>;
}

it.each<Case>([
  { name: "a secret", given: paris() },
  { name: "a secret that is watched", given: paris(), options: { watch: true } },
  { name: "a secret in three namespaces", given: paris(), options: { namespaces: ["infra", "team-a"] } },
  { name: "a secret with a name and key of its own", given: paris(), options: { name: "{name}-kubeconfig", key: "kubeconfig" } },
  {
    name: "a secret with all that Flux reads",
    given: paris({
      server: "https://gateway.example.test/clusters/paris",
      tlsName: "paris.internal",
      proxy: "socks5://bastion.example.test:1080",
      login: { kind: "credential", provider: "fleet", clientCertificate: { certificate: ca, key: new Hidden(key) } },
    }),
  },
  { name: "a secret without a ca", given: paris({ ca: undefined }) },
  {
    name: "a generic config map",
    given: paris({ login: { ...gcp } }),
    options: { watch: true, configMap: { provider: "generic", audiences: ["members", "paris"], serviceAccountName: "deployer" } },
  },
  {
    name: "a config map for gcp",
    given: paris({ login: gcp }, { properties: { "gke.example.test/name": "projects/p-1/locations/europe-west9/clusters/paris" } }),
    options: { configMap: { cluster: { from: "property", key: "gke.example.test/name" } } },
  },
  {
    name: "a config map for gcp that looks up the rest",
    given: paris({ login: gcp, server: "https://connectgateway.example.test/v1/paris", ca: undefined }),
    options: { configMap: { cluster: "projects/p-1/locations/europe-west9/clusters/{name}", lookup: true } },
  },
  {
    name: "a config map for aws",
    given: paris(
      { login: { kind: "aws", provider: "eks", clusterName: "paris-7" } },
      { access: [{ provider: "eks", endpoint: { server: "https://paris.example.test" }, config: { arn } }] },
    ),
    options: { configMap: { cluster: { from: "extension", key: "arn" } } },
  },
  {
    name: "a config map for azure",
    given: paris({ login: { kind: "azure", provider: "aks", env: { AAD_LOGIN_METHOD: "workloadidentity" } } }),
    options: { namespaces: ["infra"], configMap: { serviceAccountName: "deployer" } },
  },
])("flux renders $name", async ({ name, given, options: more }) => {
  const objects = flux.entry(reachable(given), { ...options, ...more });
  await expect(toYaml(objects)).toMatchFileSnapshot(`__golden__/${name.toLowerCase().replaceAll(" ", "-")}.yaml`);
});

describe("the names of what Flux's users name", () => {
  it("stay as they stand in every namespace, whatever the template says by now", () => {
    const kept = { name: "Paris_as_it_was", plain: {} };
    const made = flux.entry(reachable(paris()), { ...options, namespaces: ["infra"], name: "{name}" }, kept);
    expect(made.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ["infra", "Paris_as_it_was"],
      ["apps", "Paris_as_it_was"],
    ]);
  });

  it("are cut where an API server would refuse them, and two long ones stay two", () => {
    const named = ["x", "y"].map((end) => flux.entry(reachable(paris({}, { name: "a".repeat(252) + end })), options)[0]!.metadata.name);
    expect(named.map(({ length }) => length)).toEqual([253, 253]);
    expect(new Set(named).size).toBe(2);
  });

  it("say nothing of the profile's own name inside, so that a profile with another name changes nothing", () => {
    const kept = { name: "paris", plain: {} };
    const [one, other] = ["old", "new"].map((name) =>
      flux.entry(reachable(paris({ server: "https://paris.example.test" }, { name })), options, kept),
    );
    expect(other).toEqual(one);
  });
});

it("a Secret is found without a key being named, and its own key when one is", () => {
  const [byDefault] = flux.entry(reachable(paris()), options);
  const [named] = flux.entry(reachable(paris()), { ...options, key: "kubeconfig" });
  expect([readSecret(byDefault!).token, readSecret(named!, "kubeconfig").token]).toEqual(["s3cret", "s3cret"]);
});

it("a token that has not changed makes the same bytes, so that nothing is looked at again", () => {
  const words = { labels: { env: "prod" }, properties: { "a.test": "1" }, resourceVersion: "2", health: "unhealthy" as const };
  expect(flux.entry(reachable(paris({}, words)), options)).toEqual(flux.entry(reachable(paris()), options));
});

describe("flux", () => {
  it("asks for a credential where it writes Secrets, and for none where Flux logs in by itself", () => {
    expect(flux.login(cluster({ name: "paris" }), options)).toBe("with a credential from us");
    expect(flux.login(cluster({ name: "paris" }), { ...options, configMap: {} })).toBe("by itself");
  });

  it("writes one kind in exactly its namespaces, each once, the anchor's last", () => {
    const places = { namespace: "apps", namespaces: ["infra", "apps", "infra"] };
    const written = (more: Partial<FluxOptions>) =>
      flux.writes({ ...places, ...more }).map(({ kind, namespace }) => `${kind}/${namespace}`);
    expect(written({})).toEqual(["Secret/infra", "Secret/apps"]);
    expect(written({ configMap: {} })).toEqual(["ConfigMap/infra", "ConfigMap/apps"]);
  });
});

describe("a cluster leaves", () => {
  const own = { name: "fleet.paris", namespace: "apps", plain: {} };
  const places: FluxOptions = { namespace: "apps", namespaces: ["infra"] };
  const waitOf = (of: FluxOptions, way: "drain" | "release" = "drain") =>
    flux.leave(of)[way].find((step) => step.does === "untilUnused") ?? expect.fail("it does not wait");

  it("only when nobody uses it, either way", () => {
    const { drain, release } = flux.leave(options);
    expect([drain, release].map((steps) => steps.map(({ does }) => does))).toEqual([
      ["untilUnused", "delete"],
      ["untilUnused", "delete"],
    ]);
    expect([firstHarm(drain), firstHarm(release)]).toEqual([1, 1]);
  });

  it("after its deadline when it is released, and never by a deadline when it drains", () => {
    const waits = ["drain", "release"].map((way) => waitOf({ ...options, deadline: 60 }, way as "drain").deadline);
    expect(waits).toEqual([undefined, 60]);
    expect(waitOf(options, "release").deadline).toBeUndefined();
  });

  it("and asks in each of its namespaces, for both kinds unless told otherwise", () => {
    const reads = (of: FluxOptions) => waitOf(of).reads.map(({ plural, namespace }) => `${plural}/${namespace}`);
    expect(reads(places)).toEqual(["kustomizations/infra", "helmreleases/infra", "kustomizations/apps", "helmreleases/apps"]);
    expect(reads({ ...options, users: ["Kustomization"] })).toEqual(["kustomizations/apps"]);
    expect(reads({ ...options, users: [] })).toEqual(["kustomizations/apps", "helmreleases/apps"]);
  });

  const secretRef = { name: "fleet.paris" };
  it.each<{ readonly when: string; readonly by: KubeObject; readonly uses: boolean }>([
    { when: "names its Secret", by: user("Kustomization", "apps", { secretRef }), uses: true },
    { when: "is a HelmRelease", by: user("HelmRelease", "apps", { secretRef }), uses: true },
    { when: "names a key of it", by: user("Kustomization", "apps", { secretRef: { ...secretRef, key: "value" } }), uses: true },
    { when: "names its ConfigMap", by: user("Kustomization", "apps", { configMapRef: secretRef }), uses: true },
    { when: "names its copy in another namespace", by: user("Kustomization", "infra", { secretRef }), uses: true },
    {
      when: "is being deleted",
      by: user("Kustomization", "apps", { secretRef }, { deletionTimestamp: "2026-11-20T11:00:00Z" }),
      uses: true,
    },
    { when: "names the like in a namespace that is not the list's", by: user("Kustomization", "other", { secretRef }), uses: false },
    { when: "names another", by: user("Kustomization", "apps", { secretRef: { name: "fleet.paris-2" } }), uses: false },
    { when: "names none", by: user("Kustomization", "apps", undefined), uses: false },
    { when: "holds nonsense", by: user("Kustomization", "apps", "fleet.paris"), uses: false },
    { when: "holds nulls", by: user("Kustomization", "apps", { secretRef: null, configMapRef: null }), uses: false },
    { when: "has no spec", by: { ...user("Kustomization", "apps", {}), spec: null }, uses: false },
  ])("while somebody who $when holds it: $uses", ({ by, uses }) => {
    expect(waitOf(places).uses(by, own)).toBe(uses);
  });
});
