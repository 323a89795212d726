import { isRefusal, type Cluster, type ClusterId, type Handed, type Login, type Reachable, type Refusal } from "@rollcall/contract";
import { bind } from "./bind.ts";
import { connect, wayIn } from "./connect.ts";
import { foreseen } from "./foreseen.ts";
import type { Credentials } from "./keep/credentials.ts";
import type { Provider } from "./provider.ts";
import type { Ask } from "./resolve.ts";

export interface LoginsParts {
  readonly providers: () => readonly Provider[];
  readonly credentials: Pick<Credentials, "get" | "release">;
}

/** Connects a cluster; told what was handed over for it before, that may be assumed. */
export type Connect = (cluster: Cluster, login: Login, handed?: Handed) => Promise<Reachable | Refusal>;

/** Connects clusters in the way that their consumer needs: with a reference, or with a credential that may be sent there and nowhere else. */
export function newLogins({ providers, credentials }: LoginsParts): Connect {
  /** By which provider each cluster was connected last. */
  const used = new Map<ClusterId, string>();
  return async (cluster, login, handed) => {
    if (login !== "with a credential from us") return connect(cluster, login, providers());
    // A login that is offered no more is taken back, whether or not there is another; one that leads nowhere today may lead somewhere tomorrow.
    const refused = (why: Refusal): Refusal =>
      isWithdrawn(cluster, why, [used.get(cluster.id), handed?.provider]) ? { ...why, revokes: true } : why;
    const way = wayIn(cluster, providers());
    if (isRefusal(way)) {
      credentials.release(cluster.id);
      return refused(way);
    }
    const held = await credentials.get({ cluster, ...way, ...firstOf(way.provider, providers()) }, handed);
    if (isRefusal(held)) return refused(held);
    const { provider, endpoint } = way;
    // What was handed over was bound then, to this very server: what it is good for is a part of what was left word of.
    const known = held.resolved ?? { credential: { kind: "credential", provider: provider.name, assumed: true }, madeFor: endpoint };
    const connection = bind(known, endpoint, provider.hosts);
    if (isRefusal(connection)) return refused(connection);
    used.set(cluster.id, provider.name);
    return { ...cluster, connection, ...(held.failing && { failing: held.failing }), ...(held.handed && { handed: held.handed }) };
  };
}

function firstOf({ credential }: Provider, providers: readonly Provider[]): Pick<Ask, "first"> {
  const first = credential?.kind === "token-request" ? providers.find(({ name }) => name === credential.with) : undefined;
  return first === undefined ? {} : { first };
}

/**
 * Whether the profile offers a login no more that was handed over.
 *   it offers                                    then
 *   nothing at all                               withdrawn
 *   others, and the one that was used no more    withdrawn
 *   the one that was used                        not: the operator has taken it out of the config, or there is trouble with it
 *   others, and nobody knows which was used      not: a config that changed while nobody looked would cut everybody off at once
 * It was used if it was so since we began, or if what stands says so: both may have handed something over.
 */
function isWithdrawn({ access }: Cluster, { reason }: Refusal, used: readonly (string | undefined)[]): boolean {
  return reason === "NoAccess" || used.some((name) => name !== undefined && access.every(({ provider }) => provider !== name));
}

/** Connects for somebody who only looks: no credential is got, and where nothing is known against it, it is assumed to be good. */
export function assumingLogins(providers: () => readonly Provider[]): Connect {
  const credentials: LoginsParts["credentials"] = {
    get: (ask) => Promise.resolve(foreseen(ask, providers()) ?? {}),
    release: () => undefined,
  };
  return newLogins({ providers, credentials });
}
