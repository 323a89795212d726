import type { KubeObject } from "@rollcall/contract";
import { profile, type GivenProfile } from "@rollcall/testing";

/** Lists by what happens to their clusters; each is kept in a namespace of its own. */
export const lists = ["plain", "rich", "fixed", "steps", "grace", "held", "acked", "upsert"] as const;
export type ListName = (typeof lists)[number];

export const targetOf = (list: ListName): string => `argocd-${list}`;
export const namespaces: readonly string[] = ["fleet", "edge", "rollcall", ...lists.map(targetOf)];

export const kinds = [
  { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", plural: "clusterprofiles", namespaced: true, status: true },
  { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true },
] as const;

const atOnce = { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: 0 } };

/** A config with everything that an option of Argo CD's list can say. */
export function configOf(kubeconfig: string): object {
  const list = (name: ListName, more: object): object => ({
    name,
    consumer: "argocd",
    target: { namespace: targetOf(name) },
    select: { labels: `group=${name}`, namespaces: ["fleet"] },
    ...more,
  });
  return {
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet", "edge"], kubeconfig },
    providers: {
      inline: [
        {
          name: "fleet",
          execConfig: {
            command: "/plugins/fleet-login",
            args: ["token", "{namespace}/{name}"],
            env: [{ name: "SERVER", value: "{server}" }],
            apiVersion: "client.authentication.k8s.io/v1",
            provideClusterInfo: true,
          },
        },
      ],
      settings: {
        google: { kind: "gcp" },
        eks: {
          kind: "aws",
          roleArn: "arn:aws:iam::111122223333:role/argocd",
          clusterName: { from: "property", key: "eks.example.com/name" },
        },
        aks: { kind: "azure", env: { AAD_LOGIN_METHOD: "workloadidentity" } },
      },
    },
    lists: [
      list("plain", { select: { labels: "group=stays", namespaces: ["fleet"] } }),
      list("rich", {
        select: { labels: "group=stays", namespaces: ["fleet", "edge"] },
        options: {
          name: "{namespace}.{name}",
          copyLabels: ["group", "topology.kubernetes.io/*"],
          labels: { "example.com/region": { from: "property", key: "topology.kubernetes.io/region" }, wave: { from: "value", value: "1" } },
          annotations: { "example.com/name": { from: "displayName" }, "example.com/version": { from: "version" } },
          project: { from: "property", key: "project.example.com", allowed: ["shop", "pay"] },
          shard: { hash: 3 },
          namespaces: ["shop", "pay"],
          clusterResources: true,
          placeholders: true,
          refuse: ["https://10.0.0.1:6443"],
        },
      }),
      list("fixed", {
        select: { labels: "group=stays", namespaces: ["fleet"] },
        options: { project: "platform", shard: 2, namespaces: ["shop"], passClusterInfo: false },
      }),
      list("steps", { removal: { ...atOnce, guard: { max: 3, percent: 30, window: "10m" } } }),
      list("grace", { removal: { deselected: { then: "drain", after: "1h" }, unregistered: { then: "release", after: "2h" } } }),
      list("held", { removal: atOnce }),
      list("acked", { removal: atOnce }),
      list("upsert", { mode: "upsert" }),
    ],
  };
}

const stays: readonly GivenProfile[] = [
  { name: "paris", properties: { "topology.kubernetes.io/region": "eu west", "project.example.com": "shop" }, memberId: "member-1" },
  {
    name: "gcp",
    provider: "google",
    clusterSet: "web",
    labels: { "topology.kubernetes.io/zone": "a" },
    properties: { "project.example.com": "pay" },
  },
  { name: "eks", provider: "eks", properties: { "eks.example.com/name": "prod-1", "project.example.com": "pay" } },
  { name: "aks", provider: "aks", displayName: "Ünïcode name", properties: { "project.example.com": "shop" } },
  { name: "no-ca", ca: undefined, properties: { "project.example.com": "shop" } },
  {
    name: "proxied",
    tlsName: "kube.example.test",
    proxy: "http://proxy.example.test:3128",
    disableCompression: true,
    config: { clusterName: "proxied" },
    properties: { "project.example.com": "shop" },
  },
  { name: "no-project" },
  { name: "refused", server: "https://10.0.0.1:6443", properties: { "project.example.com": "shop" } },
  { name: "out-there", namespace: "edge", properties: { "project.example.com": "shop" } },
];

/** Twelve clusters, so that three may go in a window. */
const many = Array.from({ length: 8 }, (_, at) => `steps-${at}`);
const names: Readonly<Record<string, readonly string[]>> = {
  steps: ["used", "drained", "released", "paced", ...many],
  grace: ["deselected", "unregistered", "grace-1", "grace-2", "grace-3"],
  held: ["held-1", "held-2", "held-3", "held-4"],
  acked: ["said-1", "said-2", "unreachable", "stands"],
  upsert: ["kept", "upserted"],
};

const of = (group: string, given: GivenProfile): KubeObject => profile({ ...given, labels: { ...given.labels, group } });

/** The fleet before anybody leaves. */
export const fleet: readonly KubeObject[] = [
  ...stays.map((each) => of("stays", each)),
  ...Object.entries(names).flatMap(([group, all]) => all.map((name) => of(group, { name }))),
];

/** What holds a Secret that is deleted, so that a version can be seen in the middle of it. */
export const heldSecrets = [
  ["steps", "drained"],
  ["steps", "released"],
  ["acked", "said-1"],
] as const;

export const application: KubeObject = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "shop", namespace: targetOf("steps") },
  spec: { destination: { name: "fleet.used" } },
};

/** What then happens, one after the other: and how those whom it is about are in the end. */
export const acts: readonly Act[] = [
  { list: "steps", deselected: ["used"], ends: { used: "leaving InUse" } },
  { list: "steps", deselected: ["drained"], ends: { drained: "leaving Deleting" } },
  { list: "steps", unregistered: ["released"], ends: { released: "leaving Deleting" } },
  { list: "steps", unregistered: ["paced"], ends: { paced: "missing GuardPaces" } },
  {
    list: "grace",
    deselected: ["deselected"],
    unregistered: ["unregistered"],
    ends: { deselected: "missing", unregistered: "missing" },
  },
  {
    list: "held",
    deselected: ["held-1"],
    unregistered: ["held-2"],
    ends: { "held-1": "missing GuardHolds", "held-2": "missing GuardHolds" },
  },
  {
    list: "acked",
    unregistered: ["said-1", "said-2"],
    unreachable: ["unreachable"],
    ends: { "said-1": "missing GuardHolds", "said-2": "missing GuardHolds", unreachable: "missing NoProvider" },
  },
  { list: "acked", isAcked: true, ends: { "said-1": "leaving Deleting", "said-2": undefined } },
  { list: "upsert", unregistered: ["kept"], ends: { kept: "missing Mode" } },
];

interface Act {
  readonly list: ListName;
  readonly deselected?: readonly string[];
  readonly unregistered?: readonly string[];
  /** Deselected, and nobody knows how to log in to them any more. */
  readonly unreachable?: readonly string[];
  /** A person says yes to what the list asks for. */
  readonly isAcked?: true;
  /** State and reason by name; nothing for who is gone. */
  readonly ends: Readonly<Record<string, string | undefined>>;
}

export function deselected(given: GivenProfile): KubeObject {
  return of("none", given);
}
