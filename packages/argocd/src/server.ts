import { sameServer, type Reachable } from "@rollcall/contract";
import type { ArgoCdOptions } from "./options.ts";
import { refuse } from "./refuse.ts";

/** A cluster's server as Argo CD is to write and compare it. */
export function serverOf({ id, connection: { server } }: Reachable, { refuse: refused = [] }: ArgoCdOptions): string {
  const url = URL.parse(server);
  // Argo CD takes every character for part of the address, even a line break at its end, but cuts slashes there, even of a query.
  if (url === null || /[\s\p{Cc}]/u.test(server) || /[?#].*\/$/.test(server))
    throw refuse(
      "BadServer",
      `the server of ${id} is no URL that Argo CD could reach, got ${JSON.stringify(server)}; correct it in its ClusterProfile`,
    );
  if (/^kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?\.?$/.test(url.hostname))
    throw refuse(
      "InCluster",
      `${id} gives ${server}, which is whatever cluster Argo CD itself runs in; give its ClusterProfile an address that means the same everywhere`,
    );
  const same = sameServer(server);
  if (refused.some((each) => sameServer(each) === same))
    throw refuse(
      "OwnCluster",
      `${id} gives ${server}, which is the cluster that Argo CD or the inventory itself lives in, and Argo CD knows that as in-cluster; leave it out of the list`,
    );
  // Argo CD trims slashes in some places and not in others, and loses such a cluster on the way.
  return trimmed(server);
}

/** Without the slashes at its end, as Argo CD compares servers. */
export function trimmed(server: string): string {
  return server.replace(/\/+$/, "");
}
