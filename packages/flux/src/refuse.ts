import { RollcallError, type Refusal } from "@rollcall/contract";

/** A refusal to be thrown; nothing that this adapter says can change by waiting. */
export function refuse(reason: string, message: string): RollcallError {
  return new RollcallError(reason, message, { retry: false });
}

/** Throws what stands in the way of a cluster, if anything does. */
export function orRefuse(id: string, why: Refusal | undefined): void {
  if (why !== undefined) throw refuse(why.reason, `${id} cannot be shown to Flux: ${why.message}`);
}
