import { canonicalJson, fromBase64, objectKey, ourDomain, RollcallError } from "@rollcall/contract";
import type { Adapter, Kind, KubeObject, Reachable } from "@rollcall/contract";
import { expect, it } from "vitest";
import { reachable } from "./fixtures.ts";
import { credentials, frozen, hostileWords, longName, reversed, sample, samples } from "./samples.ts";
import { withoutWorld } from "./without-world.ts";

/** Something that every adapter keeps; `check` throws where one does not. */
export interface Promised {
  readonly name: string;
  check<Options>(adapter: Adapter<Options>, options: Options): void;
}

/** Registers one test for each promise that adapters keep. */
export function testAdapter<Options>(adapter: Adapter<Options>, options: Options): void {
  it.each(promises)("$name", (promised) => {
    expect.hasAssertions();
    promised.check(adapter, options);
  });
}

export const promises: readonly Promised[] = [
  {
    name: "renders at least a plain cluster",
    check: (adapter, options) => expect(render(adapter, options, sample(adapter, options))).not.toEqual([]),
  },
  {
    name: "gives the same bytes for the same cluster, whatever the order of its words",
    check: (adapter, options) => {
      for (const cluster of samples(adapter, options)) {
        const objects = render(adapter, options, cluster);
        expect(JSON.stringify(render(adapter, options, cluster))).toBe(JSON.stringify(objects));
        expect(canonicalJson(render(adapter, options, reversed(cluster)))).toBe(canonicalJson(objects));
      }
      const index = indexOf(adapter, options, samples(adapter, options));
      expect(JSON.stringify(indexOf(adapter, options, samples(adapter, options)))).toBe(JSON.stringify(index));
    },
  },
  {
    name: "changes nothing that it is given",
    check: (adapter, options) => {
      const given = frozen({ clusters: samples(adapter, options), options: structuredClone(options) });
      const before = canonicalJson(given);
      for (const cluster of given.clusters) render(adapter, given.options, cluster);
      indexOf(adapter, given.options, given.clusters);
      expect(canonicalJson(given)).toBe(before);
    },
  },
  {
    name: "asks no clock, chance, network or environment",
    check: (adapter, options) => {
      const clusters = samples(adapter, options);
      const ask = () => {
        for (const cluster of clusters) render(adapter, options, cluster);
        indexOf(adapter, options, clusters);
        adapter.writes(options);
        adapter.leave(options);
      };
      expect(() => withoutWorld(ask)).not.toThrow();
    },
  },
  {
    name: "makes only kinds of objects that it declares, where it declares them",
    check: (adapter, options) => {
      const declared = adapter.writes(options);
      for (const { plural } of declared) expect(plural).toMatch(/^[a-z]+$/);
      const undeclared = everything(adapter, options).filter((object) => !declared.some((kind) => isOf(kind, object)));
      expect(undeclared.map(objectKey)).toEqual([]);
    },
  },
  {
    name: "names objects as an API server takes them",
    check: (adapter, options) => {
      const long = [longName("x"), longName("y")].map((name) => sample(adapter, options, { name, namespace: "n".repeat(63) }));
      for (const { metadata } of [...everything(adapter, options), ...long.flatMap((each) => render(adapter, options, each))]) {
        expect(metadata.name).toMatch(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/);
        expect(metadata.name.length).toBeLessThanOrEqual(253);
      }
    },
  },
  {
    name: "never gives two clusters one name",
    check: (adapter, options) => {
      const identities = [
        { namespace: "a-b", name: "c" },
        { namespace: "a", name: "b-c" },
        { namespace: "a", name: "b.c" },
        { namespace: "a", name: longName("x") },
        { namespace: "a", name: longName("y") },
      ];
      const named = identities.map((identity) => namesOf(adapter, render(adapter, options, sample(adapter, options, identity))));
      const names = named.flatMap((each) => [...new Set(each)]);
      expect(names).toEqual([...new Set(names)]);
    },
  },
  {
    name: "keeps the names that stand",
    check: (adapter, options) => {
      const kept = { name: "as-it-stands", plain: { name: "as people know it" } };
      const anchor = adapter.entry(sample(adapter, options), options, kept).at(-1);
      expect(anchor?.metadata.name).toBe(kept.name);
      if (adapter.plain?.includes("name")) expect(plainOf(anchor, "name")).toBe(kept.plain.name);
    },
  },
  {
    name: "leaves marks to the engine, whatever a profile carries",
    check: (adapter, options) => {
      const given = { name: "paris", labels: hostileWords, properties: hostileWords };
      const objects = render(adapter, options, sample(adapter, options, given));
      for (const { metadata } of [...objects, ...everything(adapter, options)]) {
        expect(Object.keys({ ...metadata.labels, ...metadata.annotations }).filter((key) => key.includes(ourDomain))).toEqual([]);
        expect(JSON.stringify(metadata)).not.toContain("hostile");
      }
    },
  },
  {
    name: "refuses with words what it cannot express",
    check: (adapter, options) => {
      const refused = samples(adapter, options).flatMap((cluster) => refusalTo(() => adapter.entry(cluster, options)) ?? []);
      const wordless = refused.filter(({ reason, message }) => !/^[A-Z][A-Za-z]+$/.test(reason) || !message.includes(" "));
      expect(wordless).toEqual([]);
      // Nothing that an adapter says can change by waiting: it would have to look at something else than its input.
      expect(refused.filter(({ retry }) => retry)).toEqual([]);
    },
  },
  {
    name: "shows a credential in Secrets alone, and never in a plain key",
    check: (adapter, options) => {
      const cluster = reachable({ name: "paris", connection: { login: credentials.token } });
      const objects = render(adapter, options, cluster);
      expect(canonicalJson(objects.filter(({ kind }) => kind !== "Secret"))).not.toContain("canary");
      const shown = objects.flatMap((object) => [object.metadata, ...(adapter.plain ?? []).map((key) => plainOf(object, key))]);
      expect(canonicalJson(shown)).not.toContain("canary");
    },
  },
  {
    name: "writes Secret data that can be read back",
    check: (adapter, options) => {
      const data = everything(adapter, options).flatMap(({ kind, data }) => (kind === "Secret" ? Object.values(data ?? {}) : []));
      expect(data.map(fromBase64)).not.toContain(undefined);
    },
  },
  {
    name: "compares by meaning without stumbling",
    check: (adapter, options) => {
      const unsettled = Object.entries(adapter.same ?? {}).flatMap(([key, same]) => {
        const made = everything(adapter, options).flatMap((object) => plainOf(object, key) ?? []);
        return [...oddTexts, ...made].filter((text) => same(same(text)) !== same(text));
      });
      expect(unsettled).toEqual([]);
    },
  },
  {
    name: "goes by steps that are data, with one first harmful step each way",
    check: (adapter, options) => {
      const { drain, release } = adapter.leave(options);
      for (const steps of [drain, release]) {
        expect(steps.filter((step) => step.final)).toHaveLength(1);
        const data = steps.map((step) => (step.does === "untilUnused" ? { ...step, uses: undefined } : step));
        expect(JSON.parse(JSON.stringify(data))).toEqual(data);
        for (const { plural } of steps.flatMap((step) => (step.does === "untilUnused" ? step.reads : [])))
          expect(plural).toMatch(/^[a-z]+$/);
      }
      expect(canonicalJson(adapter.leave(options))).toBe(canonicalJson({ drain, release }));
    },
  },
];

const oddTexts = ["", " ", "{", "null", '{"a":[[]]}', "[".repeat(20_000)];

/** What an adapter makes of a cluster; nothing when it refuses. */
function render<Options>(adapter: Adapter<Options>, options: Options, cluster: Reachable): readonly KubeObject[] {
  let objects: readonly KubeObject[] = [];
  refusalTo(() => (objects = adapter.entry(cluster, options)));
  return objects;
}

/** Why an adapter refused; anything else that it throws is a fault of its own. */
function refusalTo(run: () => unknown): RollcallError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof RollcallError) return error;
    throw error;
  }
}

/** The index of readable members, with one among them who is not and one who is leaving. */
function indexOf<Options>(adapter: Adapter<Options>, options: Options, clusters: readonly Reachable[]): readonly KubeObject[] {
  const members = clusters.map((cluster, at) => ({ id: `${cluster.id}-${at}`, name: `${cluster.name}-${at}`, listed: at !== 1 }));
  const { objects = [] } =
    adapter.index?.(
      members.map((member, at) => (at === 0 ? member : { ...member, cluster: clusters[at]! })),
      options,
    ) ?? {};
  return objects;
}

function everything<Options>(adapter: Adapter<Options>, options: Options): readonly KubeObject[] {
  const clusters = samples(adapter, options);
  return [...clusters.flatMap((cluster) => render(adapter, options, cluster)), ...indexOf(adapter, options, clusters)];
}

function isOf({ apiVersion, kind, namespace }: Kind, object: KubeObject): boolean {
  const isInPlace = namespace === "*" ? object.metadata.namespace !== undefined : namespace === object.metadata.namespace;
  return apiVersion === object.apiVersion && kind === object.kind && isInPlace;
}

/** What must be a cluster's own: its objects, and the name that the consumer shows. */
function namesOf<Options>({ plain = [] }: Adapter<Options>, objects: readonly KubeObject[]): readonly string[] {
  const shown = plain.includes("name") ? plainOf(objects.at(-1), "name") : undefined;
  return [...objects.map(objectKey), ...(shown === undefined ? [] : [`name ${shown}`])];
}

function plainOf(object: KubeObject | undefined, key: string): string | undefined {
  const value = object?.data?.[key];
  return value === undefined || object?.kind !== "Secret" ? value : fromBase64(value);
}
