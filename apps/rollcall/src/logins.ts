import { availableParallelism } from "node:os";
import {
  assumingLogins,
  execResolve,
  followSources,
  loginSource,
  newCredentials,
  newLogins,
  patiently,
  pluginRules,
  resolver,
  type Connect,
  type CredentialStatus,
  type Provider,
  type SecretHub,
  type Source,
} from "@rollcall/connect";
import { isRefusal, type ClusterId, type Kind } from "@rollcall/contract";
import { isApiError, openTransport, read, readMetadata, type Transport } from "@rollcall/kube";
import type { LoginWord, LoginWords } from "@rollcall/sync";

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
  /** Whose login was refused or could not be renewed when it was tried last, and why. */
  readonly words: () => LoginWords;
  /** The profile is gone. */
  forget(id: ClusterId): void;
}

const secretsIn = (namespace: string): Kind => ({ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace });

export function startLogins({ hub, providers, environment, now, onNews, signal }: LoginsParts): Logins {
  const rules = (provider: Provider) => (provider.credential?.kind === "exec" ? provider.credential : pluginRules(provider));
  const secrets: SecretHub = { get: (namespace, name, until) => read(hub, secretsIn(namespace), name, namespace, until), now };
  const resolve = resolver({
    exec: execResolve({ environment, rules, now }),
    secrets,
    hub,
    open: (server) => openTransport(server, { connections: 1 }),
    providers,
  });
  const credentials = newCredentials({
    resolve,
    source: loginSource({ providers, secrets }),
    parallel: 2 * availableParallelism(),
    now,
    random: Math.random,
    onNews,
  });
  signal.addEventListener("abort", () => credentials.close());
  void followSources({
    sources: () => credentials.sources(),
    read: (source) => versionOf(hub, source, signal),
    outdated: (id) => credentials.outdated(id),
    signal,
  }).catch(() => undefined);
  const words = new Map<ClusterId, LoginWord>();
  return {
    connect: patiently(heard(newLogins({ providers, credentials }), assumingLogins(providers), words, now), onNews),
    status: () => credentials.status(),
    words: () => words,
    forget(id) {
      credentials.forget(id);
      words.delete(id);
    },
  };
}

/** Connects, and keeps in mind what came of it where that is not all that it should be. */
function heard(connect: Connect, onlooker: Connect, words: Map<ClusterId, LoginWord>, now: () => number): Connect {
  return async (cluster, login, handed) => {
    const came = await connect(cluster, login, handed);
    if (login !== "with a credential from us") return came;
    const { reason, message } = isRefusal(came) ? came : (came.failing ?? {});
    // What whoever looks finds out without a login need not be said, and others need the room.
    const isKnown = reason === undefined || message === undefined || isRefusal(await onlooker(cluster, login, handed));
    if (isKnown) words.delete(cluster.id);
    else words.set(cluster.id, { reason, message, since: now(), ...(!isRefusal(came) && { lasts: true }) });
    return came;
  };
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
