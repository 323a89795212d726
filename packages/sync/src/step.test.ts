import { final, remove, untilUnused, type Adapter } from "@rollcall/contract";
import { ApiError, type Call } from "@rollcall/kube";
import {
  acknowledge,
  cluster,
  patience,
  rollOf,
  soon,
  stateNamespace,
  toy,
  toyWorkbench,
  toys,
  visit,
  type Engine,
  type Finishing,
  type ToyOptions,
  type Workbench,
} from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { readRoll } from "./roll.ts";

const id = "fleet/paris";
const stays = ["rome", "lima", "oslo", "kyiv"].map((name) => cluster({ name }));
const atOnce = { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: 0 } } as const;

/** Five clusters, of which Paris is about to go: its list chooses it no more. */
async function withParis(test: Finishing, adapter: Adapter<ToyOptions> = toy): Promise<Workbench> {
  const bench = await toyWorkbench(test, { adapter, removals: atOnce });
  bench.fleet.put(cluster({ name: "paris" }), ...stays);
  const first = await bench.start();
  await first.settle();
  await first.stop();
  return bench;
}

const chooseParis = (bench: Workbench, isChosen: boolean): void => bench.fleet.select(({ name }) => isChosen || name !== "paris");

/** Where Paris is on its way out, in a write of the roll. */
function written(call: Call): string | undefined {
  const text = (call.body as { data?: { roll?: string } } | undefined)?.data?.roll;
  if (text === undefined) return undefined;
  const absence = readRoll(text).absences.get(id);
  if (absence?.leaving === undefined) return "-";
  const { step, does, way, steps } = absence.leaving;
  const names = steps.split(" ");
  return does === undefined ? `${way}: ${names[step] ?? "nothing"} is next` : `${way}: ${names[step]} begins`;
}

/** Every write of a program, in order: what the roll says, or which object is written how. */
function story(calls: readonly Call[]): readonly string[] {
  return calls.flatMap((call) => (call.method === "GET" ? [] : [written(call) ?? `${call.method} ${call.path.split("/").slice(-2)[0]}`]));
}

const isStanding = ({ hub }: Workbench): boolean => hub.get("Secret", toys, "fleet.paris") !== undefined;

/** Time passes, look by look, until Paris is gone. */
async function letGo(bench: Workbench, engine: Engine): Promise<void> {
  for (let looks = 0; looks < 10 && (isStanding(bench) || engine.roll.roll().absences.has(id)); looks += 1) {
    await engine.settle();
    bench.advance(3);
  }
}

const drain = [
  "drain: untilUnused begins",
  "drain: relabel! is next",
  "drain: relabel! begins",
  "PATCH configmaps",
  "PATCH secrets",
  "drain: outOfAnswers is next",
  "drain: outOfAnswers begins",
  "drain: dropFromIndex is next",
  "drain: dropFromIndex begins",
  "drain: wait is next",
  "drain: wait begins",
  "drain: delete is next",
  "drain: delete begins",
  "DELETE configmaps",
  "DELETE secrets",
  "drain: nothing is next",
  "-",
];

describe.concurrent("a cluster that drains", patience, () => {
  it("takes every step in order, and each is written down before it is taken", async (test) => {
    const bench = await withParis(test);
    const engine = await bench.start();
    chooseParis(bench, false);
    await letGo(bench, engine);
    expect(story(engine.calls)).toEqual(drain);
    expect(bench.hub.list("Secret", toys)).toHaveLength(4);
    expect(engine.list.status().has(id)).toBe(false);
  });

  it("loses its anchor last, whatever was written when", async (test) => {
    const bench = await withParis(test);
    const engine = await bench.start();
    bench.hub.remove("ConfigMap", toys, "fleet.paris");
    await engine.settle();
    const from = engine.calls.length;
    bench.fleet.remove("paris");
    await engine.settle();
    expect(story(engine.calls.slice(from)).filter((each) => each.startsWith("DELETE"))).toEqual(["DELETE configmaps", "DELETE secrets"]);
  });

  const writes = drain.map((wrote, at) => ({ wrote, at }));
  const deaths = writes.flatMap((each) => [
    { ...each, when: "before" },
    { ...each, when: "after" },
  ]);
  it.for(deaths)("goes on where it was after a crash $when write $at ($wrote)", async ({ at, when }, test) => {
    const bench = await withParis(test);
    const death = Promise.withResolvers<void>();
    let writes = 0;
    const first = await bench.start({
      async between(call, send) {
        if (call.method === "GET" || writes++ !== at) return send();
        if (when === "after") await send();
        death.resolve();
        return new Promise(() => undefined);
      },
    });
    chooseParis(bench, false);
    const ticking = setInterval(() => {
      bench.advance(1);
      first.list.look([id]);
    }, 20);
    await death.promise;
    clearInterval(ticking);
    await first.kill();

    const second = await bench.start();
    await letGo(bench, second);
    expect(isStanding(bench)).toBe(false);
    expect(bench.hub.list("ConfigMap", toys)).toHaveLength(4);
    // No harmful step was taken twice, and none was left out: one label, one delete for each object.
    const harms = bench.writes().filter(({ verb, namespace, name }) => verb !== "create" && namespace === toys && name === "fleet.paris");
    expect(harms.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      "patch configmaps",
      "patch secrets",
      "delete configmaps",
      "delete secrets",
    ]);
    expect(second.roll.roll().absences.size).toBe(0);
  });

  it("is named to those who ask until outOfAnswers is written down, and no longer", async (test) => {
    const bench = await withParis(test);
    const seen: string[] = [];
    const engine: Engine = await bench.start({
      between(call, send) {
        const step = call.method === "GET" ? undefined : written(call);
        const isNamed = (): boolean => engine.list.answered().some((each) => each.id === id);
        if (step !== undefined) seen.push(`${isNamed() ? "named" : "not named"} until this is written: ${step}`);
        return send();
      },
    });
    chooseParis(bench, false);
    await letGo(bench, engine);
    expect(seen.filter((each) => /relabel|outOfAnswers|dropFromIndex/.test(each))).toEqual([
      "named until this is written: drain: relabel! is next",
      "named until this is written: drain: relabel! begins",
      "named until this is written: drain: outOfAnswers is next",
      "named until this is written: drain: outOfAnswers begins",
      "not named until this is written: drain: dropFromIndex is next",
      "not named until this is written: drain: dropFromIndex begins",
    ]);
    expect(engine.list.answered()).toHaveLength(4);
  });

  it("stays named where the roll that would say otherwise cannot be written", async (test) => {
    const bench = await withParis(test);
    const engine = await bench.start({
      between: (call, send) =>
        call.method === "PATCH" && written(call)?.endsWith("outOfAnswers begins")
          ? Promise.reject(new Error("the network is away"))
          : send(),
    });
    chooseParis(bench, false);
    const named: boolean[] = [];
    await soon(() => {
      named.push(engine.list.answered().some((each) => each.id === id));
      expect(engine.errors.length).toBeGreaterThan(0);
    });
    named.push(engine.list.answered().some((each) => each.id === id));
    expect(new Set(named)).toEqual(new Set([true]));
  });
});

describe.concurrent("a cluster that is chosen again while it drains", patience, () => {
  const places = drain.filter((each) => each.startsWith("drain:") && !each.includes("nothing"));
  const undone = new Set(places.slice(0, places.indexOf("drain: dropFromIndex begins")));
  const cases = places.map((place) => ({ place, then: undone.has(place) ? "stays" : "leaves, then joins" }));

  it.for(cases)("$then at: $place", async ({ place, then }, test) => {
    const bench = await withParis(test);
    const { uid } = bench.hub.get("Secret", toys, "fleet.paris")!.metadata;
    const engine = await bench.start({
      async between(call, send) {
        const answer = await send();
        if (call.method === "PATCH" && written(call) === place) chooseParis(bench, true);
        return answer;
      },
    });
    chooseParis(bench, false);
    for (let looks = 0; looks < 4; looks += 1) {
      await engine.settle();
      bench.advance(3);
    }
    await engine.settle();
    const { metadata } = bench.hub.get("Secret", toys, "fleet.paris")!;
    expect(metadata.uid === uid).toBe(then === "stays");
    expect(metadata.labels).toMatchObject({ "rollcall.dev/state": "member" });
    expect(engine.list.status().get(id)).toEqual({ state: "member", since: expect.any(Number) });
    expect(engine.roll.roll().absences.size).toBe(0);
    expect(engine.list.answered().map((each) => each.id)).toContain(id);
  });

  it("stays where its delete was written down and nothing came of it yet", async (test) => {
    const bench = await withParis(test);
    const engine = await bench.start({
      async between(call, send) {
        const answer = await send();
        if (call.method === "PATCH" && written(call) === "release: delete! begins") bench.fleet.put(cluster({ name: "paris" }));
        return answer;
      },
    });
    const from = bench.writes().length;
    bench.fleet.remove("paris");
    await engine.settle();
    expect(bench.writes(from).filter(({ verb }) => verb === "delete")).toEqual([]);
    expect(engine.list.status().get(id)).toMatchObject({ state: "member" });
  });
});

describe.concurrent("a cluster that is in use", patience, () => {
  it("stays as it is, and it is said who uses it, for however long", async (test) => {
    const bench = await withParis(test);
    for (const name of ["anna", "ben", "cleo", "dora", "emil"]) bench.hub.apply(visit("paris", name));
    bench.hub.apply(visit("rome", "felix"));
    const engine = await bench.start();
    chooseParis(bench, false);
    await engine.settle();
    bench.advance(365 * 24 * 3600);
    await engine.settle();
    expect(isStanding(bench)).toBe(true);
    expect(engine.list.status().get(id)).toMatchObject({
      state: "missing",
      verdict: { is: "waits", reason: "InUse", message: expect.stringMatching(/Visit\/toys\/anna, Visit\/toys\/ben, .* and 2 more$/) },
    });
    for (const name of ["anna", "ben", "cleo", "dora", "emil"]) bench.hub.remove("Visit", toys, name);
    await soon(async () => {
      await letGo(bench, engine);
      expect(isStanding(bench)).toBe(false);
    });
  });

  const failures = [
    { failure: "403", break: (bench: Workbench) => void bench },
    { failure: "500", break: (bench: Workbench) => void bench },
    { failure: "empty", break: (bench: Workbench) => void bench },
    { failure: "404", break: (bench: Workbench) => bench.hub.unserve("visits", "toy.example") },
  ];
  it.for(failures)("is taken for in use where asking is answered with $failure", async ({ failure, break: breakIt }, test) => {
    const bench = await withParis(test);
    breakIt(bench);
    const { ApiError } = await import("@rollcall/kube");
    const engine = await bench.start({
      between(call, send) {
        if (!call.path.includes("/visits") || failure === "404") return send();
        if (failure === "empty") return Promise.resolve({});
        return Promise.reject(new ApiError(Number(failure), "Refused", `GET visits: ${failure}`));
      },
    });
    chooseParis(bench, false);
    await engine.settle();
    bench.advance(365 * 24 * 3600);
    await engine.settle();
    expect(isStanding(bench)).toBe(true);
    expect(engine.list.status().get(id)).toMatchObject({
      state: "missing",
      verdict: { is: "waits", reason: "CannotRead", message: expect.stringContaining("cannot tell who uses it") },
    });
  });

  it("is asked about again right before it would go, where the guard made it wait meanwhile", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(cluster({ name: "paris" }));
    const engine = await bench.start();
    await engine.settle();
    chooseParis(bench, false);
    await engine.settle();
    expect(engine.list.status().get(id)?.verdict).toMatchObject({ is: "held", reason: "GuardHolds" });
    bench.hub.apply(visit("paris", "anna"));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // It may go now, as far as the guard is concerned.
    acknowledge(bench, engine.list.view().digest);
    await engine.settle();
    expect(engine.list.status().get(id)).toMatchObject({ state: "missing", verdict: { reason: "InUse" } });
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.labels).toMatchObject({ "rollcall.dev/state": "member" });
  });

  it("is asked about as long as something of it stands: what could not be deleted for a year may be in use again", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(cluster({ name: "paris" }), ...stays);
    let mayDelete = false;
    const engine = await bench.start({
      between: async ({ method }, send) =>
        method === "DELETE" && !mayDelete ? Promise.reject(new ApiError(403, "Forbidden", "no")) : send(),
    });
    await engine.settle();
    chooseParis(bench, false);
    await engine.settle();
    bench.advance(5);
    await engine.settle();
    expect(engine.list.status().get(id)).toMatchObject({ state: "leaving" });
    bench.advance(365 * 24 * 3600);
    bench.hub.apply(visit("paris", "anna"));
    mayDelete = true;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await engine.settle();
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toBeDefined();
    expect(engine.list.status().get(id)).toMatchObject({ state: "leaving", verdict: { is: "waits", reason: "InUse" } });
  });

  it("has its grace anew where the roll of another time was put back, which its label contradicts", async (test) => {
    const bench = await toyWorkbench(test, { removals: { deselected: { then: "drain", after: 60 } } });
    bench.fleet.put(cluster({ name: "paris" }), ...stays);
    const engine = await bench.start();
    await engine.settle();
    chooseParis(bench, false);
    await engine.settle();
    bench.advance(61);
    await engine.settle();
    const old = bench.hub.get("ConfigMap", stateNamespace, "rollcall-list-roll")!;
    expect(old.data!["roll"]).toContain('"does": "wait"');
    bench.fleet.select(() => true);
    for (const _ of [1, 2, 3]) {
      bench.advance(61);
      await engine.settle();
    }
    expect(engine.list.status().get(id)).toMatchObject({ state: "member" });
    await engine.stop();
    const { resourceVersion: _, ...metadata } = bench.hub.get("ConfigMap", stateNamespace, "rollcall-list-roll")!.metadata;
    bench.hub.apply({ ...old, metadata });
    chooseParis(bench, false);
    const next = await bench.start();
    await next.settle();
    expect(next.list.status().get(id)).toMatchObject({ state: "missing" });
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.labels).toMatchObject({ "rollcall.dev/state": "member" });
    expect(rollOf(bench).absences.get(id)?.leaving).toBeUndefined();
  });

  it("goes after the deadline that its list gave it", async (test) => {
    const [wait] = toy.leave({ namespace: toys }).drain;
    if (wait?.does !== "untilUnused") throw new Error("the toy waits first");
    const steps = [untilUnused(wait.reads, (dependent, own) => wait.uses(dependent, own), 60), final(remove)];
    const bench = await withParis(test, { ...toy, leave: () => ({ drain: steps, release: steps }) });
    bench.hub.apply(visit("paris"));
    const engine = await bench.start();
    chooseParis(bench, false);
    await engine.settle();
    bench.advance(59);
    await engine.settle();
    expect(isStanding(bench)).toBe(true);
    bench.advance(2);
    await engine.settle();
    expect(isStanding(bench)).toBe(false);
  });

  it("costs one question a second, however many wait", async (test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    const many = Array.from({ length: 40 }, (_, at) => cluster({ name: `c${at}` }));
    bench.fleet.put(...many, ...Array.from({ length: 60 }, (_, at) => cluster({ name: `stays${at}` })));
    const engine = await bench.start();
    await engine.settle();
    for (const { name } of many) bench.hub.apply(visit(name));
    bench.fleet.select(({ name }) => name.startsWith("stays"));
    await engine.settle();
    const questions = (): number => bench.hub.requests.filter(({ verb, resource }) => verb === "list" && resource === "visits").length;
    const from = questions();
    const until = performance.now() + 2500;
    while (performance.now() < until) await engine.settle();
    expect(engine.list.status().get("fleet/c39")?.verdict).toMatchObject({ reason: "InUse" });
    expect(questions() - from).toBeGreaterThan(0);
    expect(questions() - from).toBeLessThanOrEqual(4);
  });
});
