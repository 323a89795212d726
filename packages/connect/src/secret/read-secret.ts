import {
  type Credential,
  fromBase64,
  Hidden,
  isCertificates,
  isRefusal,
  type KubeObject,
  objectKey,
  type Refusal,
  refusal,
} from "@rollcall/contract";
import { isApiError } from "@rollcall/kube";
import { readKubeconfig } from "../kubeconfig/read.ts";
import type { Ask, Resolved } from "../resolve.ts";
import { consentProblem, secretWords } from "./consent.ts";
import { type Place, placeOf } from "./place.ts";
import type { SecretSetting } from "./setting.ts";
import { isToken } from "./token.ts";
import { endOfToken } from "./token-end.ts";

/** Where Secrets are read. */
export interface SecretHub {
  /** Gets one Secret by its name. */
  readonly get: (namespace: string, name: string, signal: AbortSignal) => Promise<KubeObject>;
  readonly now: () => number;
}

/**
 * Reads the credential of a cluster from the one Secret that its profile means: by name, never from a list, and only where the Secret
 * agrees. What cannot be known at the moment is thrown as it came: it says nothing about the credential.
 */
export async function readSecret(
  { cluster, access, provider }: Pick<Ask, "cluster" | "access" | "provider">,
  setting: SecretSetting,
  { get, now }: SecretHub,
  signal: AbortSignal,
): Promise<Resolved | Refusal> {
  const place = placeOf(cluster, access, setting);
  if (isRefusal(place)) return place;
  const secret = await found(place, get, signal);
  if (isRefusal(secret)) return secret;
  const problem = consentProblem(secret, cluster, setting, place.how);
  if (problem !== undefined) return problem;
  const text = textOf(secret, place);
  const read: Login | Refusal = isRefusal(text)
    ? text
    : place.how === "token"
      ? tokenOf(secret, text)
      : readKubeconfig(text, place.context);
  if (isRefusal(read)) return refusal(read.reason, `${objectKey(secret)}, key ${place.key}: ${read.message}`);
  const { madeFor, ...login } = read;
  const expiresAt = login.expiresAt ?? (login.token && endOfToken(login.token.reveal()));
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now())
    return refusal(
      "CredentialExpired",
      `${objectKey(secret)}, key ${place.key}: its ${login.clientCertificate ? "certificate" : "token"} ended at ${expiresAt}; renew it there`,
    );
  const { uid = "", resourceVersion = "" } = secret.metadata;
  return {
    credential: { kind: "credential", provider: provider.name, ...login, ...(expiresAt !== undefined && { expiresAt }) },
    ...(madeFor !== undefined && { madeFor }),
    source: { namespace: place.namespace, name: place.name, uid, resourceVersion },
  };
}

/** What is under a key, whatever form it has. */
type Login = Pick<Resolved, "madeFor"> & Pick<Credential, "token" | "clientCertificate" | "expiresAt">;

async function found({ namespace, name }: Place, get: SecretHub["get"], signal: AbortSignal): Promise<KubeObject | Refusal> {
  const key = `Secret/${namespace}/${name}`;
  try {
    const secret = await get(namespace, name, signal);
    if (secret.metadata.deletionTimestamp === undefined) return secret;
    return refusal("NoSecret", `${key} is being deleted; whoever makes the credentials of this cluster has to make it anew`);
  } catch (error) {
    if (isApiError(error, 404))
      return refusal("NoSecret", `${key} is not there; whoever makes the credentials of this cluster has to make it`);
    if (isApiError(error, 403))
      return refusal(
        "SecretForbidden",
        `${key} may not be read; allow "get" on secrets in namespace ${namespace}, which is what rollcall rbac prints`,
      );
    throw error;
  }
}

function textOf({ data = {} }: KubeObject, { key }: Place): string | Refusal {
  const encoded = data[key];
  if (encoded === undefined || encoded === "") return refusal("NoKey", "there is nothing under this key; store the credential there");
  return fromBase64(encoded) ?? refusal("NotText", "what is there is no UTF-8 text; store the credential as it was issued");
}

function tokenOf(secret: KubeObject, text: string): Login | Refusal {
  // Whoever makes a Secret from a file often has the file's last line end in it.
  const token = text.replace(/\r?\n$/, "");
  if (!isToken(token)) return refusal("BadToken", "its token holds characters that no header may, or too many; store it as it was issued");
  const madeFor = madeForOf(secret);
  return isRefusal(madeFor) ? madeFor : { token: new Hidden(token), ...(madeFor !== undefined && { madeFor }) };
}

/** A token itself does not say where it is for: its Secret may, with the CA beside it as in every Secret of a ServiceAccount, or else public ones. */
function madeForOf({ metadata, data = {} }: KubeObject): Resolved["madeFor"] | Refusal {
  const server = metadata.annotations?.[secretWords.server];
  if (server === undefined) return undefined;
  const encoded = data["ca.crt"];
  if (encoded === undefined) return { server };
  const ca = fromBase64(encoded);
  if (ca !== undefined && isCertificates(ca)) return { server, ca };
  return refusal("BadCa", "the ca.crt beside it is no PEM of certificates; store the CA of the server there, or take it out");
}
