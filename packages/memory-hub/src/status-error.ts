import { RollcallError } from "@rollcall/contract";
import type { ServedKind } from "./kinds.ts";

/** What a real server answers when it cannot do what was asked. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Failure";
  readonly message: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** A refusal in the words of a real server; thrown anywhere on the way, it becomes the answer. */
export class StatusError extends RollcallError {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, more: { readonly details?: StatusDetails; readonly continue?: string } = {}) {
    super(reason, message, { retry: code === 409 || code === 410 || code >= 500 });
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: more.continue === undefined ? {} : { continue: more.continue },
      status: "Failure",
      message,
      ...(reason !== "" && { reason }),
      ...(more.details && { details: more.details }),
      code,
    };
  }
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, "Unauthorized", "Unauthorized");
}

export function notFound(kind: ServedKind, name: string): StatusError {
  return new StatusError(404, "NotFound", `${kind.resource} "${name}" not found`, { details: aboutResource(kind, name) });
}

/** A resource that a built-in group does not have; groups that nobody serves answer in plain text instead. */
export function noSuchResource(): StatusError {
  return new StatusError(404, "NotFound", "the server could not find the requested resource", { details: {} });
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", { details: {} });
}

export function notAcceptable(message: string): StatusError {
  return new StatusError(406, "NotAcceptable", message);
}

export function unsupportedMediaType(accepted: string): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new StatusError(415, "UnsupportedMediaType", message);
}

export function alreadyExists(kind: ServedKind, name: string, leaving: boolean): StatusError {
  const message = `${leaving ? "object is being deleted: " : ""}${kind.resource} "${name}" already exists`;
  return new StatusError(409, "AlreadyExists", message, { details: aboutResource(kind, name) });
}

/** Somebody else was faster. */
export function modified(kind: ServedKind, name: string): StatusError {
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  return conflict(kind.resource, aboutResource(kind, name), why);
}

/** What a DELETE expected is not what stands. */
export function preconditionFailed(kind: ServedKind, name: string, why: string): StatusError {
  return conflict(kind.fullKind, aboutKind(kind, name), why);
}

function conflict(what: string, details: StatusDetails, why: string): StatusError {
  return new StatusError(409, "Conflict", `Operation cannot be fulfilled on ${what} "${details.name}": ${why}`, { details });
}

export function invalid(kind: ServedKind, name: string, field: string, problem: string, reason: string = "FieldValueInvalid"): StatusError {
  const details = { ...aboutKind(kind, name), causes: [{ reason, message: problem, field }] };
  return new StatusError(422, "Invalid", `${kind.fullKind} "${name}" is invalid: ${field}: ${problem}`, { details });
}

/** The same for the options of a list or a watch. */
export function invalidListOptions(field: string, problem: string): StatusError {
  const details = { group: "meta.k8s.io", kind: "ListOptions", causes: [{ reason: "FieldValueForbidden", message: problem, field }] };
  return new StatusError(422, "Invalid", `ListOptions.meta.k8s.io "" is invalid: ${field}: ${problem}`, { details });
}

export function namespaceTerminating(kind: ServedKind, name: string, namespace: string): StatusError {
  const cause = { reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" };
  const message = `${kind.resource} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  return new StatusError(403, "Forbidden", message, { details: { ...aboutResource(kind, name), causes: [cause] } });
}

/** A resourceVersion that the server has not reached. */
export function tooLargeVersion(asked: string, current: number): StatusError {
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, "Timeout", message, { details: { causes, retryAfterSeconds: 1 } });
}

/** A fault in here, or in somebody's `validate`. */
export function internalError(error: unknown): StatusError {
  const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`;
  return new StatusError(500, "InternalError", message, { details: { causes: [{ reason: "", message }] } });
}

function aboutResource({ group, plural }: ServedKind, name: string): StatusDetails {
  return { ...(name !== "" && { name }), ...(group !== "" && { group }), kind: plural };
}

function aboutKind({ group, kind }: ServedKind, name: string): StatusDetails {
  return { ...(name !== "" && { name }), ...(group !== "" && { group }), kind };
}
