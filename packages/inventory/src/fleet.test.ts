import { describe, expect, it } from "vitest";
import { advance, emptyFleet, type Fleet, parseProfile, placed, type Seen } from "./index.ts";

interface Told {
  readonly version?: string;
  readonly kind?: string;
  readonly status?: object;
  readonly metadata?: object;
}

function seen(
  name: string,
  { version = "1", kind = "ClusterProfile", status = {}, metadata = {} }: Told = {},
  namespaceLabels: Readonly<Record<string, string>> = {},
): Seen {
  const object = {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind,
    metadata: { namespace: "fleet", name, uid: `u-${name}`, resourceVersion: version, ...metadata },
    spec: { clusterManager: { name: "hand" } },
    status: { properties: [{ name: "region", value: "eu" }], ...(name === "paris" && joined("True")), ...status },
  };
  const profile = placed(parseProfile(object), namespaceLabels);
  return { id: profile.id, profile };
}

const set = "multicluster.x-k8s.io/clusterset";
const joined = (status: string, heartbeat: object = {}) => ({ conditions: [{ type: "Joined", status, ...heartbeat }] });

const gone = (name: string): Seen => ({ id: `fleet/${name}` });
const start = advance(emptyFleet, [seen("paris"), seen("rome"), seen("odd", { kind: "Odd" })]).fleet;
const access = (...names: string[]) => ({ accessProviders: names.map((name) => ({ name, cluster: { server: `https://${name}` } })) });

describe("a fleet advances", () => {
  it.each<{ when: string; seen: readonly Seen[]; changed: readonly string[] }>([
    { when: "a profile is new", seen: [seen("oslo")], changed: ["fleet/oslo"] },
    { when: "a profile is gone", seen: [gone("paris")], changed: ["fleet/paris"] },
    { when: "a refused profile is gone", seen: [gone("odd")], changed: ["fleet/odd"] },
    { when: "a label changed", seen: [seen("paris", { metadata: { labels: { env: "prod" } } })], changed: ["fleet/paris"] },
    { when: "a condition has another status", seen: [seen("paris", { status: joined("False") })], changed: ["fleet/paris"] },
    { when: "a condition is new", seen: [seen("rome", { status: joined("True") })], changed: ["fleet/rome"] },
    { when: "it is in a cluster set", seen: [seen("paris", { metadata: { labels: { [set]: "edge" } } })], changed: ["fleet/paris"] },
    { when: "its namespace joins a cluster set", seen: [seen("rome", {}, { [set]: "edge" })], changed: ["fleet/rome"] },
    { when: "its endpoint moved", seen: [seen("paris", { status: access("a") })], changed: ["fleet/paris"] },
    { when: "it was made anew", seen: [seen("paris", { metadata: { uid: "u-2" } })], changed: ["fleet/paris"] },
    {
      when: "it is being deleted",
      seen: [seen("paris", { metadata: { deletionTimestamp: "2026-08-22T07:31:00Z" } })],
      changed: ["fleet/paris"],
    },
    { when: "it can no longer be used", seen: [seen("paris", { kind: "Odd" })], changed: ["fleet/paris"] },
    { when: "it can be used again", seen: [seen("odd")], changed: ["fleet/odd"] },
    {
      when: "one is seen twice, the last counts",
      seen: [gone("paris"), seen("rome", { kind: "Odd" }), seen("rome"), seen("paris", { version: "2" })],
      changed: [],
    },
  ])("when $when", ({ seen, changed }) => {
    const next = advance(start, seen);
    expect(next.changed).toEqual(changed);
    expect(next.fleet.generation).toBe(start.generation + (changed.length > 0 ? 1 : 0));
  });

  it("not at all for a heartbeat", () => {
    const status = {
      properties: [{ name: "region", value: "eu", lastObservedTime: "2026-08-22T10:00:00Z" }],
      ...joined("True", { lastTransitionTime: "2026-08-22T10:00:00Z", reason: "Other", message: "still there" }),
    };
    const metadata = { annotations: { heartbeat: "2" }, managedFields: [{ manager: "agent", time: "2026-08-22T10:00:00Z" }] };
    const next = advance(start, [
      seen("paris", { version: "2", status, metadata }),
      seen("odd", { version: "2", kind: "Odd" }),
      gone("oslo"),
    ]);
    expect(next.fleet).toBe(start);
    expect(next.changed).toEqual([]);
  });

  it("not at all when labels, properties or providers only change their order", () => {
    const one = advance(emptyFleet, [seen("paris", { status: access("a", "b"), metadata: { labels: { x: "1", y: "2" } } })]).fleet;
    expect(advance(one, [seen("paris", { status: access("b", "a"), metadata: { labels: { y: "2", x: "1" } } })]).fleet).toBe(one);
  });

  it.each([
    ['{"a":[]}', '{"a":{}}'],
    ['{"__proto__":{}}', '{"a":{}}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":"1"}', '{"a":1}'],
    ['{"a":null}', '{"a":{}}'],
  ])("when what a plugin is told goes from %s to %s", (before, after) => {
    const told = (json: string) => {
      const extensions = [{ name: "client.authentication.k8s.io/exec", extension: JSON.parse(json) as unknown }];
      return [seen("paris", { status: { accessProviders: [{ name: "a", cluster: { server: "https://a", extensions } }] } })];
    };
    expect(advance(advance(emptyFleet, told(before)).fleet, told(after)).changed).toEqual(["fleet/paris"]);
    expect(advance(advance(emptyFleet, told(after)).fleet, told(before)).changed).toEqual(["fleet/paris"]);
    expect(advance(advance(emptyFleet, told(after)).fleet, told(after)).changed).toEqual([]);
  });

  it("and knows a cluster or a refusal of each profile, never both", () => {
    const sides = (fleet: Fleet) => [[...fleet.clusters.keys()], [...fleet.refused.keys()]];
    expect(sides(start)).toEqual([["fleet/paris", "fleet/rome"], ["fleet/odd"]]);
    expect(sides(advance(start, [seen("paris", { kind: "Odd" }), seen("odd")]).fleet)).toEqual([
      ["fleet/rome", "fleet/odd"],
      ["fleet/paris"],
    ]);
  });

  it("and leaves the fleet before it, and every other cluster, as they were", () => {
    const many = advance(
      emptyFleet,
      Array.from({ length: 10_000 }, (_, at) => seen(`c-${at}`)),
    ).fleet;
    const next = advance(many, [gone("c-5000"), seen("c-1", { metadata: { labels: { env: "prod" } } })]).fleet;
    expect([many.clusters.size, next.clusters.size]).toEqual([10_000, 9_999]);
    expect(many.clusters.get("fleet/c-1")?.labels).toEqual({});
    expect([...next.clusters].filter(([id, cluster]) => many.clusters.get(id) !== cluster).map(([id]) => id)).toEqual(["fleet/c-1"]);
  });
});
