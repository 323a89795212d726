import { refusal, type Refusal } from "@rollcall/contract";
import type { Membership } from "./membership.ts";

/** What a list may do: look only, add and change, or everything. */
export type Mode = "observe" | "upsert" | "sync";

/** Modes below `sync` never make anybody leave. */
export function allowed(mode: Mode, outcome: Membership): Membership {
  if (mode === "sync" || (outcome.state !== "missing" && outcome.state !== "leaving")) return outcome;
  const { absence: _, again: __, ...rest } = outcome;
  return {
    ...rest,
    may: "nothing",
    verdict: { is: "held", ...refusal("Mode", `mode is ${mode}: nobody leaves; set mode: sync to let it go`) },
  };
}

/** While a list is paused nothing is written, not even that somebody is missing: its grace begins when the pause is over. */
export function paused({ state, absence }: Membership, why: Refusal): Membership {
  return { state, may: "nothing", verdict: { is: "held", ...why }, ...(absence && { absence }) };
}
