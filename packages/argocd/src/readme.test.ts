import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Reachable } from "@rollcall/contract";
import { toYaml } from "@rollcall/testing";
import { argocd } from "./index.ts";

const paris: Reachable = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "8d1c1d62",
  createdAt: "2026-11-20T10:00:00Z",
  resourceVersion: "1",
  displayName: "Paris",
  manager: "me",
  labels: { env: "prod" },
  properties: {},
  health: "unknown",
  conditions: {},
  access: [],
  connection: { server: "https://gateway.example.test/v1/paris", login: { kind: "gcp", provider: "google" } },
};
const [secret] = argocd.entry(paris, { namespace: "argocd", copyLabels: ["env"] });

const here = readFileSync(new URL(import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const example = fence("ts", "## Use");
const shown = fence("yaml", "## What it writes");

function fence(language: string, heading: string): string {
  return readme.split(heading)[1]?.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

it("the README's example is what stands above", () => {
  const lines = example.split("\n").filter((line) => !/^import |^console.log/.test(line));
  expect(here).toContain(lines.join("\n").trim());
});

it("the README shows what its example makes", () => expect(toYaml([secret!])).toBe(shown));
