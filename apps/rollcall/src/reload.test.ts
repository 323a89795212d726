import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { fromBase64 } from "@rollcall/contract";
import { stringify } from "yaml";
import { describe, expect, it, vi } from "vitest";
import { configFile } from "./config/file.ts";
import { folder } from "./run.test.helper.ts";
import { configOf, listOf, provider, reloadBench, type Bench } from "./reload.test.helper.ts";
import { followConfig } from "./reload.ts";

const soon = (isSo: () => void): Promise<void> => vi.waitFor(isSo, { timeout: 10_000, interval: 20 });

/** Waits until the config has been read again so often. */
async function reloads(bench: Bench, times = 1): Promise<void> {
  await soon(() => expect(bench.results.length).toBe(times));
}

describe.concurrent("while Rollcall runs", { timeout: 30_000 }, () => {
  it("a list that is added is kept, and the one before does not notice", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]));
    const before = bench.lines.length;
    await bench.write(configOf([listOf("one"), listOf("two")]));
    await soon(() => expect(bench.standing("two")).toEqual(["paris"]));
    expect(bench.said("config taken")).toMatchObject([{ added: ["two (sync)"], changed: [], gone: [] }]);
    expect(bench.lines.slice(before).filter(({ list }) => list === "one")).toEqual([]);
    bench.publish("rome");
    await soon(() => expect([...bench.standing("one"), ...bench.standing("two")]).toEqual(["paris", "rome", "paris", "rome"]));
  });

  it("a list that changes goes on as it is said now, and each write says which config it came from", async () => {
    await using bench = await reloadBench(configOf([listOf("one"), listOf("two")]));
    const first = bench.said("wrote").find(({ list }) => list === "one");
    const before = bench.writes().length;
    await bench.write(configOf([listOf("one", { options: { project: "shop" } }), listOf("two")]));
    await soon(() => expect(fromBase64(bench.secret("one", "paris")!.data!["project"] ?? "")).toBe("shop"));
    const last = bench.said("wrote").at(-1);
    expect(first?.["config"]).toMatch(/^[0-9a-f]{10}$/);
    expect(last?.["config"]).toMatch(/^[0-9a-f]{10}$/);
    expect(last?.["config"]).not.toBe(first?.["config"]);
    expect(bench.writes().slice(before)).toEqual(["patch one/fleet.paris"]);
    expect(bench.rollcall.lists.size).toBe(2);
  });

  it("who changes a list again and again ends with what was said last", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]));
    for (const project of ["a", "b", "c"]) {
      await bench.write(configOf([listOf("one", { options: { project } })]));
      await bench.looks();
    }
    await soon(() => expect(fromBase64(bench.secret("one", "paris")!.data!["project"] ?? "")).toBe("c"));
    expect(bench.said("the list cannot be kept")).toEqual([]);
  });

  it("a list that is named no more is not swept, and comes back without a write", async () => {
    const both = configOf([listOf("one"), listOf("two")]);
    await using bench = await reloadBench(both);
    await soon(() => expect(bench.standing("two")).toEqual(["paris"]));
    await bench.write(configOf([listOf("one")]));
    await soon(() => expect(bench.said("list is not kept any more")).toMatchObject([{ list: "two" }]));
    expect(bench.said("list is not kept any more")[0]?.["todo"]).toContain("rollcall detach two");
    bench.publish("rome");
    await soon(() => expect(bench.standing("one")).toContain("rome"));
    expect(bench.standing("two")).toEqual(["paris"]);
    const before = bench.writes().length;
    await bench.write(both);
    await soon(() => expect(bench.standing("two")).toEqual(["paris", "rome"]));
    expect(bench.writes().slice(before)).toEqual(["create two/fleet.rome"]);
  });

  it("a list that joins where others are at work knows what it wrote in another life: whoever is here keeps their name", async () => {
    const two = (name: string): object => listOf("two", { target: { namespace: "one" }, select: { labels: "env=b" }, options: { name } });
    const one = listOf("one", { select: { labels: "env=a" } });
    await using other = await reloadBench(configOf([two("{namespace}-{name}")]));
    other.publish({ name: "oslo", env: "b" });
    await soon(() => expect(other.standing("two")).toEqual(["oslo"]));
    const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = other.secret("one", "oslo")!.metadata;

    await using bench = await reloadBench(configOf([one]));
    bench.hub.apply({ ...other.secret("one", "oslo")!, metadata });
    bench.publish({ name: "oslo", env: "b" }, { name: "rome", env: "a" });
    await soon(() => expect(bench.standing("one")).toEqual(["rome"]));
    await bench.write(configOf([one, two("{name}")]));
    await soon(() => expect(bench.said("list gone through").at(-1)).toMatchObject({ list: "two" }));
    expect(fromBase64(bench.secret("one", "oslo")!.data!["name"]!)).toBe("fleet-oslo");
    // The profile is another object than the one it was written for, so a mark follows, and nothing else.
    expect(bench.said("wrote").find(({ list }) => list === "two")?.["changes"]).toEqual(["annotations.rollcall.dev/cluster-uid"]);
  });

  it("a list that is put elsewhere is made anew there, and what it wrote before is not swept", async () => {
    await using bench = await reloadBench(configOf([listOf("one"), listOf("two", { select: { labels: "env=lab" } })]));
    await bench.write(configOf([listOf("one", { target: { namespace: "two" } }), listOf("two", { select: { labels: "env=lab" } })]));
    await soon(() => expect(bench.secret("two", "paris")).toBeDefined());
    expect(bench.said("list is kept elsewhere now")).toMatchObject([{ list: "one" }]);
    expect(bench.said("roll stays behind")).toEqual([]);
    await bench.looks();
    expect(bench.writes()).toEqual(["create one/fleet.paris", "create two/fleet.paris"]);
  });

  it("a list that is put on another server leaves its orders behind, which is said with the commands to give them again", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]));
    const orders = { version: 1, exclude: { "fleet/paris": { why: "never", by: "ada", at: "2026-11-21T10:00:00Z" } } };
    const rollOf = () => bench.hub.get("ConfigMap", "rollcall", "rollcall-one-roll");
    await soon(() => expect(rollOf()).toBeDefined());
    const roll = rollOf()!;
    bench.hub.apply({ ...roll, data: { ...roll.data, orders: JSON.stringify(orders) } });
    await soon(() => expect(bench.rollcall.lists.get("one")?.status().get("fleet/paris")).toMatchObject({ state: "missing" }));
    await bench.write(configOf([listOf("one", { target: { namespace: "one", kubeconfig: "there" } })]));
    await soon(() =>
      expect(bench.said("roll stays behind")).toMatchObject([
        { level: "warn", list: "one", again: ["rollcall exclude one fleet/paris --why=never --by=ada --config=FILE"] },
      ]),
    );
  });

  it("a list with a problem goes on as it was, and the others as they are said", async () => {
    await using bench = await reloadBench(configOf([listOf("one"), listOf("two")]));
    await bench.write(configOf([listOf("one", { options: { project: "shop" } }), listOf("two", { mode: "perhaps" })]));
    await soon(() => expect(fromBase64(bench.secret("one", "paris")!.data!["project"] ?? "")).toBe("shop"));
    expect(bench.said("config problem")).toMatchObject([{ level: "error", at: "lists[1].mode" }]);
    expect(bench.said("list goes on as before")).toMatchObject([{ list: "two" }]);
    expect(bench.results).toEqual(["partly taken"]);
    bench.publish("rome");
    await soon(() => expect(bench.standing("two")).toEqual(["paris", "rome"]));
  });

  it("a file that is no config changes nothing and is complained about once", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]));
    await bench.write("lists: [{ name: [[[");
    await reloads(bench);
    await bench.looks();
    expect(bench.results).toEqual(["refused"]);
    expect(bench.said("config problem")).toMatchObject([
      { at: "(the config)", problem: expect.stringContaining("is not YAML") as unknown },
    ]);
    bench.publish("rome");
    await soon(() => expect(bench.standing("one")).toEqual(["paris", "rome"]));
  });

  it("a file that is gone changes nothing and is complained about once; when it is back, nobody notices", async () => {
    const config = configOf([listOf("one")]);
    await using bench = await reloadBench(config);
    await bench.remove("config.yaml");
    await reloads(bench);
    await bench.looks();
    expect(bench.said("config problem")).toMatchObject([{ problem: expect.stringContaining("ENOENT") as unknown }]);
    bench.publish("rome");
    await soon(() => expect(bench.standing("one")).toEqual(["paris", "rome"]));
    const writes = bench.writes().length;
    await bench.write(config);
    await reloads(bench, 2);
    expect(bench.said("config taken")).toMatchObject([{ added: [], changed: [], gone: [] }]);
    expect(bench.writes()).toHaveLength(writes);
    expect(bench.said("list gone through")).toHaveLength(1);
  });

  it("a login that becomes known lets in who waited for it, and one that is misspelt locks nobody out", async () => {
    const file = { file: "providers.json" };
    await using bench = await reloadBench(configOf([listOf("one")], { providers: file }), {
      "providers.json": JSON.stringify({ providers: [provider("fleet")] }),
    });
    bench.publish({ name: "rome", provider: "corp" });
    await soon(() => expect(bench.rollcall.lists.get("one")?.status().get("fleet/rome")?.verdict?.reason).toBe("NoProvider"));
    const writes = bench.writes().length;
    await bench.write(JSON.stringify({ providers: [provider("fleet"), provider("corp")] }), "providers.json");
    await soon(() => expect(bench.standing("one")).toEqual(["paris", "rome"]));
    expect(bench.writes().slice(writes)).toEqual(["create one/fleet.rome"]);
    await bench.write(
      JSON.stringify({
        providers: [
          { name: "fleet", execConfig: {} },
          { name: "corp", execConfig: {} },
        ],
      }),
      "providers.json",
    );
    await soon(() => expect(bench.said("config problem").length).toBeGreaterThan(0));
    await bench.looks();
    expect(bench.writes()).toHaveLength(writes + 1);
    expect(bench.rollcall.lists.get("one")?.status().get("fleet/rome")).toMatchObject({ state: "member" });
    expect(bench.rollcall.lists.get("one")?.status().get("fleet/rome")?.verdict).toBeUndefined();
  });

  it("what only a start can heed is said, and the old value holds", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]));
    await bench.write(configOf([listOf("one")], { instance: "other" }));
    await soon(() => expect(bench.said("config needs a restart")).toMatchObject([{ keys: ["instance"] }]));
    bench.publish("rome");
    await soon(() => expect(bench.secret("one", "rome")?.metadata.labels?.["rollcall.dev/instance"]).toBe("rollcall"));
  });

  it("where no list is kept any more nothing is read: its rights may be taken away", async () => {
    const there = listOf("two", { target: { namespace: "two", kubeconfig: "there" } });
    await using bench = await reloadBench(configOf([listOf("one"), there, listOf("three")]));
    await soon(() => expect([...bench.standing("two"), ...bench.standing("three")]).toEqual(["paris", "paris"]));
    await bench.write(configOf([listOf("one")]));
    await reloads(bench);
    await soon(() => expect([...bench.rollcall.lists.keys()]).toEqual(["one"]));
    await bench.looks();
    expect(bench.said("watch failed")).toEqual([]);
    const before = bench.requests().length;
    const read = (...namespaces: readonly string[]) =>
      bench
        .requests()
        .slice(before)
        .filter(({ namespace = "" }) => namespaces.includes(namespace));
    bench.hub.closeWatches();
    await soon(() => expect(read("one")).not.toEqual([]));
    await bench.looks();
    expect(read("two", "three")).toEqual([]);
  });

  it("a watch that falls silent is not waited for longer than it is told", async () => {
    await using bench = await reloadBench(configOf([listOf("one")]), {}, { silence: 300, firstRetry: 50 });
    await soon(() =>
      expect(new Set(bench.said("watch failed").map(({ kind }) => kind))).toEqual(new Set(["ClusterProfile", "Secret", "ConfigMap"])),
    );
  });
});

describe("a config file", () => {
  it("is followed through links, as a mounted ConfigMap has them", async () => {
    await using files = await folder({});
    const put = async (version: string, lists: readonly object[]): Promise<void> => {
      await mkdir(files.at(version));
      await writeFile(files.at(`${version}/config.yaml`), stringify(configOf(lists)));
      await symlink(version, files.at("..data_tmp"));
      await rename(files.at("..data_tmp"), files.at("..data"));
    };
    await put("v1", [listOf("one")]);
    await symlink("..data/config.yaml", files.at("config.yaml"));
    const source = configFile(files.at("config.yaml"));
    expect((await source.read()).config?.lists.map(({ name }) => name)).toEqual(["one"]);
    expect(await source.news()).toBeUndefined();
    await put("v2", [listOf("two")]);
    await rm(files.at("v1"), { recursive: true });
    expect(await source.news()).toBeDefined();
    expect((await source.read()).config?.lists.map(({ name }) => name)).toEqual(["two"]);
    expect(await source.news()).toBeUndefined();
  });

  it("is not read while it is being written", async () => {
    const news = ["half", "more", "whole", "whole"];
    let reads = 0;
    const stopping = new AbortController();
    const left: number[] = [];
    followConfig({
      source: {
        news: async () => news.shift(),
        async read() {
          reads += 1;
          left.push(news.length);
          return { problems: [], leftOut: [] };
        },
      },
      take: () => undefined,
      log: () => undefined,
      signal: stopping.signal,
      every: 1,
    });
    await soon(() => expect(reads).toBe(1));
    stopping.abort();
    expect(left).toEqual([0]);
  });
});
