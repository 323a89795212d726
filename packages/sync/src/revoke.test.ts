import { Hidden, refusal, type Cluster, type Reachable, type Refusal } from "@rollcall/contract";
import { cluster, patience, toyWorkbench, toys, type Engine, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";

const withdrawn: Refusal = { ...refusal("NoProvider", "its provider is offered no more"), revokes: true };
const expired = refusal("PluginFailed", "the plugin ended with 1");

type Answer = string | Refusal | { readonly token: string; readonly failing: Refusal };

interface World {
  readonly bench: Workbench;
  readonly engine: Engine;
  /** What comes of asking for a credential from now on; a text is a token. */
  readonly says: (answer: Answer) => Promise<void>;
}

async function start(test: Finishing, mode: "sync" | "observe" = "sync"): Promise<World> {
  const bench = await toyWorkbench(test, {});
  bench.fleet.put(cluster({ name: "paris" }), cluster({ name: "rome" }));
  let said: Answer = "one";
  const connect = async (given: Cluster): Promise<Reachable | Refusal> => {
    const answer = given.uid === "another" ? withdrawn : given.name === "paris" ? said : "other";
    if (typeof answer === "object" && "reason" in answer) return Promise.resolve(answer);
    const [token, failing] = typeof answer === "string" ? [answer] : [answer.token, answer.failing];
    const login = { kind: "credential", provider: "fleet", token: new Hidden(token) } as const;
    const endpoint = { server: `https://${given.name}.example.test` };
    return Promise.resolve({ ...given, connection: { ...endpoint, login }, ...(failing && { failing }) });
  };
  let engine = await bench.start({ connect });
  await engine.settle();
  if (mode === "observe") {
    await engine.stop();
    engine = await bench.start({ connect, mode });
  }
  return {
    bench,
    engine,
    async says(answer) {
      said = answer;
      await engine.settle();
    },
  };
}

const dataOf = ({ hub }: Workbench, name = "paris") => hub.get("Secret", toys, `fleet.${name}`)!.data!;
const configOf = (bench: Workbench): string => atob(dataOf(bench)["config"] ?? "");

describe.concurrent("a login that is withdrawn", patience, () => {
  it("is taken back in one patch, and the cluster stays where it is", async (test) => {
    const { bench, engine, says } = await start(test);
    expect(configOf(bench)).toContain("one");
    const from = bench.writes().length;
    await says(withdrawn);
    // It might be a profile that is written in two halves.
    expect(bench.writes(from)).toEqual([]);
    bench.advance(2);
    await engine.settle();
    expect(bench.writes(from).map(({ verb, name }) => `${verb} ${name}`)).toEqual(["patch fleet.paris"]);
    expect(Object.keys(dataOf(bench)).sort()).toEqual(["name", "server"]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "NoProvider" } });
    expect(Object.keys(dataOf(bench, "rome"))).toContain("config");
    await engine.settle();
    expect(bench.writes(from)).toHaveLength(1);
  });

  it("is there again when it is offered again, and stays where it blinks", async (test) => {
    const { bench, engine, says } = await start(test);
    await says(withdrawn);
    bench.advance(2);
    await engine.settle();
    expect(configOf(bench)).toBe("");
    await says("two");
    expect(configOf(bench)).toContain("two");
    const from = bench.writes().length;
    await says(withdrawn);
    await says("two");
    bench.advance(2);
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("is left alone where a new profile of the name may not be written completely yet", async (test) => {
    const { bench, engine } = await start(test);
    bench.fleet.put(cluster({ name: "paris", uid: "another" }));
    await engine.settle();
    expect(configOf(bench)).toContain("one");
  });

  it("is left alone while the hub cannot be believed, or the list only looks", async (test) => {
    const { bench, says } = await start(test);
    bench.fleet.doubt(refusal("HubUnreachable", "away"));
    await says(withdrawn);
    expect(configOf(bench)).toContain("one");
    const looking = await start(test, "observe");
    await looking.says(withdrawn);
    expect(configOf(looking.bench)).toContain("one");
    expect(looking.engine.events).toContainEqual(expect.objectContaining({ is: "would", cluster: "fleet/paris" }));
  });
});

describe.concurrent("a login that fails", patience, () => {
  it("changes nothing of what stands", async (test) => {
    const { bench, engine, says } = await start(test);
    const from = bench.writes().length;
    await says(expired);
    expect(bench.writes(from)).toEqual([]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "PluginFailed" } });
  });

  it("and whose last credential is still good is stale, while everything else is kept true", async (test) => {
    const { bench, engine, says } = await start(test);
    await says({ token: "one", failing: expired });
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "PluginFailed" } });
    bench.fleet.put(cluster({ name: "paris", labels: { "toy.example/new": "yes" } }));
    await engine.settle();
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.labels).toMatchObject({ "toy.example/new": "yes" });
    await says("two");
    expect(engine.list.status().get("fleet/paris")?.verdict).toBeUndefined();
  });
});
