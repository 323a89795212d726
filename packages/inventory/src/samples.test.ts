import { readdirSync, readFileSync } from "node:fs";
import { type Access, isRefusal } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseProfile } from "./index.ts";

const folder = new URL("./__samples__/", import.meta.url);

const [proxyPod, gateway] = ["https://cluster-proxy-addon-user.open-cluster-management-addon:9092", "connectgateway.googleapis.com/v1"];

// What becomes of every sample: its health, and per way in the endpoint or the reason of its refusal.
const outcomes: Record<string, readonly string[]> = {
  "cp-01-ocm-two-inventories.yaml": [
    `argocd/edge-berlin-01: healthy; open-cluster-management ${proxyPod}/edge-berlin-01 ca`,
    `kueue-system/edge-berlin-01: healthy; open-cluster-management ${proxyPod}/edge-berlin-01 ca`,
    "argocd/edge-oslo-02: healthy",
  ],
  "cp-02-ocm-legacy-no-access.yaml": ["open-cluster-management/factory-7: healthy"],
  "cp-03-ocm-health-matrix.yaml": [
    `argocd/store-0091: unknown; open-cluster-management ${proxyPod}/store-0091 ca`,
    `argocd/store-0092: unhealthy; open-cluster-management ${proxyPod}/store-0092 ca`,
    `argocd/store-0093: unknown; open-cluster-management ${proxyPod}/store-0093 ca`,
    `argocd/store-0094: healthy, terminating; open-cluster-management ${proxyPod}/store-0094 ca`,
  ],
  "cp-04-gke-fleet-managed-sync.yaml": [
    `fleet-cluster-inventory/ml-batch-hub-europe-west4: unknown; google https://europe-west4-${gateway}/projects/480912345678/locations/europe-west4/gkeMemberships/ml-batch-hub`,
    `fleet-cluster-inventory/ml-batch-a3-us-central1: unknown; google https://us-central1-${gateway}/projects/480912345678/locations/us-central1/gkeMemberships/ml-batch-a3`,
    `fleet-cluster-inventory/web-spoke-asia-east1: unknown; argo-cd-builtin-gcp https://asia-east1-${gateway}/projects/480912345678/locations/asia-east1/gkeMemberships/web-spoke`,
  ],
  "cp-05-gke-bash-syncer.yaml": ["acme-platform-prod/payments-europe-north1: unknown"],
  "cp-06-kubefleet.yaml": [
    "fleet-system/bravelion: healthy; KubeFleet NoServer",
    "fleet-system/smartfish: unknown",
    "fleet-system/singingbutterfly: unhealthy; KubeFleet https://singingbutterfly-dns-a1b2c3d4.hcp.westeurope.azmk8s.io:443 ca",
  ],
  "cp-07-aks-kubelogin-envs.yaml": [
    "fleet-system/aks-payments-eastus2: healthy; aks-workload-identity https://aks-payments-x9y8z7.hcp.eastus2.azmk8s.io:443 ca",
  ],
  "cp-08-eks.yaml": [
    "cluster-inventory/eks-checkout-ap-northeast-1: healthy; eks https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.ap-northeast-1.eks.amazonaws.com ca",
  ],
  "cp-09-secretreader.yaml": ["argocd/spoke-lab: unknown; secretreader https://172.18.0.5:6443 ca"],
  "cp-10-kubeconfig-secretreader-capi.yaml": [
    "capi-tenants/tenant-a-docker: healthy; kubeconfig-secretreader https://172.18.0.9:6443 ca",
    "capi-tenants/tenant-b-docker: healthy; kubeconfig-secretreader https://172.18.0.10:6443 ca",
    "capi-tenants/tenant-c-docker: unknown; kubeconfig-secretreader https://tenant-c.api.example.test:6443 ca",
  ],
  "cp-11-token-secretreader.yaml": ["default/lab-2: unknown; token-secretreader https://host.docker.internal:51234 ca"],
  "cp-12-argocd-agent.yaml": [
    "argocd/agent-warehouse: unknown; argocd-agent https://argocd-agent-resource-proxy.argocd.svc.cluster.local:9090?agentName=agent-warehouse ca",
  ],
  "cp-13-multi-provider-and-deprecated.yaml": [
    `cluster-inventory/hybrid-core: healthy; google https://${gateway}/projects/480912345678/locations/global/memberships/hybrid-core; kubeconfig-secretreader https://10.20.30.40:6443 ca; legacy-oidc https://oidc.core.example.test:6443 ca; secretreader https://new.core.example.test:6443 ca`,
    "cluster-inventory/frozen-in-2025: healthy; secretreader https://frozen.example.test:6443 ca",
  ],
  "cp-14-tls-and-proxy-options.yaml": [
    "cluster-inventory/opt-http-proxy: healthy; secretreader https://api.dmz.example.test:6443 ca proxy",
    "cluster-inventory/opt-socks5-proxy: healthy; secretreader https://10.99.0.1:443 ca proxy",
    "cluster-inventory/opt-tls-server-name: healthy; secretreader https://203.0.113.17:6443 ca tlsName disableCompression",
    "cluster-inventory/opt-insecure: healthy; secretreader https://lab-nuc.local:6443 insecure",
    "cluster-inventory/opt-insecure-with-ca: healthy; secretreader InsecureWithCa",
    "cluster-inventory/opt-ca-file: healthy; secretreader CaIsAPath",
    "cluster-inventory/opt-ipv6: healthy; secretreader https://[2001:db8:42::7]:6443 ca",
    "cluster-inventory/opt-url-spelling: healthy; secretreader https://API.Prod.Example.TEST:443 ca",
    "cluster-inventory/opt-plain-http: healthy; secretreader ServerNotHttps",
  ],
  "cp-15-many-properties.yaml": ["argocd/telemetry-rich: healthy; secretreader https://telemetry.example.test:6443 ca"],
  "cp-16-names-and-limits.yaml": [
    `inventory-${"n".repeat(52)}z/${"a23456789-".repeat(25)}xyz: unknown; secretreader https://long.example.test:6443 ca`,
    "fleet/eu.prod.cluster-1.example.test: unknown; secretreader https://dots.example.test:6443 ca",
    "fleet/a-b: unknown; secretreader https://a-b.example.test:6443 ca",
    "fleet-a/b: unknown; secretreader https://b.example.test:6443 ca",
    "fleet/in-cluster: unknown; secretreader https://kubernetes.default.svc",
    "fleet/local: unknown; secretreader https://local.example.test:6443 ca",
    "fleet/local-alias: unknown; secretreader https://local.example.test:6443 ca",
  ],
  "cp-17-v1alpha2-member-ids.yaml": [
    "inventory-gitops/m-lisbon: healthy; secretreader https://lisbon.example.test:6443 ca",
    "inventory-gitops/m-lisbon-import: unknown; secretreader https://lisbon-vip.example.test:6443 ca",
    "inventory-gitops/m-quito-a: unknown; secretreader https://quito.example.test:6443",
    "inventory-gitops/m-quito-b: unknown; secretreader https://quito.example.test:6443",
    "inventory-gitops/m-noid-1: unknown; secretreader https://noid-1.example.test:6443",
    "inventory-gitops/m-noid-2: unknown; secretreader https://noid-2.example.test:6443",
    "inventory-batch/m-lisbon: unknown; secretreader https://lisbon.example.test:6443 ca",
  ],
  "cp-18-homonyms.yaml": ["deploy-ingress: NotAClusterProfile", "prod-eu-west: NotAClusterProfile"],
  "cp-19-predefined-properties.yaml": ["fleet/gpu-frankfurt-1: healthy", "fleet/gpu-oslo-1: unknown"],
  "invalid-01-rejected-by-crd.yaml": [
    "fleet-system/bad-additional-args: unknown; aks-workload-identity https://example-a1b2c3.hcp.eastus.azmk8s.io:443",
    "fleet-system/bad-no-manager: NoManager",
    "fleet-system/bad-duplicate-provider: unknown; secretreader DuplicateProvider",
    "fleet-system/bad-properties: unknown",
    "fleet-system/bad-no-server: unknown; secretreader NoServer",
    "fleet-system/bad-conditions: unknown",
  ],
  "invalid-02-admitted-but-unusable.yaml": [
    "fleet-system/odd-no-cluster: unknown; secretreader NoEndpoint",
    "fleet-system/odd-server: unknown; secretreader ServerNotUrl",
    "fleet-system/odd-ca-text: unknown; secretreader CaNotCertificates",
    "fleet-system/odd-ca-twice: unknown; secretreader CaEncodedTwice",
    'fleet-system/odd-providers: unknown; "" NoProviderName; kubeconfig-secretreader https://odd.example.test:6443; spire-agent https://odd.example.test:6443',
    "fleet-system/odd-manager-label: unknown; google https://odd-manager.example.test",
  ],
};

// What every sample says of itself, where it says it: when it was created, its member id, its cluster set and its conditions.
const words: Record<string, readonly string[]> = {
  "cp-01-ocm-two-inventories.yaml": [
    "2026-03-02T09:14:07Z, set retail-edge, ControlPlaneHealthy True, Joined True",
    "2026-04-11T16:02:31Z, set retail-edge, ControlPlaneHealthy True, Joined True",
    "2026-08-19T06:40:00Z, ControlPlaneHealthy True, Joined True",
  ],
  "cp-02-ocm-legacy-no-access.yaml": ["2025-02-18T11:20:45Z, set default, ControlPlaneHealthy True, Joined True"],
  "cp-03-ocm-health-matrix.yaml": [
    "2026-01-08T08:00:00Z, ControlPlaneHealthy Unknown, Joined True",
    "2026-01-08T08:00:10Z, ControlPlaneHealthy False, Joined True",
    "2026-08-22T07:30:00Z",
    "2025-11-30T08:00:00Z, ControlPlaneHealthy True, Joined False",
  ],
  "cp-04-gke-fleet-managed-sync.yaml": [
    "2026-05-05T10:00:01Z, Joined True",
    "2026-05-05T10:00:01Z, Joined True",
    "2026-06-01T00:30:12Z, Joined True",
  ],
  "cp-05-gke-bash-syncer.yaml": ["2024-11-04T13:37:00Z"],
  "cp-06-kubefleet.yaml": [
    "2026-04-09T05:06:07Z, ControlPlaneHealthy True",
    "2026-08-23T05:06:07Z, ControlPlaneHealthy Unknown",
    "2026-01-02T03:04:05Z, ControlPlaneHealthy False",
  ],
  "cp-07-aks-kubelogin-envs.yaml": ["2026-02-14T12:00:00Z, ControlPlaneHealthy True"],
  "cp-08-eks.yaml": ["2025-11-20T01:02:03Z, ControlPlaneHealthy True"],
  "cp-09-secretreader.yaml": ["2026-07-01T09:00:00Z, member spoke-lab"],
  "cp-10-kubeconfig-secretreader-capi.yaml": [
    "2026-06-10T10:10:10Z, ControlPlaneHealthy True",
    "2026-06-10T10:10:11Z, ControlPlaneHealthy True",
    "2026-06-10T10:10:12Z",
  ],
  "cp-11-token-secretreader.yaml": ["2025-11-04T04:04:04Z"],
  "cp-12-argocd-agent.yaml": ["2026-07-15T15:15:15Z, ArgoCDAgentRegistered True"],
  "cp-13-multi-provider-and-deprecated.yaml": [
    "2025-10-01T00:00:00Z, ControlPlaneHealthy True",
    "2025-07-01T00:00:00Z, ControlPlaneHealthy True",
  ],
  "cp-14-tls-and-proxy-options.yaml": Array.from({ length: 9 }, () => "ControlPlaneHealthy True"),
  "cp-15-many-properties.yaml": ["2026-05-20T10:00:00Z, set retail, ControlPlaneHealthy True, example.com/NodesHealthy False"],
  "cp-16-names-and-limits.yaml": Array.from({ length: 7 }, (_, at) => `2026-08-01T00:00:0${at}Z`),
  "cp-17-v1alpha2-member-ids.yaml": [
    "2026-09-01T08:00:00Z, member lisbon-7f3a, ControlPlaneHealthy True, Joined True",
    "2026-09-02T08:00:00Z, member lisbon-7f3a",
    "2026-09-03T08:00:00Z, member quito-11",
    "2026-09-03T08:00:00Z, member quito-11",
    "2026-09-04T08:00:00Z",
    "2026-09-04T08:00:00Z",
    "2026-09-01T07:00:00Z, member lisbon-7f3a",
  ],
  "cp-18-homonyms.yaml": ["NotAClusterProfile", "NotAClusterProfile"],
  "cp-19-predefined-properties.yaml": ["ControlPlaneHealthy True, AllNodesHealthy False", ""],
  "invalid-01-rejected-by-crd.yaml": ["", "NoManager", "", "", "", "ControlPlaneHealthy Unknown"],
  "invalid-02-admitted-but-unusable.yaml": ["", "", "", "", "", ""],
};

describe("every sample that a cluster manager could write has one outcome", () => {
  it("and none is left out", () => {
    expect(Object.keys(outcomes)).toEqual(readdirSync(folder).sort());
    expect(Object.keys(words)).toEqual(Object.keys(outcomes));
  });

  it.each(Object.entries(outcomes))("%s", (file, expected) => expect(stored(file).map(outcome)).toEqual(expected));

  it.each(Object.entries(words))("%s, in its own words", (file, expected) => expect(stored(file).map(ownWords)).toEqual(expected));

  it("though as a file without a uid, which only an API server gives, it is refused", () => {
    expect(documents("cp-09-secretreader.yaml").map(outcome)).toEqual(["argocd/spoke-lab: NoIdentity"]);
  });

  it("with properties that keep every name and value as they are", () => {
    const [read] = stored("cp-15-many-properties.yaml").map(parseProfile);
    const properties = read !== undefined && "cluster" in read ? read.cluster.properties : {};
    expect(Object.keys(properties)).toHaveLength(61);
    expect(properties["example.com/looks-like-a-number"]).toBe("0123");
    expect(properties["example.com/multi-line"]).toBe("first line\nsecond: line\n- third");
    expect(properties["example.com/value-1024"]).toHaveLength(1024);
  });
});

function documents(file: string): readonly Record<string, unknown>[] {
  return parseAllDocuments(readFileSync(new URL(file, folder), "utf8")).map((each) => each.toJS() as Record<string, unknown>);
}

/** The objects of a file as an API server would hand them out. */
function stored(file: string): readonly object[] {
  return documents(file).map((each, at) => ({ ...each, metadata: { uid: `uid-${at}`, ...(each["metadata"] as object) } }));
}

function outcome(object: unknown): string {
  const read = parseProfile(object);
  if ("refusal" in read) return `${read.id}: ${read.refusal.reason}`;
  const { id, health, terminating, access } = read.cluster;
  return [`${id}: ${health}${terminating ? ", terminating" : ""}`, ...access.map(wayIn)].join("; ");
}

function ownWords(object: unknown): string {
  const read = parseProfile(object);
  if ("refusal" in read) return read.refusal.reason;
  const { createdAt, memberId, clusterSet, conditions } = read.cluster;
  const said = [createdAt, memberId && `member ${memberId}`, clusterSet && `set ${clusterSet}`];
  return [...said.filter(Boolean), ...Object.entries(conditions).map(([type, status]) => `${type} ${status}`)].join(", ");
}

function wayIn({ provider, endpoint }: Access): string {
  const name = provider === "" ? '""' : provider;
  if (isRefusal(endpoint)) return `${name} ${endpoint.reason}`;
  const { server, ...more } = endpoint;
  return [name, server, ...Object.keys(more)].join(" ");
}
