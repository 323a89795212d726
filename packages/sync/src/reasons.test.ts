import { Hidden, refusal, type Cluster, type Reachable, type Refusal } from "@rollcall/contract";
import { acknowledge, cluster, patience, toyWorkbench, toys, type Engine } from "@rollcall/testing";
import { describe, expect, it } from "vitest";

/** Why something was written since the last time that somebody asked. */
function reasonsOf(engine: Engine): () => readonly string[] {
  let told = 0;
  return () => {
    const all = engine.events.slice(told);
    told = engine.events.length;
    return [...new Set(all.flatMap((event) => (event.is === "wrote" && event.cluster === "fleet/paris" ? [event.why] : [])))];
  };
}

const paris = (label: string): Cluster => cluster({ name: "paris", manager: "paris", labels: { "toy.example/is-now": label } });

describe.concurrent("why something was written", patience, () => {
  it("is told of each write, from joining to going", async (test) => {
    const bench = await toyWorkbench(test, { removals: { unregistered: { then: "release", after: 60 } } });
    let token: string | Refusal = "one";
    const connect = async (given: Cluster): Promise<Reachable | Refusal> => {
      if (typeof token !== "string") return Promise.resolve(token);
      const login = { kind: "credential", provider: "fleet", token: new Hidden(given.name === "paris" ? token : "other") } as const;
      return Promise.resolve({ ...given, connection: { server: `https://${given.name}.example.test`, login } });
    };
    bench.fleet.put(paris("a"), ...["rome", "oslo"].map((name) => cluster({ name, manager: name })));
    const first = await bench.start({ connect });
    const why = reasonsOf(first);
    await first.settle();
    expect(why()).toEqual(["joins"]);
    bench.fleet.put(paris("b"));
    await first.settle();
    expect(why()).toEqual(["profile changed"]);
    const { metadata, ...rest } = bench.hub.get("Secret", toys, "fleet.paris")!;
    const { resourceVersion: _, ...sent } = metadata;
    bench.hub.apply({ ...rest, metadata: { ...sent, labels: { ...sent.labels, "toy.example/is": "spoilt" } } });
    await first.settle();
    expect(why()).toEqual(["put right"]);
    token = "two";
    await first.settle();
    expect(why()).toEqual(["login renewed"]);
    token = { ...refusal("OtherConsumer", "no"), revokes: true };
    await first.settle();
    bench.advance(2);
    await first.settle();
    expect(why()).toEqual(["login withdrawn"]);
    token = "two again";
    await first.settle();
    expect(why()).toEqual(["login renewed"]);
    await first.stop();

    token = "three";
    const second = await bench.start({ connect });
    const next = reasonsOf(second);
    await second.settle();
    expect(next()).toEqual(["first look"]);
    bench.fleet.remove("paris");
    await second.settle();
    expect(second.events.at(-1)).toMatchObject({ is: "state", state: "missing", cause: "unregistered", since: "2026-11-21T10:00:02.000Z" });
    bench.advance(61);
    await second.settle();
    expect(next()).toEqual(["unregistered"]);
    const gone = second.events.find((event) => event.is === "wrote" && event.verb === "delete");
    // Its profile is gone; what stood said whose it was.
    expect(gone).toMatchObject({ way: "release", state: "leaving", uid: paris("a").uid });
    expect(gone).not.toHaveProperty("acked");
  });

  it("is also that a person said yes", async (test) => {
    const bench = await toyWorkbench(test, { removals: { unregistered: { then: "release", after: 0 } } });
    bench.fleet.put(paris("a"));
    const engine = await bench.start();
    await engine.settle();
    bench.fleet.remove("paris");
    await engine.settle();
    acknowledge(bench, engine.list.view().digest);
    await engine.settle();
    expect(engine.events.find((event) => event.is === "wrote" && event.verb === "delete")).toMatchObject({
      why: "unregistered",
      acked: true,
    });
  });
});
