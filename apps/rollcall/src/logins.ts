import { availableParallelism } from "node:os";
import {
  execResolve,
  followSources,
  newCredentials,
  newLogins,
  pluginRules,
  resolver,
  type Connect,
  type CredentialStatus,
  type Provider,
  type Source,
} from "@rollcall/connect";
import type { ClusterId, Kind } from "@rollcall/contract";
import { isApiError, openTransport, read, readMetadata, type Transport } from "@rollcall/kube";

export interface LoginsParts {
  readonly hub: Transport;
  readonly providers: () => readonly Provider[];
  /** Our own environment; a plugin is given only what its provider passes. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Whoever has a credential for this cluster has to look again. */
  readonly onNews: (id: ClusterId) => void;
  readonly signal: AbortSignal;
}

/** The logins of all lists: each credential is got once, renewed in time, and taken back when its source is gone. */
export interface Logins {
  readonly connect: Connect;
  readonly status: () => ReadonlyMap<ClusterId, readonly CredentialStatus[]>;
  /** The profile is gone. */
  forget(id: ClusterId): void;
}

const secretsIn = (namespace: string): Kind => ({ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace });

export function startLogins({ hub, providers, environment, now, onNews, signal }: LoginsParts): Logins {
  const rules = (provider: Provider) => (provider.credential?.kind === "exec" ? provider.credential : pluginRules(provider));
  const resolve = resolver({
    exec: execResolve({ environment, rules, now }),
    secrets: { get: (namespace, name, until) => read(hub, secretsIn(namespace), name, namespace, until), now },
    hub,
    open: (server) => openTransport(server, { connections: 1 }),
    providers,
  });
  const credentials = newCredentials({ resolve, parallel: 2 * availableParallelism(), now, random: Math.random, onNews });
  signal.addEventListener("abort", () => credentials.close());
  void followSources({
    sources: () => credentials.sources(),
    read: (source) => versionOf(hub, source, signal),
    outdated: (id) => credentials.outdated(id),
    signal,
  }).catch(() => undefined);
  return { connect: newLogins({ providers, credentials }), status: () => credentials.status(), forget: (id) => credentials.forget(id) };
}

async function versionOf(
  hub: Transport,
  { namespace, name }: Source,
  signal: AbortSignal,
): Promise<Pick<Source, "uid" | "resourceVersion"> | undefined> {
  try {
    const { metadata } = await readMetadata(hub, secretsIn(namespace), { metadata: { name, namespace } }, signal);
    return { uid: metadata.uid ?? "", resourceVersion: metadata.resourceVersion ?? "" };
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
