import type { Cluster } from "@rollcall/contract";

/** Where a value comes from: what a profile says of its cluster, or the same text for all of them. */
export type Source =
  | MappedFrom
  | { readonly from: "version" | "displayName" | "manager" | "clusterSet" | "namespace" | "name" }
  | { readonly from: "value"; readonly value: string };

/** A word that a profile may carry or not. */
export interface MappedFrom {
  readonly from: "label" | "property";
  readonly key: string;
}

/** What a cluster says there, if anything. */
export function valueOf(cluster: Cluster, source: Source): string | undefined {
  switch (source.from) {
    case "label":
      return own(cluster.labels, source.key);
    case "property":
      return own(cluster.properties, source.key);
    case "value":
      return source.value;
    case "version":
    case "displayName":
    case "manager":
    case "clusterSet":
    case "namespace":
    case "name":
      return cluster[source.from];
  }
}

/** Every object seems to have a word named "constructor". */
function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
