import { ourDomain } from "@rollcall/contract";

// By a key of these domains, or of one below them, Argo CD, kubectl, Flux, Helm, Istio or we would take the Secret for something else.
const domains = [
  "argoproj.io",
  "argocd-agent.argoproj-labs.io",
  "kubectl.kubernetes.io",
  "toolkit.fluxcd.io",
  "helm.sh",
  "istio",
  ourDomain.replace("/", ""),
];

const keys = new Set([
  // Argo CD takes an object for part of an Application, or for its own settings, and `managed-by` for leave to delete it.
  "app.kubernetes.io/instance",
  "app.kubernetes.io/part-of",
  "managed-by",
  // Others who write cluster Secrets delete what carries their mark and is none of theirs.
  "apps.open-cluster-management.io/acm-cluster",
  "capi-to-argocd/owned",
  "clusterprofile.x-k8s.io/origin",
  "fleet.gke.io/managed-by-fleet-plugin",
  "multicluster.x-k8s.io/managed-by-cp-syncer",
  "__proto__",
]);

// How Argo CD's agent finds the cluster that it is in; it asks for this one by name.
const carried = "argocd-agent.argoproj-labs.io/agent-name";

/** Labels and annotations by which somebody would take the Secret for something else; no option can ask for them. */
export function isReserved(key: string): boolean {
  if (key === carried) return false;
  const [domain = "", name] = key.split("/");
  return keys.has(key) || (name !== undefined && domains.some((each) => domain === each || domain.endsWith(`.${each}`)));
}
