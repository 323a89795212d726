import type { Cluster, Health } from "@rollcall/contract";
import { fields, items, recordOf, text } from "./json.ts";

type Words = Readonly<Record<string, string>>;
type Status = Cluster["conditions"][string];

/** The properties of a profile's status, names and values as they are. */
export function propertiesOf(status: unknown): Words {
  return recordOf(
    items(fields(status)["properties"]).flatMap((each) => {
      const { name, value } = fields(each);
      return typeof name === "string" && typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
}

/** The status of each condition by its type; what is none of the three, or is said twice and differently, is "Unknown". */
export function conditionsOf(status: unknown): Cluster["conditions"] {
  const conditions = new Map<string, Status>();
  for (const each of items(fields(status)["conditions"])) {
    const { type, status: said } = fields(each);
    const named = text(type);
    const known: Status = said === "True" || said === "False" ? said : "Unknown";
    if (named !== undefined) conditions.set(named, (conditions.get(named) ?? known) === known ? known : "Unknown");
  }
  return recordOf(conditions);
}

/** Tri-state on purpose: GKE profiles carry no such condition, and what a manager does not know is no fault. */
export function healthOf({ ControlPlaneHealthy: said }: Cluster["conditions"]): Health {
  if (said === "True") return "healthy";
  return said === "False" ? "unhealthy" : "unknown";
}

/** The cluster set that a profile names itself: OCM labels it, KEP-2149 has a property. */
export function clusterSetOf(labels: Words, properties: Words): string | undefined {
  return text(labels["multicluster.x-k8s.io/clusterset"]) ?? text(properties["clusterset.k8s.io"]);
}

/** The cluster set of all in a namespace: KEP-4322 spells its label one way, the API's Go constant the other. */
export function clusterSetOfNamespace(labels: Words): string | undefined {
  return text(labels["clusterset.multicluster.x-k8s.io"]) ?? text(labels["multicluster.x-k8s.io/clusterset"]);
}
