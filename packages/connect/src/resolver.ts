import { isRefusal, refusal, refusalOf, type Refusal } from "@rollcall/contract";
import type { ServerConfig, Transport } from "@rollcall/kube";
import { bind } from "./bind.ts";
import { redact } from "./exec/redact.ts";
import { foreseen, loginFor } from "./foreseen.ts";
import { allowsHost } from "./hosts.ts";
import type { Provider } from "./provider.ts";
import type { Ask, Resolve, Resolved, Source } from "./resolve.ts";
import { readSecret, type SecretHub } from "./secret/read-secret.ts";
import { audienceOf, defaultAudience } from "./token/audience.ts";
import { tokenOfMember } from "./token/member.ts";
import { usualExpiration, type HubTokenSetting, type TokenRequestSetting } from "./token/setting.ts";
import { requestToken } from "./token/token-request.ts";

export interface ResolverParts {
  /** Runs plugins. */
  readonly exec: Resolve;
  readonly secrets: SecretHub;
  /** The hub, for tokens of its own accounts. */
  readonly hub: Pick<Transport, "call">;
  /** Opens a transport to a member. */
  readonly open: (config: ServerConfig) => Transport;
  readonly providers: () => readonly Provider[];
}

/** Gets credentials in whatever way their provider is configured. */
export function resolver(parts: ResolverParts): Resolve {
  const resolve: Resolve = (ask, signal) => {
    const why = foreseen(ask, parts.providers());
    if (why !== undefined) return Promise.resolve(why);
    const source = ask.provider.credential;
    switch (source?.kind) {
      case "secret":
        return readSecret(ask, source, parts.secrets, signal);
      case "token-request":
        return fromMember(ask, source, signal);
      case "hub-token":
        return fromHub(ask, source, signal);
      // What makes none is refused above.
      case "reference":
      case "exec":
      case undefined:
        return parts.exec(ask, signal);
      default:
        return source satisfies never;
    }
  };

  /** The member is logged in to with what another provider gives, and only where that may be sent. */
  async function fromMember(ask: Ask, setting: TokenRequestSetting, signal: AbortSignal): Promise<Resolved | Refusal> {
    const way = loginFor(ask, setting, parts.providers());
    if (isRefusal(way)) return way;
    const { provider } = way;
    const login = await resolve(way, signal);
    if (isRefusal(login)) return login;
    const bound = bind(login, ask.endpoint, provider.hosts);
    if (isRefusal(bound)) return bound;
    const isAllowed = (server: string): boolean => allowsHost([...(provider.hosts ?? []), ...(ask.provider.hosts ?? [])], server);
    const wanted = { expiration: usualExpiration, ...setting, ...accountOf(setting.serviceAccount) };
    const credential = await tokenOfMember(
      ask.endpoint,
      login.credential,
      wanted,
      { open: parts.open, isAllowed, known: ask.known },
      signal,
    );
    if (!isRefusal(credential) && credential.token?.reveal() === login.credential.token?.reveal())
      return refusal("TokenAnswer", "the member gave back the very token that we logged in with, which is no token of its account");
    // Whoever made it is whom it is for.
    return isRefusal(credential)
      ? credential
      : {
          credential: { ...credential, provider: ask.provider.name },
          madeFor: ask.endpoint,
          ...(login.source && { source: login.source }),
        };
  }

  async function fromHub(
    { cluster, endpoint, provider, known }: Ask,
    setting: HubTokenSetting,
    signal: AbortSignal,
  ): Promise<Resolved | Refusal> {
    const template = setting.audience ?? defaultAudience;
    const audience = audienceOf(template, cluster, endpoint.server);
    if (isRefusal(audience)) return audience;
    const wanted = { ...accountOf(setting.serviceAccount), expiration: setting.expiration ?? usualExpiration, audiences: [audience] };
    const credential = await requestToken(parts.hub, provider.name, wanted, signal, revealed(known));
    if (isRefusal(credential)) return credential;
    // Nothing says where it may go: whoever writes a profile may name any server, with a CA, a proxy and a TLS name of his own beside it.
    return { credential };
  }

  return (ask, signal) => resolve(ask, signal).catch((error: unknown) => unreachable(error, revealed(ask.known)));
}

/** The Secret with whose login a token is asked for at a member: as long as it agrees, what was got with it is good. */
export function loginSource({ providers, secrets }: Pick<ResolverParts, "providers" | "secrets">) {
  return async (ask: Ask, signal: AbortSignal): Promise<Source | Refusal | undefined> => {
    const setting = ask.provider.credential;
    if (setting?.kind !== "token-request") return undefined;
    const way = loginFor(ask, setting, providers());
    if (isRefusal(way)) return way;
    const from = way.provider.credential;
    if (from?.kind !== "secret") return undefined;
    const login = await readSecret(way, from, secrets, signal);
    return isRefusal(login) ? login : login.source;
  };
}

function accountOf(text: string): { readonly namespace: string; readonly serviceAccount: string } {
  const [namespace = "", serviceAccount = ""] = text.split("/");
  return { namespace, serviceAccount };
}

/** What cannot be known at the moment says nothing about the credential that there is. */
function unreachable(error: unknown, secrets: readonly string[]): Refusal {
  return refusal("Unreachable", redact(refusalOf(error).message, secrets));
}

function revealed(known: Ask["known"] = []): readonly string[] {
  return known.map((each) => each.reveal());
}
