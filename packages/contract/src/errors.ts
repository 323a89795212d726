/** Says what is wrong and what to do about it, without being an exception: values carry it along the path. */
export interface Refusal {
  /** One word to search for, such as `NoProvider` or `ForeignObject`. */
  readonly reason: string;
  readonly message: string;
  /** A login that was offered is offered no more: a credential of it that was handed out is to be taken back. */
  readonly revokes?: true;
  /** It is no answer yet: whoever gives one tells that it is there, and until then everything stays as it is. */
  readonly pending?: true;
}

/** Every error of ours: a reason to search for, a message that says what to do, and whether waiting can help. */
export class RollcallError extends Error implements Refusal {
  readonly reason: string;
  readonly retry: boolean;

  constructor(reason: string, message: string, options: { readonly retry: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RollcallError";
    this.reason = reason;
    this.retry = options.retry;
  }
}

/** A refusal, as a value. */
export function refusal(reason: string, message: string): Refusal {
  return { reason, message };
}

/** Tells a refusal from what was hoped for. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "reason" in value && "message" in value;
}

/** The refusal that any thrown thing amounts to; a foreign error is named as such, never swallowed. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RollcallError) return refusal(error.reason, error.message);
  return refusal("Unexpected", error instanceof Error ? error.message : String(error));
}
