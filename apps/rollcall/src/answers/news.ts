import type { PlacementName } from "@rollcall/answers";

/** Whoever asked for this would be answered otherwise now. */
export interface AnswerNews {
  readonly list: string;
  /** One placement within it; else the list as a whole. */
  readonly placement?: PlacementName;
  /** A new order alone is not to be seen in every answer; `all` is about the list and every placement within it. */
  readonly what: "all" | "clusters" | "order";
}
