import { delimiter, isAbsolute } from "node:path";
import { runExecWith } from "@rollcall/connect";
import { findServer, openTransport, type Transport } from "@rollcall/kube";
import type { ServerRef } from "./config/config.ts";

/** A kubeconfig is its owner's own, and so is the plugin that it names: it is found and run as kubectl would. */
const runPlugin = runExecWith({ path: (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute), environment: process.env });

/** The transport to a server of the config, by what this process finds in its environment. */
export async function openServer({ kubeconfig, context }: ServerRef): Promise<Transport> {
  const named = { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
  return openTransport(await findServer({ ...named, env: process.env, exec: runPlugin }));
}
