import { refusal, sameServer, type Cluster, type Refusal } from "@rollcall/contract";

/** What a token for a member that trusts the hub's issuer is good for, when the config says nothing else: this server alone. */
export const defaultAudience = "{server}";

/** The audience for one cluster. */
export function audienceOf(template: string, cluster: Cluster, server: string): string | Refusal {
  const words: Readonly<Record<string, string | undefined>> = {
    server: sameServer(server),
    name: cluster.name,
    namespace: cluster.namespace,
    memberId: cluster.memberId,
  };
  const missing = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, word]) => word!).find((word) => words[word] === undefined);
  if (missing !== undefined)
    return refusal("NoAudience", `the audience ${JSON.stringify(template)} needs {${missing}}, which profile ${cluster.id} does not say`);
  return template.replaceAll(/\{([^{}]*)\}/g, (_, word: string) => words[word]!);
}
