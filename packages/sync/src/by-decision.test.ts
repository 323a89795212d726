import { RollcallError, type Cluster } from "@rollcall/contract";
import { cluster, patience, reachable, toyWorkbench, type Engine, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";

const atOnce = { deselected: { then: "release", after: 0 } } as const;
const names = (count: number, prefix: string): readonly string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

function standing({ hub }: Workbench): readonly string[] {
  return hub
    .list("Secret", "toys")
    .map(({ metadata }) => metadata.name.replace("fleet.", ""))
    .sort();
}

/** A list that follows a decision, and on which these stand; there are profiles of these others. */
async function followed(
  test: Finishing,
  named: readonly string[],
  others: readonly string[],
  how: Parameters<Workbench["start"]>[0] = {},
): Promise<readonly [Workbench, Engine]> {
  const bench = await toyWorkbench(test, { removals: atOnce });
  bench.fleet.put(...[...named, ...others].map((name): Cluster => cluster({ name })));
  bench.fleet.decide(named);
  const engine = await bench.start(how);
  await engine.settle();
  expect(standing(bench)).toEqual(named.toSorted());
  return [bench, engine];
}

/** Since the last second has to be over before anybody goes. */
async function follow(bench: Workbench, engine: Engine): Promise<void> {
  await engine.settle();
  bench.advance(2);
  await engine.settle();
}

const reasons = (engine: Engine): readonly string[] => [...engine.list.status().values()].flatMap(({ verdict }) => verdict?.reason ?? []);

describe.concurrent("a decision moves the list", patience, () => {
  it("from one cluster to another: the new one comes, then the old one goes, and nobody is asked", async (test) => {
    const [bench, engine] = await followed(test, ["old"], ["new"]);
    const from = bench.writes().length;
    bench.fleet.decide(["new"]);
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["new"]);
    const secrets = bench.writes(from).filter(({ resource }) => resource === "secrets");
    expect(secrets.map(({ verb, name }) => `${verb} ${name}`)).toEqual(["create fleet.new", "delete fleet.old"]);
  });

  it("from all of ten to ten others, whatever window they go in", async (test) => {
    const [bench, engine] = await followed(test, names(10, "a"), names(10, "b"));
    bench.fleet.decide(names(10, "b"));
    await follow(bench, engine);
    expect(standing(bench)).toEqual(names(10, "b"));
  });

  it("to fewer: only what the list loses is counted, and half of it waits for a person", async (test) => {
    const [bench, engine] = await followed(test, names(10, "a"), names(5, "b"));
    bench.fleet.decide(names(5, "b"));
    await follow(bench, engine);
    expect(standing(bench)).toHaveLength(15);
    expect(new Set(reasons(engine))).toEqual(new Set(["GuardHolds"]));
  });

  it("to three fewer: as many go as may in one window, and those in whose place others came", async (test) => {
    const [bench, engine] = await followed(test, names(10, "a"), names(4, "b"));
    bench.fleet.decide([...names(3, "a"), ...names(4, "b")]);
    await follow(bench, engine);
    // Ten became seven: two go in this window beside the four that were replaced.
    expect(standing(bench)).toHaveLength(8);
    bench.advance(605);
    await engine.settle();
    expect(standing(bench)).toHaveLength(7);
  });

  it("twice in a row: what it lost by the first is not forgotten by the second", async (test) => {
    const [bench, engine] = await followed(test, names(10, "a"), names(5, "b"));
    bench.fleet.decide(names(5, "a"));
    bench.fleet.decide(names(5, "b"));
    await follow(bench, engine);
    expect(standing(bench)).toHaveLength(15);
    expect(reasons(engine)).toContain("GuardHolds");
  });

  it("to nobody: that waits for a person", async (test) => {
    const [bench, engine] = await followed(test, ["a", "b"], []);
    bench.fleet.decide([]);
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["a", "b"]);
    expect(new Set(reasons(engine))).toEqual(new Set(["GuardHolds"]));
  });

  it("and is not complete: whoever it names joins, and nobody goes", async (test) => {
    const [bench, engine] = await followed(test, ["old"], ["new"]);
    bench.fleet.decide(["new"], false);
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["new", "old"]);
    bench.fleet.decide(["new"]);
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["new"]);
  });

  it("to one that cannot join: the old one stays until a person says yes", async (test) => {
    const isNew = new RollcallError("NoLogin", "no", { retry: false });
    const [bench, engine] = await followed(test, ["old"], ["new"], {
      connect: (known) => (known.name === "new" ? Promise.reject(isNew) : Promise.resolve(reachable({ name: known.name }))),
    });
    bench.fleet.decide(["new"]);
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["old"]);
    expect(engine.list.status().get("fleet/old")?.verdict?.reason).toBe("GuardHolds");
  });

  it("to one whose login takes its time: it is waited for", async (test) => {
    const slow = Promise.withResolvers<void>();
    const [bench, engine] = await followed(test, ["old", "other"], ["new"], {
      async connect(known) {
        if (known.name === "new") await slow.promise;
        return reachable({ name: known.name });
      },
    });
    bench.fleet.decide(["new", "other"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    bench.advance(2);
    engine.list.look(["fleet/old"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(standing(bench)).toEqual(["old", "other"]);
    expect(engine.list.status().get("fleet/old")?.verdict?.reason).toBe("NewcomersFirst");
    slow.resolve();
    await follow(bench, engine);
    expect(standing(bench)).toEqual(["new", "other"]);
  });

  it("after a restart, when nobody remembers how many stood: then every one that goes counts", async (test) => {
    const [bench, engine] = await followed(test, names(10, "a"), names(10, "b"));
    await engine.stop();
    bench.fleet.decide(names(10, "b"));
    const next = await bench.start();
    await follow(bench, next);
    expect(standing(bench)).toHaveLength(20);
    expect(reasons(next)).toContain("GuardHolds");
  });
});
