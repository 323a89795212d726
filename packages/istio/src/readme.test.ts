import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Hidden, type Reachable } from "@rollcall/contract";
import { toYaml } from "@rollcall/testing";
import { parse } from "yaml";
import { istio, istioFiles } from "./index.ts";

const paris: Reachable = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "8d1c1d62",
  createdAt: "2026-11-20T10:00:00Z",
  resourceVersion: "1",
  displayName: "Paris",
  manager: "me",
  labels: {},
  properties: { "cluster.clusterset.k8s.io": "eu-paris" },
  health: "unknown",
  conditions: {},
  access: [],
  connection: {
    server: "https://paris.example.test:6443",
    login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") },
  },
};
const [secret] = istio.entry(paris, {
  namespace: "istio-system",
  clusterId: { from: "property", key: "cluster.clusterset.k8s.io" },
});

const here = readFileSync(new URL(import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const page = readFileSync(new URL("../../../docs/consumers/istio.md", import.meta.url), "utf8");

function fence(text: string, language: string, heading: string): string {
  return text.split(heading)[1]?.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

it("the README's example is what stands above", () => {
  const lines = fence(readme, "ts", "## Use")
    .split("\n")
    .filter((line) => !/^import |^console.log/.test(line));
  expect(here).toContain(lines.join("\n").trim());
});

it.each([
  { where: "the README", text: readme },
  { where: "the page of the consumer", text: page },
])("$where shows what the example makes", ({ text }) =>
  expect(parse(fence(text, "yaml", "## What it writes"))).toEqual(parse(toYaml([secret!]))),
);

it("the page of the consumer shows what is mounted", () => {
  const options = { namespace: "istio-system", secret: "istio-kubeconfigs" };
  const { objects } = istioFiles.index!([{ id: paris.id, name: "istio-kubeconfigs.paris", listed: true, cluster: paris }], options);
  expect(parse(fence(page, "yaml", "### Files instead"))).toEqual(parse(toYaml(objects)));
});
