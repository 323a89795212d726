import { describe, expect, it } from "vitest";
import { reasonsOf } from "./source.ts";
import { filesUnder, isTest, read } from "./tree.ts";

const page = "docs/logins.md";
const heading = "\n## Every reason, and what to do\n";
const table = (read(page).split(heading)[1] ?? "").split("\n## ")[0]!;
const rows = [...table.matchAll(/^\| `([^|]+)`\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)].map(([, reasons, when, todo]) => ({
  reasons: reasons!.split("`, `"),
  when: when!,
  todo: todo!,
}));

/** Where a login can be refused: on the way to it, or because of what the profile offers. */
const refusing = [
  ...filesUnder("packages/connect/src"),
  ...["access", "address", "authority", "endpoint"].map((name) => `packages/inventory/src/${name}.ts`),
  "packages/contract/src/errors.ts",
].filter((file) => file.endsWith(".ts") && !isTest(file));

describe("the table of reasons for which a login is refused", () => {
  it("has each that the code gives, once, with when that is and what to do, and no other", () => {
    const given = refusing.flatMap((file) => reasonsOf(read(file)).map(({ what }) => what));
    expect(new Set(given).size).toBeGreaterThan(60);
    expect(rows.flatMap(({ reasons }) => reasons).toSorted()).toEqual([...new Set(given)].toSorted());
    expect(rows.filter(({ when, todo }) => when.length < 10 || todo.length < 10)).toEqual([]);
  });
});

describe("the search for reasons", () => {
  it.each([
    ['refusal("NoKey", `nothing`);', ["NoKey"]],
    ['throw refuse(is ? "NoUser" : "NoCluster", "x");', ["NoUser", "NoCluster"]],
    ["refusal(read.reason, read.message);", []],
    ['// refusal("NoKey", "x")', []],
    ['other("NoKey", "x");', []],
  ])("in %s finds %j", (text, reasons) => {
    expect(reasonsOf(text).map(({ what }) => what)).toEqual(reasons);
  });
});
