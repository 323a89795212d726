import { randomOf, type Random } from "./random.ts";

/** The programs that are killed, stopped and paused. */
export const programs = ["rollcall", "kube-apiserver", "etcd"] as const;
export type ChaosProgram = (typeof programs)[number];

/** A program goes down, or stands still, for so many milliseconds. */
export interface Fault {
  readonly n: number;
  /** Milliseconds since this program was last well. */
  readonly after: number;
  readonly program: ChaosProgram;
  readonly how: "kill" | "stop" | "pause";
  readonly lasts: number;
}

/** What users and cluster managers do. */
export type Deed =
  | { readonly does: "publish" | "withdraw" | "deselect" | "reselect" | "heartbeat" | "relabel" | "move"; readonly cluster: string }
  | { readonly does: "remake"; readonly cluster: string; readonly server: "same" | "other" }
  | { readonly does: "edit a Secret"; readonly cluster: string; readonly how: SecretEdit }
  | { readonly does: "deploy" | "undeploy"; readonly cluster: string }
  | { readonly does: "edit the roll"; readonly how: "note" | "spoil" | "delete" }
  /** Half of all profiles go away at once; then they are there again, or a person says that it is meant. */
  | { readonly does: "lose half"; readonly then: "come back" | "ack" }
  | { readonly does: "ack" };

export const secretEdits = ["delete", "server", "own key", "state", "list", "instance", "put back"] as const;
export type SecretEdit = (typeof secretEdits)[number];

export type Change = Deed & {
  readonly n: number;
  /** Milliseconds since the one before. */
  readonly after: number;
};

/** Everything that will happen, by the seed alone: how long each takes is for the machine to say. */
export interface Plan {
  readonly clusters: readonly string[];
  readonly changes: readonly Change[];
  readonly faults: Readonly<Record<ChaosProgram, readonly Fault[]>>;
}

const clusters: readonly string[] = Array.from({ length: 12 }, (_, at) => `cluster-${at}`);

/** Milliseconds that a program is well between two faults. */
const wellFor: Readonly<Record<ChaosProgram, readonly [number, number]>> = {
  rollcall: [1500, 15_000],
  "kube-apiserver": [8000, 30_000],
  etcd: [12_000, 45_000],
};

/** Plans more than can happen in so many minutes; the run ends when they are over. */
export function planOf(seed: number, minutes: number): Plan {
  const random = randomOf(seed);
  const faultsOf = (program: ChaosProgram): readonly Fault[] => {
    const own = random.apart();
    const longest = Math.min(120_000, minutes * 10_000);
    return Array.from({ length: Math.ceil(minutes * 30) }, (_, n) => fault(n, program, longest, own));
  };
  const faults = { rollcall: faultsOf("rollcall"), "kube-apiserver": faultsOf("kube-apiserver"), etcd: faultsOf("etcd") };
  const own = random.apart();
  const changes = Array.from({ length: Math.ceil(minutes * 120) }, (_, n) => ({ n, after: own.between(100, 1400), ...deed(own) }));
  return { clusters, changes, faults };
}

function fault(n: number, program: ChaosProgram, longest: number, random: Random): Fault {
  const [least, most] = wellFor[program];
  const how = random.pick(["kill", "kill", "stop", "pause", "pause"] as const);
  // Most are short; now and then one is as long as a node that swaps, or a disk that hangs.
  const upTo = random.between(1, 8) === 1 ? longest : Math.min(longest, 6000);
  return { n, after: random.between(least, most), program, how, lasts: random.between(0, upTo) };
}

type Idea = (cluster: string, random: Random) => Deed;

/** Each as often as it says. */
const deeds: readonly Idea[] = [
  ...times(4, (cluster) => ({ does: "publish", cluster })),
  ...times(4, (cluster) => ({ does: "withdraw", cluster })),
  ...times(2, (cluster, random) => ({ does: "remake", cluster, server: random.pick(["same", "same", "other"]) })),
  ...times(4, (cluster) => ({ does: "deselect", cluster })),
  ...times(3, (cluster) => ({ does: "reselect", cluster })),
  ...times(3, (cluster) => ({ does: "heartbeat", cluster })),
  ...times(1, (cluster) => ({ does: "relabel", cluster })),
  ...times(1, (cluster) => ({ does: "move", cluster })),
  ...times(3, (cluster, random) => ({ does: "edit a Secret", cluster, how: random.pick([...secretEdits, "put back", "put back"]) })),
  ...times(2, (cluster) => ({ does: "deploy", cluster })),
  ...times(3, (cluster) => ({ does: "undeploy", cluster })),
  ...times(1, (_, random) => ({ does: "edit the roll", how: random.pick(["note", "note", "spoil", "delete"]) })),
  ...times(2, (_, random) => ({ does: "lose half", then: random.pick(["come back", "ack"]) })),
  ...times(2, () => ({ does: "ack" })),
];

function times(count: number, idea: Idea): readonly Idea[] {
  return Array.from({ length: count }, () => idea);
}

function deed(random: Random): Deed {
  return random.pick(deeds)(random.pick(clusters), random);
}
