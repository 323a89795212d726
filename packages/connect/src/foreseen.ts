import { isRefusal, refusal, type Refusal } from "@rollcall/contract";
import { bind } from "./bind.ts";
import type { Provider } from "./provider.ts";
import type { Ask } from "./resolve.ts";
import { placeOf } from "./secret/place.ts";
import { audienceOf, defaultAudience } from "./token/audience.ts";
import type { TokenRequestSetting } from "./token/setting.ts";

/** Why nothing can come of an ask, as far as that is known before anybody is asked: a plan says so too, and no credential is made in vain. */
export function foreseen(ask: Ask, providers: readonly Provider[]): Refusal | undefined {
  const { access, cluster, endpoint, provider } = ask;
  const source = provider.credential;
  switch (source?.kind) {
    case undefined:
    case "exec":
      return provider.execConfig === undefined ? nothing(provider) : whyNowhere(ask);
    case "secret": {
      const place = placeOf(cluster, access, source);
      return isRefusal(place) ? place : undefined;
    }
    case "token-request": {
      const login = loginFor(ask, source, providers);
      return isRefusal(login) ? login : foreseen(login, providers);
    }
    case "hub-token": {
      const audience = audienceOf(source.audience ?? defaultAudience, cluster, endpoint.server);
      return whyNowhere(ask) ?? (isRefusal(audience) ? audience : undefined);
    }
    case "reference":
      return refusal(
        "ReferenceOnly",
        `provider ${JSON.stringify(provider.name)} is for consumers that log in by themselves; this one needs a credential, so give it a provider that makes one`,
      );
    default:
      return source satisfies never;
  }
}

/** The ask for what the member is logged in to with, when it is asked for a token. */
export function loginFor(ask: Ask, setting: TokenRequestSetting, providers: readonly Provider[]): Ask | Refusal {
  const { cluster } = ask;
  const name = JSON.stringify(setting.with);
  const provider = providers.find((each) => each.name === setting.with);
  const access = cluster.access.find((each) => each.provider === setting.with);
  if (provider === undefined)
    return refusal("NoProvider", `provider ${name}, which is to log in for a token, is not configured; configure it`);
  if (provider.credential?.kind === "token-request")
    return refusal("TokenChain", `provider ${name} asks for a token itself; name one that has a credential of its own`);
  // What was withdrawn is not used to get anything else, and what was got with it is taken back.
  if (access === undefined)
    return {
      ...refusal("NoProvider", `profile ${cluster.id} does not offer ${name}, which is to log in for a token; publish it, or name another`),
      revokes: true,
    };
  if (isRefusal(access.endpoint)) return access.endpoint;
  return { ...ask, provider, access, endpoint: access.endpoint };
}

/**
 * Why a credential that says nothing of where it was made for may not go to this server: known before one is made. A plugin may send its
 * login where it is told that the cluster is, so it is not run for such a server either.
 */
function whyNowhere({ endpoint, provider }: Pick<Ask, "endpoint" | "provider">): Refusal | undefined {
  const bound = bind({ credential: { kind: "credential", provider: provider.name } }, endpoint, provider.hosts);
  return isRefusal(bound) ? bound : undefined;
}

function nothing({ name }: Provider): Refusal {
  return refusal(
    "NoLogin",
    `provider ${JSON.stringify(name)} has no execConfig, and nothing in settings that makes a credential; give it one of them`,
  );
}
