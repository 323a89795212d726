import { describe, expect, it } from "vitest";
import { Hidden, type Connection } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { flux, type ConfigMapOptions, type FluxOptions } from "./index.ts";

const options: FluxOptions = { namespace: "apps" };
type Given = Parameters<typeof reachable>[0];

const token: Connection["login"] = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") };
const gcp: Connection["login"] = { kind: "gcp", provider: "google" };
const aws = { kind: "aws", provider: "eks", clusterName: "paris-7" } as const;
const azure = { kind: "azure", provider: "aks", env: {} } as const;
const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/paris-7";

const render = (connection: NonNullable<Given["connection"]>, more: Partial<FluxOptions> = {}, words: Partial<Given> = {}) => {
  return () => flux.entry(reachable({ name: "paris", ...words, connection }), { ...options, ...more });
};
const refused = (reason: string, message: string) =>
  expect.objectContaining({ name: "RollcallError", reason, message: expect.stringContaining(message) as string });

describe("a kubeconfig of which Flux would lose some", () => {
  it.each<{ readonly when: string; readonly connection: NonNullable<Given["connection"]>; readonly reason: string; readonly todo: string }>(
    [
      {
        when: "it is not to be verified",
        connection: { login: token, ca: undefined, insecure: true },
        reason: "InsecureNotRead",
        todo: "publish the CA",
      },
      {
        when: "its server has a query",
        connection: { login: token, server: "https://paris.test/?agent=1" },
        reason: "QueryNotRead",
        todo: "publish an endpoint",
      },
      { when: "it needs a plugin", connection: {}, reason: "NoCredential", todo: "with a credential from us" },
      { when: "it needs a cloud identity", connection: { login: gcp }, reason: "NoCredential", todo: "with a credential from us" },
      {
        when: "its credential holds nothing",
        connection: { login: { kind: "credential", provider: "fleet" } },
        reason: "EmptyCredential",
        todo: "look at what that provider answers",
      },
    ],
  )("is not written when $when", ({ connection, reason, todo }) => {
    expect(render(connection)).toThrow(refused(reason, todo));
    expect(render(connection)).toThrow(refused(reason, "fleet/paris"));
  });
});

it.each(["{name}-Kubeconfig", "{name}_x", "-{name}", "{name}.", "{cluster}"])(
  "the name %s is refused before an API server does",
  (name) => {
    expect(render({ login: token }, { name })).toThrow(refused("BadName", "option name"));
  },
);

describe("a ConfigMap by which Flux would lose some, or go elsewhere", () => {
  interface Case {
    readonly when: string;
    readonly connection: NonNullable<Given["connection"]>;
    readonly configMap?: ConfigMapOptions;
    readonly words?: Partial<Given>;
    readonly reason: string;
    readonly todo: string;
  }
  const generic: ConfigMapOptions = { provider: "generic" };
  const lookup: ConfigMapOptions = { lookup: true, cluster: "projects/p/locations/l/clusters/{name}" };
  it.each<Case>([
    { when: "its server has a path", connection: { server: "https://a.test/k8s/c-1" }, reason: "PathNotRead", todo: "publish an endpoint" },
    { when: "its server has a query", connection: { server: "https://a.test/?a" }, reason: "QueryNotRead", todo: "publish an endpoint" },
    { when: "it needs a proxy", connection: { proxy: "http://p.test:3128" }, reason: "ProxyNotRead", todo: "publish an endpoint" },
    { when: "it needs a TLS name", connection: { tlsName: "a.internal" }, reason: "TlsNameNotRead", todo: "publish a server" },
    { when: "it is not to be verified", connection: { ca: undefined, insecure: true }, reason: "InsecureNotRead", todo: "publish the CA" },
    { when: "it has a token", connection: { login: token }, reason: "TokenNotRead", todo: "give it a Secret" },
    { when: "its server is not https", connection: { server: "http://a.test" }, reason: "BadServer", todo: "https://HOST" },
    { when: "its server is HTTPS in capitals", connection: { server: "HTTPS://a.test" }, reason: "BadServer", todo: "https://HOST" },
    { when: "its server names a user", connection: { server: "https://me@a.test" }, reason: "BadServer", todo: "https://HOST" },
    { when: "its server is no URL", connection: { server: "https://a.test:99999" }, reason: "BadServer", todo: "https://HOST" },
    { when: "it needs a plugin", connection: {}, configMap: {}, reason: "PluginNotRead", todo: "configMap.provider" },
    {
      when: "it has a credential",
      connection: { login: token },
      configMap: {},
      reason: "CredentialNotRead",
      todo: "take the list's option",
    },
    {
      when: "its login names a role",
      connection: { login: { ...aws, roleArn: "arn:aws:iam::1:role/x" } },
      configMap: { cluster: arn },
      reason: "IdentityNotRead",
      todo: "configMap.serviceAccountName",
    },
    {
      when: "its login names an AWS profile",
      connection: { login: { ...aws, profile: "fleet" } },
      configMap: { cluster: arn },
      reason: "IdentityNotRead",
      todo: "configMap.provider: aws",
    },
    {
      when: "its login names an Azure identity",
      connection: { login: { ...azure, env: { AZURE_CLIENT_ID: "3f6a" } } },
      configMap: {},
      reason: "IdentityNotRead",
      todo: "configMap.provider: azure",
    },
    {
      when: "its login is of another kind",
      connection: { login: { ...azure, env: { AAD_LOGIN_METHOD: "spn" } } },
      configMap: {},
      reason: "IdentityNotRead",
      todo: "ServiceAccount",
    },
    {
      when: "nobody says its ARN",
      connection: { login: aws },
      configMap: {},
      reason: "NoClusterName",
      todo: "set the list's option configMap.cluster",
    },
    {
      when: "its profile does not say its ARN",
      connection: { login: aws },
      configMap: { cluster: { from: "label", key: "constructor" } },
      reason: "NoClusterName",
      todo: "set it in its ClusterProfile",
    },
    {
      when: "its profile says an empty name",
      connection: { login: aws },
      words: { properties: { "a.test/arn": "" } },
      configMap: { cluster: { from: "property", key: "a.test/arn" } },
      reason: "NoClusterName",
      todo: "set it in its ClusterProfile",
    },
    {
      when: "its ARN is that of another cluster than its login",
      connection: { login: { ...aws, clusterName: "rome" } },
      configMap: { cluster: arn },
      reason: "AnotherCluster",
      todo: "correct one of the two",
    },
    {
      when: "what should be its ARN is none",
      connection: { login: aws },
      configMap: { cluster: "paris-7" },
      reason: "BadClusterName",
      todo: "arn:PARTITION:eks",
    },
    {
      when: "what should be its name in GCP is none",
      connection: { login: gcp },
      configMap: { cluster: "projects/p/clusters/{name}" },
      reason: "BadClusterName",
      todo: "projects/PROJECT",
    },
    {
      when: "what should be its name in Azure has no subscription",
      connection: { login: azure },
      configMap: { cluster: "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/{name}" },
      reason: "BadClusterName",
      todo: "/subscriptions/ID",
    },
    {
      when: "its CA would be that of another address",
      connection: { login: gcp, ca: undefined },
      configMap: {},
      reason: "CaNeeded",
      todo: "configMap.lookup",
    },
    {
      when: "it is to be looked up and nobody says what it is called",
      connection: { login: gcp },
      configMap: { lookup: true },
      reason: "NoClusterName",
      todo: "configMap.cluster",
    },
    {
      when: "it is to be looked up and needs a proxy",
      connection: { login: gcp, proxy: "http://p.test:3128" },
      configMap: lookup,
      reason: "ProxyNotRead",
      todo: "publish an endpoint",
    },
  ])("is not written when $when", ({ connection, configMap = generic, words, reason, todo }) => {
    expect(render(connection, { configMap }, words)).toThrow(refused(reason, todo));
    expect(render(connection, { configMap }, words)).toThrow(refused(reason, "fleet/paris"));
  });

  it("is written with a word of the operator in place of the login that would be lost", () => {
    const role = { ...aws, roleArn: "arn:aws:iam::1:role/x" };
    const [made] = render({ login: role }, { configMap: { provider: "aws", cluster: arn, serviceAccountName: "x" } })();
    expect(made!.data).toMatchObject({ provider: "aws", cluster: arn, serviceAccountName: "x" });
  });

  it("is written with the whole name of the cluster in Azure, in whatever case its parts are", () => {
    const resource =
      "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/g/providers/microsoft.containerservice/managedClusters/paris";
    const properties = { "aks.example.test/id": resource };
    const from: ConfigMapOptions = { cluster: { from: "property", key: "aks.example.test/id" }, lookup: true };
    expect(render({ login: azure }, { configMap: from }, { properties })()[0]!.data).toEqual({ provider: "azure", cluster: resource });
  });

  it("is written with the system's roots where the cluster runs none of its own", () => {
    expect(render({ ca: undefined }, { configMap: generic })()[0]!.data).toEqual({
      provider: "generic",
      address: "https://paris.example.test:6443",
    });
  });

  it("is written for a cloud that need not be asked although nobody says what the cluster is called there", () => {
    expect(render({ login: gcp }, { configMap: { cluster: { from: "property", key: "nobody" } } })()[0]!.data).toEqual({
      provider: "gcp",
      address: "https://paris.example.test:6443",
      "ca.crt": ca,
    });
  });

  it("has an address without slashes at its end, since tokens are made for it as it is spelled", () => {
    expect(render({ server: "https://a.test//" }, { configMap: generic })()[0]!.data).toMatchObject({ address: "https://a.test" });
  });
});
