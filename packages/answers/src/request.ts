/** What somebody asks for: a list of the config, or one placement within it. Nothing else can be selected, because what is asked for must be guarded. */
export interface Question {
  readonly list: string;
  readonly placement?: PlacementName;
  readonly sort: Sort;
}

/** Argo CD's ApplicationSet controller asks with its plugin generator. */
export interface PluginRequest extends Question {
  readonly asks: "plugin";
  readonly applicationSetName: string;
  /** Handed back with every cluster, as it came. */
  readonly values: Readonly<Record<string, string>>;
}

/** flux-operator asks with a ResourceSetInputProvider of type ExternalService. */
export interface FluxRequest extends Question {
  readonly asks: "flux";
}

/** A script asks. */
export interface ClustersRequest extends Question {
  readonly asks: "clusters";
}

/** A question to a function that answers nobody else: who asks goes without saying, and so does the usual order. */
export type Asked<Of extends Question> = Omit<Of, "asks" | "sort"> & Partial<Pick<Of, "sort">>;

/** Anybody's question. */
export type Request = PluginRequest | FluxRequest | ClustersRequest;

/** How a placement is named: by its key, or as one object. */
export type PlacementName = { readonly key: string; readonly namespace?: string } | { readonly name: string; readonly namespace?: string };

/** By the name that the consumer shows, or as the decision has them; whoever is in none comes after, by name. */
export type Sort = (typeof sorts)[number];

export const sorts = ["name", "decision"] as const;

/** How messages name what was asked for. */
export function subjectOf({ list, placement }: Pick<Question, "list" | "placement">): string {
  const within = `list ${JSON.stringify(list)}`;
  if (placement === undefined) return within;
  const [by, value] = "key" in placement ? ["key", placement.key] : ["name", placement.name];
  const where = placement.namespace === undefined ? "" : ` in namespace ${JSON.stringify(placement.namespace)}`;
  return `the placement with ${by} ${JSON.stringify(value)}${where} of ${within}`;
}
