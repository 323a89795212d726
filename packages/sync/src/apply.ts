import { annotations, isRefusal, refusal, RollcallError, type Kind, type KubeObject, type Refusal } from "@rollcall/contract";
import { ApiError, create, isApiError, isConflict, patch, readMetadata, remove } from "@rollcall/kube";
import { readWrote, type Owner } from "./marks.ts";
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

/**
 * Makes the changes of one cluster in their order and notes each as soon as it is made.
 * One that is refused leaves those after it undone, for they may point at it; the refusal is what comes back.
 */
export async function apply(
  changes: readonly Change[],
  target: Target,
  kinds: readonly Kind[],
  owner: Owner,
  wrote: Wrote[],
): Promise<Refusal | undefined> {
  for (const change of changes) {
    if (change.do === "refuse") return change.refusal;
    const done =
      change.do === "create" ? await createOne(change.object, change.key, target, kinds, owner) : await changeOne(change, target);
    if (isRefusal(done)) return done;
    if (done !== undefined) wrote.push(done);
  }
  return undefined;
}

async function createOne(
  object: KubeObject,
  key: string,
  target: Target,
  kinds: readonly Kind[],
  owner: Owner,
): Promise<Wrote | Refusal | undefined> {
  const kind = kindOf(object, kinds);
  if (target.taken.has(key)) {
    // Its name was somebody else's the last time: asking whether it still is costs less than being refused again.
    const found = await stillTaken(object, key, kind, target, owner);
    if (found !== "free") return found;
    target.taken.delete(key);
  }
  try {
    const { metadata } = await create(target.transport, kind, object);
    target.wrote(kind, { ...object, metadata });
    return { verb: "create", key };
  } catch (error) {
    if (isApiError(error, 404)) return noPlace(key, error.message);
    if (!isApiError(error, 409)) throw error;
    return takeOver(object, key, kind, target, owner, error);
  }
}

async function stillTaken(
  object: KubeObject,
  key: string,
  kind: Kind,
  target: Target,
  owner: Owner,
): Promise<Wrote | Refusal | undefined | "free"> {
  try {
    return await takeOver(object, key, kind, target, owner, new ApiError(409, "AlreadyExists", `${key} exists`));
  } catch (error) {
    if (isApiError(error, 404)) return "free";
    throw error;
  }
}

/** The name is taken: by ourselves, when an earlier answer was lost, or by somebody else. Only names and labels are read to tell. */
async function takeOver(
  object: KubeObject,
  key: string,
  kind: Kind,
  target: Target,
  owner: Owner,
  taken: unknown,
): Promise<Wrote | Refusal | undefined> {
  const { metadata } = await readMetadata(target.transport, kind, object);
  const marks = metadata.annotations ?? {};
  const { labels, annotations: wanted = {} } = object.metadata;
  const of = marks[annotations.cluster] ?? wanted[annotations.cluster];
  const live = { metadata: { ...metadata, labels: metadata.labels ?? {}, annotations: marks } };
  if (!isOurs(live, owner) || of !== wanted[annotations.cluster]) {
    target.taken.add(key);
    return foreignObject(key);
  }
  // It stands for a cluster that bore the name before: our watch is behind, and that one leaves in its own way first.
  if (!isSame(marks, wanted)) throw taken;
  // Ours, but nothing is known of its data: everything is said again, which changes nothing where nothing differs.
  const wrote = readWrote(marks[annotations.wrote]);
  const { uid, resourceVersion } = metadata;
  const body = {
    metadata: { uid, resourceVersion, labels: instead(labels, wrote.labels), annotations: instead(wanted, wrote.annotations) },
    ...(object.data && { data: instead(object.data, wrote.data) }),
    ...(object.spec !== undefined && { spec: object.spec }),
  };
  const answer = await patch(target.transport, kind, object, body);
  target.wrote(kind, { ...object, metadata: answer.metadata });
  return answer.metadata.resourceVersion === resourceVersion ? undefined : { verb: "change", key };
}

/** What is to be there, and away with what we once put there besides. */
function instead(wanted: Readonly<Record<string, string>> = {}, wrote: readonly string[] = []): Record<string, string | null> {
  const gone = wrote.filter((key) => !Object.hasOwn(wanted, key));
  return { ...wanted, ...Object.fromEntries(gone.map((key) => [key, null])) };
}

function isSame(stands: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const marks = [annotations.clusterUid, annotations.endpoint];
  return marks.some((mark) => stands[mark] === wanted[mark]) || marks.every((mark) => stands[mark] === undefined);
}

function noPlace(key: string, message: string): Refusal {
  return refusal("NoPlace", `${key} has no place to be: ${message}; create its namespace, or install the consumer whose kind it is`);
}

async function changeOne(change: Extract<Change, { do: "change" }>, target: Target): Promise<Wrote> {
  const { standing, object, changes, key } = change;
  const { metadata } = await patch(target.transport, standing.kind, standing, change.patch);
  const removed = Object.entries(change.patch.data ?? {}).flatMap(([name, value]) => (value === null ? [name] : []));
  target.wrote(standing.kind, { ...object, metadata }, standing, removed);
  return { verb: "change", key, changes };
}

/** Sets the state that a consumer's selectors may follow, on each object of a cluster. */
export async function relabelAll(
  objects: readonly Standing[],
  state: string,
  label: string,
  target: Target,
  wrote: Wrote[],
): Promise<void> {
  for (const standing of objects) {
    if (standing.metadata.labels[label] === state) continue;
    const body: Patch = relabelPatch(standing, state);
    const { metadata } = await patch(target.transport, standing.kind, standing, body);
    target.wrote(standing.kind, { apiVersion: standing.kind.apiVersion, kind: standing.kind.kind, metadata }, standing);
    wrote.push({ verb: "change", key: standing.key, changes: [`labels.${label}`] });
  }
}

/** Deletes one object of ours, in exactly the version that we know. Gone already is as good; changed since is for the next look. */
export async function removeOne(standing: Standing, target: Target): Promise<Wrote | undefined> {
  if (target.isRemoved(standing)) return undefined;
  try {
    await remove(target.transport, standing.kind, standing);
    target.removed(standing);
    return { verb: "delete", key: standing.key };
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Someone changed the object, or the roll, between our look and our write: look again, soon. */
export function isLate(error: unknown): boolean {
  return isConflict(error) || isApiError(error, 404) || (error instanceof RollcallError && error.reason === "RollChanged");
}

/** The kind in its place: a list may write the same kind in several namespaces, and each is followed on its own. */
function kindOf({ apiVersion, kind, metadata }: KubeObject, kinds: readonly Kind[]): Kind {
  const found = kinds.find(
    (each) => each.apiVersion === apiVersion && each.kind === kind && [undefined, "*", metadata.namespace].includes(each.namespace),
  );
  if (found === undefined) throw new Error(`the adapter made a ${apiVersion} ${kind} and did not declare it`);
  return found;
}
