import {
  annotations,
  Hidden,
  isRefusal,
  refusal,
  type Cluster,
  type Handed,
  type Login,
  type Reachable,
  type Refusal,
} from "@rollcall/contract";
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

/** Paris as its profile offers ways in: Rollcall has a login by "fleet" alone. */
const offering = (...providers: readonly string[]): Cluster =>
  cluster({
    name: "paris",
    properties: { "toy.example/login": "credential" },
    access: providers.map((provider) => ({ provider, endpoint: { server: "https://paris.example.test" } })),
  });

/** Of what was handed over, a program that has just begun knows what stands says. */
async function connect(given: Cluster, _: Login, handed?: Handed): Promise<Reachable | Refusal> {
  const offered = given.access.find(({ provider }) => provider === "fleet");
  if (offered === undefined || isRefusal(offered.endpoint)) {
    const isWithdrawn = handed !== undefined && given.access.every(({ provider }) => provider !== handed.provider);
    return isWithdrawn ? withdrawn : refusal("NoProvider", "nobody knows by which it was connected");
  }
  const login = { kind: "credential", provider: "fleet", token: new Hidden("one") } as const;
  return Promise.resolve({ ...given, connection: { ...offered.endpoint, login }, handed: { provider: "fleet", by: "paris" } });
}

/** Paris is a member; then Rollcall is down while its profile withdraws what it was connected by. */
async function withdrawnMeanwhile(test: Finishing): Promise<Workbench> {
  const bench = await toyWorkbench(test, {});
  bench.fleet.put(offering("unknown", "fleet"));
  const engine = await bench.start({ connect });
  await engine.settle();
  await engine.stop();
  expect(configOf(bench)).toContain("one");
  bench.fleet.put(offering("unknown"));
  return bench;
}

describe.concurrent("a login that was withdrawn while Rollcall was down", patience, () => {
  it("is taken back in one patch after two seconds, with all that was said of it, and no later start knows of it", async (test) => {
    const bench = await withdrawnMeanwhile(test);
    const from = bench.writes().length;
    const would = async (): Promise<readonly string[]> => {
      const looking = await bench.start({ connect, mode: "observe" });
      await looking.settle();
      await looking.stop();
      return looking.events.flatMap((event) => (event.is === "would" ? [event.change] : []));
    };
    expect(await would()).toContain("change Secret/toys/fleet.paris");
    const engine = await bench.start({ connect });
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    bench.advance(2);
    await engine.settle();
    expect(bench.writes(from).map(({ verb, name }) => `${verb} ${name}`)).toEqual(["patch fleet.paris"]);
    expect(Object.keys(dataOf(bench)).sort()).toEqual(["name", "server"]);
    expect(bench.hub.get("Secret", toys, "fleet.paris")!.metadata.annotations).not.toHaveProperty([annotations.login]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "NoProvider" } });
    await engine.stop();

    expect(await would()).toEqual([]);
    const later = await bench.start({ connect });
    await later.settle();
    bench.advance(2);
    await later.settle();
    expect(bench.writes(from)).toHaveLength(1);
    bench.fleet.put(offering("fleet"));
    await later.settle();
    expect(configOf(bench)).toContain("one");
  });

  it("is left alone while the hub cannot be believed, and taken back two seconds after it can", async (test) => {
    const bench = await withdrawnMeanwhile(test);
    bench.fleet.doubt(refusal("HubUnreachable", "away"));
    const engine = await bench.start({ connect });
    await engine.settle();
    bench.advance(60);
    await engine.settle();
    bench.fleet.doubt();
    await engine.settle();
    expect(configOf(bench)).toContain("one");
    bench.advance(2);
    await engine.settle();
    expect(configOf(bench)).toBe("");
  });

  it("is left alone where it is offered again within two seconds", async (test) => {
    const bench = await withdrawnMeanwhile(test);
    const from = bench.writes().length;
    const engine = await bench.start({ connect });
    await engine.settle();
    bench.fleet.put(offering("fleet"));
    await engine.settle();
    bench.advance(2);
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("is left alone where somebody else's word was put on it, or a new profile has the name", async (test) => {
    const bench = await withdrawnMeanwhile(test);
    const { metadata, ...rest } = bench.hub.get("Secret", toys, "fleet.paris")!;
    const { resourceVersion: _, ...own } = metadata;
    const mark = JSON.stringify({ provider: "fleet", by: "paris", keys: { config: ["of something", "else"] } });
    bench.hub.apply({ ...rest, metadata: { ...own, annotations: { ...own.annotations, [annotations.login]: mark } } });
    let engine = await bench.start({ connect });
    await engine.settle();
    bench.advance(2);
    await engine.settle();
    expect(configOf(bench)).toContain("one");
    await engine.stop();

    bench.hub.apply({ ...rest, metadata: own });
    bench.fleet.put({ ...offering("unknown"), uid: "another" });
    engine = await bench.start({ connect });
    await engine.settle();
    bench.advance(2);
    await engine.settle();
    expect(configOf(bench)).toContain("one");
  });
});
