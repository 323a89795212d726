import type { KubeObject } from "@rollcall/contract";
import { ca, profile } from "@rollcall/testing";

/** The name of the n-th cluster. */
export function nameOf(n: number): string {
  return `c-${String(n).padStart(5, "0")}`;
}

/** As a cluster manager publishes a cluster: about 4 KB with ten properties, two conditions and one way in with a CA of 1.6 KB. */
export function benchProfile(n: number, namespace: string): KubeObject & { readonly status: Status } {
  const labels = { env: "prod", region: `region-${n % 7}`, "topology.kubernetes.io/zone": `zone-${n % 21}` };
  const made = profile({ name: nameOf(n), namespace, labels, ca: ca + ca }) as KubeObject & { readonly status: Status };
  const { uid: _, creationTimestamp: __, ...metadata } = made.metadata;
  return { ...made, metadata, status: { ...made.status, ...heartbeat(0) } };
}

export interface Status {
  readonly properties: readonly object[];
  readonly conditions: readonly object[];
  readonly accessProviders: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
}

/** What a cluster manager writes again and again to say that all is as it was: only times differ. */
export function heartbeat(seconds: number): Pick<Status, "properties" | "conditions"> {
  const at = new Date(Date.UTC(2026, 10, 20, 10) + seconds * 1000).toISOString().replace(".000", "");
  return {
    properties: Array.from({ length: 10 }, (_, index) => ({
      name: `property-${index}.inventory.example.test`,
      value: `the value of property ${index}, as its publisher last saw it`,
      lastObservedTime: at,
    })),
    conditions: ["ControlPlaneHealthy", "Joined"].map((type) => ({
      type,
      status: "True",
      reason: "Reported",
      message: "as reported by the agent in the cluster",
      lastTransitionTime: at,
    })),
  };
}

/** The same cluster behind another address. */
export function movedTo(server: string, { status }: ReturnType<typeof benchProfile>): Pick<Status, "accessProviders"> {
  return { accessProviders: status.accessProviders.map((each) => ({ ...each, cluster: { ...each.cluster, server } })) };
}

/** Somebody else's Secrets, which nobody here has any business with. */
export function foreignSecret(n: number, namespace: string): KubeObject {
  const size = n % 100 === 0 ? 48_000 : 1500;
  const data = { value: Buffer.alloc(size, `${n} `).toString("base64") };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: `foreign-${n}`, namespace }, type: "Opaque", data };
}
