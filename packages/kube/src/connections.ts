import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from "node:tls";
import { isCertificates } from "@rollcall/contract";
import { Agent, Pool, ProxyAgent, type Dispatcher } from "undici";
import { aMinute } from "./reread.ts";
import type { ServerConfig, Trust } from "./server.ts";

/** Open connections to one server. Watches stay open for minutes: they have connections of their own, so that no call ever waits behind one. */
export interface Pools {
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

/** Connections that follow what is trusted. */
export interface Connections {
  /** Resolves when `pools` may be used; they are to be read right after it. */
  ready(): Promise<void>;
  pools(): Pools;
  /** After a failure: whether others than these are to be used from now on. */
  renewed(failed: Pools): Promise<boolean>;
  destroy(): Promise<void>;
}

/** Another CA or client certificate means other connections; what is on its way over the old ones comes to its end there. */
export function newConnections(config: ServerConfig, most: number): Connections {
  let trust: Trust = config;
  let pools: Pools | undefined = config.trust === undefined ? open(config, trust, most) : undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const retired = new Set<Pools>();

  async function renew(failed?: Trust): Promise<void> {
    if (config.trust === undefined) return;
    askedAt = performance.now();
    const next = await config.trust(failed);
    if (isClosed || (pools !== undefined && (isSame(next, trust) || !isUsable(next)))) return;
    if (pools !== undefined) retire(pools);
    pools = open(config, next, most);
    trust = next;
  }

  function retire(old: Pools): void {
    retired.add(old);
    void Promise.all([old.calls.close(), old.streams.close()]).then(() => retired.delete(old));
  }

  return {
    async ready() {
      if (pools === undefined) await renew();
      // While there is nothing better to read, what was good goes on.
      else if (config.trust !== undefined && performance.now() - askedAt >= aMinute) await renew().catch(() => undefined);
    },
    pools: () => pools!,
    async renewed(failed) {
      if (pools === failed) await renew(trust).catch(() => undefined);
      return pools !== failed;
    },
    async destroy() {
      isClosed = true;
      const all = [...retired, ...(pools === undefined ? [] : [pools])];
      await Promise.all(all.flatMap(({ calls, streams }) => [calls.destroy(), streams.destroy()]));
    },
  };
}

function isSame(one: Trust, other: Trust): boolean {
  const { certificate, key } = one.clientCertificate ?? {};
  return (
    one.ca === other.ca &&
    one.tlsName === other.tlsName &&
    certificate === other.clientCertificate?.certificate &&
    key === other.clientCertificate?.key
  );
}

/** Files are rotated one by one: a new certificate beside an old key, or half a CA, is none yet. */
function isUsable({ ca, clientCertificate }: Trust): boolean {
  try {
    if (clientCertificate) createSecureContext({ cert: clientCertificate.certificate, key: clientCertificate.key });
    return ca === undefined || isCertificates(ca);
  } catch {
    return false;
  }
}

/** HTTP/1.1 on purpose: measured ahead of HTTP/2 against a kube-apiserver. */
function open(config: ServerConfig, { ca, tlsName, clientCertificate }: Trust, connections: number): Pools {
  const { origin } = new URL(config.url);
  const connect = {
    allowH2: false,
    keepAlive: true,
    timeout: 10_000,
    ...trusting({ ca, cert: clientCertificate?.certificate, key: clientCertificate?.key }),
    ...(tlsName !== undefined && { servername: tlsName }),
    ...(config.insecure && { rejectUnauthorized: false }),
  };
  // Calls have deadlines of their own. An API server keeps an idle connection for 90 seconds, most load balancers for 60.
  const forCalls = { allowH2: false, connections, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 };
  const forStreams = { allowH2: false, bodyTimeout: 0 };
  if (config.proxy === undefined)
    return { calls: new Pool(origin, { ...forCalls, connect }), streams: new Agent({ ...forStreams, connect }) };
  // As with kubectl, a proxy over TLS may be vouched for by the server's own CA.
  const proxyTls = { allowH2: false, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) };
  const isSecure = config.proxy.startsWith("https:");
  const proxied = { uri: config.proxy, requestTls: connect, connectTimeout: connect.timeout, ...(isSecure && { proxyTls }) };
  return { calls: new ProxyAgent({ ...forCalls, ...proxied }), streams: new ProxyAgent({ ...forStreams, ...proxied }) };
}

/** Certificates are read once for all connections, not by each. Those that cannot be read are left to the connections, which fail and say why. */
function trusting(trust: SecureContextOptions): SecureContextOptions | { readonly secureContext: SecureContext } {
  try {
    return { secureContext: createSecureContext(trust) };
  } catch {
    return trust;
  }
}
