import {
  type Credential,
  type Endpoint,
  fromBase64,
  Hidden,
  isCertificates,
  type Refusal,
  RollcallError,
  refusal,
} from "@rollcall/contract";
import { readPair } from "../exec/pair.ts";
import { isToken } from "../secret/token.ts";
import { type Entry, entryOf, namesOf, parseKubeconfig, present, refuse, textOf } from "./parts.ts";

/** What one context of a kubeconfig says: a login, and the server that it was made for. */
export interface KubeconfigLogin extends Pick<Credential, "token" | "clientCertificate" | "expiresAt"> {
  readonly madeFor: Pick<Endpoint, "server" | "ca" | "tlsName" | "insecure">;
}

/**
 * Reads one context of a kubeconfig, the current one unless another is named. Nothing that it names is run or opened:
 * only what stands inline counts. A refusal says what is wrong by the names of fields, never by what they hold.
 */
export function readKubeconfig(text: string, context?: string): KubeconfigLogin | Refusal {
  try {
    const file = parseKubeconfig(text);
    const { cluster, user } = namesOf(file, context);
    const madeFor = serverOf(entryOf(file, "clusters", "cluster", cluster));
    return { madeFor, ...loginOf(entryOf(file, "users", "user", user)) };
  } catch (error) {
    if (error instanceof RollcallError) return refusal(error.reason, error.message);
    throw error;
  }
}

function serverOf(cluster: Entry): KubeconfigLogin["madeFor"] {
  const server = textOf(cluster, "server");
  if (server === undefined) throw refuse("NoServer", "its cluster has no server; say where this login is for");
  const data = textOf(cluster, "certificate-authority-data");
  if (data === undefined && present(cluster, "certificate-authority")) throw path("certificate-authority");
  const ca = data === undefined ? undefined : fromBase64(data);
  if (data !== undefined && (ca === undefined || !isCertificates(ca)))
    throw refuse("BadKubeconfig", "its certificate-authority-data is not base64 of PEM certificates");
  const tlsName = textOf(cluster, "tls-server-name");
  // Beside a CA it says nothing: nobody who reads kubeconfigs takes both.
  const insecure = ca === undefined && cluster["insecure-skip-tls-verify"] === true;
  return { server, ...(ca !== undefined && { ca }), ...(tlsName !== undefined && { tlsName }), ...(insecure && { insecure }) };
}

function loginOf(user: Entry): Omit<KubeconfigLogin, "madeFor"> {
  // Without that part the login would be one of somebody who may do more.
  const acting = ["as", "as-uid", "as-groups", "as-user-extra"].find((field) => present(user, field));
  if (acting !== undefined)
    throw refuse("ActsAsAnother", `its user acts as somebody else (${acting}), which cannot be handed on; store a login of that somebody`);
  const token = tokenOf(user);
  const pair = pairOf(user);
  if (token !== undefined || pair !== undefined) return { ...(token !== undefined && { token }), ...pair };
  const other = ["exec", "auth-provider", "tokenFile", "username", "password"].filter((field) => present(user, field));
  if (other.length === 0) throw refuse("NoLogin", "its user has no login; put a token or a client certificate with its key into it");
  throw refuse(
    "UnusableLogin",
    `its user logs in by ${other.join(" and ")} alone, which is neither run nor read nor sent here; put a token or a client certificate with its key into it, or configure a plugin as a provider of its own`,
  );
}

function tokenOf(user: Entry): Hidden<string> | undefined {
  const token = textOf(user, "token");
  if (token !== undefined && !isToken(token))
    throw refuse("BadToken", "its token holds characters that no header may, or too many; store it as it was issued");
  return token === undefined ? undefined : new Hidden(token);
}

function pairOf(user: Entry): Pick<KubeconfigLogin, "clientCertificate" | "expiresAt"> | undefined {
  const [certificate, key] = [pemOf(user, "client-certificate"), pemOf(user, "client-key")];
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined) throw refuse("HalfCertificate", "its user has a client-key without a client-certificate beside it");
  if (key === undefined) throw refuse("HalfCertificate", "its user has a client-certificate without a client-key beside it");
  const ends = readPair(certificate, key);
  if (typeof ends === "string") throw refuse("BadCertificate", ends);
  return { clientCertificate: { certificate, key: new Hidden(key) }, expiresAt: new Date(ends).toISOString() };
}

function pemOf(user: Entry, field: string): string | undefined {
  const data = textOf(user, `${field}-data`);
  if (data === undefined && present(user, field)) throw path(field);
  const pem = data === undefined ? undefined : fromBase64(data);
  if (data !== undefined && pem === undefined) throw refuse("BadKubeconfig", `its ${field}-data is not base64 of a text`);
  return pem;
}

function path(field: string): RollcallError {
  return refuse("PathInKubeconfig", `its ${field} is a path on somebody else's disk; put the content into ${field}-data`);
}
