import type { Handed, Refusal } from "@rollcall/contract";
import type { Ask, Resolved, Source } from "../resolve.ts";
import { endOf, never } from "./lasting.ts";

/** What is known of one cluster's credential by one way in. */
export interface Entry {
  readonly key: string;
  ask: Ask;
  resolved?: Resolved | undefined;
  /** When it was resolved. */
  from?: number;
  /** What was left word of where it was written. */
  handed?: Handed | undefined;
  /** It was resolved by an earlier program, and this is what that left word of. */
  assumed?: Handed | undefined;
  failing?: Refusal | undefined;
  failures: number;
  /** What it was got from, by an earlier program, as it stands since. */
  source?: Source | undefined;
  /** Somebody has asked for it since it was last renewed. */
  isWanted: boolean;
  /** The way in that it is for was not the one when somebody asked last. */
  isReleased?: boolean;
  /** When it is to be resolved (again); never, when nobody said that it expires. */
  due: number;
  underWay?: Promise<void> | undefined;
}

/** How a cluster's credential stands, for status and metrics. */
export interface CredentialStatus {
  readonly provider: string;
  /** There is one, got now or by an earlier program. */
  readonly isHeld: boolean;
  readonly expiresAt?: number;
  readonly renewAt?: number;
  readonly failing?: Refusal;
}

export function statusOf({ ask, resolved, assumed, due, failing }: Entry): CredentialStatus {
  const ends = endOf(resolved, assumed);
  return {
    provider: ask.provider.name,
    isHeld: (resolved ?? assumed) !== undefined,
    ...(ends !== never && { expiresAt: ends }),
    ...(due !== never && { renewAt: due }),
    ...(failing && { failing }),
  };
}
