import { RollcallError } from "@rollcall/contract";

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

/** The error behind an answer that is not 2xx, whoever gave it: a Status object, plain text or a proxy's page. */
export function errorFrom(status: number, body: string, what: string, retryAfter?: string): ApiError {
  const said = statusObject(body);
  const reason = said?.reason ?? reasons[status] ?? "Unknown";
  const message = said?.message ?? body.slice(0, 200).replaceAll(/\s+/g, " ").trim();
  return new ApiError(status, reason, `${what}: ${status} ${message || reason}`, milliseconds(retryAfter));
}

/** An answer that cannot be what was asked for: a proxy's page, half a body, another kind. It is a failure, never an empty list. */
export function foreignAnswer(what: string, why: string): ApiError {
  return new ApiError(0, "ForeignAnswer", `${what}: the answer is not what an API server says (${why}); nothing is concluded from it`);
}

/** No answer at all. */
export function unreachable(what: string, cause: unknown): ApiError {
  const error = new ApiError(0, "Unreachable", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
  error.cause = cause;
  return error;
}

export function isApiError(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

/** Someone else changed the object first (409), or it is another object of that name (422 on its uid). */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return (error.status === 409 && error.reason === "Conflict") || (error.status === 422 && error.message.includes("metadata.uid"));
}

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
    return parsed as { reason?: string; message?: string };
  } catch {
    return undefined;
  }
}

function milliseconds(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
