import {
  bounded,
  final,
  kubeconfig,
  nameFrom,
  remove,
  secretData,
  unreadable,
  untilUnused,
  type Adapter,
  type Kept,
  type Kind,
  type KubeObject,
  type Own,
  type Reachable,
  type Step,
} from "@rollcall/contract";
import { configMapData } from "./config-map.ts";
import type { FluxOptions, User } from "./options.ts";
import { orRefuse, refuse } from "./refuse.ts";

/** Declares a cluster to Flux as a Secret with its kubeconfig, or as a ConfigMap that says how Flux logs in by itself. */
export const flux: Adapter<FluxOptions> = {
  name: "flux",
  writes: (options) => placesOf(options).map((namespace) => ({ ...kindOf(options), namespace })),
  login: (_, { configMap }) => (configMap === undefined ? "with a credential from us" : "by itself"),
  entry,
  leave: (options) => ({
    drain: [unused(options), final(remove)],
    release: [unused(options, options.deadline), final(remove)],
  }),
};

/** One object in each namespace, all of one name, so that any of them tells what the others are called. */
function entry(cluster: Reachable, options: FluxOptions, kept?: Kept): readonly KubeObject[] {
  const name = kept?.name ?? newName(cluster, options);
  const { apiVersion, kind } = kindOf(options);
  const { watch, configMap } = options;
  const content =
    configMap === undefined
      ? { type: "Opaque", data: secretData({ [options.key ?? "value"]: kubeconfigOf(cluster, name) }) }
      : { data: configMapData(cluster, configMap) };
  return placesOf(options).map((namespace) => ({
    apiVersion,
    kind,
    metadata: { name, namespace, ...(watch && { labels: { "reconcile.fluxcd.io/watch": "Enabled" } }) },
    ...content,
  }));
}

/** Flux makes its client anew from the parts that it knows and says nothing of those that it leaves out. */
function kubeconfigOf(cluster: Reachable, name: string): string {
  orRefuse(cluster.id, unreadable("flux", cluster.connection));
  return kubeconfig(cluster, { name });
}

/** Only newcomers are judged: what stands is named in Kustomizations and HelmReleases. */
function newName(cluster: Reachable, { name: template = "{namespace}.{name}" }: FluxOptions): string {
  const name = bounded(nameFrom(template, cluster), 253);
  if (/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name)) return name;
  throw refuse(
    "BadName",
    `the objects of ${cluster.id} would be called ${JSON.stringify(name)}, and an API server takes lower-case letters, digits, "-" and "." alone; change the list's option name`,
  );
}

function kindOf({ configMap }: FluxOptions): Omit<Kind, "namespace"> {
  return configMap === undefined
    ? { apiVersion: "v1", kind: "Secret", plural: "secrets" }
    : { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" };
}

/** The anchor's namespace comes last. */
function placesOf({ namespace, namespaces = [] }: FluxOptions): readonly string[] {
  return [...new Set(namespaces.filter((each) => each !== namespace)), namespace];
}

const kinds: Readonly<Record<User, Kind>> = {
  Kustomization: { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", plural: "kustomizations" },
  HelmRelease: { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", plural: "helmreleases" },
};

const both: readonly User[] = ["Kustomization", "HelmRelease"];

/**
 * Waits until no Kustomization and no HelmRelease names the cluster, whatever state those are in: one that is being deleted takes what
 * it made out of the cluster first, and without its kubeconfig Flux would wait for ever, or leave everything where it is.
 */
function unused(options: FluxOptions, deadline?: number): Step {
  const places = placesOf(options);
  // An empty list would let a cluster go while it is used, which nobody means.
  const users = options.users?.length ? options.users : both;
  const reads = places.flatMap((namespace) => users.map((user) => ({ ...kinds[user], namespace })));
  return untilUnused(reads, (dependent, own) => isUsedBy(dependent, own, places), deadline);
}

/** Any copy will do: whoever names one of them uses the cluster. A Secret counts and a ConfigMap, since a list may write now one, now the other. */
function isUsedBy({ metadata, spec }: KubeObject, { name, namespace }: Own, places: readonly string[]): boolean {
  const isBeside = [namespace, ...places].some((place) => place === metadata.namespace);
  const { secretRef, configMapRef } = (spec as { kubeConfig?: Naming } | null | undefined)?.kubeConfig ?? {};
  return isBeside && (secretRef?.name === name || configMapRef?.name === name);
}

interface Naming {
  readonly secretRef?: { readonly name?: string } | null;
  readonly configMapRef?: { readonly name?: string } | null;
}
