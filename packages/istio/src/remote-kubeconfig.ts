import { isCertificates, kubeconfig, unreadable, type Connection, type Reachable } from "@rollcall/contract";
import type { MeshOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { serverOf } from "./server.ts";

/**
 * The kubeconfig by which istiod reaches a cluster: everything in it is called after the cluster's ID, as istioctl does it.
 * istiod says only in its log that it takes one for bad, tries it never again, and goes on with the one before: such a one is refused here.
 */
export function remoteKubeconfig(cluster: Reachable, id: string, options: MeshOptions): string {
  const { insecure, ...rest } = cluster.connection;
  const connection: Connection = {
    ...rest,
    server: serverOf(cluster, options),
    // Nobody's client takes both; the CA is the safer half.
    ...(insecure && rest.ca === undefined && { insecure }),
  };
  const lost = unreadable("istio", connection);
  if (lost !== undefined) throw refuse(lost.reason, `${cluster.id} cannot be declared: ${lost.message}`);
  checkEndpoint(cluster.id, connection);
  checkLogin(cluster.id, connection);
  return kubeconfig({ ...cluster, connection }, { name: id });
}

function checkEndpoint(id: string, { ca, proxy }: Connection): void {
  if (ca !== undefined && !hasCertificate(ca))
    throw refuse("BadCertificate", `the CA of ${id} is no PEM with a certificate; correct it in its ClusterProfile`);
  if (proxy !== undefined && !isProxy(proxy))
    throw refuse(
      "ProxyNotSupported",
      `istiod reaches ${id} through an http, https or socks5 proxy only; change proxy-url in its ClusterProfile`,
    );
}

function checkLogin(id: string, { login }: Connection): void {
  const { kind, provider } = login;
  if (kind !== "credential")
    throw refuse(
      "NoCredential",
      `provider "${provider}" of ${id} only says how a consumer logs in by itself, and istiod runs no plugin and has no cloud identity; let Rollcall get a credential`,
    );
  const token = login.token?.reveal();
  const certificate = login.clientCertificate;
  if (!token && certificate === undefined)
    throw refuse("NoCredential", `provider "${provider}" gave neither a token nor a client certificate for ${id}; check what it returns`);
  if (token !== undefined && /\p{Cc}/u.test(token))
    throw refuse(
      "BadToken",
      `the token for ${id} holds a line break or another character that no request can carry; check what provider "${provider}" returns`,
    );
  if (certificate !== undefined && !(hasCertificate(certificate.certificate) && privateKey.test(certificate.key.reveal())))
    throw refuse(
      "BadCertificate",
      `the client certificate for ${id} or its key is no PEM in clear; check what provider "${provider}" returns`,
    );
}

const certificates = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const privateKey = /-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----/;

/** Whatever else stands beside them, such as the key, is passed over by every client. */
function hasCertificate(text: string): boolean {
  return isCertificates((text.match(certificates) ?? []).join("\n"));
}

function isProxy(url: string): boolean {
  return /^(?:https?|socks5):\/\/(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i.test(url) && Boolean(URL.parse(url)?.hostname);
}
