import { type ClusterId, type Refusal, refusal, refusalOf } from "@rollcall/contract";
import {
  advance,
  anyHealth,
  emptyFleet,
  placed,
  type DecisionApi,
  type DecisionRule,
  type Fleet,
  type Profile,
  type Seen,
} from "@rollcall/inventory";
import type { Change, InformerEvent, InformerOptions, Transport } from "@rollcall/kube";
import type { Choice, Inventory } from "@rollcall/sync";
import type { Chooser } from "./hub/chooser.ts";
import { followDecisions, isForDecisions, type HubDecisions } from "./hub/decisions.ts";
import { duplicatesOf } from "./hub/duplicates.ts";
import { followKind } from "./hub/follow-kind.ts";
import { healthClock } from "./hub/health-clock.ts";
import { newHeartbeats, type Heartbeat } from "./hub/heartbeats.ts";
import { newLost } from "./hub/lost.ts";
import { followNamespaces, type Namespaces } from "./hub/namespaces.ts";
import { apisOf, narrowed, viewPlacement, type PlacementView } from "./hub/placement.ts";
import { profileKind } from "./hub/profiles.ts";
import { newTwins } from "./hub/twins.ts";

export interface HubOptions {
  readonly transport: Transport;
  readonly namespaces: readonly string[];
  /** Where decisions are read, and how; where nothing else is said, in the namespaces of the profiles. */
  readonly placements?: DecisionRule & { readonly namespaces?: readonly string[] };
  readonly signal: AbortSignal;
  readonly onChange: (ids: readonly ClusterId[]) => void;
  /** Decisions are about to say something else; then they do, of these clusters, and of whom nothing could be known, something may be. */
  readonly onBeforeDecision?: () => void;
  readonly onDecision?: (ids: readonly ClusterId[]) => void;
  readonly onEvent: (event: InformerEvent) => void;
  /** How patient it is with its watches; said by tests alone. */
  readonly timing?: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
}

/** The inventory of a hub, followed. */
export interface Hub {
  fleet(): Fleet;
  /** Resolves when every namespace has been read completely once, as far as somebody who chooses so needs it. */
  synced(chooser?: Pick<Chooser, "asksNamespaces" | "placement">): Promise<void>;
  /** The fleet as a list sees it. */
  inventory(chooser: Chooser): Inventory;
  /** The decisions of these APIs; they are followed once somebody asks for them, so that nobody else needs the right to. */
  decisions(apis: readonly DecisionApi[]): HubDecisions;
  /** Seconds since each namespace was last heard of. */
  heardAgo(): ReadonlyMap<string, number>;
  heartbeats(): readonly Heartbeat[];
  /** How often the hub's resourceVersion went back, as after a restore; whoever keeps a list decides when to believe it again. */
  timesBack(): number;
}

/** Follows the profiles of the given namespaces; each is an inventory of its own, so trouble in one says nothing about another. */
export function startHub({ transport, namespaces, placements = {}, signal, onEvent, timing = {}, ...told }: HubOptions): Hub {
  let fleet = emptyFleet;
  /** Another number whenever what is said of a cluster may be another. */
  let edition = 0;
  let timesBack = 0;
  let labelled: Namespaces | undefined;
  let decided: HubDecisions | undefined;
  const health = healthClock(onChange, signal);
  const heartbeats = newHeartbeats();
  const lost = newLost();
  const twins = newTwins();
  const followed = { transport, namespaces, signal, timing, onEvent: heard };
  const profiles = followKind({
    ...followed,
    of: profileKind,
    onChange(changes) {
      heartbeats.see(changes);
      take(changes);
    },
    onListed(namespace, store) {
      for (const { id } of store.values()) lost.see(id, true);
      take(idsIn(namespace).flatMap((key) => (store.get(key) === undefined ? [{ key }] : [])));
    },
    onAbsent: (namespace) => lost.lose(namespace, idsIn(namespace)),
  });

  function onChange(ids: readonly ClusterId[]): void {
    edition += 1;
    told.onChange(ids);
  }

  function take(changes: readonly Change<Profile>[]): void {
    for (const { key, after } of changes) lost.see(key, after !== undefined);
    const changed = advanced(changes.map(({ key, after }) => ({ id: key, ...(after && { profile: inPlace(key, after) }) })));
    if (changed.length > 0) onChange(changed);
  }

  function inPlace(id: ClusterId, profile: Profile): Profile {
    return placed(profile, labelled?.labels(namespaceOf(id)) ?? {});
  }

  function advanced(seen: readonly Seen[]): readonly ClusterId[] {
    const before = fleet.clusters;
    const { fleet: next, changed } = advance(fleet, seen);
    fleet = next;
    edition += 1;
    decided?.see(changed.filter((id) => isForDecisions(before.get(id), fleet.clusters.get(id))));
    for (const id of changed) health.see(id, fleet.clusters.get(id)?.health);
    return [...new Set([...changed, ...changed.flatMap((id) => twins.see(id, fleet.clusters.get(id)))])];
  }

  /** All profiles of a namespace are seen anew in its labels; and who was undecided for want of them is looked at. */
  function relabelled(namespace: string): void {
    const known = profiles.informer(namespace)?.store.values() ?? [];
    advanced([...known].map((profile) => ({ id: profile.id, profile: inPlace(profile.id, profile) })));
    onChange(idsIn(namespace));
  }

  function heard(event: InformerEvent): void {
    edition += 1;
    if (event.type === "went back") timesBack += 1;
    onEvent(event);
  }

  function idsIn(namespace: string): readonly ClusterId[] {
    return [...fleet.clusters.keys(), ...fleet.refused.keys()].filter((id) => namespaceOf(id) === namespace);
  }

  /** The labels of namespaces are read once somebody asks for them, so that nobody else needs the right to. */
  function labels(): Namespaces {
    return (labelled ??= followNamespaces({ ...followed, onChange: relabelled }));
  }

  function decisions(apis: readonly DecisionApi[]): HubDecisions {
    decided ??= followDecisions({
      ...followed,
      namespaces: placements.namespaces ?? namespaces,
      rule: placements,
      clusters: () => fleet.clusters,
      onBefore: () => told.onBeforeDecision?.(),
      onNews(ids) {
        edition += 1;
        if (ids.length > 0) told.onChange(ids);
        told.onDecision?.(ids);
      },
    });
    decided.follow(apis);
    return decided;
  }

  /** Why nothing may be concluded from what is not to be seen in a namespace. */
  function doubt(id: ClusterId): Refusal | undefined {
    const namespace = namespaceOf(id);
    if (!namespaces.includes(namespace))
      return refusal(
        "NotWatched",
        `its namespace "${namespace}" is not in inventory.namespaces; add it there, or delete what stands for it by hand`,
      );
    const informer = profiles.informer(namespace);
    if (informer === undefined || !informer.isSynced()) return refusal("HubFilling", "the hub has not been read completely yet");
    const problem = informer.problem();
    if (problem !== undefined)
      return refusal("HubUnreachable", `the hub cannot be followed, so nobody is let go: ${refusalOf(problem).message}`);
    if (lost.has(id))
      return refusal(
        "KindWasGone",
        "its profile went when the hub stopped serving ClusterProfiles, which is nobody's word on it; put it back, or restart Rollcall if it is meant to be gone",
      );
    return undefined;
  }

  /**
   * What the hub says of a cluster to a list.
   *   profile                                  then
   *   here, and nobody can say                 unknown
   *   here and chosen                          chosen; for who would join, perhaps not now
   *   unhealthy for too long                   not chosen, unless the hub is in doubt
   *   not chosen, going, not there             not chosen, unless the hub is in doubt
   */
  function choose(id: ClusterId, chooser: Chooser, placement: PlacementView | undefined): Choice {
    const { select, health: rule = anyHealth, asksNamespaces = false } = chooser;
    const cluster = fleet.clusters.get(id);
    const here = cluster?.terminating ? undefined : cluster;
    const unread = asksNamespaces ? labels().doubt(namespaceOf(id)) : undefined;
    if (here !== undefined && here.clusterSet === undefined && unread !== undefined) return { is: "unknown", why: unread };
    const said = here && narrowed(placement?.says(id), select(here));
    if (said?.is === "unknown") return placement?.isUnnamed(id) ? { ...said, isUnnamed: true } : said;
    const well = said?.is === "chosen" ? health.judge(id, rule) : undefined;
    if (well?.is === "not to join") return { is: "chosen", newcomer: well.why };
    if (said?.is === "chosen" && well?.is === "fine") return said;
    const why = doubt(id) ?? fleet.refused.get(id) ?? unread;
    if (why !== undefined) return { is: "unknown", why };
    return { is: "not chosen", cause: here === undefined ? "unregistered" : well === undefined ? "deselected" : "unhealthy" };
  }

  function inventory(chooser: Chooser): Inventory {
    const { placement: choice, standing } = chooser;
    const followed = choice && decisions(apisOf(choice));
    const placement = choice && followed && viewPlacement({ placement: choice, decisions: followed, ...(standing && { standing }) });
    const order = chooser.order ?? placement?.order;
    return {
      generation: () => fleet.generation + (followed?.edition() ?? 0),
      ids: () => fleet.clusters.keys(),
      cluster: (id) => fleet.clusters.get(id),
      choose: (id) => choose(id, chooser, placement),
      duplicate: duplicatesOf({
        twins,
        cluster: (id) => fleet.clusters.get(id),
        isChosen: (id) => choose(id, chooser, placement).is === "chosen",
        edition: () => edition,
      }),
      ...(placement && {
        byDecision: () => placement.isComplete(),
        expected: () => [...placement.named()].filter((id) => fleet.clusters.has(id)),
      }),
      ...(order && { order }),
    };
  }

  return {
    fleet: () => fleet,
    async synced({ asksNamespaces = false, placement } = {}) {
      const read = placement && decisions(apisOf(placement)).tried(apisOf(placement));
      await Promise.all([profiles.synced(), asksNamespaces && labels().tried(), read]);
    },
    decisions,
    heardAgo: () =>
      new Map(
        namespaces.flatMap((namespace) => {
          const ago = profiles.informer(namespace)?.lastHeard();
          return ago === undefined ? [] : [[namespace, Math.round(ago / 1000)]];
        }),
      ),
    heartbeats: () => heartbeats.of(fleet.clusters.values()),
    timesBack: () => timesBack,
    inventory,
  };
}

function namespaceOf(id: ClusterId): string {
  return id.slice(0, id.indexOf("/"));
}
