import { type Endpoint, isRefusal, type Refusal, refusal } from "@rollcall/contract";
import { hasUrlCharacters, longestAddress, readAddress } from "./address.ts";
import { authorityOf } from "./authority.ts";
import { fields, quoted, text } from "./json.ts";

const proxySchemes = new Set(["http", "https", "socks5"]);

/** Where an API server is and how it is trusted, as a profile's `cluster` says it; or why nobody should go there. */
export function endpointOf(cluster: unknown): Endpoint | Refusal {
  if (typeof cluster !== "object" || cluster === null)
    return refusal("NoEndpoint", "it says no cluster, so nobody knows where that is; its cluster manager has to publish cluster.server");
  const all = fields(cluster);
  const server = serverOf(all["server"]);
  if (isRefusal(server)) return server;
  const authority = authorityOf(all);
  if (isRefusal(authority)) return authority;
  const tlsName = tlsNameOf(all["tls-server-name"]);
  if (isRefusal(tlsName)) return tlsName;
  const proxy = proxyOf(all["proxy-url"]);
  if (isRefusal(proxy)) return proxy;
  return {
    server,
    ...authority,
    ...(tlsName !== undefined && { tlsName }),
    ...(proxy !== undefined && { proxy }),
    ...(all["disable-compression"] === true && { disableCompression: true as const }),
  };
}

const dots = /^(?:\.|%2e){1,2}$/i;

function serverOf(value: unknown): string | Refusal {
  const server = text(value);
  if (server === undefined) return refusal("NoServer", "its server is empty; its cluster manager has to publish the URL of the API server");
  if (server.length > longestAddress)
    return refusal(
      "ServerTooLong",
      `its server has ${server.length} characters, at most ${longestAddress} can be right; correct it in the profile`,
    );
  if (!hasUrlCharacters(server))
    return refusal("ServerOddCharacters", `its server ${quoted(server)} holds characters that no URL may; correct it in the profile`);
  const url = readAddress(server);
  if (url === undefined)
    return refusal("ServerNotUrl", `its server ${quoted(server)} is no absolute URL; write it as https://HOST:PORT in the profile`);
  if (url.scheme !== "https")
    return refusal(
      "ServerNotHttps",
      `its server ${quoted(server)} is not https, so credentials would travel in clear; publish the https port`,
    );
  if (url.userInfo !== undefined)
    return refusal(
      "ServerUserInfo",
      `its server ${quoted(server)} carries a user; a profile holds no credentials, so take it out of the URL`,
    );
  if (url.fragment !== undefined)
    return refusal("ServerFragment", `its server ${quoted(server)} has a fragment (#), which no API server sees; take it out of the URL`);
  // A slash or a backslash may be escaped as well, and who takes them for what they mean is not known.
  if (url.path.split(/\/|%2f|%5c/i).some((segment) => dots.test(segment)))
    return refusal(
      "ServerDotSegment",
      `its server ${quoted(server)} has a dot segment in its path, by which two programs may come to two clusters; write the path out in the profile`,
    );
  return server.slice(0, server.length - url.path.length - url.query.length) + url.path.replace(/\/+$/, "") + url.query;
}

function tlsNameOf(value: unknown): string | undefined | Refusal {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" && value.length <= 253 && /^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9A-Fa-f:.]+)$/.test(value)) return value;
  return refusal("BadTlsName", `its tls-server-name ${quoted(value)} is no host name of at most 253 characters; correct it in the profile`);
}

function proxyOf(value: unknown): string | undefined | Refusal {
  if (value === undefined || value === null || value === "") return undefined;
  const proxy = text(value);
  const url = proxy === undefined || proxy.length > longestAddress || !hasUrlCharacters(proxy) ? undefined : readAddress(proxy);
  if (proxy === undefined || url === undefined || !proxySchemes.has(url.scheme))
    return refusal("BadProxy", `its proxy-url ${quoted(value)} is none of http, https or socks5 with a host; correct it in the profile`);
  if (url.userInfo !== undefined)
    return refusal(
      "ProxyUserInfo",
      `its proxy-url ${quoted(proxy)} carries a user; a profile holds no credentials, so take it out of the URL`,
    );
  return proxy;
}
