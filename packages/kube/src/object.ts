import type { KubeObject } from "@rollcall/contract";

/** Whether this is an object as an API server keeps it: what has no name or resourceVersion came from elsewhere. */
export function isObject(value: unknown): value is KubeObject {
  const metadata = (value as Partial<KubeObject> | null | undefined)?.metadata as Partial<KubeObject["metadata"]> | null | undefined;
  return isText(metadata?.name) && isText(metadata?.resourceVersion);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
