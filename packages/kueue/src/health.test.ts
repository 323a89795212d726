import { describe, expect, it } from "vitest";
import { kueue } from "./index.ts";

const own = (status: unknown, kind = "MultiKueueCluster") => ({
  apiVersion: "kueue.x-k8s.io/v1beta2",
  kind,
  metadata: { name: "fleet.paris" },
  status,
});
const active = (status: string, reason?: unknown) => ({
  conditions: [null, { type: "Other", status: "False" }, { type: "Active", status, reason }],
});

describe("what Kueue says of a cluster", () => {
  it.each([
    { reason: "BadKubeConfig", says: "Secret" },
    { reason: "InsecureKubeConfig", says: "provider" },
    { reason: "BadClusterProfile", says: "multiKueue.clusterProfile" },
    { reason: "BadRestConfig", says: "host" },
    { reason: "MultiKueueClusterProfileFeatureDisabled", says: "feature gate MultiKueueClusterProfile" },
    { reason: "ClientConnectionFailed", says: "list and watch Workloads" },
    { reason: "BadConfig", says: "kubeconfig" },
  ])("is told as $reason, with what to do", ({ reason, says }) => {
    const verdict = kueue.health!(own(active("False", reason)));
    expect(verdict).toMatchObject({ is: "stale", reason });
    expect(verdict!.message).toMatch(/^Kueue .+; |^Kueue .+, /);
    expect(verdict!.message).toContain(says);
  });

  it.each(["SomethingNew", "constructor", "", undefined, 7, "x".repeat(1000)])(
    "is told by where to look when its reason is %j",
    (reason) => {
      expect(kueue.health!(own(active("False", reason)))).toEqual({
        is: "stale",
        reason: "NotActive",
        message: "Kueue is not connected to it; see: kubectl describe multikueuecluster fleet.paris",
      });
    },
  );

  it.each([
    { when: "it is connected", object: own(active("True", "Active")) },
    { when: "it has not looked yet", object: own(undefined) },
    { when: "it has said nothing of this", object: own({ conditions: [] }) },
    { when: "it says something odd", object: own({ conditions: "Active" }) },
    { when: "it is about another object", object: own(active("False", "BadKubeConfig"), "MultiKueueConfig") },
  ])("is nothing when $when", ({ object }) => expect(kueue.health!(object)).toBeUndefined());

  it("stays the same while its message counts attempts", () => {
    const says = (message: string) =>
      kueue.health!(own({ conditions: [{ type: "Active", status: "False", reason: "BadRestConfig", message }] }));
    expect(says("attempt 1")).toEqual(says("attempt 2"));
  });
});
