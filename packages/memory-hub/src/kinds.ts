import type { KubeObject } from "@rollcall/contract";
import type { HubKind } from "./options.ts";

/** A kind together with what its URL and its errors are made of. */
export interface ServedKind extends HubKind {
  readonly group: string;
  readonly version: string;
  /** `secrets`, `clusterprofiles.multicluster.x-k8s.io`: one store for all versions of a kind. */
  readonly resource: string;
  /** `Secret`, `ClusterProfile.multicluster.x-k8s.io`. */
  readonly fullKind: string;
  /** Compiled into a real server, which answers for those a little differently from custom resources. */
  readonly builtIn: boolean;
  /** Whether an update may come without a resourceVersion. */
  readonly unconditional: boolean;
}

const builtIn: readonly ServedKind[] = [
  served({ apiVersion: "v1", kind: "Namespace", plural: "namespaces", namespaced: false }, { builtIn: true, unconditional: true }),
  served(
    { apiVersion: "v1", kind: "Secret", plural: "secrets", namespaced: true, immutable: ["type"] },
    { builtIn: true, unconditional: true },
  ),
  served({ apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true }, { builtIn: true, unconditional: true }),
  served(
    { apiVersion: "coordination.k8s.io/v1", kind: "Lease", plural: "leases", namespaced: true },
    { builtIn: true, unconditional: false },
  ),
];

/** The kind whose objects say which namespaces there are. */
export const namespaceKind: ServedKind = builtIn[0]!;

/** The kinds that a hub serves at the moment. */
export class Kinds {
  #served: readonly ServedKind[] = builtIn;

  get all(): readonly ServedKind[] {
    return this.#served;
  }

  /** Serves a kind from now on; one that is served already is replaced. */
  serve(kind: HubKind): ServedKind {
    const added = served(kind, { builtIn: false, unconditional: false });
    this.#served = [...this.#served.filter((each) => each.resource !== added.resource || each.version !== added.version), added];
    return added;
  }

  /** Stops serving a kind in all its versions and says which resource that was. */
  unserve(plural: string, group: string): string {
    const resource = resourceOf(plural, group);
    this.#served = this.#served.filter((each) => each.builtIn || each.resource !== resource);
    return resource;
  }

  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.#served.find((each) => each.group === group && each.version === version && each.plural === plural);
  }

  of(object: Pick<KubeObject, "apiVersion" | "kind">): ServedKind | undefined {
    return this.#served.find((each) => each.apiVersion === object.apiVersion && each.kind === object.kind);
  }

  named(kind: string): ServedKind | undefined {
    return this.#served.find((each) => each.kind === kind);
  }
}

function served(kind: HubKind, how: Pick<ServedKind, "builtIn" | "unconditional">): ServedKind {
  const [version, group = ""] = kind.apiVersion.split("/").reverse() as [string, string?];
  return { ...kind, ...how, group, version, resource: resourceOf(kind.plural, group), fullKind: resourceOf(kind.kind, group) };
}

function resourceOf(name: string, group: string): string {
  return group === "" ? name : `${name}.${group}`;
}
