import type { Endpoint } from "./cluster.ts";
import { shortHash, sha256 } from "./hash.ts";

/**
 * One spelling for servers that are the same: case of the host, default port and trailing slashes do not matter.
 * For comparing only; what is written to a consumer keeps the profile's spelling.
 */
export function sameServer(server: string): string {
  const url = URL.parse(server);
  if (url === null) return server;
  const path = url.pathname.replace(/\/+$/, "");
  // A dot at the end of a host says that it is a whole name; it is the same host.
  const host = url.hostname.replace(/\.$/, "") + (url.port && `:${url.port}`);
  return `${url.protocol}//${host}${path}${url.search}`;
}

/** One look at a cluster asks for the same hash several times, and many looks are under way at once. */
const mostKnown = 256;
const known = new Map<string, { readonly ca: string | undefined; readonly hash: string }>();

/** What continuity goes by: a cluster with the same server and CA is the same cluster, whatever its profile's uid. */
export function endpointHash({ server, ca }: Pick<Endpoint, "server" | "ca">): string {
  const last = known.get(server);
  if (last !== undefined && last.ca === ca) return last.hash;
  const trust = ca === undefined ? "" : ca.replaceAll(/\s+/g, "");
  const hash = sha256(`${sameServer(server)}\n${trust}`).slice(0, 32);
  if (known.size >= mostKnown) known.clear();
  known.set(server, { ca, hash });
  return hash;
}

/** A short name for a plan, to be read aloud and typed back: it changes whenever the plan does. */
export function digestOf(lines: readonly string[]): string {
  return shortHash([...lines].sort().join("\n"));
}
