import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Hidden, type Reachable } from "@rollcall/contract";
import { toYaml } from "@rollcall/testing";
import { kueue } from "./index.ts";

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
    server: "https://gateway.example.test/v1/paris",
    login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") },
  },
};
const options = { namespace: "kueue-system", config: "batch" };
const entry = kueue.entry(paris, options);
const { objects } = kueue.index!([{ id: paris.id, name: entry.at(-1)!.metadata.name, listed: true }], options);

const here = readFileSync(new URL(import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const page = readFileSync(new URL("../../../docs/consumers/kueue.md", import.meta.url), "utf8");

function fences(text: string, language: string, heading: string): readonly string[] {
  const section = text.split(heading)[1]?.split("\n## ")[0] ?? "";
  return section
    .split(`\n\`\`\`${language}\n`)
    .slice(1)
    .map((each) => each.split("```")[0]!);
}

it("the README's example is what stands above", () => {
  const lines = fences(readme, "ts", "## Use")[0]!
    .split("\n")
    .filter((line) => !/^import |^console.log/.test(line));
  expect(here).toContain(lines.join("\n").trim());
});

it("the README shows what its example makes", () => {
  expect(fences(readme, "yaml", "## What it writes")).toEqual([toYaml([...entry, ...objects])]);
});

it("the page for operators shows what is written, in each way", () => {
  const google = { ...paris, connection: { ...paris.connection, login: { kind: "gcp", provider: "google" } as const } };
  const two = ["fleet.rome", "fleet.paris"].map((name) => ({ id: name, name, listed: true }));
  expect(fences(page, "yaml", "## What it writes")).toEqual([
    toYaml(entry),
    toYaml(kueue.entry(google, { ...options, clusterSource: "clusterProfileRef" })),
    toYaml(kueue.index!(two, options).objects),
  ]);
});

it("the page for operators tells every reason that is given", () => {
  const sources = ["usable", "mirror", "health", "index-of-clusters"].map((name) =>
    readFileSync(new URL(`${name}.ts`, import.meta.url), "utf8"),
  );
  const given = sources.flatMap((text) => [...text.matchAll(/(?:refuse|refusal)\(\s*"([A-Z]\w+)"|^ {2}([A-Z]\w+):/gm)]);
  const reasons = given.map(([, refused, said]) => refused ?? said!);
  expect(reasons.length).toBeGreaterThan(15);
  expect(reasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
});
