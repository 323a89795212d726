import { type Connection, type Endpoint, isRefusal, type Refusal, refusal, sameServer } from "@rollcall/contract";
import { allowsHost } from "./hosts.ts";
import type { Resolved } from "./resolve.ts";

/**
 * The connection of an endpoint and a credential that may be sent there; the only way from one to the other.
 *   what the credential was made for      the operator's hosts        then
 *   the same server, CA and TLS name      -                           connected
 *   another, or not known                 match, the proxy's too      connected
 *   another                               none match                  WrongServer, WrongCa, WrongTlsName
 *   not known                             set, and none match         WrongServer, WrongProxy, WrongTlsName
 *   not known                             none set                    NotBound
 * Whoever writes a profile chooses its server; without this he could have any credential sent to himself.
 */
export function bind({ credential, madeFor }: Resolved, endpoint: Endpoint, hosts: readonly string[] = []): Connection | Refusal {
  const { provider } = credential;
  if (endpoint.insecure || URL.parse(endpoint.server)?.protocol !== "https:")
    return refusal(
      "InsecureEndpoint",
      `the profile does without TLS or its verification, so anybody on the way could take the credential of provider ${JSON.stringify(provider)}; publish an https server, and its CA in certificate-authority-data`,
    );
  const made = madeFor && elsewhere(madeFor, endpoint);
  if (madeFor !== undefined && made === undefined) return { ...endpoint, login: credential };
  const allowed = hosts.length > 0 ? outside(hosts, endpoint) : undefined;
  if (hosts.length > 0 && allowed === undefined) return { ...endpoint, login: credential };
  const why = made ?? allowed;
  if (isRefusal(why))
    return refusal(why.reason, `${why.message}, or allow what the profile says in hosts of provider ${JSON.stringify(provider)}`);
  return refusal(
    "NotBound",
    `nothing says that the credential of provider ${JSON.stringify(provider)} is for ${hostOf(endpoint.server)}; allow that in hosts of this provider, or say it where the credential is: a kubeconfig does, and a Secret with a token by the annotation rollcall.dev/server`,
  );
}

function elsewhere({ server, ca, tlsName, insecure }: NonNullable<Resolved["madeFor"]>, endpoint: Endpoint): Refusal | undefined {
  const [made, asked] = [hostOf(server), hostOf(endpoint.server)];
  if (sameServer(server) !== sameServer(endpoint.server)) {
    if (URL.parse(server)?.protocol !== "https:")
      return refusal(
        "WrongServer",
        `where the credential lies it says that it was made for ${made}, and not by https://; say the whole address there, such as https://${asked}`,
      );
    const [one, other] = made === asked ? [`${made} by another path`, asked] : [made, asked];
    return refusal(
      "WrongServer",
      `the credential was made for ${one}, and the profile says ${other}; publish the server that it was made for`,
    );
  }
  // Public CAs will do where nothing was verified before: that is more, and nobody makes one of his own.
  if (insecure && endpoint.ca !== undefined)
    return refusal(
      "WrongCa",
      `the credential was made for ${made} with TLS verification switched off, so nothing says that ${caOf(endpoint.ca)}, which the profile says, is its; put the CA into certificate-authority-data of the kubeconfig, in place of insecure-skip-tls-verify`,
    );
  if (withoutSpace(ca) !== withoutSpace(endpoint.ca))
    return refusal(
      "WrongCa",
      `the credential was made for ${made} with ${caOf(ca)}, and the profile says ${caOf(endpoint.ca)}; publish the CA that it was made with`,
    );
  // A name of the profile's own choosing is one for which somebody else may hold a good certificate.
  if (isOtherName(endpoint, [tlsName ?? ""]))
    return refusal(
      "WrongTlsName",
      `the credential was made for ${made} without the tls-server-name that the profile says; put it into the kubeconfig`,
    );
  return undefined;
}

function outside(hosts: readonly string[], endpoint: Endpoint): Refusal | undefined {
  const all = hosts.slice(0, 10).join(", ");
  if (!allowsHost(hosts, endpoint.server))
    return refusal("WrongServer", `the profile says ${hostOf(endpoint.server)}, and allowed is ${all}; correct the profile`);
  // With a CA of the profile's own choosing, whoever stands on the way can read what is sent.
  if (endpoint.proxy !== undefined && !allowsHost(hosts, endpoint.proxy))
    return refusal(
      "WrongProxy",
      `the profile goes through the proxy ${hostOf(endpoint.proxy)}, and allowed is ${all}; correct the profile`,
    );
  if (isOtherName(endpoint, []) && !allowsHost(hosts, `https://${endpoint.tlsName}`))
    return refusal(
      "WrongTlsName",
      `the profile says another tls-server-name than ${hostOf(endpoint.server)}, and allowed is ${all}; correct the profile`,
    );
  return undefined;
}

function isOtherName({ server, tlsName }: Endpoint, known: readonly string[]): boolean {
  if (tlsName === undefined) return false;
  return ![URL.parse(server)?.hostname ?? "", ...known].some((name) => name.toLowerCase() === tlsName.toLowerCase());
}

function withoutSpace(ca: string | undefined): string {
  return ca?.replaceAll(/\s+/g, "") ?? "";
}

function caOf(ca: string | undefined): string {
  return ca === undefined ? "public CAs" : "a CA of its own";
}

function hostOf(server: string): string {
  return URL.parse(server)?.host || "an address that is no URL";
}
