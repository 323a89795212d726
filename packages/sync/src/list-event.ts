import type { ClusterId, Verdict } from "@rollcall/contract";
import type { Wrote } from "./apply.ts";
import type { State } from "./membership.ts";
import type { Reason } from "./reasons.ts";
import type { Cause, Way } from "./roll.ts";

/** What a list tells of itself, in the words of docs/words.md. */
export type ListEvent =
  | {
      readonly is: "state";
      readonly list: string;
      readonly cluster: ClusterId;
      readonly state: State;
      readonly verdict?: Verdict;
      /** Of one that is not chosen: why, and since when. */
      readonly cause?: Cause;
      readonly since?: string;
    }
  | ({
      readonly is: "wrote";
      readonly list: string;
      readonly cluster: ClusterId;
      readonly why: Reason;
      /** How it goes, and whether a person has said yes to that. */
      readonly way?: Way;
      readonly acked?: true;
      readonly state: State;
      readonly uid?: string;
      readonly resourceVersion?: string;
    } & Wrote)
  | { readonly is: "would"; readonly list: string; readonly cluster: ClusterId; readonly why: Reason; readonly change: string }
  | { readonly is: "retry"; readonly list: string; readonly cluster: ClusterId; readonly error: unknown; readonly retryIn: number }
  | { readonly is: "hub believed"; readonly list: string }
  | { readonly is: "acked" | "ack unknown"; readonly list: string; readonly digest: string; readonly expected: string };
