import { argocd } from "@rollcall/argocd";
import { fromBase64, RollcallError, type Cluster, type Reachable } from "@rollcall/contract";
import { sleep, type Call } from "@rollcall/kube";
import {
  acknowledge,
  cluster,
  openWorkbench,
  patience,
  rollObjectOf,
  rollOf,
  soon,
  stateNamespace,
  toy,
  toyWorkbench,
  toys,
  type Engine,
  type Finishing,
  type Workbench,
} from "@rollcall/testing";
import { describe, expect, it } from "vitest";

const atOnce = { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: 0 } } as const;
const names = (count: number, prefix = "c"): readonly string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
/** Clusters of as many namespaces and managers, so that no group is whole. */
const mixed = (given: readonly string[]): Cluster[] => given.map((name) => cluster({ name, manager: name }));
const elsewhere = (server: string) => [{ provider: "fleet", endpoint: { server } }];

function standing({ hub }: Workbench, namespace = toys): readonly string[] {
  return hub
    .list("Secret", namespace)
    .map(({ metadata }) => metadata.name.replace("fleet.", ""))
    .sort();
}

/** A workbench on which these clusters stand already. */
async function withMembers(
  test: Finishing,
  clusters: readonly Cluster[],
  removals: object = atOnce,
): Promise<readonly [Workbench, Engine]> {
  const bench = await toyWorkbench(test, { removals });
  bench.fleet.put(...clusters);
  const engine = await bench.start();
  await engine.settle();
  expect(standing(bench)).toHaveLength(clusters.length);
  return [bench, engine];
}

/** The digest that the list shows to whoever looks at it. */
function digestIn(engine: Engine, id: string): string {
  return /digest ([0-9a-f]{10})/.exec(engine.list.status().get(id)?.verdict?.message ?? "")?.[1] ?? "no digest";
}

const isRollWrite = ({ method, path }: Call): boolean => method !== "GET" && path.includes(`/${stateNamespace}/configmaps`);

describe.concurrent("ten clusters, some of which vanish", patience, () => {
  it("two of four go, which is a fifth; the others go in the next windows", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove("c0", "c1", "c2", "c3");
    await engine.settle();
    expect(standing(bench)).toHaveLength(8);
    bench.advance(595);
    await engine.settle();
    expect(standing(bench)).toHaveLength(8);
    const waiting = [...engine.list.status().values()].filter(({ verdict }) => verdict?.reason === "GuardPaces");
    expect(waiting).toHaveLength(2);
    bench.advance(10);
    await engine.settle();
    expect(standing(bench)).toHaveLength(7);
    bench.advance(605);
    await engine.settle();
    expect(standing(bench)).toEqual(names(10).slice(4));
  });

  it("are looked at again by themselves when the next window begins", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce, guard: { window: 2 } });
    bench.fleet.put(...mixed(names(10)));
    const engine = await bench.start();
    await engine.settle();
    bench.fleet.remove("c0", "c1", "c2");
    await soon(() => expect(standing(bench)).toHaveLength(8));
    bench.advance(3);
    await soon(() => expect(standing(bench)).toHaveLength(7));
    await soon(() => expect(engine.list.status().size).toBe(7));
  });

  it("half of them: nobody goes until a person confirms exactly this plan", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove(...names(5));
    await engine.settle();
    bench.advance(3600);
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
    const verdict = engine.list.status().get("fleet/c0")?.verdict;
    expect(verdict).toMatchObject({
      is: "held",
      reason: "GuardHolds",
      message: expect.stringMatching(/: rollcall ack list [0-9a-f]{10} --config FILE$/),
    });

    acknowledge(bench, "0123456789");
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
    expect(engine.events.filter(({ is }) => is === "ack unknown")).toHaveLength(1);

    acknowledge(bench, digestIn(engine, "fleet/c0"));
    await engine.settle();
    expect(standing(bench)).toEqual(names(10).slice(5));
    // The word is used up.
    expect(rollObjectOf(bench)!.metadata.annotations ?? {}).not.toHaveProperty(["rollcall.dev/ack"]);
    expect(rollOf(bench)).toMatchObject({ acked: new Set(), absences: new Map() });
  });

  it("a word about a plan that has changed since is a word about nothing", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove(...names(5));
    await engine.settle();
    const digest = digestIn(engine, "fleet/c0");
    bench.fleet.remove("c5");
    await engine.settle();
    acknowledge(bench, digest);
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
    expect(digestIn(engine, "fleet/c0")).not.toBe(digest);
  });

  it("half of them, and then the list grows and a window begins: nobody goes for that, until a person says so", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(12)));
    bench.fleet.remove(...names(6));
    await engine.settle();
    expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({ reason: "GuardHolds" });
    bench.fleet.put(...mixed(["new-1", "new-2"]));
    await engine.stop();
    bench.advance(601);
    const second = await bench.start();
    await second.settle();
    expect(standing(bench)).toHaveLength(14);
    expect(second.list.status().get("fleet/c0")?.verdict).toMatchObject({ reason: "GuardHolds" });
    acknowledge(bench, digestIn(second, "fleet/c0"));
    await second.settle();
    expect(standing(bench)).toHaveLength(8);
  });

  it("a word is about those who were meant, and not about who leaves later", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove(...names(5));
    await engine.settle();
    acknowledge(bench, digestIn(engine, "fleet/c0"));
    await engine.settle();
    bench.fleet.remove("c5", "c6", "c7");
    await engine.settle();
    expect(standing(bench)).toEqual(["c5", "c6", "c7", "c8", "c9"]);
    expect(engine.list.status().get("fleet/c5")?.verdict).toMatchObject({ reason: "GuardHolds" });
  });

  it("a word does not outlive the return of those it was about", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)), {
      ...atOnce,
      unregistered: { then: "release", after: 60 },
    });
    bench.fleet.remove(...names(5));
    await engine.settle();
    acknowledge(bench, engine.list.view().digest);
    await engine.settle();
    expect(rollOf(bench).acked.size).toBe(5);
    bench.fleet.put(...mixed(names(5)));
    await engine.settle();
    expect(rollOf(bench).acked.size).toBe(0);
    bench.fleet.remove(...names(5));
    bench.advance(61);
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
  });

  it("a word that was left behind is taken away from whoever is a member", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    await engine.stop();
    const object = rollObjectOf(bench)!;
    bench.hub.apply({
      ...object,
      data: { roll: JSON.stringify({ version: 1, hub: "hub-1", acked: names(10).map((name) => `fleet/${name}`) }) },
    });
    const next = await bench.start();
    await next.settle();
    expect(rollOf(bench).acked.size).toBe(0);
  });

  it("those who come back are members again at once, whatever the guard thinks of the others", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove(...names(6));
    await engine.settle();
    const from = bench.writes().length;
    bench.fleet.put(...mixed(names(6)));
    await engine.settle();
    expect([...engine.list.status().values()].every(({ state, verdict }) => state === "member" && verdict === undefined)).toBe(true);
    expect(bench.writes(from).filter(({ namespace }) => namespace === toys)).toEqual([]);
  });

  it.for([
    { group: "namespace", of: (at: number) => ({ namespace: at < 3 ? "lab" : "fleet", manager: `m${at}` }) },
    { group: "manager", of: (at: number) => ({ manager: at < 3 ? "lab" : `m${at}` }) },
  ])("a whole $group of three waits for a person", async ({ group, of }, test) => {
    const clusters = names(20).map((name, at) => cluster({ name, ...of(at) }));
    const [bench, engine] = await withMembers(test, clusters);
    bench.fleet.remove(...clusters.slice(0, 3).map(({ id }) => id));
    await engine.settle();
    expect(standing(bench)).toHaveLength(20);
    expect(engine.list.status().get(clusters[0]!.id)?.verdict).toMatchObject({
      reason: "GuardHolds",
      message: expect.stringContaining(`${group} lab`),
    });
  });

  it("the last one waits for a person, and so does everybody at once", async (test) => {
    const [bench, engine] = await withMembers(test, [cluster({ name: "paris" })]);
    bench.fleet.remove("paris");
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    expect(standing(bench)).toEqual(["paris"]);
    acknowledge(bench, digestIn(engine, "fleet/paris"));
    await engine.settle();
    expect(standing(bench)).toEqual([]);
    expect(engine.list.status().size).toBe(0);
  });
});

describe.concurrent("the roll", patience, () => {
  const patient = { unregistered: { then: "release", after: 3600 } } as const;

  it("is lost while members are missing: every grace begins anew, and the hub is known again", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)), patient);
    bench.fleet.remove("c0");
    await engine.settle();
    bench.advance(3599);
    bench.hub.remove("ConfigMap", stateNamespace, "rollcall-list-roll");
    await soon(() => expect(rollOf(bench).hub).toBe("hub-1"));
    bench.advance(2);
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
    bench.advance(3600);
    await engine.settle();
    expect(standing(bench)).toHaveLength(9);
  });

  it("survives a restart: a grace goes on, and a window is not spent again", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove("c0", "c1", "c2", "c3");
    await first.settle();
    await first.kill();
    for (let restarts = 0; restarts < 3; restarts += 1) {
      const next = await bench.start();
      await next.settle();
      await next.kill();
    }
    expect(standing(bench)).toHaveLength(8);
  });

  it("is kept by two at once: together they spend the window once", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(10)));
    const second = await bench.start();
    await second.settle();
    bench.fleet.remove("c0", "c1", "c2", "c3");
    await Promise.all([first.settle(), second.settle()]);
    await first.settle();
    expect(standing(bench)).toHaveLength(8);
    expect(rollOf(bench).window?.gone).toHaveLength(2);
    expect([...first.calls, ...second.calls].filter(isRollWrite).length).toBeGreaterThan(0);
    // Whoever was second has said nothing wrong: no answer but a conflict was ever in the way.
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it("is kept by two that share a slow network: the window is still spent once", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(10)));
    await first.stop();
    const slowly = async (call: Call, send: () => Promise<unknown>): Promise<unknown> => {
      if (isRollWrite(call)) await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
      return send();
    };
    const both = await Promise.all([bench.start({ between: slowly }), bench.start({ between: slowly })]);
    bench.fleet.remove("c0", "c1", "c2", "c3");
    await Promise.all(both.map((engine) => engine.settle()));
    expect(standing(bench)).toHaveLength(8);
  });

  it("has nowhere to be: members join, nobody leaves, and it is said what to do", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.hub.remove("Namespace", undefined, stateNamespace);
    bench.fleet.put(...mixed(names(6)));
    const engine = await bench.start();
    await soon(() => expect(standing(bench)).toHaveLength(6));
    bench.fleet.remove("c0");
    bench.fleet.put(cluster({ name: "late" }));
    await soon(() => expect(standing(bench)).toContain("late"));
    await soon(() =>
      expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({
        reason: "NoRoll",
        message: expect.stringMatching(/create namespace "rollcall"/),
      }),
    );
    expect(standing(bench)).toContain("c0");
    expect(engine.errors[0]).toMatchObject({ reason: "NoRoll" });
    const tries = engine.calls.filter(isRollWrite).length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // Trying is not hammering.
    expect(engine.calls.filter(isRollWrite).length - tries).toBeLessThanOrEqual(2);
    bench.hub.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: stateNamespace } });
    // A roll that begins anew where members stand does not know who left just now.
    await soon(() =>
      expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({
        reason: "GuardPaces",
        message: expect.stringContaining("was lost"),
      }),
    );
    expect(standing(bench)).toContain("c0");
  });

  it("cannot be read any more: nobody leaves, and the error says what to do", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)));
    const object = rollObjectOf(bench)!;
    bench.hub.apply({ ...object, data: { roll: "{ garbage" } });
    await soon(() => expect(engine.errors).toHaveLength(1));
    bench.fleet.remove("c0");
    bench.fleet.put(cluster({ name: "late" }));
    await soon(() => expect(standing(bench)).toContain("late"));
    await soon(() => expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({ reason: "BadRoll" }));
    expect(standing(bench)).toContain("c0");
    expect(engine.errors[0]).toMatchObject({ reason: "BadRoll", message: expect.stringContaining("restore it, or delete it") });
    expect(rollObjectOf(bench)!.data).toEqual({ roll: "{ garbage" });
    await expect(bench.start()).rejects.toMatchObject({ reason: "BadRoll" });
    bench.hub.remove("ConfigMap", stateNamespace, "rollcall-list-roll");
    await soon(() =>
      expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({
        reason: "GuardPaces",
        message: expect.stringContaining("was lost"),
      }),
    );
    expect(standing(bench)).toContain("c0");
  });

  it("cannot be reached: no step is taken that it does not know of", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    let isAway = true;
    const engine = await bench.start({
      between: (call, send) => (isAway && isRollWrite(call) ? Promise.reject(new Error("the network is away")) : send()),
    });
    bench.fleet.remove("c0");
    await soon(() => expect(engine.list.status().get("fleet/c0")?.verdict?.message).toContain("the network is away"));
    await engine.list.idle();
    expect(standing(bench)).toContain("c0");
    isAway = false;
    await soon(() => expect(standing(bench)).not.toContain("c0"));
  });
});

describe.concurrent("one change", patience, () => {
  it("costs one look: what is written is not looked at again because it was written", async (test) => {
    const bench = await toyWorkbench(test, {});
    bench.fleet.put(...mixed(names(5)));
    const looked: string[] = [];
    const connect = async (given: Cluster): Promise<Reachable> => {
      looked.push(given.name);
      const login = { kind: "exec", provider: "fleet", command: "/bin/login", args: [], env: {}, apiVersion: "v1" } as const;
      return Promise.resolve({ ...given, connection: { server: `https://${given.name}.example.test`, login } });
    };
    const engine = await bench.start({ connect });
    await soon(() => expect(standing(bench)).toHaveLength(5));
    await engine.list.idle();
    await sleep(300);
    expect(looked.toSorted()).toEqual(names(5));
  });
});

describe.concurrent("an absence that ended while nothing could be noted", patience, () => {
  it("does not speed the next one: after a pause its grace begins anew", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)), { ...atOnce, deselected: { then: "release", after: 60 } });
    bench.fleet.select(({ name }) => name !== "c0");
    await engine.settle();
    const paused = (orders: string | null): void => {
      const { metadata, data, ...rest } = rollObjectOf(bench)!;
      const { resourceVersion: _, ...sent } = metadata;
      const { orders: __, ...others } = data!;
      bench.hub.apply({ ...rest, metadata: sent, data: { ...others, ...(orders !== null && { orders }) } });
    };
    paused(JSON.stringify({ version: 1, pause: { why: "w", at: "2026-11-21T10:00:00Z" } }));
    await soon(() => expect(engine.list.status().get("fleet/c1")?.verdict?.reason).toBe("Paused"));
    bench.fleet.select(() => true);
    await engine.settle();
    bench.advance(86_400);
    bench.fleet.select(({ name }) => name !== "c0");
    await engine.settle();
    paused(null);
    await soon(() => expect(engine.list.status().get("fleet/c1")?.verdict).toBeUndefined());
    await engine.settle();
    expect(standing(bench)).toContain("c0");
    bench.advance(61);
    await engine.settle();
    expect(standing(bench)).not.toContain("c0");
  });
});

describe.concurrent("a list of which nothing can be known for a moment", patience, () => {
  it("is not one where nobody is missing: the guard's word is not remembered from then", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(10)));
    bench.fleet.remove(...names(8));
    await engine.settle();
    expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({ reason: "GuardHolds" });
    for (const _ of [1, 2, 3]) {
      bench.fleet.doubt({ reason: "HubUnreachable", message: "away" });
      engine.list.view();
      engine.list.look(["fleet/c0"]);
      await engine.list.idle();
      engine.list.view();
      bench.fleet.doubt();
      await engine.settle();
    }
    bench.advance(3600);
    await engine.settle();
    expect(standing(bench)).toHaveLength(10);
    expect(engine.list.view()).toMatchObject({ needsAck: expect.any(String) as string });
  });
});

describe.concurrent("a clock that was wrong for a while", patience, () => {
  it("is mended while the program runs", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)), { ...atOnce, deselected: { then: "release", after: 60 } });
    bench.advance(86_400 * 365);
    bench.fleet.select(({ name }) => name !== "c0");
    await engine.settle();
    bench.advance(-86_400 * 365);
    await engine.settle();
    bench.advance(62);
    await engine.settle();
    expect(standing(bench)).not.toContain("c0");
  });

  it("does not hold anybody until the future comes that it wrote of", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(10)), { ...atOnce, unregistered: { then: "release", after: 60 } });
    bench.advance(86_400);
    bench.fleet.remove("c0");
    await first.settle();
    bench.fleet.remove("c1");
    await first.settle();
    bench.advance(61);
    await first.settle();
    expect(standing(bench)).toHaveLength(8);
    bench.fleet.remove("c2");
    await first.settle();
    await first.stop();
    bench.advance(-86_400);
    const second = await bench.start();
    await second.settle();
    expect(standing(bench)).toHaveLength(8);
    bench.advance(605);
    await second.settle();
    expect(standing(bench)).toHaveLength(7);
  });
});

describe.concurrent("somebody who undoes every repair", patience, () => {
  it("is not raced: it is put right five times, then less and less often, and the member says why", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(cluster({ name: "paris" }), cluster({ name: "rome" }));
    let patches = 0;
    const engine = await bench.start({
      async between({ method, path }, send) {
        const answer = await send();
        if (method !== "PATCH" || !path.includes("fleet.paris")) return answer;
        patches += 1;
        spoil();
        return answer;
      },
    });
    const spoil = (): void => {
      const object = bench.hub.get("Secret", toys, "fleet.paris")!;
      const labels = { ...object.metadata.labels, "toy.example/is": "spoilt" };
      bench.hub.apply({ ...object, metadata: { ...object.metadata, labels } });
    };
    await engine.settle();
    spoil();
    await engine.settle();
    expect(patches).toBe(5);
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({ is: "stale", reason: "Contested" });
    bench.advance(1);
    await engine.settle();
    expect(patches).toBe(6);
    expect(engine.list.status().get("fleet/rome")?.verdict).toBeUndefined();
  });
});

describe.concurrent("a hub that was set back", patience, () => {
  it("is compared with, and obeyed again when all members are there", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)));
    bench.fleet.remove("c0");
    bench.fleet.setBack();
    const from = bench.writes().length;
    bench.fleet.put(cluster({ name: "old" }));
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    // But for word of the doubt itself, which outlives a restart.
    expect(bench.writes(from).map(({ resource }) => resource)).toEqual(["configmaps"]);
    expect(engine.list.status().get("fleet/c0")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "HubWentBack" } });
    bench.fleet.put(...mixed(["c0"]));
    await engine.settle();
    expect(standing(bench)).toEqual([...names(6), "old"]);
    expect(engine.list.status().get("fleet/c0")?.verdict).toBeUndefined();
  });

  it("is doubted by whoever comes next as well: another config, another program", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    bench.fleet.remove("c0");
    bench.fleet.setBack();
    await first.settle();
    await first.stop();
    const second = await bench.start();
    await second.settle();
    for (const _ of [1, 2]) {
      bench.advance(86_400);
      await second.settle();
    }
    expect(standing(bench)).toHaveLength(6);
    expect(second.list.status().get("fleet/c0")?.verdict).toMatchObject({ reason: "HubWentBack" });
    bench.fleet.put(...mixed(["c0"]));
    await second.settle();
    expect(second.list.status().get("fleet/c0")?.verdict).toBeUndefined();
    expect(rollOf(bench).hub).toBe("hub-1");
  });

  it("is obeyed when a person says so", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)), { ...atOnce, unregistered: { then: "release", after: 60 } });
    bench.fleet.remove("c0");
    await engine.settle();
    bench.fleet.setBack();
    await engine.settle();
    bench.advance(3600);
    acknowledge(bench, digestIn(engine, "fleet/c1"));
    await soon(() => expect(engine.list.status().get("fleet/c1")?.verdict).toBeUndefined());
    await engine.settle();
    expect(standing(bench)).toEqual(names(6).slice(1));
  });
});

describe.concurrent("another hub", patience, () => {
  it("is no reason to write or remove anything, until a person says that it is meant", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    bench.fleet.remove("c0", "c1");
    bench.fleet.put(
      cluster({ name: "c2", displayName: "another", access: elsewhere("https://another.example.test") }),
      cluster({ name: "new" }),
    );
    const from = bench.writes().length;
    const second = await bench.start({ hub: "hub-2" });
    await second.settle();
    bench.advance(86_400);
    await second.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(second.list.status().get("fleet/c0")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "HubChanged" } });
    expect(second.list.answered()).toHaveLength(6);

    acknowledge(bench, digestIn(second, "fleet/c0"));
    await second.settle();
    expect(rollOf(bench).hub).toBe("hub-2");
    expect(standing(bench)).toContain("new");
    bench.advance(601);
    await second.settle();
    expect(standing(bench)).not.toContain("c0");
  });

  it("is believed by itself once every member has proven to be the same, and nothing but marks is written", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    const before = bench.hub.list("Secret", toys);
    // A hub that is made anew gives new uids to everybody, and does not have everybody at once.
    const again = mixed(names(6)).map((each) => ({ ...each, uid: `${each.uid}-again` }));
    bench.fleet.put(...again.slice(0, 5));
    bench.fleet.remove("c5");
    const from = bench.writes().length;
    const second = await bench.start({ hub: "hub-2" });
    await second.settle();
    bench.advance(86_400);
    await second.settle();
    expect(bench.writes(from)).toEqual([]);
    bench.fleet.put(again[5]!);
    // One look at one member is enough for all of them to be looked at.
    await soon(() => expect(second.events).toContainEqual(expect.objectContaining({ is: "hub believed" })));
    await second.settle();
    expect(second.events).toContainEqual(expect.objectContaining({ is: "hub believed" }));
    expect(rollOf(bench).hub).toBe("hub-2");
    expect(bench.hub.list("Secret", toys).map(({ data }) => data)).toEqual(before.map(({ data }) => data));
    expect(bench.writes(from).filter(({ verb }) => verb === "delete")).toEqual([]);
    expect(second.list.status().get("fleet/c5")).toMatchObject({ state: "member" });
    expect(second.list.status().get("fleet/c5")?.verdict).toBeUndefined();
  });

  it("is not believed for a member of which only the name is the same", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    bench.fleet.put(cluster({ name: "c2", uid: "another", displayName: "another", access: elsewhere("https://another.example.test") }));
    const from = bench.writes().length;
    const second = await bench.start({ hub: "hub-2" });
    await second.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(second.list.status().get("fleet/c0")?.verdict?.reason).toBe("HubChanged");
  });

  it("that cannot be read is no reason either", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)));
    bench.fleet.remove("c0");
    bench.fleet.doubt({ reason: "HubUnreachable", message: "the hub cannot be followed" });
    const from = bench.writes().length;
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    expect(bench.writes(from).filter(({ namespace }) => namespace === toys)).toEqual([]);
    expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({ is: "stale", reason: "HubUnreachable" });
    bench.fleet.doubt();
    await engine.settle();
    expect(standing(bench)).not.toContain("c0");
  });
});

describe.concurrent("two clusters that want the same", patience, () => {
  const old = cluster({ name: "old", createdAt: "2026-01-01T00:00:00Z" });

  it.for([
    { what: "server", young: cluster({ name: "a-young", createdAt: "2026-02-01T00:00:00Z", access: old.access }) },
    {
      what: "name",
      young: cluster({ name: "old", namespace: "another", createdAt: "2026-02-01T00:00:00Z", access: elsewhere("https://y.example.test") }),
    },
  ])("the oldest gets the $what, the other is told so, and follows when it is gone", async ({ what, young }, test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(young, old, ...mixed(names(6)));
    const engine = await bench.start();
    await engine.settle();
    expect(engine.list.status().get(old.id)).toMatchObject({ state: "member" });
    expect(engine.list.status().get(young.id)).toMatchObject({
      state: "newcomer",
      verdict: { is: "stale", reason: "Collision", message: expect.stringMatching(new RegExp(`^${what} .*as fleet/old`)) },
    });
    bench.fleet.remove(old.id);
    await engine.settle();
    expect(engine.list.status().get(young.id)).toMatchObject({ state: "member" });
    expect(engine.list.status().has(old.id)).toBe(false);
  });

  it("whoever is on the list stays, however much older the other is, and after a restart too", async (test) => {
    const [bench, first] = await withMembers(test, [cluster({ name: "young", createdAt: "2026-02-01T00:00:00Z", access: old.access })]);
    bench.fleet.put(old);
    await first.settle();
    await first.stop();
    const second = await bench.start();
    await second.settle();
    expect(standing(bench)).toEqual(["young"]);
    expect(second.list.status().get(old.id)?.verdict).toMatchObject({ reason: "Collision" });
  });

  it("a server is not given to another while what stands there has yet to leave", async (test) => {
    const [bench, engine] = await withMembers(test, [cluster({ name: "paris" }), ...mixed(names(5))], {
      unregistered: { then: "release", after: 600 },
    });
    // Paris is another cluster now, and somebody else has its old server.
    bench.fleet.put(cluster({ name: "paris", uid: "new", access: elsewhere("https://new.example.test") }));
    bench.fleet.put(cluster({ name: "london", access: elsewhere("https://paris.example.test:6443") }));
    await engine.settle();
    expect(standing(bench)).not.toContain("london");
    expect(engine.list.status().get("fleet/london")?.verdict).toMatchObject({ reason: "Collision" });
    bench.advance(601);
    await engine.settle();
    expect(standing(bench)).toEqual(["c0", "c1", "c2", "c3", "c4", "london", "paris"]);
  });

  it("exchange their servers, and each is where its profile says", async (test) => {
    const bench = await toyWorkbench(test, {});
    const at = (name: string, server: string) => cluster({ name, manager: name, access: elsewhere(`https://${server}.example.test`) });
    bench.fleet.put(at("paris", "one"), at("rome", "two"));
    const engine = await bench.start();
    await engine.settle();
    bench.fleet.put(at("paris", "two"), at("rome", "one"));
    await engine.settle();
    const serverOf = (name: string) => fromBase64(bench.hub.get("Secret", toys, `fleet.${name}`)!.data!["server"]!);
    expect([serverOf("paris"), serverOf("rome")]).toEqual(["https://two.example.test", "https://one.example.test"]);
    expect([...engine.list.status().values()].every(({ verdict }) => verdict === undefined)).toBe(true);
  });

  it("a server that its holder moved away from is free", async (test) => {
    const [bench, engine] = await withMembers(test, [cluster({ name: "paris" }), cluster({ name: "rome" })]);
    bench.fleet.put(cluster({ name: "london", access: elsewhere("https://paris.example.test:6443") }));
    await engine.settle();
    expect(standing(bench)).not.toContain("london");
    bench.fleet.put(cluster({ name: "paris", access: elsewhere("https://moved.example.test") }));
    await soon(() => expect(standing(bench)).toContain("london"));
  });
});

describe.concurrent("a name that means another cluster now", patience, () => {
  it("the old one leaves as one that is unregistered, then the new one joins with marks of its own", async (test) => {
    const paris = cluster({ name: "paris" });
    const [bench, engine] = await withMembers(test, [paris, ...mixed(names(5))], { unregistered: { then: "release", after: 600 } });
    const before = bench.hub.get("Secret", toys, "fleet.paris")!;
    bench.fleet.put({ ...paris, uid: "new", access: elsewhere("https://new.example.test") });
    await engine.settle();
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toEqual(before);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "missing", verdict: { is: "waits", reason: "Replaced" } });
    bench.advance(601);
    await engine.settle();
    const after = bench.hub.get("Secret", toys, "fleet.paris")!;
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(after.metadata.annotations).toMatchObject({ "rollcall.dev/cluster-uid": "new" });
    expect(fromBase64(after.data!["server"]!)).toBe("https://new.example.test");
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
  });

  it("is the same cluster where only its uid is new: nothing but the mark is written", async (test) => {
    const paris = cluster({ name: "paris" });
    const [bench, engine] = await withMembers(test, [paris]);
    const before = bench.hub.get("Secret", toys, "fleet.paris")!;
    bench.fleet.put({ ...paris, uid: "new" });
    await engine.settle();
    const after = bench.hub.get("Secret", toys, "fleet.paris")!;
    expect(after.metadata.annotations).toEqual({ ...before.metadata.annotations, "rollcall.dev/cluster-uid": "new" });
    expect({ uid: after.metadata.uid, labels: after.metadata.labels, data: after.data }).toEqual({
      uid: before.metadata.uid,
      labels: before.metadata.labels,
      data: before.data,
    });
  });

  it("is changed in place where its server moves under the same uid", async (test) => {
    const paris = cluster({ name: "paris" });
    const [bench, engine] = await withMembers(test, [paris]);
    const { uid } = bench.hub.get("Secret", toys, "fleet.paris")!.metadata;
    bench.fleet.put({ ...paris, access: elsewhere("https://moved.example.test") });
    await engine.settle();
    const after = bench.hub.get("Secret", toys, "fleet.paris")!;
    expect(after.metadata.uid).toBe(uid);
    expect(fromBase64(after.data!["server"]!)).toBe("https://moved.example.test");
  });
});

describe.concurrent("a cluster that cannot be rendered", patience, () => {
  const poison = cluster({ name: "poison", properties: { "toy.example/poison": "yes" } });
  const poisoned = {
    ...toy,
    entry: (...given: Parameters<typeof toy.entry>) => {
      if ("toy.example/poison" in given[0].properties) throw new TypeError("cannot read properties of undefined");
      return toy.entry(...given);
    },
  };

  it("is told about, and nobody else is troubled", async (test) => {
    const bench = await toyWorkbench(test, { adapter: poisoned });
    bench.fleet.put(poison, ...mixed(names(5)));
    const engine = await bench.start();
    await engine.settle();
    expect(standing(bench)).toEqual(names(5));
    expect(engine.list.status().get(poison.id)).toMatchObject({ state: "newcomer", verdict: { is: "stale", reason: "Unexpected" } });
  });

  it("stays as it stands, and heals when its profile does", async (test) => {
    const healthy = cluster({ name: "poison" });
    const bench = await toyWorkbench(test, { adapter: poisoned });
    bench.fleet.put(healthy);
    const engine = await bench.start();
    await engine.settle();
    const before = bench.hub.get("Secret", toys, "fleet.poison");
    bench.fleet.put(poison);
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    expect(bench.hub.get("Secret", toys, "fleet.poison")).toEqual(before);
    expect(engine.list.status().get(poison.id)).toMatchObject({ state: "member", verdict: { is: "stale" } });
    bench.fleet.put(cluster({ name: "poison", labels: { "toy.example/is-well": "yes" } }));
    await engine.settle();
    expect(engine.list.status().get(poison.id)?.verdict).toBeUndefined();
  });

  it("keeps a list from letting it go cleanly, not from releasing it", async (test) => {
    const lost = { connect: async () => ({ reason: "NoProvider", message: "nobody knows how to log in" }) };
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    const engine = await bench.start(lost);
    bench.fleet.select(({ name }) => name !== "c0");
    await engine.settle();
    expect(standing(bench)).toContain("c0");
    expect(engine.list.status().get("fleet/c0")?.verdict).toMatchObject({ is: "stale", reason: "NoProvider" });
    bench.fleet.remove("c1");
    await engine.settle();
    expect(standing(bench)).not.toContain("c1");
  });
});

describe.concurrent("a mode", patience, () => {
  it("observe writes nothing at all, and tells what it would write", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(cluster({ name: "paris" }));
    const engine = await bench.start({ mode: "observe" });
    await engine.settle();
    expect(bench.writes()).toEqual([]);
    expect(engine.events.flatMap((event) => (event.is === "would" ? [event.change] : [])).slice(0, 2)).toEqual([
      "create ConfigMap/toys/fleet.paris",
      "create Secret/toys/fleet.paris",
    ]);
  });

  it("upsert adds and changes, and lets nobody go", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    const engine = await bench.start({ mode: "upsert" });
    bench.fleet.remove("c0");
    bench.fleet.put(cluster({ name: "c1", manager: "c1", labels: { "toy.example/new": "yes" } }), cluster({ name: "new" }));
    await engine.settle();
    bench.advance(86_400);
    await engine.settle();
    expect(standing(bench)).toEqual([...names(6), "new"]);
    expect(bench.hub.get("Secret", toys, "fleet.c1")!.metadata.labels).toMatchObject({ "toy.example/new": "yes" });
    expect(engine.list.status().get("fleet/c0")).toMatchObject({ state: "missing", verdict: { is: "held", reason: "Mode" } });
    expect(bench.writes().filter(({ verb }) => verb === "delete")).toEqual([]);
  });

  it("sync after upsert begins every grace when it begins", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)), { unregistered: { then: "release", after: 600 } });
    await first.stop();
    bench.fleet.remove("c0");
    const upsert = await bench.start({ mode: "upsert" });
    await upsert.settle();
    bench.advance(86_400);
    await upsert.stop();
    const sync = await bench.start();
    await sync.settle();
    expect(standing(bench)).toContain("c0");
    bench.advance(601);
    await sync.settle();
    expect(standing(bench)).not.toContain("c0");
  });
});

describe.concurrent("what a list tells", patience, () => {
  it("is where each cluster is and since when, and a line for each change", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)), { unregistered: { then: "release", after: 600 } });
    const since = bench.now();
    expect(engine.list.status().get("fleet/c0")).toEqual({ state: "member", since });
    bench.advance(60);
    bench.fleet.remove("c0");
    await engine.settle();
    expect(engine.list.status().get("fleet/c0")).toEqual({ state: "missing", since: since + 60_000 });
    bench.advance(601);
    await engine.settle();
    expect(engine.list.status().has("fleet/c0")).toBe(false);
    const told = engine.events.flatMap((event) => (event.is === "state" && event.cluster === "fleet/c0" ? [event.state] : []));
    expect([...new Set(told)]).toEqual(["member", "missing", "leaving", "gone"]);
    const wrote = engine.events.flatMap((event) =>
      event.is === "wrote" && event.cluster === "fleet/c0" ? [`${event.why}: ${event.verb} ${event.key}`] : [],
    );
    expect(wrote).toEqual([
      "joins: create ConfigMap/toys/fleet.c0",
      "joins: create Secret/toys/fleet.c0",
      "unregistered: delete ConfigMap/toys/fleet.c0",
      "unregistered: delete Secret/toys/fleet.c0",
    ]);
  });

  it("names a released cluster until its objects are seen to be gone", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)));
    const object = bench.hub.get("Secret", toys, "fleet.c0")!;
    bench.hub.apply({ ...object, metadata: { ...object.metadata, finalizers: ["example.test/hold"] } as never });
    bench.fleet.remove("c0");
    await engine.settle();
    expect(engine.list.status().get("fleet/c0")).toMatchObject({ state: "leaving", verdict: { is: "waits", reason: "Deleting" } });
    expect(engine.list.answered().map(({ id }) => id)).toContain("fleet/c0");
    const held = bench.hub.get("Secret", toys, "fleet.c0")!;
    bench.hub.apply({ ...held, metadata: { ...held.metadata, finalizers: [] } as never });
    await engine.settle();
    expect(engine.list.answered().map(({ id }) => id)).not.toContain("fleet/c0");
  });

  it("says whom it answers at no cost while nothing changes, and anew when anything does", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(3)));
    const before = engine.list.answered();
    expect(engine.list.answered()).toBe(before);
    bench.fleet.put(cluster({ name: "c3" }));
    await engine.settle();
    expect(engine.list.answered()).toHaveLength(before.length + 1);
  });

  it("goes on naming a member whose object somebody deletes, until it is there again", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(3)));
    const counts = new Set<number>();
    const watching = setInterval(() => counts.add(engine.list.answered().length), 1);
    for (let times = 0; times < 3; times += 1) {
      bench.hub.remove("Secret", toys, "fleet.c0");
      bench.hub.remove("ConfigMap", toys, "fleet.c0");
      await engine.settle();
    }
    clearInterval(watching);
    expect(counts).toEqual(new Set([3]));
    expect(standing(bench)).toEqual(names(3));
  });
});

describe.concurrent("the end of a program", patience, () => {
  it("finishes what it is at and begins nothing new", async (test) => {
    const [bench, first] = await withMembers(test, mixed(names(6)));
    await first.stop();
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const engine = await bench.start({
      async between(call, send) {
        if (call.method === "POST" && call.path.includes(`/${toys}/configmaps`)) {
          arrived.resolve();
          await goOn.promise;
        }
        return send();
      },
    });
    bench.fleet.put(cluster({ name: "new" }));
    await arrived.promise;
    const closed = engine.list.close();
    bench.fleet.remove("c0");
    bench.fleet.put(cluster({ name: "newer" }));
    engine.list.rollChanged();
    goOn.resolve();
    await closed;
    await engine.roll.close();
    const from = bench.writes().length;
    // Both objects of the one that was being written: the second is not left for another day.
    expect(standing(bench)).toEqual([...names(6), "new"]);
    engine.list.look(["fleet/c0", "fleet/newer"]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(bench.writes(from)).toEqual([]);
  });
});

describe.concurrent("an Argo CD list", patience, () => {
  const namespace = "argocd";
  const application = (destination: object, name = "shop") => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace },
    spec: { destination },
  });
  const applications = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true } as const;

  async function withArgo(test: Finishing): Promise<readonly [Workbench, Engine]> {
    const bench = await openWorkbench({ adapter: argocd, options: { namespace }, kinds: [applications], removals: atOnce });
    test.onTestFinished(() => bench.close());
    bench.fleet.put(...mixed(names(6)));
    const engine = await bench.start();
    await engine.settle();
    return [bench, engine];
  }

  it("drains: labelled first, out of answers, gone when no Application uses it by server or name", async (test) => {
    const [bench, engine] = await withArgo(test);
    bench.hub.apply(application({ server: "https://c0.example.test:6443" }));
    bench.hub.apply(application({ name: "c0" }, "cart"));
    bench.fleet.select(({ name }) => name !== "c0");
    await engine.settle();
    expect(bench.hub.get("Secret", namespace, "fleet.c0")!.metadata.labels).toMatchObject({ "rollcall.dev/state": "leaving" });
    expect(engine.list.status().get("fleet/c0")).toMatchObject({
      state: "leaving",
      verdict: { is: "waits", reason: "InUse", message: expect.stringContaining("Application/argocd/cart, Application/argocd/shop") },
    });
    expect(engine.list.answered().map(({ id }) => id)).not.toContain("fleet/c0");
    bench.hub.remove("Application", namespace, "shop");
    await engine.settle();
    expect(standing(bench, namespace)).toContain("c0");
    bench.hub.remove("Application", namespace, "cart");
    await soon(() => expect(standing(bench, namespace)).not.toContain("c0"));
  });

  it("keeps the name that Argo CD knows, whatever the option says later", async (test) => {
    const [bench, first] = await withArgo(test);
    await first.stop();
    const options = { namespace, name: "{namespace}-{name}" };
    const renamed = { ...argocd, entry: (...[given, , kept]: Parameters<typeof argocd.entry>) => argocd.entry(given, options, kept) };
    const again = await openWorkbench({ adapter: renamed, options, kinds: [applications] });
    test.onTestFinished(() => again.close());
    for (const object of bench.hub.list("Secret", namespace)) {
      const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = object.metadata;
      again.hub.apply({ ...object, metadata });
    }
    again.fleet.put(...mixed(names(7)));
    const engine = await again.start();
    await engine.settle();
    const shown = new Set(engine.list.answered().map(({ plain }) => plain["name"]));
    expect([...shown].toSorted((a = "", b = "") => (a < b ? -1 : 1))).toEqual(["c0", "c1", "c2", "c3", "c4", "c5", "fleet-c6"]);
  });
});

describe.concurrent("an inventory or a clock that misbehaves", patience, () => {
  it("throws for one cluster: it is said, and the others go on", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(...mixed(names(3)));
    const engine = await bench.start({
      connect: (given) => (given.name === "c1" ? Promise.reject(new RollcallError("Broken", "no", { retry: true })) : reachable(given)),
    });
    await engine.settle();
    expect(standing(bench)).toEqual(["c0", "c2"]);
    expect(engine.list.status().get("fleet/c1")?.verdict).toMatchObject({ is: "stale", reason: "Broken" });
  });

  it("goes back an hour: nobody leaves early, nobody is written anew", async (test) => {
    const [bench, engine] = await withMembers(test, mixed(names(6)), { unregistered: { then: "release", after: 600 } });
    bench.fleet.remove("c0");
    await engine.settle();
    bench.advance(-3600);
    await engine.settle();
    expect(standing(bench)).toContain("c0");
    bench.advance(3600 + 601);
    await engine.settle();
    expect(standing(bench)).not.toContain("c0");
  });
});

function reachable(given: Cluster) {
  const { endpoint } = given.access[0]!;
  if ("reason" in endpoint) return Promise.resolve(endpoint);
  const login = { kind: "exec", provider: "fleet", command: "/login", args: [], env: {}, apiVersion: "v1" } as const;
  return Promise.resolve({ ...given, connection: { ...endpoint, login } });
}
