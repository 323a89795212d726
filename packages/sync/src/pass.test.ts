import { fromBase64, type Cluster, type Reachable } from "@rollcall/contract";
import type { Call } from "@rollcall/kube";
import { cluster, patience, soon, toy, toyWorkbench, toys, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";

const atOnce = { deselected: { then: "drain", after: 0 }, unregistered: { then: "release", after: 0 } } as const;
const others = ["rome", "lima", "oslo", "kyiv"].map((name) => cluster({ name }));
const at = (server: string) => cluster({ name: "paris", access: [{ provider: "fleet", endpoint: { server } }] });

function server({ hub }: Workbench): string | undefined {
  return fromBase64(hub.get("Secret", toys, "fleet.paris")?.data?.["server"] ?? "") || undefined;
}

/** A way to log in that takes as long as a test wants for Paris, and no time for anybody else. */
function slowLogin() {
  const asked: string[] = [];
  let wait: Promise<void> | undefined;
  return {
    asked,
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      wait = promise;
      return resolve;
    },
    async connect(given: Cluster): Promise<Reachable> {
      asked.push(given.id);
      if (given.name === "paris") await wait;
      const { endpoint } = given.access[0]!;
      if ("reason" in endpoint) throw new Error("not in these tests");
      const login = { kind: "exec", provider: "fleet", command: "/login", args: [], env: {}, apiVersion: "v1" } as const;
      return { ...given, connection: { ...endpoint, login } };
    },
  };
}

describe.concurrent("while a login is being found out", patience, () => {
  it("the profile changes: only what it says now is written", async (test) => {
    const bench = await toyWorkbench(test);
    const login = slowLogin();
    const goOn = login.hold();
    bench.fleet.put(at("https://old.example.test"));
    const engine = await bench.start({ connect: (given) => login.connect(given) });
    await soon(() => expect(login.asked).toHaveLength(1));
    bench.fleet.put(at("https://new.example.test"));
    goOn();
    await engine.settle();
    expect(server(bench)).toBe("https://new.example.test");
    expect(bench.writes().filter(({ resource }) => resource === "secrets")).toHaveLength(1);
  });

  it("the profile vanishes: nobody joins", async (test) => {
    const bench = await toyWorkbench(test);
    const login = slowLogin();
    const goOn = login.hold();
    bench.fleet.put(at("https://old.example.test"));
    const engine = await bench.start({ connect: (given) => login.connect(given) });
    await soon(() => expect(login.asked).toHaveLength(1));
    bench.fleet.remove("paris");
    goOn();
    await engine.settle();
    expect(bench.writes().filter(({ namespace }) => namespace === toys)).toEqual([]);
    expect(engine.list.status().size).toBe(0);
  });

  it.for([
    { what: "it is chosen again", back: (bench: Workbench) => bench.fleet.select(() => true) },
    {
      what: "the hub cannot be trusted any more",
      back: (bench: Workbench) => bench.fleet.doubt({ reason: "HubUnreachable", message: "the hub is away" }),
    },
  ])("$what: nothing is done that was decided before", async ({ back }, test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    const login = slowLogin();
    bench.fleet.put(at("https://old.example.test"), ...others);
    const engine = await bench.start({ connect: (given) => login.connect(given) });
    await engine.settle();
    const from = bench.writes().length;
    const goOn = login.hold();
    const asked = login.asked.length;
    bench.fleet.select(({ name }) => name !== "paris");
    await soon(() => expect(login.asked.slice(asked)).toContain("fleet/paris"));
    back(bench);
    goOn();
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
  });

  it("the others go on", async (test) => {
    const bench = await toyWorkbench(test);
    const login = slowLogin();
    login.hold();
    bench.fleet.put(at("https://old.example.test"), ...others);
    await bench.start({ connect: (given) => login.connect(given) });
    await soon(() => expect(bench.hub.list("Secret", toys)).toHaveLength(4));
  });
});

describe.concurrent("a login", patience, () => {
  it("is found out for nobody who has nothing to do with the list", async (test) => {
    const bench = await toyWorkbench(test);
    const login = slowLogin();
    bench.fleet.put(at("https://paris.example.test"), ...others);
    bench.fleet.select(({ name }) => name === "paris");
    const engine = await bench.start({ connect: (given) => login.connect(given) });
    await engine.settle();
    expect(new Set(login.asked)).toEqual(new Set(["fleet/paris"]));
  });
});

describe.concurrent("while a step is being written down", patience, () => {
  const drains = ({ body }: Call): boolean =>
    (body as { data?: { roll?: string } } | undefined)?.data?.roll?.includes('"does": "relabel"') === true;

  it.for([
    { what: "its cluster is chosen again", back: (bench: Workbench) => bench.fleet.select(() => true), then: "member" },
    {
      what: "the hub cannot be trusted any more",
      back: (bench: Workbench) => bench.fleet.doubt({ reason: "HubUnreachable", message: "the hub is away" }),
      then: "leaving",
    },
  ])("$what: the step is not taken", async ({ back, then }, test) => {
    const bench = await toyWorkbench(test, { removals: atOnce });
    bench.fleet.put(at("https://paris.example.test"), ...others);
    let isFirst = true;
    const engine = await bench.start({
      async between(call, send) {
        if (isFirst && drains(call)) {
          isFirst = false;
          back(bench);
        }
        return send();
      },
    });
    await engine.settle();
    const before = bench.hub.get("Secret", toys, "fleet.paris");
    bench.fleet.select(({ name }) => name !== "paris");
    await engine.settle();
    expect(isFirst).toBe(false);
    expect(bench.hub.get("Secret", toys, "fleet.paris")).toEqual(before);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: then });
  });
});

describe.concurrent("an adapter", patience, () => {
  it("that makes a kind which it did not declare is told so, and writes nothing of it", async (test) => {
    const careless = { ...toy, writes: () => [{ apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace: toys }] };
    const bench = await toyWorkbench(test, { adapter: careless });
    bench.fleet.put(at("https://paris.example.test"));
    const engine = await bench.start();
    await engine.settle();
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({
      is: "stale",
      message: "the adapter made a v1 Secret and did not declare it",
    });
    expect(bench.hub.list("Secret", toys)).toEqual([]);
  });
});
