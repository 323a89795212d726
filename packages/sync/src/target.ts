import { labels, type ClusterId, type Kind, type KubeObject } from "@rollcall/contract";
import { listAll, startInformer, type Change, type Informer, type InformerEvent, type Transport } from "@rollcall/kube";
import { standing, type Reading, type Standing } from "./standing.ts";

/** One list's view of a target: what stands there of its own, and who has to be told when that changes. */
export interface TargetList {
  readonly list: string;
  readonly kinds: readonly Kind[];
  readonly reading: Reading;
  /** Told which clusters' objects changed. */
  readonly onChange: (ids: readonly ClusterId[]) => void;
}

/** The cluster that a consumer reads its list from: what we wrote there, followed by our labels alone, whatever the number of lists. */
export interface Target {
  readonly transport: Transport;
  /** Adds a list; before `start`. */
  join(list: TargetList): void;
  start(signal: AbortSignal): void;
  /** Resolves when everything of ours is known. */
  synced(): Promise<void>;
  /** What stands for a cluster. */
  of(list: string, id: ClusterId): readonly Standing[];
  ids(list: string): Iterable<ClusterId>;
  /** Grows with every change of what stands. */
  generation(): number;
  /** Takes the answer to a write of ours; of a change, what was there before and which data keys it removed. */
  wrote(kind: Kind, object: KubeObject, before?: Standing, removed?: readonly string[]): void;
  /** Takes note of a delete of ours that was accepted. */
  removed(standing: Standing): void;
  /** Its delete was accepted, though our watch has not seen it go yet. */
  isRemoved(standing: Standing): boolean;
  /** What may depend on a cluster, read now; many asks within a second are one read. */
  dependents(kind: Kind): Promise<readonly KubeObject[]>;
}

interface Followed {
  readonly kind: Kind;
  informer?: Informer<Standing>;
}

export interface TargetOptions {
  readonly transport: Transport;
  readonly instance: string;
  readonly onEvent?: (event: InformerEvent) => void;
}

export function newTarget({ transport, instance, onEvent }: TargetOptions): Target {
  const lists = new Map<string, TargetList>();
  const followed = new Map<string, Followed>();
  const byCluster = new Map<string, Map<ClusterId, Map<string, Standing>>>();
  const asked = new Map<string, { readonly at: number; readonly answer: Promise<readonly KubeObject[]> }>();
  const removed = new Set<string>();
  let generation = 0;

  function project(kind: Kind, object: KubeObject): Standing {
    return standing(kind, object, lists.get(object.metadata.labels?.[labels.list] ?? "")?.reading ?? {});
  }

  function index(changes: readonly Change<Standing>[]): void {
    const touched = new Map<string, Set<ClusterId>>();
    const note = ({ list, cluster }: Standing): void => {
      if (cluster !== undefined) touched.set(list, (touched.get(list) ?? new Set()).add(cluster));
    };
    for (const { before, after } of changes) {
      if (before !== undefined) removed.delete(versionOf(before));
      if (before !== undefined && (after?.list !== before.list || after.cluster !== before.cluster)) {
        clusterOf(before)?.delete(before.key);
        note(before);
      }
      if (after !== undefined) {
        clusterOf(after)?.set(after.key, after);
        note(after);
      }
    }
    generation += 1;
    for (const [list, ids] of touched) lists.get(list)?.onChange([...ids]);
  }

  function clusterOf({ list, cluster }: Standing): Map<string, Standing> | undefined {
    if (cluster === undefined) return undefined;
    const clusters = byCluster.get(list) ?? new Map<ClusterId, Map<string, Standing>>();
    byCluster.set(list, clusters);
    const objects = clusters.get(cluster) ?? new Map<string, Standing>();
    clusters.set(cluster, objects);
    return objects;
  }

  return {
    transport,
    join(list) {
      lists.set(list.list, list);
      for (const kind of list.kinds) followed.set(`${kind.apiVersion} ${kind.plural} ${kind.namespace ?? ""}`, { kind });
    },
    start(signal) {
      for (const each of followed.values()) {
        const { kind } = each;
        each.informer = startInformer({
          transport,
          kind,
          labelSelector: `${labels.instance}=${instance}`,
          project: (object) => project(kind, object),
          onChange: index,
          ...(onEvent && { onEvent }),
          signal,
        });
      }
    },
    async synced() {
      for (const { informer } of followed.values()) await informer?.synced;
    },
    of: (list, id) => [...(byCluster.get(list)?.get(id)?.values() ?? [])],
    *ids(list) {
      for (const [id, objects] of byCluster.get(list) ?? []) if (objects.size > 0) yield id;
    },
    generation: () => generation,
    wrote(kind, object, before, removed = []) {
      const followedKind = followed.get(`${kind.apiVersion} ${kind.plural} ${kind.namespace ?? ""}`);
      const now = project(kind, object);
      const after = before === undefined ? now : merged(before, now, removed);
      if (followedKind?.informer?.store.wrote(object, after)) index([{ key: after.key, ...(before && { before }), after }]);
    },
    removed: (standing) => void removed.add(versionOf(standing)),
    isRemoved: (standing) => removed.has(versionOf(standing)),
    dependents(kind) {
      const key = `${kind.apiVersion} ${kind.plural} ${kind.namespace ?? ""}`;
      const known = asked.get(key);
      if (known !== undefined && performance.now() - known.at < 1000) return known.answer;
      const answer = listAll(transport, kind);
      asked.set(key, { at: performance.now(), answer });
      return answer;
    },
  };
}

function versionOf({ metadata }: Standing): string {
  return `${metadata.uid} ${metadata.resourceVersion}`;
}

/** What a change did not touch is as it was. */
function merged(before: Standing, now: Standing, removed: readonly string[]): Standing {
  const keep = (old: Readonly<Record<string, string>>, fresh: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries({ ...old, ...fresh }).filter(([key]) => !removed.includes(key)));
  const whole = before.whole && {
    ...before.whole,
    ...now.whole,
    ...(before.whole.data && { data: keep(before.whole.data, now.whole?.data ?? {}) }),
  };
  return { ...before, ...now, hashes: keep(before.hashes, now.hashes), plain: keep(before.plain, now.plain), ...(whole && { whole }) };
}
