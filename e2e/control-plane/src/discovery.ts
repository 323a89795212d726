import { RollcallError, type Kind } from "@rollcall/contract";
import type { Client } from "./request.ts";
import { until } from "./until.ts";

const short = {
  Namespace: "v1",
  Secret: "v1",
  ConfigMap: "v1",
  ServiceAccount: "v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  Lease: "coordination.k8s.io/v1",
  ClusterProfile: "multicluster.x-k8s.io/v1alpha1",
  PlacementDecision: "multicluster.x-k8s.io/v1alpha1",
  Application: "argoproj.io/v1alpha1",
} as const;

/** A kind by its bare name where tests use it often, else with its apiVersion. */
export type KindName = keyof typeof short | Pick<Kind, "apiVersion" | "kind">;

/** Where objects of a kind are. */
export interface Place {
  /** Path of the collection. */
  readonly path: string;
  readonly hasStatus: boolean;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Asks the API server which kinds it has; waits for a kind that is not served yet. */
export function discovery(client: Client): (kind: KindName, namespace?: string) => Promise<Place> {
  const known = new Map<string, readonly Resource[]>();

  async function resources(root: string, kind: string): Promise<readonly Resource[] | undefined> {
    const answer = await client("GET", root);
    if (answer.status !== 200) return undefined;
    const { resources } = answer.body as { readonly resources: readonly Resource[] };
    return resources.some((each) => each.kind === kind) ? resources : undefined;
  }

  return async (name, namespace) => {
    const { apiVersion, kind } = typeof name === "string" ? { apiVersion: short[name], kind: name } : name;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let all = known.get(root);
    if (!all?.some((each) => each.kind === kind)) {
      all = await until(`${kind} of ${apiVersion} is served; is its CRD applied?`, () => resources(root, kind), 15);
      known.set(root, all);
    }
    const { name: plural, namespaced } = all.find((each) => each.kind === kind && !each.name.includes("/"))!;
    if (!namespaced && namespace !== undefined) {
      throw new RollcallError("NoNamespace", `${kind} has no namespace, but one was given: ${namespace}; leave it out`, { retry: false });
    }
    return {
      path: namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`,
      hasStatus: all.some((each) => each.name === `${plural}/status`),
    };
  };
}
