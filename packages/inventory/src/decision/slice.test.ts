import { isRefusal } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, parseDecision } from "../index.ts";

const kep = "multicluster.x-k8s.io";
const ocm = "cluster.open-cluster-management.io";
const metadata = { namespace: "fleet", name: "batch-0", labels: {} };
const decision = { apiVersion: `${kep}/v1alpha1`, kind: "PlacementDecision", metadata, decisions: [] };
const ofOcm = { apiVersion: `${ocm}/v1beta1`, kind: "PlacementDecision", metadata, status: { decisions: [] } };

function slice(object: unknown) {
  const read = parseDecision(object);
  if ("refusal" in read) throw new Error(read.refusal.reason);
  return read.slice;
}

function reason(object: unknown): string {
  const read = parseDecision(object);
  if ("refusal" in read) return read.refusal.reason;
  return isRefusal(read.slice.rows) ? `slice: ${read.slice.rows.reason}` : "slice";
}

describe("a PlacementDecision", () => {
  it("says its words as KEP-5313 spells them", () => {
    const labels = {
      [`${kep}/decision-key`]: "batch",
      [`${kep}/placement-key`]: "run",
      [`${kep}/decision-index`]: "010",
      [`${kep}/decision-revision`]: "r2",
      [`${ocm}/placement`]: "no word of it",
    };
    const ref = { name: "paris", apiVersion: "x", kind: "y" };
    const decisions = [
      { clusterProfileRef: ref, reason: "near" },
      { clusterProfileRef: { name: "rome", namespace: "south" }, reason: "" },
    ];
    expect(slice({ ...decision, apiVersion: `${kep}/v1alpha2`, metadata: { ...metadata, labels }, schedulerName: "s", decisions })).toEqual(
      {
        id: `${kep}/fleet/batch-0`,
        api: kep,
        namespace: "fleet",
        name: "batch-0",
        key: "batch",
        placementKey: "run",
        index: 10,
        revision: "r2",
        scheduler: "s",
        labels,
        rows: [
          { id: "fleet/paris", reason: "near" },
          { id: "south/rome", isElsewhere: true },
        ],
      },
    );
  });

  it("says its words as OCM spells them", () => {
    const labels = { [`${ocm}/placement`]: "rollout", [`${ocm}/decision-group-index`]: "1", [`${ocm}/decision-group-name`]: "" };
    const decisions = [{ clusterName: "oslo", reason: "", score: -20 }];
    expect(slice({ ...ofOcm, metadata: { ...metadata, labels }, status: { decisions } })).toEqual({
      id: `${ocm}/fleet/batch-0`,
      api: ocm,
      namespace: "fleet",
      name: "batch-0",
      key: "rollout",
      placementKey: "rollout",
      index: 1,
      scheduler: "open-cluster-management",
      labels,
      rows: [{ id: "fleet/oslo" }],
    });
  });

  it.each(["first", "1a", "-1", "1.5", "", " 1", "9".repeat(16)])("has no index when it says %j", (index) => {
    expect(slice({ ...decision, metadata: { ...metadata, labels: { [`${kep}/decision-index`]: index } } })).not.toHaveProperty("index");
  });

  it("stands alone when its key is empty", () => {
    expect(slice({ ...decision, metadata: { ...metadata, labels: { [`${kep}/decision-key`]: "" } } })).not.toHaveProperty("key");
  });

  it("is said to be going while it is being deleted", () => {
    expect(slice({ ...decision, metadata: { ...metadata, deletionTimestamp: "2026-11-20T10:00:00Z" } }).terminating).toBe(true);
  });

  it("may name as many as it likes", () => {
    const decisions = Array.from({ length: 250 }, (_, at) => ({ clusterProfileRef: { name: `c${at}` } }));
    expect(slice({ ...decision, decisions }).rows).toHaveLength(250);
  });

  it.each(["__proto__", "a/b", "UPPER", "a\nb", "x".repeat(254)])("keeps apart a name that no profile can have: %j", (name) => {
    const rows = slice({ ...decision, decisions: [{ clusterProfileRef: { name } }] }).rows as readonly { id: string }[];
    expect(rows).toMatchObject([{ bad: true }]);
    expect(rows[0]?.id).toMatch(/^"[ -~…]{0,110}"$/);
  });
});

describe("what says nothing is never taken for nobody", () => {
  it.each([
    { when: "a Secret", object: { ...decision, apiVersion: "v1", kind: "Secret" }, then: "NotAPlacementDecision" },
    { when: "another kind of the group", object: { ...decision, kind: "ClusterProfile" }, then: "NotAPlacementDecision" },
    { when: "another group", object: { ...decision, apiVersion: "example.com/v1alpha1" }, then: "NotAPlacementDecision" },
    { when: "nothing", object: undefined, then: "NotAPlacementDecision" },
    { when: "no namespace", object: { ...decision, metadata: { name: "a" } }, then: "NoIdentity" },
    { when: "no name", object: { ...decision, metadata: { namespace: "a" } }, then: "NoIdentity" },
    { when: "an impossible name", object: { ...decision, metadata: { namespace: "a", name: "b/c" } }, then: "BadName" },
    { when: "an unknown version", object: { ...decision, apiVersion: `${kep}/v1` }, then: "slice: UnknownVersion" },
    { when: "the version of the other API", object: { ...decision, apiVersion: `${kep}/v1beta1` }, then: "slice: UnknownVersion" },
    { when: "no decisions", object: { ...decision, decisions: undefined }, then: "slice: NoDecisions" },
    { when: "decisions that are null", object: { ...decision, decisions: null }, then: "slice: NoDecisions" },
    { when: "decisions in the other API's place", object: { ...ofOcm, decisions: [], status: {} }, then: "slice: NoDecisions" },
    { when: "no status yet, as OCM creates it", object: { ...ofOcm, status: undefined }, then: "slice: NoDecisions" },
    {
      when: "a line that names nobody",
      object: { ...decision, decisions: [{ clusterProfileRef: { name: "a" } }, {}] },
      then: "slice: BadRow",
    },
    {
      when: "a line whose namespace is no text",
      object: { ...decision, decisions: [{ clusterProfileRef: { name: "a", namespace: 7 } }] },
      then: "slice: BadRow",
    },
    { when: "a line that is no object", object: { ...decision, decisions: ["a"] }, then: "slice: BadRow" },
    {
      when: "an OCM line in KEP-5313's spelling",
      object: { ...ofOcm, status: { decisions: [{ clusterProfileRef: { name: "a" } }] } },
      then: "slice: BadRow",
    },
    { when: "an empty list", object: decision, then: "slice" },
    { when: "an empty list of OCM's", object: ofOcm, then: "slice" },
  ])("$when: $then", ({ object, then }) => expect(reason(object)).toBe(then));

  it("and the same kind and name in both APIs are two slices", () => {
    expect(slice(decision).id).not.toBe(slice(ofOcm).id);
  });

  it("is a slice or a refusal whatever a stranger writes, never an exception", () => {
    const path = fc.constantFrom(
      ["metadata"],
      ["metadata", "labels"],
      ["metadata", "name"],
      ["metadata", "namespace"],
      ["schedulerName"],
      ["decisions"],
      ["decisions", "0"],
      ["decisions", "0", "clusterProfileRef"],
      ["decisions", "0", "clusterProfileRef", "name"],
      ["decisions", "0", "reason"],
      ["status"],
      ["status", "decisions"],
      ["status", "decisions", "0", "clusterName"],
      ["kind"],
      ["apiVersion"],
    );
    fc.assert(
      fc.property(fc.boolean(), path, fc.jsonValue(), (isKep, keys, value) => {
        const row = { clusterProfileRef: { name: "a" }, clusterName: "a" };
        const object = structuredClone({ ...(isKep ? decision : ofOcm), decisions: [row], status: { decisions: [row] } }) as object;
        let parent = object as Record<string, unknown>;
        for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as Record<string, unknown>;
        parent[keys.at(-1)!] = value;
        const read = parseDecision(object);
        if ("refusal" in read) return typeof read.refusal.reason === "string";
        const [made] = decide([read.slice], new Map()).values();
        return made?.slices[0] === read.slice && made.clusters.length === 0;
      }),
      { numRuns: 500 },
    );
  });
});
