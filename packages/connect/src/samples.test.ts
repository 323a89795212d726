import { readdirSync, readFileSync } from "node:fs";
import { type Cluster, isRefusal } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { connect, type Provider, readProviders } from "./index.ts";

const profiles = new URL("../../inventory/src/__samples__/", import.meta.url);
const file = JSON.parse(
  readFileSync(new URL("./__samples__/support-clusterprofile-provider-file.json", import.meta.url), "utf8"),
) as unknown;

const reader = (config?: object) => exec("/plugins/secretreader-plugin", config);
const kubeconfig = (config: object) => exec("/plugins/kubeconfig-secretreader-plugin", config);
const ocm = (clusterName: string) => exec("/plugins/cp-creds --managed-serviceaccount=argocd", { clusterName });
const google = exec("/plugins/gcp-auth-plugin");
const longest = `inventory-${"n".repeat(52)}z/${"a23456789-".repeat(25)}xyz`;

// What a consumer is told of every sample, given the provider file that Kubernetes tools share: a command, or why not.
const outcomes: Record<string, Readonly<Record<string, string>>> = {
  "cp-01-ocm-two-inventories.yaml": {
    "argocd/edge-berlin-01": ocm("edge-berlin-01"),
    "kueue-system/edge-berlin-01": ocm("edge-berlin-01"),
    "argocd/edge-oslo-02": "NoAccess",
  },
  "cp-02-ocm-legacy-no-access.yaml": { "open-cluster-management/factory-7": "NoAccess" },
  "cp-03-ocm-health-matrix.yaml": {
    "argocd/store-0091": ocm("store-0091"),
    "argocd/store-0092": ocm("store-0092"),
    "argocd/store-0093": ocm("store-0093"),
    "argocd/store-0094": ocm("store-0094"),
  },
  "cp-04-gke-fleet-managed-sync.yaml": {
    "fleet-cluster-inventory/ml-batch-hub-europe-west4": google,
    "fleet-cluster-inventory/ml-batch-a3-us-central1": google,
    "fleet-cluster-inventory/web-spoke-asia-east1": "NoProvider",
  },
  "cp-05-gke-bash-syncer.yaml": { "acme-platform-prod/payments-europe-north1": "NoAccess" },
  "cp-06-kubefleet.yaml": {
    "fleet-system/bravelion": "NoProvider",
    "fleet-system/smartfish": "NoAccess",
    "fleet-system/singingbutterfly": "NoProvider",
  },
  // Its policy is Replace, and still no variable of the profile arrives.
  "cp-07-aks-kubelogin-envs.yaml": {
    "fleet-system/aks-payments-eastus2": exec(
      "kubelogin get-token --login workloadidentity --federated-token-file /var/run/secrets/tokens/azure-identity-token",
    ),
  },
  "cp-08-eks.yaml": {
    "cluster-inventory/eks-checkout-ap-northeast-1": exec("/plugins/eks-aws-auth-plugin", {
      region: "ap-northeast-1",
      clusterId: "checkout",
    }),
  },
  "cp-09-secretreader.yaml": { "argocd/spoke-lab": reader({ clusterName: "kind-spoke" }) },
  "cp-10-kubeconfig-secretreader-capi.yaml": {
    "capi-tenants/tenant-a-docker": kubeconfig({
      name: "tenant-a-docker-kubeconfig",
      key: "value",
      namespace: "capi-tenants",
      context: "tenant-a-docker-admin@tenant-a-docker",
    }),
    "capi-tenants/tenant-b-docker": kubeconfig({ name: "tenant-b-docker-kubeconfig", key: "value" }),
    "capi-tenants/tenant-c-docker": kubeconfig({ name: "tenant-c-docker-kubeconfig", key: "value", namespace: "capi-tenants" }),
  },
  "cp-11-token-secretreader.yaml": {
    "default/lab-2": exec("/plugins/token-secretreader-plugin", {
      secretName: "lab-2-reader",
      secretNamespace: "spoke-manager",
      key: "token",
    }),
  },
  "cp-12-argocd-agent.yaml": {
    "argocd/agent-warehouse": exec("/plugins/argocd-agent-creds", {
      agentName: "agent-warehouse",
      tokenSecretName: "agent-warehouse-argocd-agent-token",
      tokenSecretNamespace: "argocd",
      tokenSecretKey: "token",
    }),
  },
  "cp-13-multi-provider-and-deprecated.yaml": {
    "cluster-inventory/hybrid-core": google,
    "cluster-inventory/frozen-in-2025": reader({ clusterName: "frozen-in-2025" }),
  },
  "cp-14-tls-and-proxy-options.yaml": {
    "cluster-inventory/opt-http-proxy": reader({ clusterName: "opt-http-proxy" }),
    "cluster-inventory/opt-socks5-proxy": reader({ clusterName: "opt-socks5-proxy" }),
    "cluster-inventory/opt-tls-server-name": reader({ clusterName: "opt-tls-server-name" }),
    "cluster-inventory/opt-insecure": "InsecureEndpoint",
    "cluster-inventory/opt-insecure-with-ca": "InsecureWithCa",
    "cluster-inventory/opt-ca-file": "CaIsAPath",
    "cluster-inventory/opt-ipv6": reader({ clusterName: "opt-ipv6" }),
    "cluster-inventory/opt-url-spelling": reader({ clusterName: "opt-url-spelling" }),
    "cluster-inventory/opt-plain-http": "ServerNotHttps",
  },
  "cp-15-many-properties.yaml": { "argocd/telemetry-rich": reader({ clusterName: "telemetry-rich" }) },
  "cp-16-names-and-limits.yaml": {
    [longest]: reader({ clusterName: "long" }),
    "fleet/eu.prod.cluster-1.example.test": reader({ clusterName: "dots" }),
    "fleet/a-b": reader(),
    "fleet-a/b": reader(),
    "fleet/in-cluster": reader(),
    "fleet/local": reader(),
    "fleet/local-alias": reader(),
  },
  "cp-17-v1alpha2-member-ids.yaml": {
    "inventory-gitops/m-lisbon": reader({ clusterName: "m-lisbon" }),
    "inventory-gitops/m-lisbon-import": reader({ clusterName: "m-lisbon-import" }),
    "inventory-gitops/m-quito-a": reader(),
    "inventory-gitops/m-quito-b": reader(),
    "inventory-gitops/m-noid-1": reader(),
    "inventory-gitops/m-noid-2": reader(),
    "inventory-batch/m-lisbon": reader({ clusterName: "m-lisbon" }),
  },
  "cp-18-homonyms.yaml": {},
  "cp-19-predefined-properties.yaml": { "fleet/gpu-frankfurt-1": "NoAccess", "fleet/gpu-oslo-1": "NoAccess" },
};

describe("every sample is told to a consumer in one way", () => {
  const { providers, problems } = readProviders({ file });

  it("and none is left out", () => {
    expect(problems).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(
      readdirSync(profiles)
        .filter((name) => name.startsWith("cp-"))
        .sort(),
    );
  });

  it.each(Object.entries(outcomes))("%s", async (name, expected) => {
    const found = await Promise.all(clusters(name).map(async (each) => [each.id, await outcome(each, providers)] as const));
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it("and in the cloud's own way where the settings say so", async () => {
    const settings = { google: { kind: "gcp" }, "argo-cd-builtin-gcp": { kind: "gcp" }, eks: { kind: "aws" } } as const;
    const told = readProviders({ file, settings }).providers;
    const [hub, , spoke] = clusters("cp-04-gke-fleet-managed-sync.yaml");
    const [eks] = clusters("cp-08-eks.yaml");
    expect(await Promise.all([hub!, spoke!, eks!].map((each) => outcome(each, told)))).toEqual([
      '{"kind":"gcp","provider":"google"}',
      '{"kind":"gcp","provider":"argo-cd-builtin-gcp"}',
      '{"kind":"aws","provider":"eks","clusterName":"checkout"}',
    ]);
  });
});

/** The clusters of a file, with the uid that an API server gives. */
function clusters(name: string): readonly Cluster[] {
  return parseAllDocuments(readFileSync(new URL(name, profiles), "utf8")).flatMap((document) => {
    const object = document.toJS() as { readonly metadata: object };
    const read = parseProfile({ ...object, metadata: { uid: "u", ...object.metadata } });
    return "cluster" in read ? [read.cluster] : [];
  });
}

async function outcome(cluster: Cluster, providers: readonly Provider[]): Promise<string> {
  const answer = await connect(cluster, "by itself", providers);
  if (isRefusal(answer)) return answer.reason;
  const { login } = answer.connection;
  if (login.kind !== "exec") return JSON.stringify(login);
  expect(login.env).toEqual({});
  return exec([login.command, ...login.args].join(" "), login.config);
}

function exec(command: string, config?: unknown): string {
  return config === undefined ? command : `${command} ${JSON.stringify(config)}`;
}
