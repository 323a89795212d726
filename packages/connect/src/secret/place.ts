import { type Access, type Cluster, isRefusal, nameFrom, type Refusal, refusal } from "@rollcall/contract";
import type { SecretSetting } from "./setting.ts";

/** Where a credential stands, and what stands there. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly how: "token" | "kubeconfig";
  /** The context of a kubeconfig; without it, its current one. */
  readonly context?: string;
}

/** How a plugin of that name reads a profile: what is in the Secret, the keys that it may stand under, and the fields of the profile's extension. */
interface Reading {
  readonly how: Place["how"];
  readonly keys: readonly [string, ...string[]];
  readonly name?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly context?: string;
}

const presets: Readonly<Record<SecretSetting["preset"], Reading>> = {
  secretreader: { how: "token", keys: ["token"], name: "clusterName" },
  "kubeconfig-secretreader": {
    how: "kubeconfig",
    // As Cluster API and Flux, Kueue, and the two spellings of KEP-4322's push model have it.
    keys: ["value", "kubeconfig", "Config", "config"],
    name: "name",
    namespace: "namespace",
    key: "key",
    context: "context",
  },
  "token-secretreader": { how: "token", keys: ["token"], name: "secretName", namespace: "secretNamespace", key: "key" },
  "argocd-agent": { how: "token", keys: ["token"], name: "tokenSecretName", namespace: "tokenSecretNamespace", key: "tokenSecretKey" },
  push: { how: "kubeconfig", keys: ["Config"] },
  "managed-service-account": { how: "token", keys: ["token"], name: "clusterName" },
};

const objectName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** The one Secret and key that hold a cluster's credential. The profile may name them, within what the operator allows, and no namespace. */
export function placeOf(
  cluster: Cluster,
  { config, provider }: Pick<Access, "config" | "provider">,
  setting: SecretSetting,
): Place | Refusal {
  const reading = presets[setting.preset];
  const said = (field: string | undefined): string | undefined => (field === undefined ? undefined : ownText(config, field));

  const name = nameOf(cluster, said(reading.name), setting);
  if (name === undefined)
    return refusal(
      "NoSecretName",
      `the exec extension of provider ${JSON.stringify(provider)} does not say ${reading.name} as a text, so nobody knows which Secret is meant; its cluster manager has to publish it`,
    );
  if (!objectName.test(name))
    return refusal("BadSecretName", `${quoted(name)} is not what a Secret can be called; correct ${reading.name ?? "the name"}`);

  const namespace = setting.namespace ?? cluster.namespace;
  const asked = said(reading.namespace);
  if (asked !== undefined && asked !== namespace)
    return refusal(
      "ForeignNamespace",
      `the profile asks for a Secret in namespace ${quoted(asked)}, and Secrets of provider ${JSON.stringify(provider)} are read from ${quoted(namespace)} alone; publish one there, or set namespace of this provider`,
    );

  const key = keyOf(said(reading.key), reading, setting);
  if (isRefusal(key)) return key;
  const context = said(reading.context);
  return { namespace, name, key, how: reading.how, ...(context !== undefined && { context }) };
}

function nameOf(cluster: Cluster, said: string | undefined, setting: SecretSetting): string | undefined {
  if (setting.preset === "push") return nameFrom(setting.name ?? "{name}-kubeconfig", cluster);
  return setting.preset === "managed-service-account" && said !== undefined ? `${said}-${setting.serviceAccount}` : said;
}

function keyOf(said: string | undefined, { key: field, keys: usual }: Reading, { keys = usual }: SecretSetting): string | Refusal {
  if (field === undefined) return keys[0] ?? usual[0];
  // The plugins that these presets stand in for ask for it too: a guess could find another credential in the same Secret.
  if (said === undefined)
    return refusal("NoSecretKey", `the exec extension of the profile does not say ${field}; allowed is ${keys.join(", ")}`);
  if (keys.includes(said)) return said;
  return refusal(
    "KeyNotAllowed",
    `the profile asks for key ${quoted(said)}, and allowed is ${keys.join(", ")}; store the credential under one of them, or set keys of this provider`,
  );
}

function ownText(words: unknown, key: string): string | undefined {
  if (typeof words !== "object" || words === null || !Object.hasOwn(words, key)) return undefined;
  const value = (words as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What a stranger may have chosen: one line, and cut. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
