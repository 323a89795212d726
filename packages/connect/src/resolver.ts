import { isRefusal, refusal, refusalOf, type Refusal } from "@rollcall/contract";
import type { ServerConfig, Transport } from "@rollcall/kube";
import { bind } from "./bind.ts";
import { allowsHost } from "./hosts.ts";
import type { Provider } from "./provider.ts";
import type { Ask, Resolve, Resolved } from "./resolve.ts";
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
    const { provider } = ask;
    const source = provider.credential;
    switch (source?.kind) {
      case undefined:
      case "exec":
        return provider.execConfig === undefined ? Promise.resolve(nothing(provider)) : fromPlugin(ask, signal);
      case "secret":
        return readSecret(ask, source, parts.secrets, signal);
      case "token-request":
        return fromMember(ask, source, signal);
      case "hub-token":
        return fromHub(ask, source, signal);
      case "reference":
        return Promise.resolve(
          refusal(
            "ReferenceOnly",
            `provider ${JSON.stringify(provider.name)} is for consumers that log in by themselves; this one needs a credential, so give it a provider that makes one`,
          ),
        );
      default:
        return source satisfies never;
    }
  };

  /** A plugin may send its login where it is told that the cluster is, so it is not run for a server that its credential may not go to. */
  async function fromPlugin(ask: Ask, signal: AbortSignal): Promise<Resolved | Refusal> {
    return whyNowhere(ask) ?? parts.exec(ask, signal);
  }

  /** The member is logged in to with what another provider gives, and only where that may be sent. */
  async function fromMember(ask: Ask, setting: TokenRequestSetting, signal: AbortSignal): Promise<Resolved | Refusal> {
    const name = JSON.stringify(setting.with);
    const { cluster } = ask;
    const provider = parts.providers().find((each) => each.name === setting.with);
    const access = ask.cluster.access.find((each) => each.provider === setting.with);
    if (provider === undefined)
      return refusal("NoProvider", `provider ${name}, which is to log in for a token, is not configured; configure it`);
    if (provider.credential?.kind === "token-request")
      return refusal("TokenChain", `provider ${name} asks for a token itself; name one that has a credential of its own`);
    // What was withdrawn is not used to get anything else, and what was got with it is taken back.
    if (access === undefined)
      return { ...refusal("NoProvider", `profile ${cluster.id} does not offer ${name}, which is to log in for a token`), revokes: true };
    if (isRefusal(access.endpoint)) return access.endpoint;
    const login = await resolve({ ...ask, provider, access, endpoint: access.endpoint }, signal);
    if (isRefusal(login)) return login;
    const bound = bind(login, ask.endpoint, provider.hosts);
    if (isRefusal(bound)) return bound;
    const isAllowed = (server: string): boolean => allowsHost([...(provider.hosts ?? []), ...(ask.provider.hosts ?? [])], server);
    const wanted = { expiration: usualExpiration, ...setting, ...accountOf(setting.serviceAccount) };
    const credential = await tokenOfMember(ask.endpoint, login.credential, wanted, { open: parts.open, isAllowed }, signal);
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

  async function fromHub({ cluster, endpoint, provider }: Ask, setting: HubTokenSetting, signal: AbortSignal): Promise<Resolved | Refusal> {
    const nowhere = whyNowhere({ endpoint, provider });
    if (nowhere !== undefined) return nowhere;
    const template = setting.audience ?? defaultAudience;
    const audience = audienceOf(template, cluster, endpoint.server);
    if (isRefusal(audience)) return audience;
    const wanted = { ...accountOf(setting.serviceAccount), expiration: setting.expiration ?? usualExpiration, audiences: [audience] };
    const credential = await requestToken(parts.hub, provider.name, wanted, signal);
    if (isRefusal(credential)) return credential;
    // Nothing says where it may go: whoever writes a profile may name any server, with a CA, a proxy and a TLS name of his own beside it.
    return { credential };
  }

  return (ask, signal) => resolve(ask, signal).catch((error: unknown) => unreachable(error));
}

/** Why a credential that says nothing of where it was made for may not go to this server: known before one is made. */
function whyNowhere({ endpoint, provider }: Pick<Ask, "endpoint" | "provider">): Refusal | undefined {
  const bound = bind({ credential: { kind: "credential", provider: provider.name } }, endpoint, provider.hosts);
  return isRefusal(bound) ? bound : undefined;
}

function accountOf(text: string): { readonly namespace: string; readonly serviceAccount: string } {
  const [namespace = "", serviceAccount = ""] = text.split("/");
  return { namespace, serviceAccount };
}

function nothing({ name }: Provider): Refusal {
  return refusal(
    "NoLogin",
    `provider ${JSON.stringify(name)} has no execConfig, and nothing in settings that makes a credential; give it one of them`,
  );
}

/** What cannot be known at the moment says nothing about the credential that there is. */
function unreachable(error: unknown): Refusal {
  return refusal("Unreachable", refusalOf(error).message);
}
