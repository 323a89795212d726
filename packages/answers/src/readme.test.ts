import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isRefusal, type Cluster } from "@rollcall/contract";
import { answer, parsePluginRequest, refused, type Placed } from "./index.ts";

const paris: Cluster = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "8d1c1d62",
  createdAt: "2026-11-20T10:00:00Z",
  resourceVersion: "1",
  displayName: "Paris",
  manager: "me",
  labels: { env: "prod" },
  properties: { "topology.kubernetes.io/region": "eu-west-1" },
  version: "v1.36.3",
  health: "healthy",
  conditions: {},
  access: [],
};
const secret = { name: "paris", server: "https://paris.example.test:6443" };
const members: readonly Placed[] = [{ id: paris.id, cluster: paris, plain: secret, order: 0, reason: "enough room" }];

const body = { applicationSetName: "web", input: { parameters: { list: "argocd", values: { wave: "1" } } } };
const request = parsePluginRequest(body);
const {
  status,
  headers,
  body: text,
} = isRefusal(request) ? refused({ status: 400, why: request }) : answer({ is: "ready", generation: "4f2a-7", members }, request);

const here = readFileSync(new URL(import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

function fence(language: string): string {
  return readme.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

it("the README's example is what stands above", () => {
  const lines = fence("ts")
    .split("\n")
    .filter((line) => !/^import |^console.log/.test(line));
  expect(here).toContain(lines.join("\n").trim());
});

it("the README shows what its example makes", () => {
  expect([status, headers["rollcall-generation"]]).toEqual([200, "4f2a-7"]);
  expect(JSON.parse(text)).toEqual({ output: { parameters: [JSON.parse(fence("json"))] } });
});

it("the README names every reason to refuse", () => {
  const sources = ["refuse", "inputs", "fields"].map((file) => readFileSync(new URL(`./${file}.ts`, import.meta.url), "utf8")).join("\n");
  const reasons = Array.from(sources.matchAll(/(?:later\(\s*\d+,|refusal\()\s*"(\w+)"/g), ([, reason]) => reason!);
  const named = [...new Set(reasons)];
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((reason) => !readme.includes(`\`${reason}\``))).toEqual([]);
});
