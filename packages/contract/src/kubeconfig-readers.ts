import type { Connection } from "./connection.ts";
import { refusal, type Refusal } from "./errors.ts";

/**
 * Who reads what we write about a connection, by the name of its consumer. `capi` stands for Cluster API's `<cluster>-kubeconfig` Secrets,
 * `flux-generic` for a Flux ConfigMap with an address, where Flux logs in by itself.
 */
export type Reader = "argocd" | "capi" | "flux" | "flux-generic" | "istio" | "kubevela" | "kueue" | "multicluster-runtime";

/** What of a connection not every reader can express. */
export type Trait =
  | "proxy"
  | "tlsName"
  | "path"
  | "query"
  | "oddHost"
  | "noCa"
  | "insecure"
  | "disableCompression"
  | "token"
  | "clientCertificate";

/** What becomes of it: it is used, it is lost in silence, or the whole is refused. */
export type Fate = "reads" | "drops" | "refuses";

// client-go takes the query off a server before it calls, so whoever reads a kubeconfig with it has lost it.
const clientGo: Readonly<Record<Trait, Fate>> = {
  proxy: "reads",
  tlsName: "reads",
  path: "reads",
  query: "drops",
  oddHost: "reads",
  noCa: "reads",
  insecure: "reads",
  disableCompression: "reads",
  token: "reads",
  clientCertificate: "reads",
};

/**
 * What each reader does with each trait of a connection.
 *   Argo CD knows a cluster by its server, query included, so there a query is not lost.
 *   Flux makes the client anew from the fields that it knows, and leaves out the rest; of an address it keeps scheme, host and port.
 *   KubeVela takes the TLS name from the endpoint, and a missing CA for: do not verify.
 *   Kueue checks a kubeconfig before it uses it, and the host by the rules of DNS names.
 */
export const readers: Readonly<Record<Reader, Readonly<Record<Trait, Fate>>>> = {
  argocd: { ...clientGo, query: "reads" },
  capi: clientGo,
  flux: { ...clientGo, insecure: "drops", disableCompression: "drops" },
  "flux-generic": {
    ...clientGo,
    proxy: "drops",
    tlsName: "drops",
    path: "drops",
    insecure: "drops",
    disableCompression: "drops",
    token: "drops",
    clientCertificate: "drops",
  },
  istio: clientGo,
  kubevela: { ...clientGo, tlsName: "drops", noCa: "refuses", disableCompression: "drops" },
  kueue: { ...clientGo, oddHost: "refuses", insecure: "refuses" },
  "multicluster-runtime": clientGo,
};

/** Why a reader could not use a connection as it is meant, before anything is written; undefined when it can. */
export function unreadable(reader: Reader, connection: Connection): Refusal | undefined {
  for (const [trait, { has, what, reason, remedy }] of Object.entries(harmful) as readonly [Harmful, Known][]) {
    const fate = readers[reader][trait];
    if (fate !== "reads" && has(connection)) return refusal(reason, `${reader} ${fate} ${what}; ${remedy}`);
  }
  return undefined;
}

interface Known {
  readonly has: (connection: Connection) => boolean;
  readonly reason: string;
  readonly what: string;
  readonly remedy: string;
}

const directly = "publish an endpoint of this cluster that can be reached without it";

// Without disable-compression answers take a little longer, and nothing is lost.
type Harmful = Exclude<Trait, "disableCompression">;

const harmful: Readonly<Record<Harmful, Known>> = {
  proxy: { has: ({ proxy }) => proxy !== undefined, reason: "ProxyNotRead", what: "the proxy of a connection", remedy: directly },
  tlsName: {
    has: ({ tlsName }) => tlsName !== undefined,
    reason: "TlsNameNotRead",
    what: "the tls-server-name of a connection",
    remedy: "publish a server whose host is in its certificate",
  },
  path: { has: ({ server }) => pathOf(server) !== "", reason: "PathNotRead", what: "the path of a server", remedy: directly },
  query: { has: ({ server }) => server.includes("?"), reason: "QueryNotRead", what: "the query of a server", remedy: directly },
  oddHost: {
    has: ({ server }) => isOddHost(server),
    reason: "HostNotRead",
    what: "a host that is neither a DNS name nor an IP address with a port",
    remedy: "publish a host without underscores or a dot at its end, and an IPv6 address with its port",
  },
  noCa: {
    has: ({ ca, insecure }) => ca === undefined && !insecure,
    reason: "CaNeeded",
    what: "a connection without a CA, which it would not verify at all",
    remedy: "publish the CA in certificate-authority-data, be it one of the public ones",
  },
  insecure: {
    has: ({ insecure }) => insecure === true,
    reason: "InsecureNotRead",
    what: "insecure-skip-tls-verify",
    remedy: "publish the CA in certificate-authority-data instead",
  },
  token: {
    has: ({ login }) => login.kind === "credential" && login.token !== undefined,
    reason: "TokenNotRead",
    what: "a token",
    remedy: "let it log in by itself, or give it a Secret",
  },
  clientCertificate: {
    has: ({ login }) => login.kind === "credential" && login.clientCertificate !== undefined,
    reason: "CertificateNotRead",
    what: "a client certificate",
    remedy: "let it log in by itself, or give it a Secret",
  },
};

function pathOf(server: string): string {
  return URL.parse(server)?.pathname.replace(/\/+$/, "") ?? "";
}

const bracketsAlone = /^[^/]*\/\/\[[^\]]*\](?!:\d)/;
const dnsName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

function isOddHost(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? "";
  return host.startsWith("[") ? bracketsAlone.test(server) : !dnsName.test(host);
}
