import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { crdCheck } from "./crd.test.helper.ts";

const problemsWith = crdCheck((path) => readFileSync(new URL(path, import.meta.url), "utf8"));
const profileRef = { clusterProfileRef: { name: "paris" } };
const kubeConfig = { kubeConfig: { location: "paris", locationType: "Secret" } };

function multiKueue(kind: string, spec: unknown, more: { readonly version?: string; readonly namespace?: string } = {}) {
  const { version = "v1beta2", ...place } = more;
  return { apiVersion: `kueue.x-k8s.io/${version}`, kind, metadata: { name: "paris", ...place }, spec };
}

describe("an object that an API server would not take does not pass for one", () => {
  it.each([
    { when: "both sources are set", object: multiKueue("MultiKueueCluster", { clusterSource: { ...profileRef, ...kubeConfig } }) },
    { when: "no source is set", object: multiKueue("MultiKueueCluster", { clusterSource: {} }) },
    { when: "its spec is of the other version", object: multiKueue("MultiKueueCluster", kubeConfig) },
    { when: "it names a namespace", object: multiKueue("MultiKueueCluster", { clusterSource: profileRef }, { namespace: "x" }) },
    { when: "its version is unknown", object: multiKueue("MultiKueueCluster", { clusterSource: profileRef }, { version: "v1" }) },
    {
      when: "it names too long a profile",
      object: multiKueue("MultiKueueCluster", { clusterSource: { clusterProfileRef: { name: "x".repeat(257) } } }),
    },
    { when: "it lists nobody", object: multiKueue("MultiKueueConfig", { clusters: [] }) },
    { when: "it lists one twice", object: multiKueue("MultiKueueConfig", { clusters: ["a", "a"] }) },
    { when: "it lists one twice in the old API", object: multiKueue("MultiKueueConfig", { clusters: ["a", "a"] }, { version: "v1beta1" }) },
    { when: "it lists too many", object: multiKueue("MultiKueueConfig", { clusters: Array.from({ length: 21 }, (_, at) => `c${at}`) }) },
  ])("where $when", ({ object }) => expect(problemsWith(object)).not.toEqual([]));

  it.each([
    multiKueue("MultiKueueCluster", { clusterSource: profileRef }),
    multiKueue("MultiKueueCluster", kubeConfig, { version: "v1beta1" }),
    multiKueue("MultiKueueConfig", { clusters: ["a", "b"], quotaManagement: "Manual" }),
  ])("and %j does", (object) => expect(problemsWith(object)).toEqual([]));
});
