import type { Answerable, PlacementName } from "@rollcall/answers";

/** What the HTTP service asks of the lists; it knows nothing else of them. */
export interface AnswerSource {
  /** Names of lists that may be asked for. */
  lists(): readonly string[];
  /** What a list, or one placement within it, can say at this moment; cheap: it is asked for every request. */
  answerable(question: { readonly list: string; readonly placement?: PlacementName }): Answerable | Promise<Answerable>;
}
