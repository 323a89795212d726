import { Hidden, refusal, type Credential, type Refusal } from "@rollcall/contract";
import { ApiError, isApiError, type Transport } from "@rollcall/kube";
import { wordsOf } from "./words.ts";

/** A token is small; what goes on for longer is none, whoever says it. */
const largestAnswer = 2 ** 20;

/** A ServiceAccount, and what a token of it is to be good for. */
export interface TokenWanted {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Who is to accept it; without, the server that makes it. */
  readonly audiences?: readonly string[];
  /** Seconds; the server may grant more or less. */
  readonly expiration: number;
}

/** Asks a server for a token of one of its ServiceAccounts. Its life is what was granted, whatever was asked for. No refusal holds one of the secrets that were sent. */
export async function requestToken(
  transport: Pick<Transport, "call">,
  provider: string,
  { namespace, serviceAccount, audiences, expiration }: TokenWanted,
  signal: AbortSignal,
  secrets: readonly string[] = [],
): Promise<Credential | Refusal> {
  const spec = { expirationSeconds: expiration, ...(audiences && { audiences }) };
  const account = `ServiceAccount ${namespace}/${serviceAccount}`;
  try {
    const answer = await transport.call({
      method: "POST",
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", metadata: {}, spec },
      signal,
      most: largestAnswer,
    });
    return credentialFrom(answer, provider, account);
  } catch (error) {
    if (isApiError(error, 404))
      return refusal("NoServiceAccount", `${account} is not there; create it, with the rights that the consumer needs`);
    if (isApiError(error, 401))
      return refusal(
        "MayNotRequest",
        `the server does not accept the login with which a token of ${account} is asked for; see that it is not taken back there, and store or configure one that works`,
      );
    if (isApiError(error, 403))
      return refusal(
        "MayNotRequest",
        `the login with which a token of ${account} is asked for may not have one; give it a Role in namespace ${namespace} that allows "create" on serviceaccounts/token, resourceNames ${serviceAccount}`,
      );
    if (error instanceof ApiError && error.status === 422)
      return refusal("TokenRefused", `the server gives no token of ${account} (${wordsOf(error, secrets)})`);
    throw error;
  }
}

/** A token that a header can carry: JWTs and opaque ones alike. */
const token = /^[\x21-\x7e]{1,65536}$/;

export function credentialFrom(answer: unknown, provider: string, account: string): Credential | Refusal {
  const status = fieldOf(answer, "status");
  const [text, expires] = [fieldOf(status, "token"), fieldOf(status, "expirationTimestamp")];
  const wrong = (what: string): Refusal => refusal("TokenAnswer", `the answer to a TokenRequest of ${account} ${what}`);
  if (fieldOf(answer, "kind") !== "TokenRequest") return wrong("is no TokenRequest; is there an API server behind that address?");
  if (typeof text !== "string" || !token.test(text)) return wrong("carries no token that could be sent");
  const at = typeof expires === "string" ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(at)) return wrong("does not say when the token expires");
  return { kind: "credential", provider, token: new Hidden(text), expiresAt: new Date(at).toISOString() };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
