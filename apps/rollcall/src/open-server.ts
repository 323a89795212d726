import { findServer, openTransport, type Transport } from "@rollcall/kube";
import type { ServerRef } from "./config/config.ts";

/** The transport to a server of the config, by what this process finds in its environment. */
export async function openServer({ kubeconfig, context }: ServerRef): Promise<Transport> {
  const named = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
  return openTransport(await findServer({ ...named, env: process.env }));
}
