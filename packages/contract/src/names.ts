import type { Cluster } from "./cluster.ts";
import { shortHash } from "./hash.ts";

/**
 * The name of an object that stands for a cluster, where the name means nothing to the consumer: `<namespace>.<name>`.
 * A namespace holds no dot, so two clusters never meet in one name; what is too long ends in a hash of the whole.
 */
export function objectName(cluster: Pick<Cluster, "namespace" | "name">, limit: number = 253): string {
  return bounded(`${cluster.namespace}.${cluster.name}`, limit);
}

/** Cuts a name to a limit; a cut name ends in a hash of the whole, so two long names stay two. */
export function bounded(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const hash = shortHash(name);
  return `${name.slice(0, limit - hash.length - 1).replace(/[-.]+$/, "")}-${hash}`;
}

/** Fills `{namespace}` and `{name}` of a template for what the consumer shows. */
export function nameFrom(template: string, cluster: Pick<Cluster, "namespace" | "name">): string {
  return template.replaceAll("{namespace}", cluster.namespace).replaceAll("{name}", cluster.name);
}
