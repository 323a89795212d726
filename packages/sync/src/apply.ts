import { annotations, isRefusal, type Kind, type KubeObject, type Refusal } from "@rollcall/contract";
import { create, isApiError, isConflict, patch, readMetadata, remove } from "@rollcall/kube";
import type { Owner } from "./marks.ts";
import { foreignObject, isOurs, relabelPatch, type Change, type Patch } from "./plan.ts";
import type { Standing } from "./standing.ts";
import type { Target } from "./target.ts";

/** A write that was made, for the change log. */
export interface Wrote {
  readonly verb: "create" | "change" | "delete";
  readonly key: string;
  /** Which fields, never what they hold. */
  readonly changes?: readonly string[];
}

export interface Applied {
  readonly wrote: readonly Wrote[];
  readonly refusals: readonly Refusal[];
}

/** Makes the changes of one cluster in their order. One that is refused leaves those after it undone: they may point at it. */
export async function apply(changes: readonly Change[], target: Target, kinds: readonly Kind[], owner: Owner): Promise<Applied> {
  const wrote: Wrote[] = [];
  for (const change of changes) {
    if (change.do === "refuse") return { wrote, refusals: [change.refusal] };
    const done =
      change.do === "create" ? await createOne(change.object, change.key, target, kinds, owner) : await changeOne(change, target);
    if (isRefusal(done)) return { wrote, refusals: [done] };
    if (done !== undefined) wrote.push(done);
  }
  return { wrote, refusals: [] };
}

async function createOne(
  object: KubeObject,
  key: string,
  target: Target,
  kinds: readonly Kind[],
  owner: Owner,
): Promise<Wrote | Refusal | undefined> {
  const kind = kindOf(object, kinds);
  try {
    const { metadata } = await create(target.transport, kind, object);
    target.wrote(kind, { ...object, metadata });
    return { verb: "create", key };
  } catch (error) {
    if (!isApiError(error, 409)) throw error;
    // The name is taken: by ourselves, when an earlier answer was lost, or by somebody else. Only names and labels are read to tell.
    const { metadata } = await readMetadata(target.transport, kind, object);
    const live = { metadata: { ...metadata, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} } };
    const of = live.metadata.annotations[annotations.cluster];
    if (!isOurs(live, owner) || (of !== undefined && of !== object.metadata.annotations?.[annotations.cluster])) return foreignObject(key);
    // Ours, but nothing is known of its data: everything is said again, which changes nothing where nothing differs.
    const { uid, resourceVersion } = metadata;
    const { labels, annotations: notes } = object.metadata;
    const body = {
      metadata: { uid, resourceVersion, labels, annotations: notes },
      ...(object.data && { data: object.data }),
      ...(object.spec !== undefined && { spec: object.spec }),
    };
    const answer = await patch(target.transport, kind, object, body);
    target.wrote(kind, { ...object, metadata: answer.metadata });
    return answer.metadata.resourceVersion === resourceVersion ? undefined : { verb: "change", key };
  }
}

async function changeOne(change: Extract<Change, { do: "change" }>, target: Target): Promise<Wrote> {
  const { standing, object, changes, key } = change;
  const { metadata } = await patch(target.transport, standing.kind, standing, change.patch);
  const removed = Object.entries(change.patch.data ?? {}).flatMap(([name, value]) => (value === null ? [name] : []));
  target.wrote(standing.kind, { ...object, metadata }, standing, removed);
  return { verb: "change", key, changes };
}

/** Sets the state that a consumer's selectors may follow, on each object of a cluster. */
export async function relabelAll(objects: readonly Standing[], state: string, label: string, target: Target): Promise<readonly Wrote[]> {
  const wrote: Wrote[] = [];
  for (const standing of objects) {
    if (standing.metadata.labels[label] === state) continue;
    const body: Patch = relabelPatch(standing, state);
    const { metadata } = await patch(target.transport, standing.kind, standing, body);
    target.wrote(standing.kind, { apiVersion: standing.kind.apiVersion, kind: standing.kind.kind, metadata }, standing);
    wrote.push({ verb: "change", key: standing.key, changes: [`labels.${label}`] });
  }
  return wrote;
}

/** Deletes one object of ours, in exactly the version that we know. Gone already is as good; changed since is for the next look. */
export async function removeOne(standing: Standing, target: Target): Promise<Wrote | undefined> {
  try {
    await remove(target.transport, standing.kind, standing);
    return { verb: "delete", key: standing.key };
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Someone changed the object between our look and our write: look again, soon. */
export function isLate(error: unknown): boolean {
  return isConflict(error) || isApiError(error, 404);
}

function kindOf(object: KubeObject, kinds: readonly Kind[]): Kind {
  const found = kinds.find((kind) => kind.apiVersion === object.apiVersion && kind.kind === object.kind);
  if (found === undefined) throw new Error(`the adapter made a ${object.apiVersion} ${object.kind} and did not declare it`);
  return found;
}
