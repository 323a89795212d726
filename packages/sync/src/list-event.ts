import type { ClusterId, Verdict } from "@rollcall/contract";
import type { Wrote } from "./apply.ts";
import type { State } from "./membership.ts";

/** What a list tells of itself, in the words of docs/words.md. */
export type ListEvent =
  | { readonly is: "state"; readonly list: string; readonly cluster: ClusterId; readonly state: State; readonly verdict?: Verdict }
  | ({
      readonly is: "wrote";
      readonly list: string;
      readonly cluster: ClusterId;
      readonly why: State;
      readonly uid?: string;
      readonly resourceVersion?: string;
    } & Wrote)
  | { readonly is: "would"; readonly list: string; readonly cluster: ClusterId; readonly change: string }
  | { readonly is: "retry"; readonly list: string; readonly cluster: ClusterId; readonly error: unknown; readonly retryIn: number }
  | { readonly is: "hub believed"; readonly list: string }
  | { readonly is: "acked" | "ack unknown"; readonly list: string; readonly digest: string; readonly expected: string };
