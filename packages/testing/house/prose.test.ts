import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deadLinks, leftBehind } from "./prose.ts";
import { exists, filesUnder, read, root } from "./tree.ts";

const written = filesUnder("").filter((file) => /\.(?:ts|mts|mjs|js|go|json|ya?ml|md|sh|tpl|html|css)$|^\.ci\/|Dockerfile$/.test(file));
const ours = written.filter((file) => !file.endsWith("package-lock.json"));

describe("what stands in the tree can be read by a stranger on another machine", () => {
  it("holds no unfinished work, no path of one machine, and no test that does not run", () => {
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.flatMap((file) => leftBehind(file, read(file)))).toEqual([]);
  });

  it("has links that lead somewhere", () => {
    const pages = ours.filter((file) => file.endsWith(".md"));
    expect(pages.flatMap((file) => deadLinks(file, read(file), textOf))).toEqual([]);
  });
});

describe("the search for what was left behind", () => {
  it.each([
    { when: "a note to oneself", file: "a.md", line: `// ${joined("TO", "DO")}: later` },
    { when: "a home folder", file: "a.go", line: `path := "${joined("/ho", "me")}/ada/fleet.yaml"` },
    { when: "a test set aside", file: "a.test.ts", line: `it.${joined("sk", "ip")}("joins", () => {});` },
    { when: "a test that keeps others from running", file: "a.test.ts", line: `describe.${joined("on", "ly")}("joins", () => {});` },
    { when: "a test set aside by a condition", file: "a.test.ts", line: `it.${joined("skip", "If")}(true)("joins", () => {});` },
  ])("finds $when", ({ file, line }) => {
    expect(leftBehind(file, `fine\n${line}`)).toEqual([expect.stringMatching(/^a\.[a-z.]+:2 /)]);
  });

  it.each([
    { when: "a path in a container", line: "mountPath: /etc/rollcall/token" },
    { when: "a path of a URL", line: "https://paris.example/home/page" },
    { when: "the workflows folder", line: "see .github/workflows/ci.yml" },
  ])("lets $when pass", ({ line }) => {
    expect(leftBehind("a.md", line)).toEqual([]);
  });
});

describe("the search for dead links", () => {
  const tree = (path: string): string | undefined => ({ "docs/words.md": "# Words\n## Who is who?\n", docs: "" })[path];

  it.each([
    { when: "a file that is not there", text: "[x](docs/none.md)" },
    { when: "a heading that is not there", text: "[x](docs/words.md#nobody)" },
    { when: "a heading of its own that is not there", text: "# Here\n[x](#there)" },
    { when: "a definition that leads nowhere", text: "[x]: none.md" },
  ])("finds $when", ({ text }) => {
    expect(deadLinks("README.md", text, tree)).toHaveLength(1);
  });

  it.each([
    { when: "a page elsewhere", text: "[x](https://example.com/none)" },
    { when: "a folder", text: "[x](docs/)" },
    { when: "a heading that is there", text: "[x](docs/words.md#who-is-who)" },
    { when: "an example in a fence", text: "```md\n[x](none.md)\n```" },
    { when: "an example in code", text: "`[x](none.md)`" },
  ])("lets $when pass", ({ text }) => {
    expect(deadLinks("README.md", text, tree)).toEqual([]);
  });
});

function textOf(path: string): string | undefined {
  if (!exists(path)) return undefined;
  return statSync(join(root, path)).isDirectory() ? "" : read(path);
}

/** Keeps this file from holding what it looks for. */
function joined(...parts: readonly string[]): string {
  return parts.join("");
}
