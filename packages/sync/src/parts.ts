import type { Adapter, Cluster, ClusterId, Handed, Kind, Login, Reachable, Refusal, Verdict } from "@rollcall/contract";
import type { Wrote } from "./apply.ts";
import type { Brake } from "./brake.ts";
import type { Claims } from "./claims.ts";
import type { GuardView } from "./guard.ts";
import type { Owner } from "./marks.ts";
import type { Choice, Membership, Removals, State } from "./membership.ts";
import type { Mode } from "./mode.ts";
import type { Orders } from "./orders.ts";
import type { Pace } from "./pace.ts";
import type { Change } from "./plan.ts";
import type { Absence } from "./roll.ts";
import type { RollKeeper } from "./roll-keeper.ts";
import type { Standing } from "./standing.ts";
import type { Target } from "./target.ts";

/** The inventory as one list sees it. */
export interface Inventory {
  generation(): number;
  /** Every cluster that has a profile. */
  ids(): Iterable<ClusterId>;
  cluster(id: ClusterId): Cluster | undefined;
  choose(id: ClusterId): Choice;
  /** Why it may not join: another profile that is chosen speaks of the same member. */
  duplicate?(id: ClusterId, isOnList: (id: ClusterId) => boolean): Refusal | undefined;
  /** Whether a placement decision chooses, and says at this moment all that its scheduler means. */
  byDecision?(): boolean;
  /** Whom that decision names, in its order, as far as they have profiles. */
  expected?(): Iterable<ClusterId>;
  /** In which order its clusters come, where somebody has said so. */
  readonly order?: (a: Cluster, b: Cluster) => number;
}

export interface PassParts<Options> {
  readonly owner: Owner;
  readonly mode: Mode;
  readonly adapter: Adapter<Options>;
  readonly options: Options;
  readonly kinds: readonly Kind[];
  readonly removals: Removals;
  readonly target: Target;
  readonly roll: RollKeeper;
  readonly inventory: Inventory;
  readonly claims: Claims;
  /** Connects it; a credential that was handed over already and is still good may be assumed, and is not known then. */
  readonly connect: (cluster: Cluster, login: Login, handed?: Handed) => Promise<Reachable | Refusal>;
  readonly now: () => number;
  /** The manager of a cluster's profile, as long as anybody remembers. */
  readonly managerOf: (id: ClusterId) => string | undefined;
  /** Who is answered to those who ask, where anybody does. */
  readonly named: () => ReadonlyMap<ClusterId, unknown>;
  /** The guard's view of the whole list, and its word on one cluster. */
  readonly view: () => GuardView;
  readonly held: (id: ClusterId) => Refusal | undefined;
  /** Who was found to be chosen again while nothing could be noted. */
  readonly back: Set<ClusterId>;
  /** Whose login was found to be withdrawn, and when. */
  readonly withdrawn: Map<ClusterId, number>;
  /** Who waited for a yes already when they were looked at first, and how many would have left then. */
  readonly asked: Map<ClusterId, number>;
  /** Nothing has been said of it yet. */
  readonly isFirst: (id: ClusterId) => boolean;
  readonly brake: Brake;
  readonly pace?: Pace;
  /** What people have ordered, as far as it holds now. */
  readonly orders: () => Orders;
  /** Told what a look found to be done, whether or not it may be. */
  readonly planned?: (id: ClusterId, planned: Planned) => void;
}

/** What a list has of its own for its passes. */
export type OwnParts =
  | "named"
  | "kinds"
  | "claims"
  | "managerOf"
  | "view"
  | "held"
  | "orders"
  | "asked"
  | "back"
  | "brake"
  | "isFirst"
  | "pace"
  | "withdrawn";

/** What a look found to be done for one cluster. */
export interface Planned {
  readonly membership: Membership;
  readonly changes: readonly Change[];
  readonly own: readonly Standing[];
  /** Data keys, each behind its object's, in which something stands for a credential that nobody has got. */
  readonly unknown?: ReadonlySet<string>;
}

/** What came of a look at one cluster. */
export interface Looked {
  readonly state: State;
  readonly verdict?: Verdict;
  readonly wrote: readonly Wrote[];
  /** What it wrote takes a credential back. */
  readonly tookBack?: true;
  /** In mode `observe`: what would have been written. */
  readonly would: readonly string[];
  /** Who may now have what this cluster had. */
  readonly freed: readonly ClusterId[];
  readonly cluster?: Cluster;
  /** The profile's uid, of one that is gone as what stands says. */
  readonly uid?: string;
  /** Why and since when it is not chosen. */
  readonly absence?: Absence;
  readonly again?: number;
  /** Nothing is to be concluded at the moment; whether what stands can be shown to be this cluster. */
  readonly isProof?: boolean;
  /** What broke it off; what it wrote before that is written. */
  readonly failed?: unknown;
}
