import type { KubeObject, Verdict } from "@rollcall/contract";

const remedies: Readonly<Record<string, string>> = {
  BadKubeConfig: "does not find its kubeconfig; look whether its Secret stands in Kueue's own namespace",
  InsecureKubeConfig: "refuses its kubeconfig; look at what its provider answers",
  BadClusterProfile:
    "finds no profile of it, or no provider in it that Kueue's configuration names; compare multiKueue.clusterProfile there",
  BadRestConfig: "refuses the host of its server; publish a DNS name, or an IP address with a port",
  MultiKueueClusterProfileFeatureDisabled:
    "does not read profiles; switch its feature gate MultiKueueClusterProfile on, or set the list's option clusterSource to kubeConfig",
  ClientConnectionFailed:
    "cannot connect to it; look whether it is up, and whether the account there may list and watch Workloads and every kind of job that Kueue is set up for",
  BadConfig: "cannot use its kubeconfig; look whether its Secret stands in Kueue's own namespace, and at what its provider answers",
};

/** What Kueue says of a MultiKueueCluster. Its message counts attempts and changes all the time, so it is not repeated here. */
export function health({ kind, metadata, status }: KubeObject): Verdict | undefined {
  if (kind !== "MultiKueueCluster") return undefined;
  const { conditions } = (status ?? {}) as { readonly conditions?: unknown };
  const active = (Array.isArray(conditions) ? conditions : []).find(isActive) as Condition | undefined;
  if (active?.status !== "False") return undefined;
  const reason = typeof active.reason === "string" && Object.hasOwn(remedies, active.reason) ? active.reason : "NotActive";
  const remedy = remedies[reason] ?? `is not connected to it; see: kubectl describe multikueuecluster ${metadata.name}`;
  return { is: "stale", reason, message: `Kueue ${remedy}` };
}

interface Condition {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly reason?: unknown;
}

function isActive(condition: Condition | null): boolean {
  return condition?.type === "Active";
}
