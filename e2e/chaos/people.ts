import { annotations, endpointHash, labels, toBase64, type KubeObject } from "@rollcall/contract";
import { ca, profile } from "@rollcall/testing";
import type { Program } from "../stories/program.ts";
import { asSent, rollName } from "../stories/world.ts";
import type { Say } from "./faults.ts";
import type { Phase, Stretch } from "./model.ts";
import type { Deed, Plan, SecretEdit } from "./plan.ts";
import { sleep } from "./sleep.ts";
import { graces, places, type ChaosWorld } from "./world.ts";

/** What users and cluster managers did, and since when it surely was so. */
export interface People {
  readonly phases: ReadonlyMap<string, readonly Phase[]>;
  readonly used: ReadonlyMap<string, readonly Stretch[]>;
  readonly acks: readonly number[];
  /** Does what is planned, one thing after the other, until the run is over. */
  work(): Promise<void>;
  publish(...clusters: readonly string[]): Promise<void>;
  /** Says yes to what Rollcall asked for last. */
  ack(): Promise<void>;
  /** Puts right what was spoilt by hand, and takes every Application away. */
  tidy(): Promise<void>;
}

interface Wanted {
  readonly isSelected: boolean;
  readonly server: number;
  readonly tier: number;
  readonly beat: number;
}

const fresh: Wanted = { isSelected: true, server: 0, tier: 0, beat: 0 };

export function people(world: ChaosWorld, plan: Plan, program: () => Program, over: AbortSignal, say: Say): People {
  const { plane } = world;
  const wanted = new Map<string, Wanted>();
  /** The uid of each profile that is there. */
  const uids = new Map<string, string>();
  const phases = new Map<string, Phase[]>();
  const used = new Map<string, { from: number; to: number }[]>();
  const acks: number[] = [];

  /** Does it until it is surely done: a request whose answer is lost may still be on its way, so the server is waited for. */
  async function surely<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        say(`again: ${String(error).slice(0, 120)}`);
        while (!(await isReady())) await sleep(300);
        await sleep(500);
      }
    }
  }

  const isReady = (): Promise<boolean> =>
    plane.admin("GET", "/readyz").then(
      ({ status }) => status === 200,
      () => false,
    );

  async function set(cluster: string, change: Partial<Wanted>): Promise<void> {
    const next = { ...fresh, ...wanted.get(cluster), ...change };
    wanted.set(cluster, next);
    const from = Date.now();
    await surely(() => plane.apply(profileOf(cluster, next)));
    if (!uids.has(cluster)) {
      const made = await surely(() => plane.get("ClusterProfile", places.fleet, cluster));
      uids.set(cluster, made!.metadata.uid!);
    }
    const endpoint = endpointHash({ server: serverOf(cluster, next), ca });
    note(cluster, { from, sure: Date.now(), profile: { uid: uids.get(cluster)!, endpoint, isSelected: next.isSelected } });
  }

  async function withdraw(cluster: string): Promise<void> {
    const from = Date.now();
    await surely(() => plane.remove("ClusterProfile", places.fleet, cluster));
    uids.delete(cluster);
    note(cluster, { from, sure: Date.now() });
  }

  /** A phase goes on while nothing about it changes. */
  function note(cluster: string, phase: Phase): void {
    const all = phases.get(cluster) ?? [];
    phases.set(cluster, all);
    if (all.length === 0 || JSON.stringify(all.at(-1)!.profile) !== JSON.stringify(phase.profile)) all.push(phase);
  }

  /** Merges into an object as a person would; nothing happens when it is not there. */
  async function edit(path: string, patch: object): Promise<void> {
    await surely(async () => {
      const { status, text } = await plane.admin("PATCH", path, patch, { "content-type": "application/merge-patch+json" });
      if (status !== 200 && status !== 404) throw new Error(`cannot edit ${path}: ${status} ${text}`);
    });
  }

  async function editSecret(cluster: string, how: SecretEdit, n: number): Promise<void> {
    const name = `${places.fleet}.${cluster}`;
    if (how === "delete") return surely(() => plane.remove("Secret", places.argocd, name));
    await edit(`/api/v1/namespaces/${places.argocd}/secrets/${name}`, secretPatch(how, n));
  }

  async function deploy(cluster: string, isThere: boolean): Promise<void> {
    const from = Date.now();
    const open = used.get(cluster)?.findLast(({ to }) => to === Number.POSITIVE_INFINITY);
    if (!isThere) {
      if (open !== undefined) open.to = from;
      return surely(() => plane.remove("Application", places.argocd, `on-${cluster}`));
    }
    await surely(() => plane.apply(application(cluster)));
    if (open === undefined) used.set(cluster, [...(used.get(cluster) ?? []), { from: Date.now(), to: Number.POSITIVE_INFINITY }]);
  }

  async function editRoll(how: "note" | "spoil" | "delete", n: number): Promise<void> {
    const path = `/api/v1/namespaces/${places.state}/configmaps/${rollName}`;
    if (how === "note") return edit(path, { metadata: { annotations: { "example.com/note": String(n) } } });
    if (how === "delete") return surely(() => plane.remove("ConfigMap", places.state, rollName));
    const before = await surely(() => plane.get("ConfigMap", places.state, rollName));
    if (before?.data === undefined) return;
    await edit(path, { data: { roll: "spoilt" } });
    await sleep(2000, over);
    await edit(path, { data: before.data });
  }

  async function ack(): Promise<void> {
    const asked = program().lines.findLast((line) => digestIn(line) !== undefined);
    const digest = asked && digestIn(asked);
    if (digest === undefined) return;
    acks.push(Date.now());
    await edit(`/api/v1/namespaces/${places.state}/configmaps/${rollName}`, { metadata: { annotations: { [annotations.ack]: digest } } });
  }

  async function loseHalf(then: "come back" | "ack"): Promise<void> {
    const half = plan.clusters.slice(0, plan.clusters.length / 2);
    for (const cluster of half) await withdraw(cluster);
    await sleep(graces.unregistered + 3000, over);
    if (then === "ack") return ack();
    for (const cluster of half) await set(cluster, {});
  }

  async function act(deed: Deed, n: number): Promise<void> {
    const is = "cluster" in deed ? (wanted.get(deed.cluster) ?? fresh) : fresh;
    switch (deed.does) {
      case "publish":
        return set(deed.cluster, { isSelected: true });
      case "withdraw":
        return withdraw(deed.cluster);
      case "deselect":
      case "reselect":
        return set(deed.cluster, { isSelected: deed.does === "reselect" });
      case "heartbeat":
        return set(deed.cluster, { beat: n });
      case "relabel":
        return set(deed.cluster, { tier: n % 3 });
      case "move":
        return set(deed.cluster, { server: is.server + 1 });
      case "remake":
        await withdraw(deed.cluster);
        return set(deed.cluster, { server: is.server + (deed.server === "other" ? 1 : 0) });
      case "edit a Secret":
        return editSecret(deed.cluster, deed.how, n);
      case "deploy":
      case "undeploy":
        return deploy(deed.cluster, deed.does === "deploy");
      case "edit the roll":
        return editRoll(deed.how, n);
      case "lose half":
        return loseHalf(deed.then);
      case "ack":
        return ack();
    }
  }

  return {
    phases,
    used,
    acks,
    async work() {
      for (const { n, after, ...deed } of plan.changes) {
        await sleep(after, over);
        if (over.aborted) return;
        say(`change ${n}: ${Object.values(deed).join(" ")}`);
        await act(deed, n);
      }
    },
    async publish(...clusters) {
      for (const cluster of clusters) await set(cluster, {});
    },
    ack,
    async tidy() {
      for (const cluster of plan.clusters) {
        await deploy(cluster, false);
        await editSecret(cluster, "put back", 0);
      }
      await editRoll("note", 0);
    },
  };
}

function digestIn(line: object): string | undefined {
  return /confirm digest (\w+)/.exec(JSON.stringify(line))?.[1];
}

function secretPatch(how: Exclude<SecretEdit, "delete">, n: number): object {
  const { instance, list, state } = labels;
  switch (how) {
    case "server":
      return { data: { server: toBase64(`https://by-hand-${n}.example.test`) } };
    case "own key":
      return { metadata: { labels: { "example.com/mine": String(n) } }, data: { mine: toBase64(String(n)) } };
    case "state":
      return { metadata: { labels: { [state]: n % 2 === 0 ? "leaving" : null } } };
    case "list":
      return { metadata: { labels: { [list]: null } } };
    case "instance":
      return { metadata: { labels: { [instance]: null } } };
    case "put back":
      return { metadata: { labels: { [instance]: "rollcall", [list]: "argocd" } } };
  }
}

function serverOf(cluster: string, { server }: Wanted): string {
  return `https://${cluster}-${server}.example.test:6443`;
}

function profileOf(cluster: string, wanted: Wanted): KubeObject {
  const made = profile({
    name: cluster,
    namespace: places.fleet,
    // Three clusters have a manager of their own: all of them together are for a person to let go.
    manager: ["1", "5", "9"].includes(cluster.slice(-1)) ? "edge" : "fleet-manager",
    server: serverOf(cluster, wanted),
    labels: { env: wanted.isSelected ? "prod" : "retired", tier: `tier-${wanted.tier}` },
    properties: { beat: String(wanted.beat) },
  });
  return asSent(made);
}

function application(cluster: string): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: `on-${cluster}`, namespace: places.argocd },
    spec: { destination: { name: cluster } },
  };
}
