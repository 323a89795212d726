import type { Answered, ClusterId, Refusal, Verdict } from "@rollcall/contract";
import type { GuardView } from "./guard.ts";
import type { State } from "./membership.ts";

/** How one cluster stands on a list, and since when. */
export interface Status {
  readonly state: State;
  readonly verdict?: Verdict;
  readonly since: number;
}

export interface KeptList {
  /** Look again at these clusters: something about them may have changed. */
  look(ids: Iterable<ClusterId>): void;
  /** Somebody has written what stands for these; where that was the list itself, there is nothing to look at. */
  touched(ids: Iterable<ClusterId>): void;
  /** Begins; everything that it reads from must be complete by now. */
  start(): void;
  /** The decision that chooses is about to be another: it is kept in mind how many stand. */
  aboutToMove(): void;
  /** Looks at an operator's ack, and again at everyone who waits for one. */
  rollChanged(): void;
  status(): ReadonlyMap<ClusterId, Status>;
  /** What is handed to those who ask: whoever stands and has not been taken out of answers. */
  answered(): readonly Answered[];
  /** Another text whenever what is answered may be another. */
  version(): string;
  /** Why nothing of what the hub says can be believed at this moment. */
  doubt(): Refusal | undefined;
  /** Clusters are about to join as a decision says, and nothing keeps them from it. */
  awaits(): boolean;
  view(): GuardView;
  idle(): Promise<void>;
  close(): Promise<void>;
}
