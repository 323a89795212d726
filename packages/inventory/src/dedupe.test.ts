import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Cluster } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { duplicates, parseProfile } from "./index.ts";

const none: ReadonlySet<string> = new Set();
const january = "2026-01-01T00:00:00Z";
const february = "2026-02-01T00:00:00Z";

function cluster(name: string, memberId?: string, createdAt: string = january): Cluster {
  const labels = memberId === undefined ? {} : { "multicluster.x-k8s.io/inventory-member-id": memberId };
  const metadata = { namespace: "fleet", name, uid: `u-${name}`, creationTimestamp: createdAt, labels };
  const profile = {
    apiVersion: "multicluster.x-k8s.io/v1alpha2",
    kind: "ClusterProfile",
    metadata,
    spec: { clusterManager: { name: "m" } },
  };
  const read = parseProfile(profile);
  if ("refusal" in read) throw new Error(read.refusal.message);
  return read.cluster;
}

function refused(clusters: readonly Cluster[], onList: readonly string[] = []): Record<string, string> {
  const ids = new Set(onList.map((name) => `fleet/${name}`));
  return Object.fromEntries([...duplicates(clusters, ids)].map(([id, { reason }]) => [id.replace("fleet/", ""), reason]));
}

const [paris, again, third] = [cluster("paris", "m"), cluster("again", "m", february), cluster("third", "m", "2026-03-01T00:00:00Z")];

describe("one member under several profiles", () => {
  it.each<{ when: string; of: readonly Cluster[]; onList?: readonly string[]; then: Record<string, string> }>([
    { when: "it is there once", of: [paris, cluster("rome", "r")], then: {} },
    { when: "nobody has an id, nobody is taken for another", of: [cluster("a"), cluster("b")], then: {} },
    {
      when: "ids are empty, nobody is taken for another",
      of: [cluster("a", ""), { ...cluster("b"), memberId: "" }, cluster("c", "")],
      then: {},
    },
    { when: "all are new, the oldest joins", of: [third, paris, again], then: { third: "DuplicateMember", again: "DuplicateMember" } },
    {
      when: "one is on the list, it stays, though another is older",
      of: [paris, again],
      onList: ["again"],
      then: { paris: "DuplicateMember" },
    },
    {
      when: "several are on the list, they stay",
      of: [paris, again, third],
      onList: ["paris", "third"],
      then: { again: "DuplicateMember" },
    },
    { when: "all are on the list, they stay", of: [paris, again], onList: ["paris", "again"], then: {} },
    {
      when: "the oldest tie, nobody joins",
      of: [paris, cluster("twin", "m"), again],
      then: { paris: "AmbiguousMember", twin: "AmbiguousMember", again: "AmbiguousMember" },
    },
    {
      when: "the younger tie, the oldest joins",
      of: [again, cluster("twin", "m", february), paris],
      then: { again: "DuplicateMember", twin: "DuplicateMember" },
    },
    {
      when: "the oldest tie and one of them is on the list",
      of: [paris, cluster("twin", "m")],
      onList: ["twin"],
      then: { paris: "DuplicateMember" },
    },
    {
      when: "nobody knows how old one is, nobody joins",
      of: [paris, cluster("ageless", "m", "")],
      then: { paris: "AmbiguousMember", ageless: "AmbiguousMember" },
    },
    {
      when: "a time cannot be read, nobody joins",
      of: [paris, cluster("odd", "m", "May")],
      then: { paris: "AmbiguousMember", odd: "AmbiguousMember" },
    },
    {
      when: "one without a time is on the list, it stays",
      of: [paris, cluster("ageless", "m", "")],
      onList: ["ageless"],
      then: { paris: "DuplicateMember" },
    },
    { when: "one without a time is alone, it joins", of: [cluster("ageless", "m", "")], then: {} },
    {
      when: "times are spelled differently, the earlier is older",
      of: [cluster("a", "m", "2026-01-01T01:30:00+02:00"), paris],
      then: { paris: "DuplicateMember" },
    },
    { when: "who is on the list was not selected", of: [paris], onList: ["again"], then: {} },
  ])("when $when", ({ of, onList, then }) => expect(refused(of, onList)).toEqual(then));

  it("says whose the id is, and what to do", () => {
    expect(duplicates([paris, again, third], new Set(["fleet/again", "fleet/third"])).get("fleet/paris")?.message).toBe(
      'its member id "m" is that of fleet/again, fleet/third already; select only one of them, or have their cluster manager give each member its own id',
    );
    const many = Array.from({ length: 9 }, (_, at) => cluster(`c${at}`, "m"));
    expect(duplicates(many, none).get("fleet/c3")?.message).toContain("fleet/c4 and 4 more, and none of them is the oldest");
  });

  it("says it once for all of them, however many share an id", () => {
    const many = Array.from({ length: 2000 }, (_, at) => cluster(`c${at}`, "m"));
    const messages = [...duplicates(many.toReversed(), none).values()];
    expect(messages).toHaveLength(2000);
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]?.message).toContain("is on fleet/c0, fleet/c1, fleet/c10, fleet/c100, fleet/c1000 and 1995 more, and none");
  });

  it("is judged alike in whatever order they come, and never harms who is on the list", () => {
    const given = fc.array(fc.record({ id: fc.constantFrom("", "m", "n"), at: fc.constantFrom("", january, february), on: fc.boolean() }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(given, (rows) => {
        const clusters = rows.map(({ id, at }, index) => cluster(`c${index}`, id, at));
        const onList = new Set(clusters.filter((_, index) => rows[index]?.on).map(({ id }) => id));
        const refusals = duplicates(clusters, onList);
        expect(new Map(duplicates(clusters.toReversed(), onList))).toEqual(new Map(refusals));
        expect([...refusals.keys()].filter((id) => onList.has(id))).toEqual([]);
        for (const memberId of ["m", "n"]) {
          const joining = clusters.filter((each) => each.memberId === memberId && !onList.has(each.id) && !refusals.has(each.id));
          expect(joining.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("the sample of member ids", () => {
  const file = readFileSync(new URL("./__samples__/cp-17-v1alpha2-member-ids.yaml", import.meta.url), "utf8");
  const all = parseAllDocuments(file).flatMap((each, at) => {
    const { metadata, ...rest } = each.toJS() as { metadata: object };
    const read = parseProfile({ ...rest, metadata: { uid: `uid-${at}`, ...metadata } });
    return "cluster" in read ? [read.cluster] : [];
  });
  const reasons = (clusters: readonly Cluster[]) =>
    Object.fromEntries([...duplicates(clusters, none)].map(([id, { reason }]) => [id, reason]));

  it("has in one inventory one import too many and one tie", () => {
    expect(reasons(all.filter(({ namespace }) => namespace === "inventory-gitops"))).toEqual({
      "inventory-gitops/m-lisbon-import": "DuplicateMember",
      "inventory-gitops/m-quito-a": "AmbiguousMember",
      "inventory-gitops/m-quito-b": "AmbiguousMember",
    });
    expect(reasons(all.filter(({ namespace }) => namespace === "inventory-batch"))).toEqual({});
  });

  it("has across two inventories the older one in the other", () => {
    expect(reasons(all)).toEqual({
      "inventory-gitops/m-lisbon": "DuplicateMember",
      "inventory-gitops/m-lisbon-import": "DuplicateMember",
      "inventory-gitops/m-quito-a": "AmbiguousMember",
      "inventory-gitops/m-quito-b": "AmbiguousMember",
    });
  });
});
