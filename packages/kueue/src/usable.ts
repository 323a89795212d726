import { isCertificates, sameServer, unreadable, type Reachable } from "@rollcall/contract";
import type { KueueOptions } from "./options.ts";
import { refuse } from "./refuse.ts";

/** Refuses a server that Kueue could not reach as it is meant, or that is the hub's own. */
export function checkServer({ id, connection }: Reachable, { refuse: refused = [] }: KueueOptions): void {
  const { server, ca, proxy } = connection;
  // Go and JavaScript differ about the rest: what one of them corrects is another host to the other.
  const url = /^[\x21-\x7e]+$/.test(server) && /^https?:\/\/[^/?#%\\@]+(?:[/?][^#\\]*)?$/i.test(server) ? URL.parse(server) : null;
  if (url === null)
    throw refuse(
      "BadServer",
      `the server of ${id} is no URL that Kueue could reach, got ${JSON.stringify(server)}; correct it in its profile`,
    );
  if (/^kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?\.?$/.test(url.hostname))
    throw refuse(
      "InCluster",
      `${id} gives ${server}, which is whatever cluster Kueue itself runs in; give its profile an address that means the same everywhere`,
    );
  const same = sameServer(server);
  if (refused.some((each) => sameServer(each) === same))
    throw refuse(
      "OwnCluster",
      `${id} gives ${server}, which is the cluster that Kueue or the inventory itself lives in, and Kueue cannot send work to itself; leave it out of the list`,
    );
  const lost = unreadable("kueue", connection);
  if (lost !== undefined) throw refuse(lost.reason, `${id}: ${lost.message}`);
  if (proxy !== undefined && !(/^(?:https?|socks5):\/\/[\x21-\x7e]+$/i.test(proxy) && URL.parse(proxy)?.hostname))
    throw refuse("ProxyNotSupported", `Kueue reaches ${id} through an http, https or socks5 proxy only; change proxy-url in its profile`);
  if (ca !== undefined && !isCertificates(ca)) throw badCertificate(`the CA of ${id}`, "its profile");
}

/** Refuses a login by which Kueue would go on as nobody, or not at all. */
export function checkKubeconfig({ id, connection: { login } }: Reachable): void {
  // A login that is none is refused where the kubeconfig is made.
  if (login.kind !== "credential") return;
  const { provider, clientCertificate } = login;
  const token = login.token?.reveal();
  if (!token && clientCertificate === undefined)
    throw refuse("NoCredential", `provider "${provider}" gave neither a token nor a certificate for ${id}; look at what it answers`);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw refuse(
      "BadToken",
      `the token for ${id} is empty or holds what no request can carry; look at what provider "${provider}" answers`,
    );
  if (clientCertificate === undefined) return;
  if (!isCertificates(clientCertificate.certificate)) throw badCertificate(`the client certificate for ${id}`, `provider "${provider}"`);
  if (!isKey(clientCertificate.key.reveal())) throw badCertificate(`the key of the client certificate for ${id}`, `provider "${provider}"`);
}

/** Refuses what Kueue would not take over from a profile. */
export function checkProfile({ id, connection: { tlsName, login } }: Reachable, { providers }: KueueOptions): void {
  if (tlsName !== undefined)
    throw refuse(
      "TlsNameNotRead",
      `Kueue drops the tls-server-name of ${id} when it reads a profile; publish a server whose host is in its certificate, or set the list's option clusterSource to kubeConfig or auto`,
    );
  if (providers !== undefined && !providers.includes(login.provider))
    throw refuse(
      "ProviderNotKnown",
      `${id} is reached by provider "${login.provider}", which is not among those that Kueue is set up for (${providers.join(", ")}); add it to Kueue's configuration and to the option providers, or put one of those before it`,
    );
}

function badCertificate(what: string, where: string): Error {
  return refuse("BadCertificate", `${what} is no PEM in clear; correct it at ${where}`);
}

function isKey(text: string): boolean {
  return /^\s*-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*$/.test(text);
}
