import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { exists, read } from "./tree.ts";

const page = "docs/threats.md";
const threats = read(page).split("\n## ").slice(1);

describe("the page of threats", () => {
  it.each(threats.map((text) => ({ threat: text.split("\n")[0]!, text })))("has an answer and tests for: $threat", ({ text }) => {
    expect(text).toContain("\n**Answer.** ");
    expect(proofs(text).length).toBeGreaterThan(0);
    // A line that is a link and yet no proof has been misspelt, and would prove nothing in silence.
    expect(proofs(text).length).toBe(text.split("\n").filter((line) => line.startsWith("- ")).length);
  });

  it("names tests that there are", () => {
    expect(threats.length).toBeGreaterThan(15);
    expect(threats.flatMap(proofs).flatMap(({ file, title }) => missing(file, title))).toEqual([]);
  });
});

describe("the search for tests", () => {
  const file = "packages/testing/house/threats.test.ts";

  it("finds one by all its parts", () => {
    expect(missing(file, "the search for tests › finds one by all its parts")).toEqual([]);
  });

  it.each([
    { when: "there is no such file", at: "packages/testing/house/none.test.ts", title: "the search for tests" },
    { when: "no test of its file is called so", at: file, title: "the search for tests › finds nobody" },
    { when: "it stands in another group", at: file, title: "the search for tests › names tests that there are" },
  ])("misses one when $when", ({ at, title }) => {
    expect(missing(at, title)).toHaveLength(1);
  });
});

interface Proof {
  readonly file: string;
  /** A test's name behind those of its groups. */
  readonly title: string;
}

function proofs(text: string): readonly Proof[] {
  const lines = text.matchAll(/^- \[[^\]]+\]\(([^)]+)\): `([^`]+)`$/gm);
  return [...lines].map(([, link, title]) => ({ file: posix.join(posix.dirname(page), link!), title: title! }));
}

/** Each part of a title has to stand in quotes behind the one before it. */
function missing(file: string, title: string): readonly string[] {
  if (!exists(file)) return [`${file} is not there`];
  const text = read(file);
  let from = 0;
  for (const part of title.split(" › ")) {
    const at = ['"', "`"].map((quote) => text.indexOf(`${quote}${part}${quote}`, from)).filter((each) => each !== -1);
    if (at.length === 0) return [`${file} has no test "${title}"; name one that it has`];
    from = Math.min(...at);
  }
  return [];
}
