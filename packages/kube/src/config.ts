import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import type { RunExec } from "./exec.ts";
import { fromKubeconfig, type KubeconfigFile } from "./kubeconfig.ts";
import { reread } from "./reread.ts";
import type { ServerConfig, Trust } from "./server.ts";
import { tokenFile } from "./token-file.ts";

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface ConfigSource {
  /** A kubeconfig file; without it the files of `KUBECONFIG`, else the pod's own account unless a context is named, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a pod's account is mounted. */
  readonly accountFolder?: string;
  /** Runs a credential plugin that a kubeconfig names; without it, client-node does. */
  readonly exec?: RunExec;
}

/** Finds the API server that a program is meant to talk to, as people expect from any Kubernetes tool. */
export async function findServer(source: ConfigSource): Promise<ServerConfig> {
  const { env, context, kubeconfig } = source;
  const named = kubeconfig === undefined ? (env["KUBECONFIG"] ?? "").split(delimiter).filter((each) => each !== "") : [kubeconfig];
  // Whoever names a file or a context means that one, also from inside a pod: the pod's own cluster would be another.
  if (named.length === 0 && context === undefined && env["KUBERNETES_SERVICE_HOST"])
    return inCluster(env, source.accountFolder ?? accountFolder);
  const paths = named.length > 0 ? named : [join(env["HOME"] ?? homedir(), ".kube", "config")];
  return fromKubeconfig(() => files(paths), source);
}

/** Of several files, those that are not there are passed over, as kubectl does. */
async function files(paths: readonly string[]): Promise<readonly KubeconfigFile[]> {
  const read = await Promise.allSettled(paths.map(async (path) => ({ path, text: await textOf(path) })));
  const found = read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = read.find((each) => each.status === "rejected" && (found.length === 0 || !isMissing(each.reason)));
  if (failed?.status === "rejected") throw failed.reason;
  return found;
}

async function inCluster(env: ConfigSource["env"], folder: string): Promise<ServerConfig> {
  const host = env["KUBERNETES_SERVICE_HOST"]!;
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  const trust = reread<Trust>(async () => ({ ca: await textOf(join(folder, "ca.crt")) }));
  const [now, namespace] = await Promise.all([trust(), textOf(join(folder, "namespace"))]);
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    ...now,
    trust,
    namespace: namespace.trim(),
    token: tokenFile(join(folder, "token")),
  };
}

async function textOf(path: string): Promise<string> {
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

function isMissing(error: unknown): boolean {
  return ((error as RollcallError).cause as NodeJS.ErrnoException).code === "ENOENT";
}
