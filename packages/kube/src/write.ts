import { fieldManager, objectKey, RollcallError, type Kind, type KubeObject } from "@rollcall/contract";
import { foreignAnswer } from "./errors.ts";
import { isObject } from "./object.ts";
import { collectionPath, objectPath } from "./path.ts";
import { mergePatch, metadataOnly, type Transport } from "./transport.ts";

/** What a write is answered with: names, labels and annotations, no data. */
export type Written = Pick<KubeObject, "metadata">;

/** Creates an object. An object of that name is a 409, whoever owns it; nothing is ever merged into it. */
export async function create(transport: Transport, kind: Kind, object: KubeObject, signal?: AbortSignal): Promise<Written> {
  const path = `${collectionPath(kind, object.metadata.namespace)}?fieldManager=${fieldManager}`;
  return checked(await transport.call({ method: "POST", path, body: object, accept: metadataOnly, signal }), kind, object);
}

/** Changes an object with a merge patch. With uid and resourceVersion in it, another object or a later version is a conflict. */
export async function patch(
  transport: Transport,
  kind: Kind,
  target: Pick<KubeObject, "metadata">,
  body: object,
  signal?: AbortSignal,
): Promise<Written> {
  const path = `${pathOf(kind, target)}?fieldManager=${fieldManager}`;
  return checked(
    await transport.call({ method: "PATCH", path, body, contentType: mergePatch, accept: metadataOnly, signal }),
    kind,
    target,
  );
}

/** Deletes exactly this object in exactly this version: the preconditions travel in the body, where alone the API server reads them. */
export async function remove(transport: Transport, kind: Kind, target: Pick<KubeObject, "metadata">, signal?: AbortSignal): Promise<void> {
  const { uid, resourceVersion } = target.metadata;
  if (!uid || !resourceVersion) {
    const key = objectKey({ kind: kind.kind, metadata: target.metadata });
    throw new RollcallError("NoPrecondition", `${key} is not deleted: its uid or resourceVersion is not known; read it first`, {
      retry: false,
    });
  }
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
  const answer = await transport.call({ method: "DELETE", path: pathOf(kind, target), body, signal });
  if (!isDone(answer) && checked(answer, kind, target).kind !== kind.kind)
    throw foreignAnswer(`answer about ${kind.plural}/${target.metadata.name}`, "it does not say that anything was deleted");
}

/** What is deleted at once is answered with a Status; what something still holds, with the object itself. */
function isDone(answer: unknown): boolean {
  const { kind, status } = (answer ?? {}) as { readonly kind?: unknown; readonly status?: unknown };
  return kind === "Status" && status === "Success";
}

/** Names, labels and annotations of one object as it stands, never its data. */
export async function readMetadata(
  transport: Transport,
  kind: Kind,
  target: Pick<KubeObject, "metadata">,
  signal?: AbortSignal,
): Promise<Written> {
  return checked(await transport.call({ method: "GET", path: pathOf(kind, target), accept: metadataOnly, signal }), kind, target);
}

/** One object whole. */
export async function read(transport: Transport, kind: Kind, name: string, namespace?: string, signal?: AbortSignal): Promise<KubeObject> {
  const path = objectPath(kind, name, namespace);
  const object = checked(await transport.call({ method: "GET", path, signal }), kind, { metadata: { name } });
  if (object.kind === kind.kind) return object;
  throw foreignAnswer(`read of ${kind.plural}/${name}`, `it is a ${object.kind}, not a ${kind.kind}`);
}

function pathOf(kind: Kind, { metadata }: Pick<KubeObject, "metadata">): string {
  return objectPath(kind, metadata.name, metadata.namespace);
}

/** A page that a proxy made up must not pass for an object that is there, or for a write that was made. */
function checked(answer: unknown, kind: Kind, { metadata: { name } }: Pick<KubeObject, "metadata">): KubeObject {
  if (isObject(answer) && answer.metadata.name === name) return answer;
  throw foreignAnswer(`answer about ${kind.plural}/${name}`, "it is not about that object");
}
