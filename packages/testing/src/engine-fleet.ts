import { refusal, type Cluster, type ClusterId, type Refusal } from "@rollcall/contract";
import { duplicates } from "@rollcall/inventory";
import type { Inventory } from "@rollcall/sync";

/** An inventory to play with: what a hub would say, at once and without a hub. */
export interface PlayFleet {
  readonly inventory: Inventory;
  /** Profiles appear, or change. */
  put(...clusters: readonly Cluster[]): void;
  /** Profiles vanish. */
  remove(...names: readonly string[]): void;
  /** From now on the list chooses by this. */
  select(choose: (cluster: Cluster) => boolean): void;
  /** From now on a decision chooses, and names just these; while it is not complete, nobody knows of the others. */
  decide(names: readonly string[], isComplete?: boolean): void;
  /** The hub cannot be trusted for this reason, until it is told again without one. */
  doubt(why?: Refusal): void;
  /** The hub is set back, as by a restore. */
  setBack(): void;
  timesBack(): number;
  /** Tells whoever follows it which clusters may have changed, and before a decision is another. */
  follow(listener: (ids: readonly ClusterId[]) => void, before: () => void): void;
}

/** Starts empty, chooses everybody, and knows everything. */
export function playFleet(): PlayFleet {
  const clusters = new Map<ClusterId, Cluster>();
  const listeners: ((ids: readonly ClusterId[]) => void)[] = [];
  const befores: (() => void)[] = [];
  let decision: { readonly ids: ReadonlySet<ClusterId>; readonly isComplete: boolean } | undefined;
  let generation = 0;
  let timesBack = 0;
  let chooses: (cluster: Cluster) => boolean = () => true;
  let why: Refusal | undefined;

  function tell(ids: readonly ClusterId[]): void {
    generation += 1;
    listeners.forEach((listener) => listener(ids));
  }

  return {
    inventory: {
      generation: () => generation,
      ids: () => clusters.keys(),
      cluster: (id) => clusters.get(id),
      choose(id) {
        const known = clusters.get(id);
        if (why !== undefined) return { is: "unknown", why };
        if (known !== undefined && chooses(known) && decision?.ids.has(id) !== false) return { is: "chosen" };
        if (known !== undefined && decision?.isComplete === false)
          return { is: "unknown", why: refusal("Settling", "it is being written") };
        return { is: "not chosen", cause: known === undefined ? "unregistered" : "deselected" };
      },
      byDecision: () => decision?.isComplete === true,
      expected: () => [...(decision?.ids ?? [])].filter((id) => clusters.has(id)),
      duplicate(id, isOnList) {
        const chosen = [...clusters.values()].filter(chooses);
        return duplicates(chosen, new Set(chosen.map((each) => each.id).filter(isOnList))).get(id);
      },
    },
    put(...given) {
      for (const each of given) clusters.set(each.id, each);
      tell(given.map(({ id }) => id));
    },
    remove(...names) {
      const ids = names.map((name) => (name.includes("/") ? name : `fleet/${name}`));
      const members = new Set(ids.flatMap((id) => clusters.get(id)?.memberId ?? []));
      for (const id of ids) clusters.delete(id);
      // As a hub does: who speaks of the same member may join now.
      const twins = [...clusters.values()].filter(({ memberId }) => memberId !== undefined && members.has(memberId));
      tell([...ids, ...twins.map(({ id }) => id)]);
    },
    select(choose) {
      chooses = choose;
      tell([...clusters.keys()]);
    },
    decide(names, isComplete = true) {
      befores.forEach((before) => before());
      decision = { ids: new Set(names.map((name) => `fleet/${name}`)), isComplete };
      tell([...clusters.keys()]);
    },
    doubt(reason) {
      why = reason;
      tell([...clusters.keys()]);
    },
    setBack() {
      timesBack += 1;
      tell([...clusters.keys()]);
    },
    timesBack: () => timesBack,
    follow(listener, before) {
      listeners.push(listener);
      befores.push(before);
    },
  };
}
