import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { roomOf } from "./rooms.ts";
import { exists, isTest, libraries, read, readJson, sourcesOf, workspaces, type Workspace } from "./tree.ts";

interface TypeScriptProject {
  readonly references?: readonly { readonly path: string }[];
}

const all = workspaces();
const shown = all.filter(({ folder }) => folder !== "e2e");
const longest = 250;

describe("packages look alike", () => {
  it.each(all)("$name has the licence, the module type and the version of all others", ({ name, manifest, folder }) => {
    expect(manifest).toMatchObject({ license: "Apache-2.0", type: "module", version: all[0]!.manifest.version });
    expect(posix.basename(folder), `the folder of ${name} is called after it`).toBe(roomOf(name));
  });

  it.each(all)("$name asks for the others in the version that they have", ({ folder, manifest }) => {
    const problems = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([name, range]) => roomOf(name) !== undefined && range !== `^${manifest.version}`)
      .map(([name, range]) => `${folder}/package.json asks for ${name} ${range}; all packages share one version: ^${manifest.version}`);
    expect(problems).toEqual([]);
  });

  it.each(libraries())("$name can be imported from source here and from dist elsewhere", ({ manifest }) => {
    // Conditions are tried in their order, so the source comes first.
    expect(JSON.stringify(manifest.exports)).toBe(
      JSON.stringify({
        ".": { "@rollcall/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
        "./package.json": "./package.json",
      }),
    );
    expect(manifest.sideEffects).toBe(false);
  });

  it.each(shown)("$name publishes what it built and none of its tests", ({ manifest }) => {
    expect(manifest.files).toEqual(expect.arrayContaining(["dist", "!dist/**/*.test.*"]));
  });

  it.each(shown)("$name has a README that begins with its name", ({ name, folder }) => {
    const page = `${folder}/README.md`;
    const begins = exists(page) && read(page).startsWith(`# ${name}\n`);
    expect(
      begins ? [] : [`${page} has to be there and begin with "# ${name}": say what it is for, how it is used and why it exists`],
    ).toEqual([]);
  });

  it.each(shown)(`$name has no source of more than ${longest} lines`, (workspace) => {
    const problems = sourcesOf(workspace)
      .filter((file) => !isTest(file))
      .map((file) => ({ file, lines: read(file).trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > longest)
      .map(({ file, lines }) => `${file} has ${lines} lines; one thing a file, at most ${longest}: find the second thing and name it`);
    expect(problems).toEqual([]);
  });
});

describe("TypeScript sees the same arrows", () => {
  it("builds every package from the root", () => {
    expect(
      differences(
        "tsconfig.json",
        referencesOf("."),
        all.map(({ folder }) => folder),
      ),
    ).toEqual([]);
  });

  it.each(shown)("$name refers to exactly the packages that it depends on", ({ folder, manifest }) => {
    const needed = Object.keys(manifest.dependencies ?? {}).filter((name) => roomOf(name) !== undefined);
    expect(differences(`${folder}/tsconfig.json`, referencesOf(folder), needed.map(folderOf))).toEqual([]);
  });

  it("checks the tests of every package together with the end-to-end tests", () => {
    expect(
      differences(
        "e2e/tsconfig.json",
        referencesOf("e2e"),
        shown.map(({ folder }) => folder),
      ),
    ).toEqual([]);
  });
});

function differences(file: string, has: readonly string[], needs: readonly string[]): readonly string[] {
  return [
    ...needs.filter((each) => !has.includes(each)).map((each) => `${file} does not refer to ${each}; add it to "references"`),
    ...has
      .filter((each) => !needs.includes(each))
      .map((each) => `${file} refers to ${each}, which its package.json does not need; take it out`),
  ];
}

function referencesOf(folder: string): readonly string[] {
  const { references = [] } = readJson(posix.join(folder, "tsconfig.json")) as TypeScriptProject;
  return references.map(({ path }) => posix.join(folder, path));
}

function folderOf(name: string): string {
  const found: Workspace | undefined = all.find((each) => each.name === name);
  return found?.folder ?? `${name} (no such package)`;
}
