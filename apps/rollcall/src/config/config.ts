import type { Provider } from "@rollcall/connect";
import type { Cluster } from "@rollcall/contract";
import type { Chosen, DecisionRule, HealthRule } from "@rollcall/inventory";
import type { GuardSettings, Mode, PaceSettings, Removals } from "@rollcall/sync";
import type { Consumer } from "../consumers.ts";
import type { Order } from "../expression.ts";
import type { PlacementChoice } from "../hub/placement.ts";
import type { ServeConfig } from "./serve.ts";

/** Where an API server is to be found. */
export interface ServerRef {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Where placement decisions are read, and how. */
export interface PlacementSettings extends DecisionRule {
  readonly namespaces: readonly string[];
}

/** One list, checked and ready to be kept. */
export interface ListConfig {
  readonly name: string;
  readonly consumer: Consumer;
  readonly mode: Mode;
  readonly select: (cluster: Cluster) => Chosen;
  readonly order?: Order;
  /** The decision that chooses; all else narrows that. */
  readonly placement?: PlacementChoice;
  readonly health: HealthRule;
  /** What a profile's namespace is labelled with counts for it. */
  readonly asksNamespaces: boolean;
  readonly target: ServerRef;
  readonly options: unknown;
  readonly removals: Removals;
  /** How fast a mass change goes. */
  readonly pacing?: PaceSettings;
  readonly guard: GuardSettings;
  /** What those who ask may be told: that there is nobody, where a decision says so and a person has said yes. */
  readonly answers: { readonly allowEmpty: boolean };
  /** A short name for exactly what this list says, defaults included: another text with the same meaning has the same. */
  readonly digest: string;
}

/** Everything that a config file says. */
export interface Config {
  readonly instance: string;
  readonly inventory: ServerRef & { readonly namespaces: readonly string[]; readonly placements: PlacementSettings };
  readonly providers: readonly Provider[];
  readonly stateNamespace: string;
  /** Where a running Rollcall tells how it is; nowhere, unless said. */
  readonly metrics?: { readonly listen: string };
  /** Where and to whom the lists are answered; nowhere, unless said. */
  readonly serve?: ServeConfig;
  readonly lists: readonly ListConfig[];
}

/** What is wrong, and where. */
export interface Problem {
  /** Such as `lists[0].removal.guard.max`. */
  readonly path: string;
  readonly message: string;
}

/** A config as far as it is good: lists with a problem are left out and named. Without a config nothing can run. */
export interface ReadConfig {
  readonly config?: Config;
  readonly problems: readonly Problem[];
  /** The names of the lists that are left out; undefined for each that does not say its name. */
  readonly leftOut: readonly (string | undefined)[];
}

/** Where lists come from; a file today, and a kind of our own could be another. */
export interface ListSource {
  read(): Promise<ReadConfig>;
  /** What would be read now, where that is something else than was read last. */
  news(): Promise<string | undefined>;
}
