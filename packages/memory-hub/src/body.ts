import { unreadable } from "./checks.ts";
import type { ServedKind } from "./kinds.ts";
import { isJsonObject, type HubMeta, type HubObject, type JsonObject } from "./object.ts";
import { badRequest, unsupportedMediaType } from "./status-error.ts";

/** Which objects a request is about. */
export interface Target {
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  /** Answer as if, and change nothing. */
  readonly dryRun: boolean;
}

/** Reads a body as JSON; built-in kinds fill in who they are, custom resources must say it. */
export function jsonBody(text: string, contentType: string | undefined, accepted: readonly string[]): JsonObject {
  const type = contentType?.split(";")[0]?.trim();
  if (type !== undefined && !accepted.includes(type)) throw unsupportedMediaType(accepted.join(", "));
  const body = parsed(text);
  if (!isJsonObject(body)) throw badRequest("couldn't get version/kind; json parse error: the body is not a JSON object");
  return body;
}

/** Refuses a body that is not an object of this kind and place. */
export function checkBody({ kind, namespace }: Target, body: JsonObject): void {
  const apiVersion = body["apiVersion"] ?? (kind.builtIn ? kind.apiVersion : "");
  if (apiVersion !== kind.apiVersion)
    throw badRequest(
      `the API version in the data (${JSON.stringify(apiVersion)}) does not match the expected API version (${kind.apiVersion})`,
    );
  const unlike = (what: string, problem: string): Error =>
    badRequest(`${what} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`);
  const said = body["kind"] ?? (kind.builtIn ? kind.kind : "");
  if (said !== kind.kind) throw unlike(JSON.stringify(said), "unknown conversion");
  const problem = unreadable(kind, body);
  if (problem !== undefined) throw unlike(kind.kind, problem);
  const place = metadataOf(body).namespace;
  if (kind.namespaced && place !== undefined && place !== "" && place !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

/** A body's metadata, whatever of it is there. */
export function metadataOf(body: JsonObject): Partial<HubMeta> {
  return isJsonObject(body["metadata"]) ? body["metadata"] : {};
}

const sayable = new Set(["generateName", "labels", "annotations", "ownerReferences", "finalizers"]);

/** The part of metadata that clients say; the rest is the server's word. */
export function clientsOwn(metadata: Partial<HubMeta>): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => sayable.has(key)));
}

/** An object's own fields, spelled as they are stored: what belongs to every object apart, and no empty `data`. */
export function contentOf(kind: ServedKind, object: JsonObject): JsonObject {
  const { apiVersion: _, kind: __, metadata: ___, status: ____, ...content } = object;
  if (!kind.builtIn || Object.keys(content["data"] ?? {}).length > 0) return content;
  const { data: _____, ...rest } = content;
  return rest;
}

/** What decides whether the generation goes up: everything but metadata and status. */
export function contentText(kind: ServedKind, object: HubObject): string {
  const { metadata: _, status, ...content } = object;
  return JSON.stringify(kind.status ? content : { ...content, status });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
