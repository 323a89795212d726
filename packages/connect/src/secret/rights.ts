import type { Kind } from "@rollcall/contract";
import type { SecretSetting } from "./setting.ts";

/**
 * What a provider has to be allowed to get, given the namespaces of the profiles (`*` for all). Profiles name the Secrets,
 * so their names cannot be known before: the right is to get every Secret of a namespace by its name, never to list them.
 */
export function secretRights({ namespace }: Pick<SecretSetting, "namespace">, ofProfiles: readonly string[]): readonly Kind[] {
  const namespaces = namespace === undefined ? ofProfiles : [namespace];
  return [...new Set(namespaces)].map((each) => ({ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: each }));
}
