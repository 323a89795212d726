import type { Cluster, ClusterId } from "@rollcall/contract";
import type { Chosen, HealthRule } from "@rollcall/inventory";
import type { PlacementChoice } from "./placement.ts";

/** How a list chooses from a hub. */
export interface Chooser {
  readonly select: (cluster: Cluster) => Chosen;
  readonly order?: (a: Cluster, b: Cluster) => number;
  readonly health?: HealthRule;
  /** What a namespace is labelled with counts for it. */
  readonly asksNamespaces?: boolean;
  /** The decision that chooses; all else narrows that. */
  readonly placement?: PlacementChoice;
  /** Who stands on its list: a decision that names just those is believed at once after a restart. */
  readonly standing?: () => ReadonlySet<ClusterId>;
}
