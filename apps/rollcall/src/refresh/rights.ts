import type { Kind } from "@rollcall/contract";
import type { Config, ServerRef } from "../config/config.ts";
import { serverOf } from "../servers.ts";
import { applicationSets } from "./argocd.ts";
import { inputProviders } from "./flux.ts";
import { fluxServer } from "./refresher.ts";

/** Objects of those who are told to ask again: each has to be found, and gets an annotation. */
export interface RefreshRight {
  readonly server: ServerRef;
  /** Whose server it is, where no list is kept on it. */
  readonly of: string;
  readonly kind: Kind;
}

/** Nothing, where the config names nobody to tell. */
export function refreshRights({ inventory, lists, serve }: Pick<Config, "inventory" | "lists" | "serve">): readonly RefreshRight[] {
  const { argocd, flux } = serve?.refresh ?? {};
  const targets = lists.map((list) => serverOf(list, { inventory }));
  const sets = argocd?.namespaces.flatMap((namespace) =>
    targets.map((server) => ({ server, of: "Argo CD", kind: { ...applicationSets, namespace } })),
  );
  const providers = flux?.namespaces.map((namespace) => ({
    server: fluxServer(flux, inventory),
    of: "flux-operator",
    kind: { ...inputProviders, namespace },
  }));
  return [...(sets ?? []), ...(providers ?? [])];
}
