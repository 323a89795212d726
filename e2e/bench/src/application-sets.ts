import type { ControlPlane } from "../../control-plane/src/index.ts";

const group = "argoproj.io";
const names = { kind: "ApplicationSet", listKind: "ApplicationSetList", plural: "applicationsets", singular: "applicationset" };
const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };

/** Where those of a namespace are. */
export function applicationSetsIn(namespace: string): string {
  return `/apis/${group}/v1alpha1/namespaces/${namespace}/${names.plural}`;
}

/** The kind by its name and with any content: nobody here acts on it. */
export async function serveApplicationSets(plane: ControlPlane): Promise<void> {
  const name = `${names.plural}.${group}`;
  const versions = [{ name: "v1alpha1", served: true, storage: true, schema }];
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: { group, names, scope: "Namespaced", versions },
  };
  await plane.applyCrd(name, JSON.stringify(crd));
}

/** One that asks our service about a placement, or asks nobody. */
export function applicationSet(name: string, placement?: object): object {
  const plugin = { configMapRef: { name: "rollcall" }, input: { parameters: { list: "argocd", placement } } };
  const generators = placement === undefined ? [] : [{ plugin }];
  return { apiVersion: `${group}/v1alpha1`, kind: names.kind, metadata: { name }, spec: { generators } };
}
