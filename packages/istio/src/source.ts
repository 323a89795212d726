import type { Cluster } from "@rollcall/contract";

/** A word that a profile may carry or not. */
export interface MappedFrom {
  readonly from: "label" | "property";
  readonly key: string;
}

/** Where a value comes from: what a profile says of its cluster, or the same text for all of them. */
export type Source = MappedFrom | { readonly from: "value"; readonly value: string };

/** What a cluster says there, if anything. */
export function valueOf({ labels, properties }: Cluster, source: Source): string | undefined {
  if (source.from === "value") return source.value;
  const words = source.from === "label" ? labels : properties;
  // Every object seems to have a word named "constructor".
  return Object.hasOwn(words, source.key) ? words[source.key] : undefined;
}
