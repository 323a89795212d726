import { ourDomain, type Cluster } from "@rollcall/contract";
import { valueOf, type Source } from "./source.ts";

// By a key of these domains, or of one below them, Istio, Kiali or somebody else would find the Secret, or take it for theirs.
const domains = [
  "istio",
  "operator.istio.io",
  "kiali.io",
  "argoproj.io",
  "kubectl.kubernetes.io",
  "toolkit.fluxcd.io",
  "helm.sh",
  ourDomain.replace("/", ""),
];
const keys = new Set([
  "app.kubernetes.io/instance",
  "app.kubernetes.io/managed-by",
  "app.kubernetes.io/part-of",
  "managed-by",
  "__proto__",
]);

/** Labels by which somebody would take the Secret for something else; no option can ask for them. */
export function isReserved(key: string): boolean {
  const [domain = "", name] = key.split("/");
  return keys.has(key) || (name !== undefined && domains.some((each) => domain === each || domain.endsWith(`.${each}`)));
}

/** Whether an API server takes it for the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/.test(text);
}

/** The labels that were asked for. What is not said, or can be no label, is left out: the mesh does not depend on them. */
export function labelsOf(cluster: Cluster, labels: Readonly<Record<string, Source>> = {}): Record<string, string> {
  const said = Object.entries(labels).map(([key, source]) => [key, valueOf(cluster, source)] as const);
  return Object.fromEntries(
    said.filter((each): each is readonly [string, string] => !isReserved(each[0]) && each[1] !== undefined && isLabelValue(each[1])),
  );
}
