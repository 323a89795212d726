import { refusal, type Credential, type Endpoint, type Hidden, type Refusal } from "@rollcall/contract";
import type { ServerConfig, Transport } from "@rollcall/kube";
import { isReachableHost } from "./reachable-host.ts";
import { requestToken, type TokenWanted } from "./token-request.ts";
import { wordsOf } from "./words.ts";

export interface MemberTokens {
  /** Opens a transport to a member. */
  readonly open: (config: ServerConfig) => Transport;
  /** Hosts that the operator allows for this provider, whatever they are. */
  readonly isAllowed: (server: string) => boolean;
  /** What no message is to hold, beside the login. */
  readonly known?: readonly Hidden<string>[] | undefined;
}

/** Logs in to a member with a credential that is bound to it, and asks it for a short-lived token. No redirect is followed, and no proxy used that the operator did not allow. */
export async function tokenOfMember(
  endpoint: Endpoint,
  login: Credential,
  wanted: TokenWanted,
  { open, isAllowed, known = [] }: MemberTokens,
  signal: AbortSignal,
): Promise<Credential | Refusal> {
  if (!isAllowed(endpoint.server) && !isReachableHost(endpoint.server))
    return refusal(
      "HostNotAllowed",
      `we would have to connect to ${hostOf(endpoint.server)}, which is no address of another cluster; name it in hosts of this provider if it is meant`,
    );
  if (endpoint.proxy !== undefined)
    return refusal(
      "ProxyNotAllowed",
      "the profile names a proxy, and we connect through none that a profile names; use a provider that needs no call to the member",
    );
  const { server, ca, tlsName } = endpoint;
  const { token, clientCertificate } = login;
  const transport = open({
    url: server,
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { tlsName }),
    ...(token && { token: () => Promise.resolve(token.reveal()) }),
    ...(clientCertificate && { clientCertificate: { certificate: clientCertificate.certificate, key: clientCertificate.key.reveal() } }),
  });
  const secrets = [token, clientCertificate?.key, ...known].flatMap((each) => each?.reveal() ?? []);
  try {
    return await requestToken(transport, login.provider, wanted, signal, secrets);
  } catch (error) {
    if (signal.aborted) throw error;
    return refusal("Unreachable", `${hostOf(server)} cannot be asked for a token (${wordsOf(error, secrets)})`);
  } finally {
    await transport.close();
  }
}

function hostOf(server: string): string {
  return URL.parse(server)?.host ?? "an address that is none";
}
