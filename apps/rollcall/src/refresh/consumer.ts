import type { Kind, KubeObject } from "@rollcall/contract";
import type { Asks } from "./asks.ts";

/** Objects that make a consumer ask, and the annotation that makes it ask again at once. */
export interface Consumer {
  readonly kind: Omit<Kind, "namespace">;
  readonly annotation: string;
  /** What an object asks of this service; nothing, where it asks somebody else. */
  readonly asks: (object: KubeObject) => readonly Asks[];
}
