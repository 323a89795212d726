import type { Answerable, PlacementName } from "@rollcall/answers";
import type { ClusterId } from "@rollcall/contract";
import type { AskedBook, Choice, KeptList, Orders } from "@rollcall/sync";
import type { ListConfig } from "../config/config.ts";
import type { Hub } from "../hub.ts";

/** What the answers of a list are worked out from. */
export interface ListAnswersParts {
  readonly list: Pick<ListConfig, "name" | "mode" | "placement" | "guard" | "answers">;
  readonly kept: KeptList;
  readonly hub: Pick<Hub, "decisions" | "heardAgo">;
  /** Who stands on the list. */
  readonly standing: () => ReadonlySet<ClusterId>;
  readonly book: AskedBook;
  /** What the inventory says of a cluster. */
  readonly choose: (id: ClusterId) => Choice;
  /** What people have ordered, as far as it holds now. */
  readonly orders: () => Orders;
  /** The digest that a person has said yes to, and that it was taken up. */
  readonly ack: () => string | undefined;
  readonly usedAck: () => Promise<void>;
  readonly now: () => number;
  /** After so many seconds without a word of the hub nothing is answered. */
  readonly maxAge: number;
  /** While a person is asked, nothing is answered; else everybody as before. */
  readonly refusesHeld: boolean;
  /** Begins a generation: no other process begins one so. */
  readonly boot: string;
}

/** What one list says to those who ask. */
export interface ListAnswers {
  answerable(placement?: PlacementName): Promise<Answerable>;
  /** A digest that one of its placements waits for. */
  waitsFor(digest: string): boolean;
  /** What was ever answered and is not forgotten: placements, and the list as a whole as undefined. */
  questions(): Promise<readonly (PlacementName | undefined)[]>;
  /** Some stay in an answer until more may leave it, which nobody will tell of. */
  awaitsWindow(): boolean;
}
