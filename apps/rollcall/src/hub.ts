import { type Cluster, type ClusterId, type Kind, type Refusal, refusal, refusalOf } from "@rollcall/contract";
import { advance, emptyFleet, parseProfile, type Chosen, type Fleet, type Profile } from "@rollcall/inventory";
import { startInformer, type Change, type Informer, type InformerEvent, type InformerOptions, type Transport } from "@rollcall/kube";
import type { Choice, Inventory } from "@rollcall/sync";

export interface HubOptions {
  readonly transport: Transport;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  readonly onChange: (ids: readonly ClusterId[]) => void;
  readonly onEvent: (event: InformerEvent) => void;
  readonly timing?: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
}

/** The inventory of a hub, followed. */
export interface Hub {
  fleet(): Fleet;
  /** Resolves when every namespace has been read completely once. */
  synced(): Promise<void>;
  /** The fleet as a list sees it that chooses by this. */
  inventory(select: (cluster: Cluster) => Chosen): Inventory;
  /** Seconds since each namespace was last heard of. */
  heardAgo(): ReadonlyMap<string, number>;
}

const profiles = (namespace: string): Kind => ({
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespace,
});

/** Follows the profiles of the given namespaces; each is an inventory of its own, so trouble in one says nothing about another. */
export function startHub({ transport, namespaces, signal, onChange, onEvent, timing }: HubOptions): Hub {
  let fleet = emptyFleet;
  let wentBack = false;
  const informers = new Map<string, Informer<Profile>>(
    namespaces.map((namespace) => [
      namespace,
      startInformer({ ...timing, transport, kind: profiles(namespace), project: parseProfile, onChange: take, onEvent: heard, signal }),
    ]),
  );

  function take(changes: readonly Change<Profile>[]): void {
    const next = advance(
      fleet,
      changes.map(({ key, after }) => ({ id: key, ...(after && { profile: after }) })),
    );
    fleet = next.fleet;
    if (next.changed.length > 0) onChange(next.changed);
  }

  function heard(event: InformerEvent): void {
    if (event.type === "went back") wentBack = true;
    onEvent(event);
  }

  /** Why nothing may be concluded from what is not to be seen in a namespace. */
  function doubt(id: ClusterId): Refusal | undefined {
    const namespace = id.slice(0, id.indexOf("/"));
    const informer = informers.get(namespace);
    if (informer === undefined)
      return refusal(
        "NotWatched",
        `its namespace "${namespace}" is not in inventory.namespaces; add it there, or delete what stands for it by hand`,
      );
    if (!informer.isSynced()) return refusal("HubFilling", "the hub has not been read completely yet");
    const problem = informer.problem();
    if (problem !== undefined)
      return refusal("HubUnreachable", `the hub cannot be followed, so nobody is let go: ${refusalOf(problem).message}`);
    if (wentBack)
      return refusal(
        "HubWentBack",
        "the hub's resourceVersion went back, as after a restore; check that its profiles are complete, then restart Rollcall",
      );
    return undefined;
  }

  function choose(id: ClusterId, select: (cluster: Cluster) => Chosen): Choice {
    const cluster = fleet.clusters.get(id);
    const said = cluster === undefined || cluster.terminating ? undefined : select(cluster);
    if (said !== undefined && "refusal" in said) return { is: "unknown", why: said.refusal };
    if (said?.chosen) return { is: "chosen" };
    const why = doubt(id) ?? fleet.refused.get(id);
    if (why !== undefined) return { is: "unknown", why };
    return { is: "not chosen", cause: cluster === undefined || cluster.terminating ? "unregistered" : "deselected" };
  }

  return {
    fleet: () => fleet,
    async synced() {
      for (const informer of informers.values()) await informer.synced;
    },
    heardAgo: () =>
      new Map(
        [...informers].flatMap(([namespace, informer]) =>
          informer.lastHeard() === undefined ? [] : [[namespace, Math.round(informer.lastHeard()! / 1000)]],
        ),
      ),
    inventory: (select) => ({
      generation: () => fleet.generation,
      ids: () => fleet.clusters.keys(),
      cluster: (id) => fleet.clusters.get(id),
      choose: (id) => choose(id, select),
    }),
  };
}
