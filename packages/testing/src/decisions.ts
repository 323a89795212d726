import type { KubeObject } from "@rollcall/contract";

/** What a test says of one PlacementDecision; the rest is as a scheduler would write it. */
export interface GivenDecision {
  readonly name: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly placementKey?: string;
  readonly index?: number;
  readonly revision?: string;
  readonly scheduler?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Whom it names, as `name` or `namespace/name`. */
  readonly of: readonly string[];
}

interface ServableKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const kep = "multicluster.x-k8s.io";
const ocm = "cluster.open-cluster-management.io";
const kind = { kind: "PlacementDecision", plural: "placementdecisions", namespaced: true };

/** PlacementDecision of KEP-5313 for the memory hub. */
export const decisionKind: ServableKind = { ...kind, apiVersion: `${kep}/v1alpha1` };

/** OCM's own for the memory hub. */
export const ocmDecisionKind: ServableKind = { ...kind, apiVersion: `${ocm}/v1beta1` };

/** A PlacementDecision as KEP-5313 has it: a part of a decision where it has a key, all of one where it has none. */
export function decision({ of, scheduler, ...given }: GivenDecision): KubeObject & { readonly decisions: readonly object[] } {
  const words = {
    "decision-key": given.key,
    "placement-key": given.placementKey,
    "decision-index": given.index,
    "decision-revision": given.revision,
  };
  const decisions = of.map((each) => {
    const [name, namespace] = each.split("/").reverse();
    return { clusterProfileRef: { name, ...(namespace !== undefined && { namespace }) } };
  });
  const metadata = metadataOf(given, kep, words);
  return {
    apiVersion: decisionKind.apiVersion,
    kind: kind.kind,
    metadata,
    ...(scheduler !== undefined && { schedulerName: scheduler }),
    decisions,
  };
}

/** A PlacementDecision as OCM has it; the key is its Placement. */
export function ocmDecision({ of, ...given }: GivenDecision): KubeObject {
  const words = { placement: given.key, "decision-group-index": given.index };
  const status = { decisions: of.map((clusterName) => ({ clusterName, reason: "" })) };
  return { apiVersion: ocmDecisionKind.apiVersion, kind: kind.kind, metadata: metadataOf(given, ocm, words), status };
}

function metadataOf(
  { name, namespace = "fleet", labels }: Omit<GivenDecision, "of">,
  api: string,
  words: Readonly<Record<string, string | number | undefined>>,
): KubeObject["metadata"] {
  const said = Object.entries(words).filter(([, value]) => value !== undefined);
  return { name, namespace, labels: { ...labels, ...Object.fromEntries(said.map(([word, value]) => [`${api}/${word}`, String(value)])) } };
}
