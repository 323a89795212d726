import { dropFromIndex, final, remove, untilUnused, wait, type KubeObject, type Leave, type Own, type Step } from "@rollcall/contract";
import type { KueueOptions } from "./options.ts";

/** Kueue's API in the version that it serves. */
export function group({ version = "v1beta2" }: KueueOptions): string {
  return `kueue.x-k8s.io/${version}`;
}

/**
 * How a cluster goes, whatever the reason. Kueue starts what runs in a cluster anew elsewhere in the moment in which the name is dropped,
 * and what it left behind there it cleans up only as long as the MultiKueueCluster and its login stand.
 */
export function leave(options: KueueOptions): Leave {
  const { deadline = 3600, gcInterval = 60 } = options;
  const workloads = { apiVersion: group(options), kind: "Workload", plural: "workloads", namespace: "*" };
  const steps: readonly Step[] = [
    untilUnused([workloads], runsIn, deadline),
    final(dropFromIndex),
    wait(2 * gcInterval),
    { does: "delete", kind: "MultiKueueCluster" },
    remove,
  ];
  return { drain: steps, release: steps };
}

/** Whether a Workload was sent to this cluster and is not done: Kueue leaves the name on one that is. */
function runsIn({ status }: KubeObject, { name }: Own): boolean {
  const { clusterName, conditions } = (status ?? {}) as { readonly clusterName?: unknown; readonly conditions?: unknown };
  return clusterName === name && !(Array.isArray(conditions) && conditions.some(isFinished));
}

function isFinished(condition: { readonly type?: unknown; readonly status?: unknown } | null): boolean {
  return condition?.type === "Finished" && condition.status === "True";
}
