import { Hidden, isRefusal, kubeconfig } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { odd, quickly, spoilt } from "./hostile.test.helper.ts";
import { readKubeconfig } from "./index.ts";

const login = { kind: "credential", provider: "p", token: new Hidden("t") } as const;
const good = kubeconfig(reachable({ name: "paris", connection: { server: "https://paris.example.test", ca, login } }));
const lines = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join("\n");

describe("a kubeconfig that means harm", () => {
  it("is read where it means none", () => {
    expect(isRefusal(readKubeconfig(good))).toBe(false);
  });

  it.each(Object.entries(odd))("is read, or refused in words, at once, where %s stands anywhere in it", async (_, by) => {
    for (const text of spoilt(JSON.parse(good), by)) {
      const answer = await quickly(() => readKubeconfig(text));
      expect(isRefusal(answer) ? `${answer.reason}: ${answer.message}` : "Read: it").toMatch(/^[A-Z][A-Za-z]+: \P{Cc}{1,500}$/u);
    }
  });

  it.each<readonly [string, string]>([
    ["blocks in blocks", lines(1400, (at) => `${" ".repeat(at)}a:`)],
    ["lists in lists", "- ".repeat(9000)],
    ["keys of keys", "? ".repeat(9000)],
    ["many keys", lines(4900, (at) => `k${at}: 1`)],
    ["many documents", "---\n".repeat(40_000)],
    ["many directives", "%YAML 1.2\n".repeat(40_000)],
    ["many anchors", lines(3000, (at) => `- &a${at} x`)],
    ["many tags", lines(3000, (at) => `- !!x${at} x`)],
    ["many commas", `[${",".repeat(19_000)}]`],
    ["many comments", "#\n".repeat(300_000)],
    ["a text of many lines", `'${"a\n".repeat(500_000)}'`],
    ["a folded text", `a: >\n${" x\n\n".repeat(250_000)}`],
    ["a text of escapes", `"${"\\u0041".repeat(170_000)}"`],
    ["a long number", "1".repeat(1_000_000)],
    ["a long tag", `!<${"a".repeat(1_000_000)}> x`],
    ["a long anchor", `&${"a".repeat(1_000_000)}`],
    ["nothing but ends of lines", "\r".repeat(1_000_000)],
    ["nothing but half characters", "\ud800".repeat(1_000_000)],
  ])("is refused at once where it is made to take long, with %s", async (_, text) => {
    expect(await quickly(() => readKubeconfig(text))).toHaveProperty("reason");
  });

  it("is not even begun with where it has far more lines than any login", () => {
    const folded = JSON.stringify(JSON.parse(good)).replace(/}$/, `,"more": "${"x\n".repeat(20_000)}"}`);
    expect(isRefusal(readKubeconfig(folded.replaceAll("x\n", "x ")))).toBe(false);
    expect(readKubeconfig(folded)).toMatchObject({ reason: "BadKubeconfig", message: expect.stringContaining("far larger") as string });
  });
});
