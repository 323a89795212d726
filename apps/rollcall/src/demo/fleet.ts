import type { KubeObject } from "@rollcall/contract";

/** A ClusterProfile as a cluster manager would publish it. */
export function profile(
  name: string,
  { env = "prod", region = "eu-west-1", server = `https://${name}.example.com:6443`, provider = "corp-login" }: Partial<Told> = {},
): KubeObject {
  return {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    metadata: { name, namespace: "fleet", labels: { "x-k8s.io/cluster-manager": "demo-manager", env, region } },
    spec: { displayName: name[0]!.toUpperCase() + name.slice(1), clusterManager: { name: "demo-manager" } },
    status: {
      version: { kubernetes: "v1.36.3" },
      properties: [{ name: "topology.kubernetes.io/region", value: region }],
      conditions: [
        { type: "ControlPlaneHealthy", status: "True", reason: "Healthy", message: "", lastTransitionTime: "2026-11-01T08:00:00Z" },
      ],
      accessProviders: [{ name: provider, cluster: { server } }],
    },
  };
}

interface Told {
  readonly env: string;
  readonly region: string;
  readonly server: string;
  readonly provider: string;
}

/** An Argo CD Application that runs on a cluster of the list. */
export function application(name: string, cluster: string): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: { project: "default", destination: { name: cluster, namespace: "shop" } },
  };
}

/** The demo's config: what a person would write, with short waits. */
export const demoConfig = {
  apiVersion: "rollcall.dev/v1alpha1",
  kind: "RollcallConfig",
  inventory: { namespaces: ["fleet"] },
  providers: {
    inline: [
      {
        name: "corp-login",
        execConfig: { command: "/usr/local/bin/corp-login", apiVersion: "client.authentication.k8s.io/v1", provideClusterInfo: true },
      },
    ],
  },
  lists: [
    {
      name: "argocd",
      consumer: "argocd",
      select: { labels: "env in (prod, staging)" },
      target: { namespace: "argocd" },
      options: { copyLabels: ["env", "region"] },
      removal: { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: "1h" } },
    },
  ],
};
