import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { fromKubeconfig } from "./kubeconfig.ts";
import type { ServerConfig } from "./server.ts";
import { tokenFile } from "./token-file.ts";

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface ConfigSource {
  /** A kubeconfig file; without it the first of `KUBECONFIG`, else the pod's own account unless a context is named, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a pod's account is mounted. */
  readonly accountFolder?: string;
}

/** Finds the API server that a program is meant to talk to, as people expect from any Kubernetes tool. */
export async function findServer(source: ConfigSource): Promise<ServerConfig> {
  const { env, context } = source;
  const named = source.kubeconfig ?? env["KUBECONFIG"]?.split(delimiter).find((each) => each !== "");
  // Whoever names a file or a context means that one, also from inside a pod: the pod's own cluster would be another.
  if (named === undefined && context === undefined && env["KUBERNETES_SERVICE_HOST"])
    return inCluster(env, source.accountFolder ?? accountFolder);
  const path = named ?? join(env["HOME"] ?? homedir(), ".kube", "config");
  return fromKubeconfig(path, await read(path), context);
}

async function inCluster(env: ConfigSource["env"], folder: string): Promise<ServerConfig> {
  const host = env["KUBERNETES_SERVICE_HOST"]!;
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  const [ca, namespace] = await Promise.all([read(join(folder, "ca.crt")), read(join(folder, "namespace"))]);
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ca,
    namespace: namespace.trim(),
    token: tokenFile(join(folder, "token")),
  };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new RollcallError(
      "NoServer",
      `cannot read ${path}; name a kubeconfig in the config (inventory.kubeconfig), or run inside a cluster`,
      { retry: false, cause },
    );
  }
}
