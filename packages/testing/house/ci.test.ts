import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { filesUnder, read, readJson, root } from "./tree.ts";

const folder = mkdtempSync(join(tmpdir(), "rollcall-house-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the count at the end of .ci/run", () => {
  const green = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [{ status: "passed" }] };

  it.each([
    { when: "a suite that passes", report: green, exit: 0, counts: "7 0" },
    { when: "a suite with failures", report: { ...green, numFailedTests: 2 }, exit: 1, counts: "7 2" },
    { when: "a suite that crashes before it reports", report: undefined, exit: 137, counts: "0 1" },
    { when: "a suite that ends well but says nothing", report: undefined, exit: 0, counts: "0 1" },
    { when: "a suite whose report is cut short", report: "{", exit: 1, counts: "0 1" },
    { when: "a suite without a single test", report: { ...green, numPassedTests: 0 }, exit: 0, counts: "0 1" },
    { when: "a green report of a command that failed elsewhere", report: green, exit: 1, counts: "7 1" },
    { when: "a test that did not run", report: { ...green, numPendingTests: 1 }, exit: 0, counts: "7 1" },
    {
      when: "a file that could not be loaded",
      report: { ...green, testResults: [{ status: "failed", assertionResults: [] }] },
      exit: 1,
      counts: "7 1",
    },
  ])("is right about $when", ({ report, exit, counts }) => {
    const file = join(folder, `${counts.replace(" ", "-")}-${exit}-${Math.random()}.json`);
    if (report !== undefined) writeFileSync(file, typeof report === "string" ? report : JSON.stringify(report));
    expect(execFileSync(process.execPath, [join(root, ".ci/count.mjs"), file, String(exit)], { encoding: "utf8" }).trim()).toBe(counts);
  });
});

describe("the run from a clean checkout", () => {
  // Stands in for npm: each command does what the case says, or writes a report of two passed tests.
  const npm = `#!/usr/bin/env bash
case "$*" in
  "$BREAKS") echo "it broke" >&2; exit 3 ;;
  *prepare) echo "the control plane is there" ;;
esac
if [[ -n "\${REPORT-}" ]]; then
  echo '{"numPassedTests":2,"numFailedTests":0,"numPendingTests":0,"numTodoTests":0,"testResults":[]}' >"$REPORT"
fi
`;
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/npm"), npm, { mode: 0o755 });
  cpSync(join(root, ".ci"), join(folder, ".ci"), { recursive: true });

  it.each([
    { when: "all is well", breaks: "", last: "8 passed, 0 failed", exit: 0 },
    { when: "nothing can be installed", breaks: "ci", last: "0 passed, 1 failed", exit: 1 },
    { when: "the demo fails", breaks: "run demo", last: "8 passed, 1 failed", exit: 1 },
    { when: "a suite crashes before it reports", breaks: "test", last: "6 passed, 1 failed", exit: 1 },
    { when: "there is no control plane to be had", breaks: "run e2e:prepare", last: "4 passed, 2 failed", exit: 1 },
    { when: "Argo CD cannot be built", breaks: "run e2e:consumers:prepare", last: "6 passed, 1 failed", exit: 1 },
  ])("ends with one line when $when", ({ breaks, last, exit }) => {
    const env = { ...process.env, BREAKS: breaks, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` };
    const { stdout, stderr, status } = spawnSync(join(folder, ".ci/run"), { env, encoding: "utf8" });
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(last);
    expect(`${stdout}${stderr}`.includes("it broke")).toBe(breaks !== "");
    expect(status).toBe(exit);
  });
});

describe("what npm ci brings", () => {
  it("runs no script of anybody's when it is installed", () => {
    const { packages } = readJson("package-lock.json") as {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
    };
    expect(Object.keys(packages).filter((path) => packages[path]!.hasInstallScript)).toEqual([]);
  });
});

describe("the workflows on GitHub", () => {
  it.each(filesUnder(".github/workflows").map((file) => ({ file })))(
    "$file pins every action by its commit and may only read",
    ({ file }) => {
      const uses = [...read(file).matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm)].map(([, action]) => action!);
      expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
      expect(read(file)).toMatch(/^permissions:\n {2}contents: read\n(?! )/m);
    },
  );
});
