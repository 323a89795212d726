import { sha256, toBase64, type Cluster, type Connection, type Endpoint, type KubeObject, type Reachable } from "@rollcall/contract";

/** What a test says of a cluster; the rest is filled in. */
export type Given = { readonly name: string } & Loose<Cluster>;

/** What a test says of a ClusterProfile; the rest is as a cluster manager would write it. */
export interface GivenProfile extends Loose<Omit<Cluster, "id" | "access">>, Loose<Omit<Endpoint, "insecure">> {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name of the one access provider; null for a profile without any. */
  readonly provider?: string | null;
  /** The exec extension. */
  readonly config?: unknown;
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A whole cluster from its name: healthy, in namespace `fleet`, with one way in. */
export function cluster(given: Given): Cluster {
  const { name, namespace = "fleet", manager = "fleet-manager", labels } = given;
  return withoutUndefined({
    id: `${namespace}/${name}`,
    uid: uidOf(namespace, name),
    createdAt: "2026-11-20T10:00:00Z",
    resourceVersion: "1",
    displayName: name,
    properties: {},
    version: "v1.36.3",
    access: [{ provider: "fleet", endpoint: endpointOf(name) }],
    ...given,
    namespace,
    manager,
    labels: { "x-k8s.io/cluster-manager": manager, ...labels },
    ...healthOf(given),
  });
}

/** A cluster whose consumer logs in by itself with a plugin, unless the connection says otherwise; an undefined part of it is left out. */
export function reachable({ connection, ...given }: Given & { readonly connection?: Loose<Connection> }): Reachable {
  const login = {
    kind: "exec",
    provider: "fleet",
    command: "/plugins/fleet-login",
    args: ["token"],
    env: {},
    apiVersion: "client.authentication.k8s.io/v1",
  } as const;
  return { ...cluster(given), connection: withoutUndefined({ ...endpointOf(given.name), login, ...connection }) };
}

/** A ClusterProfile, ready for a server or for `parseProfile`, which makes `cluster(given)` of it. */
export function profile(given: GivenProfile): KubeObject {
  const { name, namespace = "fleet", manager = "fleet-manager", memberId, clusterSet, properties = {}, version = "v1.36.3" } = given;
  return {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    metadata: withoutUndefined({
      name,
      namespace,
      uid: given.uid ?? uidOf(namespace, name),
      // Only when asked for: an API server refuses to create what already has one.
      resourceVersion: given.resourceVersion,
      creationTimestamp: given.createdAt ?? "2026-11-20T10:00:00Z",
      deletionTimestamp: given.terminating && "2026-11-20T11:00:00Z",
      labels: withoutUndefined({
        "x-k8s.io/cluster-manager": manager,
        "multicluster.x-k8s.io/inventory-member-id": memberId,
        "multicluster.x-k8s.io/clusterset": clusterSet,
        ...given.labels,
      }),
      annotations: given.annotations,
    }),
    spec: { displayName: given.displayName ?? name, clusterManager: { name: manager } },
    status: {
      version: { kubernetes: version },
      properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
      conditions: Object.entries(healthOf(given).conditions).map(([type, status]) => ({
        type,
        status,
        reason: "Reported",
        message: "",
        lastTransitionTime: "2026-11-20T10:00:00Z",
      })),
      accessProviders: given.provider === null ? [] : [accessProvider(given)],
    },
  };
}

/** Health is what a condition says: a test may name either. */
function healthOf({ health, conditions }: Loose<Pick<Cluster, "health" | "conditions">>): Pick<Cluster, "health" | "conditions"> {
  const said = { unknown: "Unknown", healthy: "True", unhealthy: "False" } as const;
  const means = { Unknown: "unknown", True: "healthy", False: "unhealthy" } as const;
  const known = conditions?.["ControlPlaneHealthy"];
  const is = known === undefined ? (health ?? "healthy") : means[known];
  return { health: is, conditions: { ControlPlaneHealthy: said[is], Joined: "True", ...conditions } };
}

function accessProvider(given: GivenProfile): unknown {
  const { provider = "fleet", server, ca, tlsName, proxy, disableCompression, config } = { ...endpointOf(given.name), ...given };
  return {
    name: provider,
    cluster: withoutUndefined({
      server,
      "certificate-authority-data": ca && toBase64(ca),
      "tls-server-name": tlsName,
      "proxy-url": proxy,
      "disable-compression": disableCompression,
      extensions: config === undefined ? undefined : [{ name: "client.authentication.k8s.io/exec", extension: config }],
    }),
  };
}

function endpointOf(name: string): Required<Pick<Endpoint, "server" | "ca">> {
  return { server: `https://${name}.example.test:6443`, ca };
}

/** Looks like a uid of an API server and is the same in every run. */
function uidOf(namespace: string, name: string): string {
  return sha256(`${namespace}/${name}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** A real certificate authority of which nobody has the key. */
export const ca = `-----BEGIN CERTIFICATE-----
MIIBjjCCATOgAwIBAgIUKyij74/2HPnV02xWCxOK1IDZJ+QwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRc2FtcGxlLXByb2QtZXUtY2EwHhcNMjYxMTIwMDk0MzI2WhcN
MzYxMTE3MDk0MzI2WjAcMRowGAYDVQQDDBFzYW1wbGUtcHJvZC1ldS1jYTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABPBJ8g8piICU8Mp1C5koED7BUCjvxmOIglps
SzgXwUBD1+PZnQQwM7uEiTIbm9zQ1XodbumOP2r9F6W1I7eBEyOjUzBRMB0GA1Ud
DgQWBBR6rBWLa6EwyRCZA/+Gq9n9lMadbTAfBgNVHSMEGDAWgBR6rBWLa6EwyRCZ
A/+Gq9n9lMadbTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC9
o+63ejjL1sMM/57klBCpud2ymI9oZUN9KnjudMDrsgIhAILYou3il+5naSDv2vqW
BJn2tKYg7Dz5zeU6rOCbYlMP
-----END CERTIFICATE-----
`;
