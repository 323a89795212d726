import type { Described, Placed, Ready } from "./answerable.ts";
import type { Request } from "./request.ts";

/**
 * The text of an answer, in parts: `open`, then for each member what it says of itself and what this answer adds to that, then `close`.
 * The middle part is the same in every answer, so it is rendered once; order and reason are an answer's own.
 */
export interface Shape<Asked extends Request = Request> {
  /** What a member says of itself, without its end. */
  member(member: Described): string;
  /** The end of a member in this answer. */
  add(request: Asked): (member: Placed) => string;
  open(request: Asked, ready: Ready): string;
  readonly close: string;
}

/** The text of an object to which more is added: everything but the braces that end it. */
export function unended(object: object, braces: number): string {
  return JSON.stringify(object).slice(0, -braces);
}
