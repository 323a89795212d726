import { labels, type ClusterId, type Kind, type KubeObject } from "@rollcall/contract";
import {
  groupOf,
  isNewer,
  listAll,
  startInformer,
  type Change,
  type Informer,
  type InformerEvent,
  type InformerOptions,
  type Transport,
} from "@rollcall/kube";
import { rollName } from "./roll-object.ts";
import { merged, standing, type Reading, type Standing } from "./standing.ts";

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
  /** Adds a list, before `start` or at any time after it. */
  join(list: TargetList): void;
  /** Tells it no more, and follows no more what no other list is about. */
  leave(list: string): void;
  start(signal: AbortSignal): void;
  /** Resolves when everything of ours is known; of one list, when its own is, whatever keeps the others. */
  synced(list?: string): Promise<void>;
  /** What stands for a cluster, of the list's own kinds and in their place. */
  of(list: string, id: ClusterId): readonly Standing[];
  ids(list: string): Iterable<ClusterId>;
  /** What is labelled as ours and that no list keeps: of a list that is not here or writes elsewhere, or of no cluster that can be told. */
  strays(): readonly Standing[];
  /** Grows with every change of what stands. */
  generation(): number;
  /** Takes the answer to a write of ours; of a change, what was there before and which data keys it removed. */
  wrote(kind: Kind, object: KubeObject, before?: Standing, removed?: readonly string[]): void;
  /** Takes note of a delete of ours that was accepted. */
  removed(standing: Standing): void;
  /** Its delete was accepted not long ago, though our watch has not seen it go yet. */
  isRemoved(standing: Standing): boolean;
  /** Keys of objects whose names were somebody else's when we wanted them. */
  readonly taken: Set<string>;
  /** What may depend on a cluster, read now; many asks within a second are one read. */
  dependents(kind: Kind): Promise<readonly KubeObject[]>;
}

interface Followed {
  readonly kind: Kind;
  readonly ending: AbortController;
  informer?: Informer<Standing>;
}

export interface TargetOptions {
  readonly transport: Transport;
  readonly instance: string;
  readonly onEvent?: (event: InformerEvent) => void;
  readonly timing?: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
}

export function newTarget({ transport, instance, onEvent, timing }: TargetOptions): Target {
  const lists = new Map<string, TargetList>();
  /** How each list's objects were read last; it outlives the list, whose objects are there as long as they stand. */
  const readings = new Map<string, Reading>();
  /** Lists of which something was read in another way than they read it. */
  const misread = new Set<string>();
  const followed = new Map<string, Followed>();
  const byCluster = new Map<string, Map<ClusterId, Map<string, Standing>>>();
  const asked = new Map<string, { readonly at: number; readonly answer: Promise<readonly KubeObject[]> }>();
  const removed = new Map<string, number>();
  const ours = `${labels.instance}=${instance}`;
  let generation = 0;
  let running: AbortSignal | undefined;

  function project(kind: Kind, object: KubeObject): Standing {
    return standing(kind, object, readings.get(object.metadata.labels?.[labels.list] ?? "") ?? {});
  }

  function follow(each: Followed): void {
    if (running === undefined) return;
    const { kind, ending } = each;
    const signal = AbortSignal.any([running, ending.signal]);
    each.informer = startInformer({
      ...timing,
      transport,
      kind,
      labelSelector: ours,
      project: (object) => project(kind, object),
      onChange: (changes) => {
        if (!signal.aborted) index(changes);
      },
      ...(onEvent && { onEvent }),
      signal,
    });
  }

  /** What was hashed cannot be read in another way, so it is asked for once more; whatever is newer than the answer came after the list did. */
  async function readAgain({ list, kinds }: TargetList): Promise<void> {
    for (const kind of kinds) {
      const objects = await listAll(transport, kind, { labelSelector: `${ours},${labels.list}=${list}`, signal: running });
      const read = objects.map((object) => project(followed.get(nameOf(kind))?.kind ?? kind, object));
      index(
        read.flatMap((after) => {
          const before = clusterOf(after)?.get(after.key);
          const isOld = before && isNewer(before.metadata.resourceVersion ?? "", after.metadata.resourceVersion ?? "");
          return before === undefined || isOld ? [] : [{ key: after.key, before, after }];
        }),
      );
    }
  }

  function index(changes: readonly Change<Standing>[]): void {
    for (const [list, ids] of note(changes)) lists.get(list)?.onChange([...ids]);
  }

  /** Keeps account of what stands for whom, and says who was touched. */
  function note(changes: readonly Change<Standing>[]): ReadonlyMap<string, ReadonlySet<ClusterId>> {
    const touched = new Map<string, Set<ClusterId>>();
    const touch = ({ list, cluster }: Standing): void => {
      if (cluster !== undefined) touched.set(list, (touched.get(list) ?? new Set()).add(cluster));
    };
    for (const { before, after } of changes) {
      if (before !== undefined) removed.delete(versionOf(before));
      if (before !== undefined && (after?.list !== before.list || after.cluster !== before.cluster)) {
        clusterOf(before)?.delete(before.key);
        touch(before);
      }
      if (after !== undefined) {
        clusterOf(after)?.set(after.key, after);
        touch(after);
      }
    }
    generation += 1;
    return touched;
  }

  function clusterOf({ list, cluster }: Standing): Map<string, Standing> | undefined {
    if (cluster === undefined) return undefined;
    const clusters = byCluster.get(list) ?? new Map<ClusterId, Map<string, Standing>>();
    byCluster.set(list, clusters);
    const objects = clusters.get(cluster) ?? new Map<string, Standing>();
    clusters.set(cluster, objects);
    return objects;
  }

  /** What a list wrote in another place, or somebody copied to another, is not what it keeps: nobody may take it for that. */
  function isKept(list: string, { kind, metadata }: Standing): boolean {
    const kinds = lists.get(list)?.kinds;
    return (
      kinds === undefined ||
      kinds.some(
        (own) =>
          own.plural === kind.plural && groupOf(own) === groupOf(kind) && [undefined, "*", metadata.namespace].includes(own.namespace),
      )
    );
  }

  return {
    transport,
    join(list) {
      const stands = (byCluster.get(list.list)?.size ?? 0) > 0;
      if (stands && readings.get(list.list) !== list.reading) misread.add(list.list);
      lists.set(list.list, list);
      readings.set(list.list, list.reading);
      for (const kind of list.kinds) {
        if (followed.has(nameOf(kind))) continue;
        const each: Followed = { kind, ending: new AbortController() };
        followed.set(nameOf(kind), each);
        follow(each);
      }
    },
    leave(list) {
      lists.delete(list);
      const needed = new Set([...lists.values()].flatMap(({ kinds }) => kinds.map(nameOf)));
      for (const [name, { ending, informer }] of followed) {
        if (needed.has(name)) continue;
        ending.abort();
        followed.delete(name);
        // Nobody tells of them any more, and what is not known must not look as if it were.
        index([...(informer?.store.values() ?? [])].map((before) => ({ key: before.key, before })));
      }
    },
    start(signal) {
      running = signal;
      for (const each of followed.values()) follow(each);
    },
    async synced(name) {
      const list = name === undefined ? undefined : lists.get(name);
      const own = list?.kinds.flatMap((kind) => followed.get(nameOf(kind)) ?? []) ?? [...followed.values()];
      for (const { informer } of own) await informer?.synced;
      for (const each of list === undefined ? lists.values() : [list]) {
        if (!misread.has(each.list)) continue;
        await readAgain(each);
        misread.delete(each.list);
      }
    },
    of: (list, id) => [...(byCluster.get(list)?.get(id)?.values() ?? [])].filter((each) => isKept(list, each)),
    *ids(list) {
      for (const [id, objects] of byCluster.get(list) ?? []) if ([...objects.values()].some((each) => isKept(list, each))) yield id;
    },
    strays: () =>
      [...followed.values()].flatMap(({ informer }) =>
        [...(informer?.store.values() ?? [])].filter(
          (each) =>
            each.metadata.name !== rollName({ instance, list: each.list }) &&
            (each.cluster === undefined || !lists.has(each.list) || !isKept(each.list, each)),
        ),
      ),
    generation: () => generation,
    wrote(kind, object, before, removed = []) {
      const followedKind = followed.get(nameOf(kind));
      const now = project(kind, object);
      const after = before === undefined ? now : merged(before, now, removed);
      // Whoever wrote knows; nobody has to look again for that.
      if (followedKind?.informer?.store.wrote(object, after)) note([{ key: after.key, ...(before && { before }), after }]);
    },
    removed: (standing) => void removed.set(versionOf(standing), performance.now()),
    isRemoved(standing) {
      const at = removed.get(versionOf(standing));
      return at !== undefined && performance.now() - at < longEnough;
    },
    taken: new Set(),
    dependents(kind) {
      const key = nameOf(kind);
      const known = asked.get(key);
      if (known !== undefined && performance.now() - known.at < 1000) return known.answer;
      const answer = listAll(transport, kind);
      asked.set(key, { at: performance.now(), answer });
      return answer;
    },
  };
}

/** Milliseconds after which a watch has told of a delete, or nothing was deleted, whatever the answer was. */
const longEnough = 60_000;

function nameOf({ apiVersion, plural, namespace = "" }: Kind): string {
  return `${apiVersion} ${plural} ${namespace}`;
}

function versionOf({ metadata }: Standing): string {
  return `${metadata.uid} ${metadata.resourceVersion}`;
}
