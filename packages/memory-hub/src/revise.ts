import { canonicalJson } from "@rollcall/contract";
import { checkBody, clientsOwn, contentOf, contentText, metadataOf, type Target } from "./body.ts";
import { checkObject, unreadable } from "./checks.ts";
import { isJsonObject, withoutEmpty, type HubMeta, type HubObject, type JsonObject } from "./object.ts";
import { badRequest, invalid, modified, notFound } from "./status-error.ts";
import { keyFor, type Store } from "./store.ts";

/** How an existing object changes. */
export interface Revision {
  /** What is wanted, made from what stands. */
  readonly wanted: (current: HubObject) => unknown;
  /** A PUT brings a whole object, a patch is about what stands: the real server words their conflicts differently. */
  readonly by: "put" | "patch";
  /** What of it may change. */
  readonly part: "all" | "all but status" | "status";
}

/** Changes an object as a PUT or a patch does. What is equal is not written, and a leaving object ends with its last finalizer. */
export function revise(store: Store, target: Target, name: string, revision: Revision): HubObject {
  const { kind, dryRun } = target;
  const current = store.get(kind.resource, keyFor(target, name));
  if (current === undefined) throw notFound(kind, name);
  const wanted = revision.wanted(current);
  checkWanted(target, current, wanted, revision.by);
  const next = settled(target, current, wanted, revision.part);
  checkObject(kind, next, current);
  if (dryRun || canonicalJson(next) === canonicalJson(current)) return next;
  if (next.metadata.deletionTimestamp === undefined || next.metadata.finalizers !== undefined) return store.put(kind.resource, next);
  store.delete(kind.resource, next);
  return next;
}

/** What would stand: the wanted content, with everything that is the server's word as it was. */
function settled({ kind }: Target, current: HubObject, wanted: JsonObject, part: Revision["part"]): HubObject {
  const status = part === "all but status" ? current.status : wanted["status"];
  const { apiVersion, metadata } = current;
  const content = contentOf(kind, part === "status" ? { ...current } : wanted);
  const next: HubObject = {
    apiVersion,
    kind: kind.kind,
    metadata: part === "status" ? metadata : { ...serversOwn(metadata), ...withoutEmpty(clientsOwn(metadataOf(wanted))) },
    ...(kind.resource === "secrets" && { type: "Opaque" }),
    ...content,
    ...(status !== undefined && status !== null && { status }),
  };
  if (kind.builtIn || metadata.generation === undefined || contentText(kind, next) === contentText(kind, current)) return next;
  return { ...next, metadata: { ...next.metadata, generation: metadata.generation + 1 } };
}

function serversOwn(metadata: HubMeta): HubMeta {
  const own = clientsOwn(metadata);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !(key in own))) as unknown as HubMeta;
}

function checkWanted(target: Target, current: HubObject, wanted: unknown, by: Revision["by"]): asserts wanted is JsonObject {
  const { kind } = target;
  const { name } = current.metadata;
  const metadata = isJsonObject(wanted) ? metadataOf(wanted) : {};
  if (!isJsonObject(wanted) || metadata.name === undefined)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  const isOther = metadata.uid !== undefined && metadata.uid !== current.metadata.uid;
  if (by === "put") {
    checkBody(target, wanted);
    if (isOther) throw modified(kind, name);
  } else checkPatched(target, name, wanted);
  if (!metadata.resourceVersion && !kind.unconditional)
    throw invalid(kind, name, "metadata.resourceVersion", "Invalid value: 0: must be specified for an update");
  if (metadata.resourceVersion && metadata.resourceVersion !== current.metadata.resourceVersion) throw modified(kind, name);
  if (isOther) throw invalid(kind, name, "metadata.uid", `Invalid value: "${metadata.uid}": field is immutable`);
  checkLeaving(target, current.metadata, metadata);
}

function checkPatched({ kind }: Target, name: string, wanted: JsonObject): void {
  const problem = unreadable(kind, wanted);
  if (problem !== undefined) throw invalid(kind, name, "patch", `Invalid value: ${problem}`);
  if (wanted["kind"] !== kind.kind)
    throw invalid(kind, name, "kind", `Invalid value: ${JSON.stringify(wanted["kind"])}: must be ${kind.kind}`);
}

/** Only a DELETE begins an object's end, and nobody may draw it out. */
function checkLeaving({ kind }: Target, current: HubMeta, wanted: Partial<HubMeta>): void {
  const { name, deletionTimestamp, finalizers = [] } = current;
  if (wanted.deletionTimestamp && wanted.deletionTimestamp !== deletionTimestamp)
    throw invalid(kind, name, "metadata.deletionTimestamp", `Invalid value: "${wanted.deletionTimestamp}": field is immutable`);
  const added = deletionTimestamp === undefined ? [] : (wanted.finalizers ?? []).filter((each) => !finalizers.includes(each));
  if (added.length === 0) return;
  const problem = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${added.join(", ")}`;
  throw invalid(kind, name, "metadata.finalizers", problem, "FieldValueForbidden");
}
