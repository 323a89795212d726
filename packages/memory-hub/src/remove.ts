import type { Target } from "./body.ts";
import { namespaceKind, type ServedKind } from "./kinds.ts";
import { timestamp, type HubObject, type JsonObject } from "./object.ts";
import { notFound, preconditionFailed } from "./status-error.ts";
import { keyFor, type Store } from "./store.ts";

/** What a DELETE came to: the object is gone, or it stays until others let go of it. */
export type Removed = { readonly is: "gone" | "leaving"; readonly object: HubObject };

interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Deletes an object as a DELETE does: only what the preconditions mean, and not before its finalizers are gone. */
export function remove(store: Store, target: Target, name: string, options: JsonObject = {}): Removed {
  const { kind, dryRun } = target;
  const current = store.get(kind.resource, keyFor(target, name));
  if (current === undefined) throw notFound(kind, name);
  checkPreconditions(kind, current, options["preconditions"] ?? {});
  const { deletionTimestamp, finalizers } = current.metadata;
  const isNamespace = kind.resource === namespaceKind.resource;
  if (!isNamespace && finalizers === undefined) {
    return { is: "gone", object: dryRun ? current : store.delete(kind.resource, current) };
  }
  if (deletionTimestamp !== undefined || dryRun) return { is: "leaving", object: current };
  return { is: "leaving", object: store.put(kind.resource, isNamespace ? terminating(current) : leaving(current)) };
}

/** Ends a namespace with all that is in it, as the namespace controller does beside a real server. */
export function removeNamespace(store: Store, kinds: readonly ServedKind[], name: string): void {
  for (const { resource } of kinds.filter(({ namespaced }) => namespaced)) {
    for (const [key, object] of store.at(resource) ?? []) if (key.startsWith(`/${name}/`)) store.delete(resource, object);
  }
  const namespace = store.get(namespaceKind.resource, `/${name}`);
  if (namespace === undefined) throw notFound(namespaceKind, name);
  store.delete(namespaceKind.resource, namespace);
}

function checkPreconditions(kind: ServedKind, { metadata }: HubObject, { uid, resourceVersion }: Preconditions): void {
  const differs = (what: string, asked: string, found: string | undefined, perhaps: string): string =>
    `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). The object might have been ${perhaps}`;
  if (uid !== undefined && uid !== metadata.uid)
    throw preconditionFailed(kind, metadata.name, differs("UID", uid, metadata.uid, "deleted and then recreated"));
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw preconditionFailed(kind, metadata.name, differs("ResourceVersion", resourceVersion, metadata.resourceVersion, "modified"));
}

function leaving(object: HubObject): HubObject {
  const { generation } = object.metadata;
  const since = { deletionTimestamp: timestamp(), deletionGracePeriodSeconds: 0 };
  return { ...object, metadata: { ...object.metadata, ...since, ...(generation !== undefined && { generation: generation + 1 }) } };
}

function terminating(namespace: HubObject): HubObject {
  return { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: timestamp() }, status: { phase: "Terminating" } };
}
