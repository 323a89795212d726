import { Hidden, type Adapter, type Credential, type Reachable } from "@rollcall/contract";
import { ca, reachable } from "./fixtures.ts";

const provider = "fleet";
const exec = {
  kind: "exec",
  provider,
  command: "/plugins/login",
  args: ["token"],
  env: { A: "1", B: "2" },
  apiVersion: "client.authentication.k8s.io/v1",
} as const;

/** Credentials whose secret parts would be seen anywhere. */
export const credentials: { readonly token: Credential; readonly certificate: Credential } = {
  token: { kind: "credential", provider, token: new Hidden("canary-token") },
  certificate: { kind: "credential", provider, clientCertificate: { certificate: ca, key: new Hidden("canary-key") } },
};

/** Words that must not become labels or annotations: consumers and engines act on them. */
export const hostileWords: Readonly<Record<string, string>> = Object.fromEntries(
  ["argocd.argoproj.io/secret-type", "app.kubernetes.io/instance", "__proto__", "rollcall.dev/list", "rollcall.dev/state"].map((key) => [
    key,
    "hostile",
  ]),
);

type Given = Parameters<typeof reachable>[0];

/** A cluster with a login of the sort that the adapter asks for. */
export function sample<Options>(adapter: Adapter<Options>, options: Options, given: Given = { name: "paris" }): Reachable {
  const cluster = reachable(given);
  if (given.connection?.login !== undefined || adapter.login(cluster, options) !== "with a credential from us") return cluster;
  return { ...cluster, connection: { ...cluster.connection, login: credentials.token } };
}

/** Clusters of every sort that a connection can be of. */
export function samples<Options>(adapter: Adapter<Options>, options: Options): readonly Reachable[] {
  const words = { labels: { env: "prod", region: "eu" }, properties: { "b.example": "2", "a.example": "1" } };
  const connections: readonly Given["connection"][] = [
    {},
    { ca: undefined },
    { ca: undefined, insecure: true },
    { tlsName: "api.internal", disableCompression: true },
    { proxy: "socks5://bastion.example.test:1080" },
    { server: "https://gateway.example.test/clusters/paris" },
    { login: exec },
    {
      login: {
        ...exec,
        installHint: "see <docs> & ask",
        provideClusterInfo: true,
        config: { clusterName: "paris", b: [1, { d: null, c: "x" }] },
      },
    },
    { login: { kind: "gcp", provider } },
    { login: { kind: "aws", provider, clusterName: "paris", roleArn: "arn:aws:iam::1:role/x", profile: "fleet" } },
    { login: { kind: "azure", provider, env: { AZURE_CLIENT_ID: "1", AAD_LOGIN_METHOD: "workloadidentity" } } },
    { login: credentials.token },
    { login: credentials.certificate },
  ];
  return connections.map((connection = {}) => sample(adapter, options, { name: "paris", ...words, connection }));
}

/** The same cluster, every record of it in the other order. */
export function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null || value instanceof Hidden) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  ) as T;
}

/** The same value, which nobody can change any more. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}

/** The longest name that an API server takes. */
export function longName(end: string): string {
  return `${"a".repeat(252)}${end}`;
}
