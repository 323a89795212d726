import type { ControlPlane } from "../../control-plane/src/index.ts";
import { decision } from "@rollcall/testing";
import { nameOf } from "./objects.ts";

const inSlice = 100;

/** Writes a decision that names the first n clusters, in slices of a hundred as the API has it. */
export async function chooseFirst({ admin }: ControlPlane, namespace: string, key: string, n: number): Promise<void> {
  const path = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/placementdecisions`;
  const slices = Array.from({ length: Math.ceil(n / inSlice) }, (_, index) => {
    const of = Array.from({ length: Math.min(inSlice, n - index * inSlice) }, (__, at) => nameOf(index * inSlice + at));
    return decision({ name: `${key}-${index}`, namespace, key, index, of });
  });
  for (const slice of slices) {
    const { status, text } = await admin("POST", path, slice);
    if (status >= 300) throw new Error(`the bench could not write a decision: ${status} ${text}`);
  }
}
