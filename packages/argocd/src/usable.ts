import type { ClusterConfig } from "./cluster-config.ts";
import { refuse } from "./refuse.ts";

interface Rule {
  readonly reason: string;
  readonly isBroken: (config: ClusterConfig) => boolean;
  readonly says: (id: string, config: ClusterConfig) => string;
}

const versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** What Argo CD's client refuses when it connects. */
const rules: readonly Rule[] = [
  {
    reason: "ProxyNotSupported",
    isBroken: ({ proxyUrl }) => proxyUrl !== undefined && !isProxy(proxyUrl),
    says: (id) => `Argo CD reaches ${id} through an http, https or socks5 proxy only; change proxy-url in its ClusterProfile`,
  },
  {
    reason: "InsecureWithCA",
    isBroken: ({ tlsClientConfig }) => tlsClientConfig.insecure && Boolean(tlsClientConfig.caData),
    says: (id) => `${id} is to be trusted by its CA and without looking at it; leave one of the two out`,
  },
  {
    reason: "TwoLogins",
    isBroken: ({ username, password, bearerToken }) => Boolean(username || password) && Boolean(bearerToken),
    says: (id) => `${id} has a password and a token, and Argo CD takes one of the two; leave the other out`,
  },
  {
    reason: "BadToken",
    isBroken: ({ bearerToken = "" }) => /\p{Cc}/u.test(bearerToken),
    says: (id) => `the token for ${id} holds a line break or another character that no request can carry; check what its provider returns`,
  },
  {
    reason: "NoCommand",
    isBroken: ({ execProviderConfig }) => execProviderConfig?.command === "",
    says: (id) => `the plugin for ${id} has no command; name one where its provider is configured`,
  },
  {
    reason: "PluginNotSupported",
    isBroken: ({ execProviderConfig }) => execProviderConfig !== undefined && !versions.includes(execProviderConfig.apiVersion),
    says: (id, { execProviderConfig }) =>
      `the plugin for ${id} speaks ${JSON.stringify(execProviderConfig?.apiVersion)}, and Argo CD only ${versions.join(" and ")}; correct apiVersion where its provider is configured`,
  },
  {
    reason: "NoClusterName",
    isBroken: ({ awsAuthConfig }) => awsAuthConfig?.clusterName === "",
    says: (id) => `nobody says what ${id} is called in EKS; set clusterName of its login to where that stands`,
  },
];

/**
 * Refuses what Argo CD's client would refuse. A running Argo CD does not show that it did: it goes on with the config that it had,
 * so that a login which was to be taken away still works.
 */
export function checkUsable(config: ClusterConfig, id: string): void {
  const broken = rules.find(({ isBroken }) => isBroken(config));
  if (broken !== undefined) throw refuse(broken.reason, broken.says(id, config));
}

function isProxy(url: string): boolean {
  return /^(?:https?|socks5):\/\/[^\s\p{Cc}]+$/iu.test(url) && Boolean(URL.parse(url)?.hostname);
}
