import type { KubeObject } from "@rollcall/contract";
import type { Proxy } from "@rollcall/testing";
import type { Ran } from "./by-hand.ts";
import type { Program } from "./program.ts";

/** A write of the program, as the server's own log tells it. */
export interface ServerWrite {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
}

/** One hub with one Argo CD namespace, and Rollcall as a process with exactly the rights that it asks for. Stories know nothing else. */
export interface World {
  readonly fleet: string;
  readonly argocd: string;
  readonly state: string;
  apply(...objects: readonly KubeObject[]): Promise<void>;
  remove(kind: StoryKind, name: string): Promise<void>;
  get(kind: StoryKind, name: string): Promise<KubeObject | undefined>;
  secrets(): Promise<readonly KubeObject[]>;
  /** Merges into an object as a person would. */
  edit(kind: StoryKind, name: string, patch: object): Promise<void>;
  /** Starts Rollcall with this config, and waits until it has gone through its list. */
  start(config?: ListSettings): Promise<Program>;
  /** Starts it without waiting for anything. */
  launch(config?: ListSettings): Promise<Program>;
  /** Writes the config anew with these lists while the program runs, and grants what it needs then, if it is whole. */
  rewrite(lists: readonly object[]): Promise<void>;
  /** Runs a command with this config and an administrator's login, to its end. */
  run(...args: readonly string[]): Promise<Ran>;
  /** The same while the hub does not answer and the target does. */
  runWithoutHub(...args: readonly string[]): Promise<Ran>;
  /** Between the program and its server; it can answer in the server's place. */
  readonly proxy: Proxy;
  /** A point in time to count from. */
  mark(): Promise<number>;
  /** What the program has written since, by the server's own log; a request it had no right to is an error. */
  writes(since: number): Promise<readonly ServerWrite[]>;
  /** Kills the API server and starts it again. */
  restartServer(): Promise<void>;
  close(): Promise<void>;
}

/** The kinds that stories are about; each lives in its own namespace of the world. */
export type StoryKind = "ClusterProfile" | "PlacementDecision" | "Secret" | "Application" | "ConfigMap";

/** The roll of the one list. */
export const rollName = "rollcall-argocd-roll";

/** What a story says of its one list. */
export interface ListSettings {
  readonly mode?: string;
  readonly labels?: string;
  readonly options?: object;
  readonly removal?: object;
}

export function namespaceOf(world: Pick<World, "fleet" | "argocd" | "state">, kind: StoryKind): string {
  if (kind === "ClusterProfile" || kind === "PlacementDecision") return world.fleet;
  return kind === "ConfigMap" ? world.state : world.argocd;
}

/** The config of a world, as a person would write it. */
export function configOf(
  { fleet, argocd, state }: Pick<World, "fleet" | "argocd" | "state">,
  kubeconfig: string,
  list: ListSettings = {},
): object {
  const { mode = "sync", labels = "env=prod", options = {}, removal = {} } = list;
  return {
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: [fleet], kubeconfig },
    state: { namespace: state },
    metrics: { listen: "127.0.0.1:0" },
    providers: {
      inline: [
        { name: "fleet", execConfig: { command: "/plugins/fleet-login", args: ["token"], apiVersion: "client.authentication.k8s.io/v1" } },
      ],
      settings: { push: { kind: "secret", preset: "kubeconfig-secretreader" } },
    },
    lists: [{ name: "argocd", consumer: "argocd", mode, select: { labels }, target: { namespace: argocd }, options, removal }],
  };
}

/** An object as a client sends it: what identifies it is the server's to give. */
export function asSent(object: KubeObject): KubeObject {
  const { uid: _, creationTimestamp: __, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Waits until something is so, and says what was not. */
export async function until<T>(what: string, isSo: () => Promise<T | undefined | false> | T | undefined | false, seconds = 40): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await isSo();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
