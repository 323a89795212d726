import type { Answered, Cluster } from "@rollcall/contract";

/** A member as it is answered: with its place in the decision that chose it, where one did. */
export interface Placed extends Answered {
  /** Its place in the decision's order, from 0. */
  readonly order?: number;
  /** Why the scheduler chose it. */
  readonly reason?: string;
}

/** A member whose profile is known: the only kind that is rendered, so nobody is ever named with half of its words. */
export interface Described extends Placed {
  readonly cluster: Cluster;
}

/** What a list, or one placement within it, can say at this moment. Whatever is not `ready` says nothing, so that whoever asks changes nothing. */
export type Answerable = Ready | Silent;

/** All that it names, complete and known. */
export interface Ready {
  readonly is: "ready";
  /** Changes with every change of what is answered and is never used for anything else, not even by another process. */
  readonly generation: string;
  readonly members: readonly Placed[];
  /** The decision that chose them, complete, and how many clusters it names. */
  readonly decision?: { readonly name: string; readonly size: number };
  /** What is known of an answer that names nobody. */
  readonly empty?: Emptiness;
  /** Seconds since the hub was heard last, where that is worth a word. */
  readonly age?: number;
}

/** Each of these has to be there before anybody is told that there are no clusters. */
export interface Emptiness {
  /** The config says that the list may be empty. */
  readonly allowed?: true;
  /** Why nobody loses anything by it, or not against an operator's will. */
  readonly passed?: "acknowledged" | "nobody was ever answered";
  /** What an operator would confirm. */
  readonly digest?: string;
}

/**
 * Why nothing can be said.
 *   filling      the hub or the target is still being read
 *   stale        neither has been heard for too long
 *   incomplete   the decision is being written
 *   held         more than the guard allows would be missing from the answer
 *   no list      the config has no such list, or not for whoever asks
 *   no placement no decision goes by that
 *   ambiguous    several do
 *   no room      the list answers as many placements as it may
 */
export type Silent =
  | { readonly is: "filling" }
  | { readonly is: "stale"; readonly seconds: number }
  | { readonly is: "incomplete"; readonly why: string }
  | { readonly is: "held"; readonly why: string; readonly digest: string }
  | { readonly is: "no list"; readonly lists: readonly string[] }
  | { readonly is: "no placement"; readonly why: string }
  | { readonly is: "ambiguous"; readonly why: string }
  | { readonly is: "no room"; readonly most: number };
