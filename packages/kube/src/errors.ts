import { RollcallError } from "@rollcall/contract";
import { cut, quote, without } from "./quote.ts";

/** What an API server said no with. */
export class ApiError extends RollcallError {
  readonly status: number;
  /** Milliseconds that the server asks us to wait. */
  readonly retryAfter?: number;

  constructor(status: number, reason: string, message: string, retryAfter?: number) {
    super(reason, message, {
      retry: status === 0 || status === 401 || status === 408 || status === 409 || status === 429 || status >= 500,
    });
    this.name = "ApiError";
    this.status = status;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** The error behind an answer that is not 2xx, whoever gave it: a Status object, plain text or a proxy's page. It may repeat what was sent to log in. */
export function errorFrom(status: number, body: string, what: string, retryAfter?: string, sent: string = ""): ApiError {
  const object = statusObject(body);
  const reason = without(object?.reason ?? "", sent) || reasons[status] || "Unknown";
  const words = object?.message;
  const kept = words === undefined ? quote(without(body, sent), 200).replaceAll(/\s+/g, " ").trim() : quote(without(words, sent));
  const message = kept === "…" ? "" : kept;
  return new ApiError(status, reason, `${what}: ${status} ${message || reason}`, milliseconds(retryAfter));
}

/** An answer that cannot be what was asked for: a proxy's page, half a body, another kind. It is a failure, never an empty list. */
export function foreignAnswer(what: string, why: string): ApiError {
  return new ApiError(
    0,
    "ForeignAnswer",
    `${what}: the answer is not what an API server says (${quote(why)}); nothing is concluded from it`,
  );
}

/** An answer that would take more memory than it may. */
export function tooLarge(what: string, most: number): ApiError {
  return new ApiError(
    0,
    "TooLarge",
    `${what}: the answer goes on after ${most / mebi} MiB, which no API server's does; it was not read on`,
  );
}

export function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "TooLarge";
}

const mebi = 2 ** 20;

/** No answer at all. */
export function unreachable(what: string, cause: unknown): ApiError {
  const error = new ApiError(0, "Unreachable", `${what}: ${cut(said(cause), 500)}`);
  error.cause = cause;
  return error;
}

export function isApiError(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** No watch can go on from the version that was asked for: it is forgotten, or the server has not reached it. */
export function isNoVersion(error: unknown): boolean {
  return isApiError(error, 410) || (isApiError(error, 504) && error.message.includes("Too large resource version"));
}

/** Someone else changed the object first (409), or it is another object of that name (422 on its uid). */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return (error.status === 409 && error.reason === "Conflict") || (error.status === 422 && otherUid.test(error.message));
}

// Spelled as kube-apiserver does it, so that an object that is called metadata.uid does not pass for one.
const otherUid = /\bmetadata\.uid: Invalid value/;

/** Milliseconds that an error asks us to wait, none if it does not. */
export function retryAfter(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
}

const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

function statusObject(body: string): { reason?: string; message?: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null || !("kind" in parsed) || parsed.kind !== "Status") return undefined;
    const { reason, message } = parsed as { reason?: unknown; message?: unknown };
    return { ...(typeof reason === "string" && /^\w{1,64}$/.test(reason) && { reason }), ...(typeof message === "string" && { message }) };
  } catch {
    return undefined;
  }
}

/** A server may slow us down, yet a proxy that says a year must not silence us for good. */
const longestPause = 5 * 60_000;

function milliseconds(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  // An API server says seconds; what stands before it may say a date.
  const wait = /^[A-Z][a-z]{2},/.test(retryAfter) ? Date.parse(retryAfter) - Date.now() : Number(retryAfter) * 1000;
  return wait >= 0 ? Math.min(wait, longestPause) : undefined;
}

function said(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // When every address of a host refuses, Node's error has an empty message and only a code.
  return cause.message || ("code" in cause ? String(cause.code) : cause.name);
}
