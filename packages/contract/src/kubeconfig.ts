import { canonicalJson } from "./canonical.ts";
import type { Endpoint } from "./cluster.ts";
import type { Credential, Reachable } from "./connection.ts";
import { RollcallError } from "./errors.ts";
import { objectName } from "./names.ts";
import { toBase64 } from "./object.ts";

/** What a kubeconfig may be asked for beside its cluster. */
export interface KubeconfigOptions {
  /** What its cluster, user and context are called, for consumers that show it; by default `<namespace>.<name>`. */
  readonly name?: string;
}

/**
 * The one kubeconfig of a cluster, as JSON, which every reader of YAML reads: one cluster, one user, one context, and everything inline.
 * The same connection gives the same bytes, because some consumers start anew at each change of one. It never names a program or a path.
 */
export function kubeconfig(cluster: Reachable, options: KubeconfigOptions = {}): string {
  const { login, ...endpoint } = cluster.connection;
  if (login.kind !== "credential")
    throw new RollcallError(
      "NoCredential",
      `a kubeconfig of ${cluster.id} needs a credential, and provider "${login.provider}" only says how a consumer logs in by itself; ask for a login "with a credential from us"`,
      { retry: false },
    );
  const name = options.name ?? objectName(cluster);
  return canonicalJson({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: clusterOf(endpoint) }],
    users: [{ name, user: userOf(cluster.id, login) }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

function clusterOf({ server, ca, tlsName, proxy, insecure, disableCompression }: Endpoint): object {
  return {
    server,
    "certificate-authority-data": ca === undefined ? undefined : toBase64(ca),
    "tls-server-name": tlsName,
    "proxy-url": proxy,
    "insecure-skip-tls-verify": insecure,
    "disable-compression": disableCompression,
  };
}

function userOf(id: string, { provider, token, clientCertificate }: Credential): object {
  // Readers take a user without a login, and every call would go out as nobody's.
  if (token === undefined && clientCertificate === undefined)
    throw new RollcallError(
      "EmptyCredential",
      `the credential of ${id} from provider "${provider}" holds neither a token nor a certificate; look at what that provider answers`,
      { retry: true },
    );
  return {
    token: token?.reveal(),
    ...(clientCertificate !== undefined && {
      "client-certificate-data": toBase64(clientCertificate.certificate),
      "client-key-data": toBase64(clientCertificate.key.reveal()),
    }),
  };
}
