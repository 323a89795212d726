import { RollcallError } from "@rollcall/contract";

/** A refusal to be thrown; nothing that this adapter says can change by waiting. */
export function refuse(reason: string, message: string): RollcallError {
  return new RollcallError(reason, message, { retry: false });
}
