import { sameServer, type Reachable } from "@rollcall/contract";
import type { MeshOptions, ServerFrom } from "./options.ts";
import { refuse } from "./refuse.ts";
import { valueOf } from "./source.ts";

/** Where istiod is to reach a cluster: the server of its connection, or the one that its profile says for this mesh. */
export function serverOf(cluster: Reachable, { server, refuse: refused = [] }: MeshOptions): string {
  const { id, connection } = cluster;
  const said = server && valueOf(cluster, server);
  const address = said ? allowedServer(id, said, server) : connection.server;
  const url = httpsUrl(address);
  if (url === undefined)
    throw refuse(
      "BadServer",
      `the server of ${id} is no https URL that istiod could read, got ${quoted(address)}; correct it in its ClusterProfile`,
    );
  if (/^kubernetes(?:\.default(?:\.svc(?:\.cluster\.local)?)?)?\.?$/.test(url.hostname))
    throw refuse(
      "InCluster",
      `${id} gives ${address}, which is whatever cluster istiod itself runs in; give its ClusterProfile an address that means the same everywhere`,
    );
  const same = sameServer(address);
  if (refused.some((each) => sameServer(each) === same))
    throw refuse(
      "OwnCluster",
      `${id} gives ${address}, which is the cluster that istiod or the inventory itself lives in; leave it out of the list`,
    );
  return address;
}

/** A credential is bound to the server of its connection, so it goes elsewhere only where the operator allows it by name. */
function allowedServer(id: string, said: string, { from, key, allowed }: ServerFrom): string {
  // A label holds no URL, but it can hold a host.
  const address = (said.includes("://") ? said : `https://${said}`).replace(/\/+$/, "");
  const url = httpsUrl(address);
  if (url !== undefined && allowed.some((each) => isHost(each.toLowerCase(), url))) return address;
  throw refuse(
    "ServerNotAllowed",
    `${from} ${JSON.stringify(key)} of ${id} gives the server ${quoted(said)}, where its credential may not be sent; correct it in its ClusterProfile, or add its host to the list's option server.allowed`,
  );
}

function isHost(allowed: string, { hostname, port }: URL): boolean {
  if (allowed.startsWith("*.")) return hostname.endsWith(allowed.slice(1));
  return allowed === hostname || allowed === `${hostname}:${port || "443"}`;
}

/** Reads an address only if every reader of URLs finds the same in it, with no credential and nothing that stays behind. */
function httpsUrl(address: string): URL | undefined {
  const isPlain = /^https:\/\/[^/?%@]+(?:[/?]|$)/i.test(address) && /^(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i.test(address);
  return isPlain ? (URL.parse(address) ?? undefined) : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
