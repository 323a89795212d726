import type { KubeObject } from "@rollcall/contract";
import { profile as anyProfile, type GivenProfile } from "@rollcall/testing";
import { until, type World } from "./world.ts";

/** What happens to a user, told on any world. */
export interface Story {
  readonly tells: string;
  readonly run: (world: World) => Promise<void>;
}

/** Graces that a story can wait for. */
export const soon = { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: "1s" } };

/** A profile that the list of the world selects. */
export function prod(world: World, given: GivenProfile): KubeObject {
  return anyProfile({ namespace: world.fleet, ...given, labels: { env: "prod", ...given.labels } });
}

/** One that it does not. */
export function retired(world: World, given: GivenProfile): KubeObject {
  return prod(world, { ...given, labels: { env: "retired" } });
}

/** What somebody deploys to a cluster. */
export function application(world: World, cluster: string): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "shop", namespace: world.argocd },
    spec: { destination: { name: cluster } },
  };
}

/** The Secret that stands for a cluster. */
export async function secretOf(world: World, name: string): Promise<KubeObject | undefined> {
  return world.get("Secret", `${world.fleet}.${name}`);
}

/** Waits until exactly these stand on the list. */
export async function listed(world: World, ...names: readonly string[]): Promise<void> {
  const wanted = names.map((name) => `${world.fleet}.${name}`).sort();
  await until(`the list is ${wanted.join(", ") || "empty"}`, async () => {
    const secrets = await world.secrets();
    return (
      secrets
        .map(({ metadata }) => metadata.name)
        .sort()
        .join() === wanted.join()
    );
  });
}

/** A cluster as its profile is called. */
export const id = (world: World, name: string): string => `${world.fleet}/${name}`;
export const others = ["berlin", "lima", "tokyo", "oslo"];

/** Enough others that one may leave without anybody's word. */
export async function withOthers(world: World): Promise<void> {
  await world.apply(...others.map((name) => prod(world, { name })));
}
