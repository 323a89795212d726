import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Hidden, type Reachable } from "@rollcall/contract";
import { toYaml } from "@rollcall/testing";
import { flux } from "./index.ts";

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
  properties: {},
  health: "unknown",
  conditions: {},
  access: [],
  connection: {
    server: "https://paris.example.test:6443",
    login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") },
  },
};
const [secret] = flux.entry(paris, { namespace: "apps", name: "{name}-kubeconfig" });

const here = readFileSync(new URL(import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const page = readFileSync(new URL("../../../docs/consumers/flux.md", import.meta.url), "utf8");
const example = fence(readme, "ts", "## Use");

function fence(text: string, language: string, heading: string): string {
  return text.split(heading)[1]?.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

it("the README's example is what stands above", () => {
  const lines = example.split("\n").filter((line) => !/^import |^console.log/.test(line));
  expect(here).toContain(lines.join("\n").trim());
});

it("the README shows what its example makes, and so does the page about Flux", () => {
  expect(toYaml([secret!])).toBe(fence(readme, "yaml", "## What it writes"));
  expect(toYaml([secret!])).toBe(fence(page, "yaml", "### A Secret"));
});

it("the page shows the ConfigMap of a cluster as it is written", () => {
  const { server } = paris.connection;
  const asked = { ...paris, connection: { server, login: { kind: "gcp", provider: "google" } } } as const;
  const objects = flux.entry(asked, { namespace: "apps", configMap: { provider: "generic", audiences: ["members"] } });
  expect(toYaml(objects)).toBe(fence(page, "yaml", "### A ConfigMap"));
});

it("the page tells every reason that a refusal can have", () => {
  const source = ["flux.ts", "config-map.ts"].map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join("\n");
  const reasons = [...source.matchAll(/(?:refuse|refusal)\(\s*"([A-Z][A-Za-z]+)"/g)].map(([, reason]) => reason!);
  expect(reasons.length).toBeGreaterThan(6);
  expect(reasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
});
