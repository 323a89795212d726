import type { Cluster, ClusterId } from "./cluster.ts";
import type { Login, Reachable } from "./connection.ts";
import type { Refusal } from "./errors.ts";
import type { Kind, KubeObject } from "./object.ts";
import type { Step } from "./step.ts";

/**
 * What one consumer needs to be told about clusters, and how a cluster leaves it without harm.
 * Pure: no clock, network or environment; the same input gives the same bytes. Marks are not its business.
 */
export interface Adapter<Options> {
  readonly name: string;
  /** Every kind of object that it makes, and where. */
  writes(options: Options): readonly Kind[];
  /** Whether the consumer logs in to this cluster by itself, or needs a credential from us. */
  login(cluster: Cluster, options: Options): Login;
  /** The objects of one cluster in the order of writing; the last is the anchor, by which the cluster is found again. Throws a RollcallError for what the consumer cannot express. */
  entry(cluster: Reachable, options: Options, kept?: Kept): readonly KubeObject[];
  /** The objects that name many clusters. None means: leave what is there. */
  index?(members: readonly Member[], options: Options, current?: KubeObject): Indexed;
  /** How a cluster goes, step by step: cleanly with its workloads, or let go without touching what runs there. */
  leave(options: Options): Leave;
  /** Data keys of its Secrets that are no secret: the store keeps them in clear. */
  readonly plain?: readonly string[];
  /** Data keys that the consumer rewrites in its own spelling: equal when these functions say the same. */
  readonly same?: Readonly<Record<string, (value: string) => string>>;
  /** What the consumer says of an object of ours. */
  health?(own: KubeObject): Verdict | undefined;
}

/** What already stands for a cluster, so that names never change once a consumer has seen them. */
export interface Kept {
  /** The anchor's object name. */
  readonly name: string;
  /** Its plain data values, by key. */
  readonly plain: Readonly<Record<string, string>>;
}

/** The two ways to go. */
export interface Leave {
  readonly drain: readonly Step[];
  readonly release: readonly Step[];
}

/** A cluster that is on a list; without `cluster` it cannot be read at the moment and keeps its part of an index. */
export interface Member {
  readonly id: ClusterId;
  readonly name: string;
  readonly listed: boolean;
  readonly cluster?: Reachable;
}

export interface Indexed {
  readonly objects: readonly KubeObject[];
  readonly unlisted: readonly Unlisted[];
  /** Of what stands, what is to be deleted: nobody is left, and the operator wants it so. */
  readonly removes?: readonly KubeObject[];
}

/** A member that found no room in an index, and why. */
export interface Unlisted extends Refusal {
  readonly id: ClusterId;
}

/**
 * What is said of a cluster beside its state. A verdict is not a state: it explains why nothing moves.
 *   stale   we cannot know, so the member stays what it is
 *   held    the guard or an operator stops a step
 *   waits   a step's dependents are still there
 */
export interface Verdict extends Refusal {
  readonly is: "stale" | "held" | "waits";
}

/** What a list hands to those who ask. */
export interface Answered {
  readonly id: ClusterId;
  readonly cluster?: Cluster;
  /** Plain values as they stand in the anchor. */
  readonly plain: Readonly<Record<string, string>>;
}
