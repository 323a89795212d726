import { secretRights } from "@rollcall/connect";
import type { Cluster } from "@rollcall/contract";
import type { Config, ListConfig } from "./config/config.ts";

/** One right on the hub that getting credentials takes. */
export interface LoginRight {
  readonly namespace: string;
  readonly resource: string;
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the hub has to allow for credentials to be got; nothing where every consumer logs in by itself. */
export function loginRights({ lists, providers, inventory }: Config): readonly LoginRight[] {
  if (!lists.some(needsCredentials)) return [];
  return providers.flatMap(({ credential }): readonly LoginRight[] => {
    if (credential?.kind === "secret")
      return secretRights(credential, inventory.namespaces).map(({ namespace = "" }) => ({
        namespace,
        resource: "secrets",
        verbs: ["get"],
      }));
    if (credential?.kind !== "hub-token") return [];
    const [namespace = "", name = ""] = credential.serviceAccount.split("/");
    return [{ namespace, resource: "serviceaccounts/token", names: [name], verbs: ["create"] }];
  });
}

/** Whether a list may ask for a credential for anybody. */
function needsCredentials({ consumer, options }: ListConfig): boolean {
  return consumer.adapter.login(anybody, options) !== "by itself";
}

const anybody: Cluster = {
  id: "any/body",
  namespace: "any",
  name: "body",
  uid: "",
  displayName: "",
  manager: "",
  createdAt: "",
  resourceVersion: "",
  labels: {},
  properties: {},
  conditions: {},
  health: "unknown",
  access: [],
};
