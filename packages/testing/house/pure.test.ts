import { describe, expect, it } from "vitest";
import { roomOf, rooms } from "./rooms.ts";
import { impuritiesOf, importsOf, packageOf } from "./source.ts";
import { isTest, read, sourcesOf, workspaces } from "./tree.ts";

const pureRooms = workspaces().filter(({ name }) => rooms[roomOf(name) ?? ""]?.pure === true);

describe("a pure room runs anywhere and gives the same output for the same input", () => {
  it.each(pureRooms)("$name imports nothing of Node's and nothing from outside", (workspace) => {
    const problems = sources(workspace).flatMap((file) =>
      importsOf(read(file))
        .filter(({ what }) => what.startsWith("node:") || isForeign(packageOf(what)))
        .map(
          ({ what, line }) => `${file}:${line} imports ${what}; a pure room does with the language alone: let the app hand the value in`,
        ),
    );
    expect(problems).toEqual([]);
  });

  it.each(pureRooms)("$name depends on nothing from outside", ({ folder, manifest }) => {
    const problems = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies })
      .filter(isForeign)
      .map((name) => `${folder}/package.json depends on ${name}; a pure room has no dependency from outside`);
    expect(problems).toEqual([]);
  });

  it.each(pureRooms)("$name knows no clock, chance, network or runtime", (workspace) => {
    const problems = sources(workspace).flatMap((file) =>
      impuritiesOf(read(file)).map(({ what, line }) => `${file}:${line} uses ${what}; a pure room is told such things as arguments`),
    );
    expect(problems).toEqual([]);
  });
});

describe("the search for impurities", () => {
  it.each([
    "process.env.HOME",
    "Buffer.from(text)",
    "setTimeout(go, 1)",
    "Date.now()",
    "new Date()",
    "Date()",
    "Math.random()",
    'fetch("https://paris")',
    "globalThis.anything",
    "({ process })",
    "({ now: Date.now })",
  ])("finds %s", (text) => {
    expect(impuritiesOf(text)).toHaveLength(1);
  });

  it.each([
    "new Date(iso).getTime()",
    "Date.parse(iso)",
    "pool.fetch(page)",
    "({ process: 1 })",
    "type A = { readonly process: string }",
    "// process.env and Date.now()",
    '"setTimeout"',
    "Math.max(1, 2)",
  ])("lets %s pass", (text) => {
    expect(impuritiesOf(text)).toEqual([]);
  });
});

function sources(workspace: (typeof pureRooms)[number]): readonly string[] {
  return sourcesOf(workspace).filter((file) => !isTest(file));
}

function isForeign(name: string | undefined): boolean {
  return name !== undefined && roomOf(name) === undefined;
}
