import { isRefusal, type Cluster, type Handed, type Login, type Reachable, type Refusal } from "@rollcall/contract";
import { bind } from "./bind.ts";
import { connect, wayIn } from "./connect.ts";
import type { Credentials } from "./keep/credentials.ts";
import type { Provider } from "./provider.ts";

export interface LoginsParts {
  readonly providers: () => readonly Provider[];
  readonly credentials: Pick<Credentials, "get">;
}

/** Connects a cluster; told what was handed over for it before, that may be assumed. */
export type Connect = (cluster: Cluster, login: Login, handed?: Handed) => Promise<Reachable | Refusal>;

/** Connects clusters in the way that their consumer needs: with a reference, or with a credential that may be sent there and nowhere else. */
export function newLogins({ providers, credentials }: LoginsParts): Connect {
  return async (cluster, login, handed) => {
    if (login !== "with a credential from us") return connect(cluster, login, providers());
    const way = wayIn(cluster, providers());
    // A login that is offered no more is taken back; one that leads nowhere today may lead somewhere tomorrow.
    if (isRefusal(way)) return ["NoProvider", "NoAccess"].includes(way.reason) ? { ...way, revokes: true } : way;
    const held = await credentials.get({ cluster, ...way }, handed);
    if (isRefusal(held)) return held;
    const { provider, endpoint } = way;
    // What was handed over was bound then, to this very server: what it is good for is a part of what was left word of.
    const known = held.resolved ?? { credential: { kind: "credential", provider: provider.name, assumed: true }, madeFor: endpoint };
    const connection = bind(known, endpoint, provider.hosts);
    if (isRefusal(connection)) return connection;
    return { ...cluster, connection, ...(held.failing && { failing: held.failing }), ...(held.handed && { handed: held.handed }) };
  };
}

/** Connects for somebody who only looks: no credential is got, and what stands is assumed to be good. */
export function assumingLogins(providers: () => readonly Provider[]): Connect {
  const credentials: LoginsParts["credentials"] = { get: () => Promise.resolve({}) };
  return newLogins({ providers, credentials });
}
