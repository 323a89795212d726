import { expect, it } from "vitest";
import { problemsOf, type FluxOptions } from "./index.ts";

it.each<{ readonly options: Partial<FluxOptions>; readonly at: string }>([
  { options: { namespace: "Apps" }, at: "namespace" },
  { options: { namespaces: ["infra", "a.b"] }, at: "namespaces.1" },
  { options: { name: "kubeconfig" }, at: "name" },
  { options: { name: "{cluster}-{name}" }, at: "name" },
  { options: { name: "{name}-Kubeconfig" }, at: "name" },
  { options: { key: "" }, at: "key" },
  { options: { key: "a/b" }, at: "key" },
  { options: { key: "value", configMap: {} }, at: "key" },
  { options: { users: [] }, at: "users" },
  { options: { deadline: 0 }, at: "deadline" },
  { options: { deadline: Number.NaN }, at: "deadline" },
  { options: { configMap: { provider: "generic", cluster: "x" } }, at: "configMap.cluster" },
  { options: { configMap: { provider: "generic", lookup: true } }, at: "configMap.lookup" },
  { options: { configMap: { lookup: true } }, at: "configMap.lookup" },
  { options: { configMap: { cluster: "projects/{project}/x" } }, at: "configMap.cluster" },
  { options: { configMap: { audiences: [] } }, at: "configMap.audiences" },
  { options: { configMap: { audiences: ["a\nb"] } }, at: "configMap.audiences" },
  { options: { configMap: { serviceAccountName: "Deployer" } }, at: "configMap.serviceAccountName" },
])("options %j are wrong in one place, which is named", ({ options, at }) => {
  const found = problemsOf({ namespace: "apps", ...options });
  expect(found.map(({ path }) => path.join("."))).toEqual([at]);
  expect(found[0]!.message).toMatch(/ /);
});

it.each<Partial<FluxOptions>>([
  {},
  { namespaces: ["infra"], name: "{namespace}-{name}-kubeconfig", key: "value.yaml", watch: true, users: ["HelmRelease"], deadline: 3600 },
  { configMap: { cluster: "projects/p/locations/l/clusters/{namespace}-{name}", lookup: true } },
  { configMap: { provider: "generic", audiences: ["https://members.example.test"], serviceAccountName: "deployer" } },
  { configMap: { cluster: { from: "extension", key: "arn" } } },
])("options %j are fine", (options) => expect(problemsOf({ namespace: "apps", ...options })).toEqual([]));
