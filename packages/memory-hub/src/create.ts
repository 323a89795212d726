import { randomUUID } from "node:crypto";
import { checkBody, clientsOwn, contentOf, metadataOf, type Target } from "./body.ts";
import { checkObject } from "./checks.ts";
import { namespaceKind, type ServedKind } from "./kinds.ts";
import { timestamp, withoutEmpty, type HubMeta, type HubObject, type JsonObject } from "./object.ts";
import { alreadyExists, namespaceTerminating, notFound, StatusError } from "./status-error.ts";
import { keyFor, type Store } from "./store.ts";

/** Creates an object as a POST does. With `keepStatus` it comes with its status in one go, which only the hub's own `apply` may ask for. */
export function create(store: Store, target: Target, body: JsonObject, keepStatus: boolean = false): HubObject {
  const { kind, dryRun } = target;
  const metadata = metadataOf(body);
  const name = metadata.name ?? "";
  checkBody(target, body);
  checkNamespace(store, target, name);
  if (metadata.resourceVersion) throw new StatusError(500, "", "resourceVersion should not be set on objects to be created");
  const status = keepStatus || !kind.status ? body["status"] : undefined;
  const object: HubObject = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: newMetadata(target, metadata, name),
    ...defaults(kind),
    ...contentOf(kind, body),
    ...(status !== undefined && { status }),
  };
  checkObject(kind, object);
  const standing = store.get(kind.resource, keyFor(target, name));
  if (standing !== undefined) throw alreadyExists(kind, name, standing.metadata.deletionTimestamp !== undefined);
  return dryRun ? object : store.put(kind.resource, object);
}

/** What the server says of a new object, whatever the client said. */
function newMetadata({ kind, namespace }: Target, metadata: Partial<HubMeta>, name: string): HubMeta {
  const isNamespace = kind.resource === namespaceKind.resource;
  // A real server counts the generations of custom resources; of the built-in kinds here it keeps what it was told.
  const said = metadata.generation === undefined ? {} : { generation: metadata.generation };
  const generation = kind.builtIn ? said : { generation: 1 };
  return withoutEmpty({
    ...clientsOwn(metadata),
    ...(isNamespace && { labels: { ...metadata.labels, "kubernetes.io/metadata.name": name } }),
    name,
    ...(kind.namespaced && { namespace: namespace ?? "" }),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...generation,
  });
}

function checkNamespace(store: Store, { kind, namespace }: Target, name: string): void {
  if (!kind.namespaced || namespace === undefined) return;
  const found = store.get(namespaceKind.resource, `/${namespace}`);
  if (found === undefined) throw notFound(namespaceKind, namespace);
  if (found.metadata.deletionTimestamp !== undefined) throw namespaceTerminating(kind, name, namespace);
}

function defaults({ resource }: ServedKind): Partial<HubObject> {
  if (resource === "secrets") return { type: "Opaque" };
  if (resource === namespaceKind.resource) return { spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
  return {};
}
