import type { Kind, KubeObject } from "@rollcall/contract";

/** Whether this is an object as an API server keeps it: what has no name or resourceVersion came from elsewhere. */
export function isObject(value: unknown): value is KubeObject {
  const metadata = (value as Partial<KubeObject> | null | undefined)?.metadata as Partial<KubeObject["metadata"]> | null | undefined;
  return isText(metadata?.name) && isText(metadata?.resourceVersion);
}

/** Whether an object is of this kind, or does not say, as those in a list. */
export function isOf({ apiVersion, kind: said }: Partial<KubeObject>, kind: Kind): boolean {
  return (said === undefined || said === kind.kind) && (apiVersion === undefined || apiVersion === kind.apiVersion);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
