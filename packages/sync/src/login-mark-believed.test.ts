import { annotations, type Adapter, type Handed, type KubeObject } from "@rollcall/contract";
import { cluster, patience, toy, toyWorkbench, toys, type Finishing, type ToyOptions, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { logins, words, type Logins } from "./login-mark.test.helper.ts";
import { readLogin } from "./login-mark.ts";
import { standing } from "./standing.ts";

const wanted = { "toy.example/login": "credential" };

async function withMembers(test: Finishing, adapter: Adapter<ToyOptions> = toy): Promise<Workbench> {
  const bench = await toyWorkbench(test, { adapter });
  bench.fleet.put(cluster({ name: "paris", properties: wanted }), cluster({ name: "rome", properties: wanted }));
  await once(bench, logins("first").connect);
  return bench;
}

/** Rollcall runs until nothing changes any more, and ends; what it has written. */
async function once(bench: Workbench, connect: Logins["connect"], mode: "sync" | "observe" = "sync"): Promise<readonly string[]> {
  const from = bench.writes().length;
  const engine = await bench.start({ connect, mode });
  await engine.settle();
  await engine.settle();
  const would = engine.events.flatMap((event) => (event.is === "would" ? [event.change] : []));
  await engine.stop();
  return mode === "observe" ? [...new Set(would)] : bench.writes(from).map(({ verb, name }) => `${verb} ${name}`);
}

const secret = ({ hub }: Workbench, name = "fleet.paris"): KubeObject => hub.get("Secret", toys, name)!;
const markOn = (bench: Workbench, name?: string): string => secret(bench, name).metadata.annotations![annotations.login]!;

function setMark(bench: Workbench, mark: string, name?: string): void {
  const { metadata, ...rest } = secret(bench, name);
  const { resourceVersion: _, ...own } = metadata;
  bench.hub.apply({ ...rest, metadata: { ...own, annotations: { ...own.annotations, [annotations.login]: mark } } });
}

const day = 86_400_000;
const now = Date.parse("2026-11-21T10:00:00Z");
const at = (days: number): string => new Date(now + days * day).toISOString();

describe.concurrent("a mark that somebody forged", patience, () => {
  it.for<readonly [string, object | string | null]>([
    ["begins in the future", { from: at(0.01), until: at(0.02) }],
    ["ends before it begins", { from: at(-1), until: at(-2) }],
    ["ends when it begins", { from: at(0), until: at(0) }],
    ["lasts longer than anything does", { until: at(30.1) }],
    ["says a time in other words", { until: "Sat, 21 Nov 2026 12:00:00 GMT (until then)" }],
    ["says a time that is none", { from: "never", until: "ever" }],
    ["says a number for a time", { from: 0 }],
    ["says no end", { until: undefined }],
    ["says for nobody what it is good for", { by: null }],
    ["says a list for a provider", { provider: ["fleet"] }],
    ["says numbers for hashes", { keys: { config: 5 } }],
    ["says one hash for two", { keys: { config: ["a"] } }],
    ["says a hash of what every object seems to have", { keys: { constructor: ["a", "b"] } }],
    ["names no key", { keys: {} }],
    ["says nothing for keys", { keys: null }],
    ["is nothing", null],
    ["is a text", JSON.stringify("")],
    ["is no JSON", "{"],
  ])("and that %s is not believed: the credential is got anew, and one write puts the mark right", async ([, forged], test) => {
    const bench = await withMembers(test);
    const right = markOn(bench);
    setMark(bench, typeof forged === "string" ? forged : JSON.stringify(forged && { ...(JSON.parse(right) as object), ...forged }));
    expect(await once(bench, logins("first").connect, "observe")).toContain("change Secret/toys/fleet.paris");
    const { connect, made } = logins("first");
    expect(await once(bench, connect)).toEqual(["patch fleet.paris"]);
    expect(made).toHaveLength(1);
    expect(markOn(bench)).toBe(right);
    expect(await once(bench, logins("third").connect)).toEqual([]);
  });

  it("is not shown to anybody", async (test) => {
    const bench = await withMembers(test);
    const kind = { apiVersion: "v1", kind: "Secret", plural: "secrets" };
    const read = (): Handed | undefined => readLogin([standing(kind, secret(bench), toy)], now);
    const { provider, by } = words;
    expect(read()).toEqual(words);
    setMark(bench, JSON.stringify({ ...(JSON.parse(markOn(bench)) as object), from: at(1), until: at(2) }));
    expect(read()).toEqual({ provider, by });
  });
});

describe.concurrent("a mark that was copied", patience, () => {
  it("to another cluster's object says nothing there, not even by which provider", async (test) => {
    const bench = await withMembers(test);
    const right = markOn(bench);
    setMark(bench, markOn(bench, "fleet.rome"));
    const { connect, asked, made } = logins("first");
    expect(await once(bench, connect)).toEqual(["patch fleet.paris"]);
    expect(asked.filter((handed) => handed === undefined).length).toBeGreaterThan(0);
    expect(made).toHaveLength(1);
    expect(markOn(bench)).toBe(right);
  });

  it("to an object of another list says nothing there, unless the very same credential stands in it", async (test) => {
    const bench = await withMembers(test);
    const kind = { apiVersion: "v1", kind: "Secret", plural: "secrets" };
    const { metadata, data, ...rest } = secret(bench);
    const labels = { ...metadata.labels, "rollcall.dev/list": "other" };
    const copy = { ...rest, metadata: { ...metadata, labels }, data: { ...data, config: btoa("an older one") } };
    expect(readLogin([standing(kind, copy, toy)], now)).toBeUndefined();
    expect(readLogin([standing(kind, { ...copy, data: data! }, toy)], now)).toEqual(words);
  });
});

/** A consumer that reads a credential from two objects. */
const twice: Adapter<ToyOptions> = {
  ...toy,
  entry: (given, options, kept) => {
    const name = kept?.name.replace(".spare", "");
    return toy.entry(given, options, kept && { ...kept, name: name! }).flatMap((object) => {
      const { metadata, kind } = object;
      return kind === "Secret" ? [{ ...object, metadata: { ...metadata, name: `${metadata.name}.spare` } }, object] : [object];
    });
  },
};

describe.concurrent("a credential that stands in two objects", patience, () => {
  it("is not got anew by a restart where both say the same of it", async (test) => {
    const bench = await withMembers(test, twice);
    expect(markOn(bench, "fleet.paris.spare")).toBe(markOn(bench));
    const { connect, made } = logins("second");
    expect(await once(bench, connect)).toEqual([]);
    expect(made).toEqual([]);
  });

  it.for<readonly [string, string, Partial<Handed>]>([
    ["since when", "fleet.paris", { from: at(-1) }],
    ["until when", "fleet.paris.spare", { until: at(0.01) }],
    ["what for", "fleet.paris.spare", { by: "another" }],
    ["by whom", "fleet.paris", { provider: "another" }],
  ])("is got anew where one says otherwise %s, and then both say the same", async ([, name, other], test) => {
    const bench = await withMembers(test, twice);
    setMark(bench, JSON.stringify({ ...(JSON.parse(markOn(bench)) as object), ...other }), name);
    expect(await once(bench, logins("first").connect, "observe")).toContain("change Secret/toys/fleet.paris");
    const { connect, made } = logins("first");
    expect(await once(bench, connect)).toEqual([`patch ${name}`]);
    expect(made).toHaveLength(1);
    expect(markOn(bench, "fleet.paris.spare")).toBe(markOn(bench));
  });
});
