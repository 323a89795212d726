import { fieldManager, type Kind, type KubeObject } from "@rollcall/contract";
import { collectionPath, objectPath } from "./path.ts";
import { mergePatch, metadataOnly, type Transport } from "./transport.ts";

/** What a write is answered with: names, labels and annotations, no data. */
export type Written = Pick<KubeObject, "metadata">;

/** Creates an object. An object of that name is a 409, whoever owns it; nothing is ever merged into it. */
export async function create(transport: Transport, kind: Kind, object: KubeObject, signal?: AbortSignal): Promise<Written> {
  const path = `${collectionPath(kind, object.metadata.namespace)}?fieldManager=${fieldManager}`;
  return (await transport.call({ method: "POST", path, body: object, accept: metadataOnly, signal })) as Written;
}

/** Changes an object with a merge patch. With uid and resourceVersion in it, another object or a later version is a conflict. */
export async function patch(
  transport: Transport,
  kind: Kind,
  { metadata }: Pick<KubeObject, "metadata">,
  body: object,
  signal?: AbortSignal,
): Promise<Written> {
  const path = `${objectPath(kind, metadata.name, metadata.namespace)}?fieldManager=${fieldManager}`;
  return (await transport.call({ method: "PATCH", path, body, contentType: mergePatch, accept: metadataOnly, signal })) as Written;
}

/** Deletes exactly this object in exactly this version: the preconditions travel in the body, where alone the API server reads them. */
export async function remove(
  transport: Transport,
  kind: Kind,
  { metadata }: Pick<KubeObject, "metadata">,
  signal?: AbortSignal,
): Promise<void> {
  const { uid, resourceVersion } = metadata;
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
  await transport.call({ method: "DELETE", path: objectPath(kind, metadata.name, metadata.namespace), body, signal });
}

/** Names, labels and annotations of one object as it stands, never its data. */
export async function readMetadata(transport: Transport, kind: Kind, { metadata }: Pick<KubeObject, "metadata">): Promise<Written> {
  return (await transport.call({
    method: "GET",
    path: objectPath(kind, metadata.name, metadata.namespace),
    accept: metadataOnly,
  })) as Written;
}

/** One object whole. */
export async function read(transport: Transport, kind: Kind, name: string, namespace?: string): Promise<KubeObject> {
  return (await transport.call({ method: "GET", path: objectPath(kind, name, namespace) })) as KubeObject;
}
