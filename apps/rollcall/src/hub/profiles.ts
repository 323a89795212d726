import type { Kind } from "@rollcall/contract";
import { parseProfile, type Profile } from "@rollcall/inventory";
import {
  servedVersion,
  startInformer,
  type Change,
  type Informer,
  type InformerEvent,
  type InformerOptions,
  type Store,
  type Transport,
} from "@rollcall/kube";

export interface ProfilesOptions {
  readonly transport: Transport;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  readonly timing: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
  readonly onChange: (changes: readonly Change<Profile>[]) => void;
  /** A namespace was listed completely: what is not in the store is not there. */
  readonly onListed: (namespace: string, store: Store<Profile>) => void;
  /** The server has no profiles any more, in the version that they were read in. */
  readonly onAbsent: (namespace: string) => void;
  readonly onEvent: (event: InformerEvent) => void;
}

/** The profiles of some namespaces, each followed on its own. */
export interface Profiles {
  /** None before it is known in which version to ask. */
  informer(namespace: string): Informer<Profile> | undefined;
  /** Resolves when every namespace has been read completely once. */
  synced(): Promise<void>;
}

const group = "multicluster.x-k8s.io";
const plural = "clusterprofiles";

/** The older one first: of a profile that offers its logins in the deprecated way alone, the newer one shows none. */
const versions = ["v1alpha1", "v1alpha2"] as const;

/** Follows profiles in the first version that the server has, and in another one when it stops having that. What is known stays meanwhile. */
export function followProfiles(options: ProfilesOptions): Profiles {
  const { transport, namespaces, signal, timing, onChange, onListed, onAbsent, onEvent } = options;
  const informers = new Map<string, Informer<Profile>>();
  const read = new Map(namespaces.map((namespace) => [namespace, Promise.withResolvers<void>()]));
  let version: string | undefined;
  let turn = new AbortController();
  let isAsking = false;

  function follow(now: string): void {
    version = now;
    turn.abort();
    turn = new AbortController();
    const inTurn = AbortSignal.any([signal, turn.signal]);
    for (const namespace of namespaces) {
      const kind: Kind = { apiVersion: `${group}/${now}`, kind: "ClusterProfile", plural, namespace };
      const heard = (event: InformerEvent): void => {
        if (!inTurn.aborted) told(namespace, event);
      };
      const informer = startInformer({ ...timing, transport, kind, project: parseProfile, onChange, onEvent: heard, signal: inTurn });
      informers.set(namespace, informer);
    }
  }

  function told(namespace: string, event: InformerEvent): void {
    onEvent(event);
    if (event.type === "listed") {
      onListed(namespace, informers.get(namespace)!.store);
      read.get(namespace)?.resolve();
    }
    if (event.type !== "failed" || !event.absent) return;
    onAbsent(namespace);
    void askAgain(event);
  }

  const asked = (): Promise<string | undefined> => servedVersion(transport, group, plural, versions, signal);

  /** Each time that the server says 404; while it has none of the versions, those who wait go on asking. */
  async function askAgain(event: Extract<InformerEvent, { type: "failed" }>): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      const now = await asked();
      if (now !== undefined && now !== version && !signal.aborted) follow(now);
    } catch (error) {
      if (!signal.aborted) onEvent({ ...event, error });
    } finally {
      isAsking = false;
    }
  }

  async function begin(): Promise<void> {
    // Who is not told may still be right; who is not says 404, and then it is asked again.
    const first = await asked().catch(() => undefined);
    if (!signal.aborted) follow(first ?? versions[0]);
  }

  void begin();
  return {
    informer: (namespace) => informers.get(namespace),
    async synced() {
      await Promise.all([...read.values()].map(({ promise }) => promise));
    },
  };
}
