import { refusal, type Reachable } from "@rollcall/contract";
import { cluster, patience, soon, toyWorkbench, toys, type Engine, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { logins, words, type Logins } from "./login-mark.test.helper.ts";

const wanted = { "toy.example/login": "credential" };
const paris = cluster({ name: "paris", properties: wanted });

async function withMember(test: Finishing): Promise<readonly [Workbench, Engine]> {
  const bench = await toyWorkbench(test, {});
  bench.fleet.put(paris);
  const engine = await bench.start({ connect: logins("first").connect });
  await engine.settle();
  await engine.stop();
  return [bench, engine];
}

const secret = ({ hub }: Workbench) => hub.get("Secret", toys, "fleet.paris")!;
const configOf = (bench: Workbench): string => atob(secret(bench).data!["config"]!);

describe.concurrent("a credential that was handed over", patience, () => {
  it("leaves word of itself, and none of it", async (test) => {
    const [bench] = await withMember(test);
    const mark = JSON.parse(secret(bench).metadata.annotations!["rollcall.dev/login"]!) as { keys: object };
    expect(mark).toMatchObject({ ...words, keys: { config: [expect.any(String), expect.any(String)] } });
    expect(Object.keys(mark.keys)).toEqual(["config"]);
    expect(JSON.stringify(secret(bench).metadata)).not.toContain("first-");
  });

  it("is not made anew by a restart, and nothing is written", async (test) => {
    const [bench] = await withMember(test);
    const from = bench.writes().length;
    const { connect, made } = logins("second");
    const engine = await bench.start({ connect });
    await engine.settle();
    expect(made).toEqual([]);
    expect(bench.writes(from)).toEqual([]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
    expect(engine.list.answered()).toHaveLength(1);
  });

  it("stays as it is while something else about the cluster changes", async (test) => {
    const [bench] = await withMember(test);
    const { connect, made } = logins("second");
    const engine = await bench.start({ connect });
    bench.fleet.put(cluster({ name: "paris", properties: wanted, labels: { "toy.example/new": "yes" } }));
    await engine.settle();
    expect(secret(bench).metadata.labels).toMatchObject({ "toy.example/new": "yes" });
    expect(configOf(bench)).toContain("first-0");
    expect(made).toEqual([]);
    await engine.settle();
    expect(made).toEqual([]);
  });

  it("is made anew where somebody changed it meanwhile", async (test) => {
    const [bench] = await withMember(test);
    const object = secret(bench);
    bench.hub.apply({ ...object, data: { ...object.data, config: btoa("spoilt") } });
    const engine = await bench.start({ connect: logins("second").connect });
    await engine.settle();
    expect(configOf(bench)).toContain("second-0");
  });

  it("is made anew where what surrounds it would be written otherwise now", async (test) => {
    const [bench] = await withMember(test);
    const { connect } = logins("second");
    const moved: Logins["connect"] = async (given, login, handed) => {
      const is = await connect(given, login, handed);
      return "connection" in is ? { ...is, connection: { ...is.connection, ca: "another" } } : is;
    };
    const engine = await bench.start({ connect: moved });
    await engine.settle();
    expect(configOf(bench)).toContain("second-0");
    expect(configOf(bench)).toContain("another");
  });

  it("is written anew when it is renewed, and its word with it", async (test) => {
    const [bench] = await withMember(test);
    const engine = await bench.start({ connect: logins("second", false).connect });
    await soon(() => expect(configOf(bench)).toContain("second-"));
    await engine.stop();
  });

  it("takes its word along where a credential comes that leaves none", async (test) => {
    const [bench] = await withMember(test);
    const { connect } = logins("second", false);
    const silent: Logins["connect"] = async (...given) => {
      const { handed: _, ...is } = (await connect(...given)) as Reachable;
      return is;
    };
    const engine = await bench.start({ connect: silent });
    await soon(() => expect(secret(bench).metadata.annotations).not.toHaveProperty(["rollcall.dev/login"]));
    await engine.stop();
  });

  it("is not needed by who only looks: what stands is taken for good, what was changed is told, what is missing too", async (test) => {
    const [bench] = await withMember(test);
    const looking: Logins["connect"] = async (given) => {
      const connection = {
        server: `https://${given.name}.example.test`,
        login: { kind: "credential", provider: "fleet", assumed: true },
      } as const;
      return Promise.resolve({ ...given, connection });
    };
    const would = async () => {
      const engine = await bench.start({ connect: looking, mode: "observe" });
      await engine.settle();
      const said = engine.events.flatMap((event) => (event.is === "would" ? [event.change] : []));
      await engine.kill();
      return [...new Set(said)];
    };
    expect(await would()).toEqual([]);
    const { metadata: stands, ...rest } = secret(bench);
    const { resourceVersion: __, ...metadata } = stands;
    const { "rollcall.dev/login": _, ...notes } = metadata.annotations!;
    bench.hub.apply({ ...rest, metadata: { ...metadata, annotations: notes } });
    expect(await would()).toEqual([]);
    bench.hub.apply({ ...rest, metadata, data: { ...rest.data, config: btoa("spoilt") } });
    expect(await would()).toEqual(["change Secret/toys/fleet.paris"]);
    bench.hub.remove("Secret", toys, "fleet.paris");
    expect(await would()).toEqual(["create Secret/toys/fleet.paris"]);
  });

  it("is nobody's business where the login is refused", async (test) => {
    const [bench] = await withMember(test);
    const from = bench.writes().length;
    const engine = await bench.start({ connect: async () => Promise.resolve(refusal("PluginFailed", "no")) });
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });
});
