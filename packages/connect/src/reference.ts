import { type Access, type Cluster, isRefusal, type Reference, type Refusal, refusal } from "@rollcall/contract";
import type { CloudLogin, ExecConfig, Provider } from "./provider.ts";

// It becomes an argument of a command that the consumer runs, so a profile may say nothing that could be read as an option.
const eksName = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** How the consumer logs in by itself. Every call makes everything anew, so that nothing of one cluster can reach another. */
export function referenceOf(cluster: Cluster, access: Access, { name, login, execConfig, credential }: Provider): Reference | Refusal {
  if (login !== undefined) return cloudReference(name, login, cluster, access);
  if (execConfig !== undefined) return execReference(name, execConfig, access);
  if (credential !== undefined && credential.kind !== "reference")
    return refusal(
      "NoLogin",
      `provider ${JSON.stringify(name)} makes credentials, and this consumer is to log in by itself; let the list ask for one (for Argo CD, options.login: with a credential from us), or give the provider an execConfig`,
    );
  return refusal("NoLogin", `provider ${JSON.stringify(name)} has neither an execConfig nor a login; give it one of them`);
}

/** Command, arguments and environment come from the operator alone; a profile's own are ignored whatever the policy. */
function execReference(provider: string, execConfig: ExecConfig, { config }: Access): Reference {
  const { command, args, env, apiVersion, installHint, provideClusterInfo } = execConfig;
  return {
    kind: "exec",
    provider,
    command,
    args: [...(args ?? [])],
    env: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    apiVersion,
    ...(installHint !== undefined && { installHint }),
    ...(provideClusterInfo && { provideClusterInfo, ...(config !== undefined && { config: structuredClone(config) }) }),
  };
}

function cloudReference(provider: string, login: CloudLogin, cluster: Cluster, access: Access): Reference | Refusal {
  switch (login.kind) {
    case "gcp":
      return { kind: "gcp", provider };
    case "azure":
      return { kind: "azure", provider, env: { ...login.env } };
    case "aws": {
      const clusterName = eksClusterName(login, cluster, access);
      if (isRefusal(clusterName)) return clusterName;
      const { roleArn, profile } = login;
      return { kind: "aws", provider, clusterName, ...(roleArn !== undefined && { roleArn }), ...(profile !== undefined && { profile }) };
    }
  }
}

function eksClusterName({ clusterName }: Extract<CloudLogin, { kind: "aws" }>, cluster: Cluster, access: Access): string | Refusal {
  const { from, keys } =
    clusterName === undefined
      ? { from: "extension" as const, keys: ["clusterName", "clusterId"] }
      : { from: clusterName.from, keys: [clusterName.key] };
  const words = { extension: access.config, property: cluster.properties, label: cluster.labels }[from];
  const name = keys.map((key) => ownText(words, key)).find((each) => each !== undefined);
  const where = `${from} ${keys.map((key) => JSON.stringify(key)).join(" or ")} of the profile`;
  if (name === undefined)
    return refusal(
      "NoClusterName",
      `${where} does not name the EKS cluster; publish it, or set clusterName of this login to where it stands`,
    );
  if (eksName.test(name)) return name;
  return refusal(
    "BadClusterName",
    `${where} is ${JSON.stringify(name.slice(0, 100))}, which no EKS cluster can be called; correct it in the profile`,
  );
}

function ownText(words: unknown, key: string): string | undefined {
  if (typeof words !== "object" || words === null || !Object.hasOwn(words, key)) return undefined;
  const value = (words as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
