import type { Config, ListConfig, ServerRef } from "./config/config.ts";

/** One name for each server that a config can mean. */
export function serverKey({ kubeconfig, context }: ServerRef): string {
  return JSON.stringify([kubeconfig, context]);
}

/** The server of a list's target; a list without one of its own is kept on the hub. */
export function serverOf({ target }: ListConfig, { inventory }: Pick<Config, "inventory">): ServerRef {
  return target.kubeconfig === undefined && target.context === undefined ? inventory : target;
}
