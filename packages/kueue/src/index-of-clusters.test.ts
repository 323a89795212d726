import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { KubeObject, Member } from "@rollcall/contract";
import { reachable, toYaml } from "@rollcall/testing";
import { crdCheck } from "./crd.test.helper.ts";
import { kueue, type KueueOptions } from "./index.ts";

const problemsWith = crdCheck((path) => readFileSync(new URL(path, import.meta.url), "utf8"));

const options: KueueOptions = { namespace: "kueue-system", config: "batch" };
const member = (name: string, more: Partial<Member> = {}): Member => ({
  id: `fleet/${name}`,
  name: `fleet.${name}`,
  listed: true,
  cluster: reachable({ name }),
  ...more,
});
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `c${String(from + at).padStart(2, "0")}`);
const named = (clusters: unknown): KubeObject => ({
  apiVersion: "kueue.x-k8s.io/v1beta2",
  kind: "MultiKueueConfig",
  metadata: { name: "batch", uid: "u" },
  spec: { clusters },
});

/** Who is named, without the namespace in front. */
function names(members: readonly Member[], current?: KubeObject, more: Partial<KueueOptions> = {}): readonly string[] {
  const [object] = kueue.index!(members, { ...options, ...more }, current).objects;
  return (object!.spec as { clusters: readonly string[] }).clusters.map((name) => name.replace("fleet.", ""));
}

describe("the MultiKueueConfig", () => {
  it("names the members in the list's order", async () => {
    const { objects, unlisted } = kueue.index!(
      ["rome", "paris", "oslo"].map((name) => member(name)),
      options,
    );
    expect(unlisted).toEqual([]);
    expect(objects.flatMap(problemsWith)).toEqual([]);
    await expect(toYaml(objects)).toMatchFileSnapshot("__golden__/multikueueconfig.yaml");
  });

  it("follows the list to a new order", () => {
    expect(names([member("rome"), member("paris")], named(["fleet.paris", "fleet.rome"]))).toEqual(["rome", "paris"]);
  });

  it("names whoever is leaving no more, and nobody whom the list does not know", () => {
    const members = [member("rome"), member("oslo", { listed: false })];
    expect(names(members, named(["fleet.oslo", "fleet.rome", "by-hand"]))).toEqual(["rome"]);
  });

  it("goes on naming a member that cannot be read", () => {
    const unread: Member = { id: "fleet/rome", name: "fleet.rome", listed: true };
    expect(names([member("paris"), unread], named(["fleet.rome"]))).toEqual(["paris", "rome"]);
  });

  it("is of the version that is served", () => {
    const [object] = kueue.index!([member("rome")], { ...options, version: "v1beta1" }).objects;
    expect(object!.apiVersion).toBe("kueue.x-k8s.io/v1beta1");
    expect(problemsWith(object!)).toEqual([]);
  });

  it("takes twenty, and says of the next that there is no room", () => {
    const members = many(0, 21).map((name) => member(name));
    expect(names(members)).toEqual(many(0, 20));
    expect(kueue.index!(members, options).unlisted).toEqual([
      {
        id: "fleet/c20",
        reason: "NoRoom",
        message:
          'MultiKueueConfig "batch" names 20 clusters, which is all that it may, so fleet/c20 gets no work; take others off the list, or give some a list and a ClusterQueue of their own',
      },
    ]);
  });

  it("keeps whoever is in it when others come before them, for being dropped costs what runs there", () => {
    const current = named(many(5, 25).map((name) => `fleet.${name}`));
    const members = many(0, 25).map((name) => member(name));
    expect(names(members, current)).toEqual(many(5, 25));
    expect(kueue.index!(members, options, current).unlisted.map(({ id }) => id)).toEqual(many(0, 5).map((name) => `fleet/${name}`));
  });

  it("fills a place that is free with the first in order", () => {
    const current = named(many(5, 25).map((name) => `fleet.${name}`));
    const members = many(0, 25).map((name) => member(name, { listed: name !== "c09" }));
    expect(names(members, current)).toEqual(["c00", ...many(5, 9), ...many(10, 25)]);
  });

  it("drops nobody when the operator gives it less room", () => {
    const current = named(["fleet.c00", "fleet.c01", "fleet.c02"]);
    const members = many(0, 6).map((name) => member(name));
    expect(names(members, current, { maxClusters: 2 })).toEqual(["c00", "c01", "c02"]);
    expect(kueue.index!(members, { ...options, maxClusters: 2 }, current).unlisted.map(({ id }) => id)).toEqual([
      "fleet/c03",
      "fleet/c04",
      "fleet/c05",
    ]);
  });

  it("takes ten from a Kueue of the old API, which has no room for more", () => {
    expect(
      names(
        many(0, 12).map((name) => member(name)),
        undefined,
        { version: "v1beta1" },
      ),
    ).toEqual(many(0, 10));
  });

  it.each([{ clusters: undefined }, { clusters: "fleet.c00" }, { clusters: [7, null] }, { clusters: {} }])(
    "is put right when somebody has made it name $clusters",
    ({ clusters }) => expect(names([member("rome")], named(clusters))).toEqual(["rome"]),
  );
});

describe("a list with nobody left", () => {
  const current = named(["fleet.paris"]);

  it.each([{}, { whenEmpty: "keep" as const }])("leaves the MultiKueueConfig as it stands with %j", (more) => {
    expect(kueue.index!([], { ...options, ...more }, current)).toEqual({ objects: [], unlisted: [] });
  });

  it("deletes it when the operator wants it so", () => {
    const gone = [member("paris", { listed: false })];
    expect(kueue.index!(gone, { ...options, whenEmpty: "delete" }, current)).toEqual({ objects: [], unlisted: [], removes: [current] });
  });

  it("begins none and deletes none where none stands", () => {
    expect(kueue.index!([], { ...options, whenEmpty: "delete" })).toEqual({ objects: [], unlisted: [] });
  });

  it("deletes nothing as long as somebody is left, even one that cannot be read", () => {
    const unread: Member = { id: "fleet/paris", name: "fleet.paris", listed: true };
    expect(kueue.index!([unread], { ...options, whenEmpty: "delete" }, current)).not.toHaveProperty("removes");
  });
});

it("whatever stands and whoever comes, an API server takes it, nobody in it is dropped, and everybody is in it or told why not", () => {
  const name = fc.constantFrom(...many(0, 40));
  const all = fc.uniqueArray(fc.record({ name, listed: fc.boolean() }), { selector: (each) => each.name, minLength: 1, maxLength: 40 });
  const before = fc.uniqueArray(name, { maxLength: 20 });
  const room = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(all, before, room, (members, stood, maxClusters) => {
      const listed = members.filter((each) => each.listed).map((each) => each.name);
      fc.pre(listed.length > 0);
      const given = members.map((each) => member(each.name, { listed: each.listed }));
      const current = named(stood.map((each) => `fleet.${each}`));
      const { objects, unlisted } = kueue.index!(given, { ...options, maxClusters }, current);
      const inside = names(given, current, { maxClusters });
      expect(objects.flatMap(problemsWith)).toEqual([]);
      expect(inside).toEqual(listed.filter((each) => inside.includes(each)));
      expect(inside).toEqual(expect.arrayContaining(listed.filter((each) => stood.includes(each))));
      expect(inside.slice(maxClusters).every(() => inside.every((each) => stood.includes(each)))).toBe(true);
      expect([...inside, ...unlisted.map(({ id }) => id.replace("fleet/", ""))].sort()).toEqual(listed.toSorted());
    }),
  );
});
