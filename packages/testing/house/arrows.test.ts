import { describe, expect, it } from "vitest";
import { arrowProblem, placeProblems, roomOf, rooms } from "./rooms.ts";
import { importsOf, packageOf } from "./source.ts";
import { isTest, read, rootManifest, sourcesOf, workspaces, type Manifest, type Workspace } from "./tree.ts";

describe("a room uses only what lies below it", () => {
  it.each(workspaces())("$name has its place in the table", ({ name }) => {
    expect(placeProblems(name)).toEqual([]);
  });

  it.each(workspaces())("$name depends on nothing above or beside it", ({ name, manifest }) => {
    expect(declared(manifest).flatMap((used) => arrowProblem(name, used) ?? [])).toEqual([]);
  });

  it.each(workspaces())("$name imports nothing above or beside it", (workspace) => {
    const problems = runtimeSources(workspace).flatMap((file) =>
      importsOf(read(file)).flatMap(({ what, line }) => {
        const problem = arrowProblem(workspace.name, packageOf(what) ?? "") ?? roundabout(workspace, file, what);
        return problem === undefined ? [] : [`${file}:${line} ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
  });

  it.each(workspaces())("$name declares what it imports, and imports what it declares", (workspace) => {
    expect(dependencyProblems(workspace)).toEqual([]);
  });
});

describe("the table of rooms", () => {
  it("has no circles", () => {
    const reaches = (room: string, seen: readonly string[] = []): boolean =>
      (rooms[room]?.mayUse ?? []).some((next) => seen.includes(next) || reaches(next, [...seen, room]));
    expect(Object.keys(rooms).filter((room) => reaches(room))).toEqual([]);
  });

  it("refuses an arrow that points up or sideways, and says what to do", () => {
    expect(arrowProblem("@rollcall/contract", "@rollcall/kube")).toContain("below it: nothing");
    expect(arrowProblem("@rollcall/sync", "@rollcall/inventory")).toContain("hand the value in from the app");
    expect(arrowProblem("@rollcall/rollcall", "@rollcall/testing")).toContain("does not lie below it");
    expect(arrowProblem("@rollcall/sync", "@rollcall/kube")).toBeUndefined();
  });

  it("tells where a new package finds its place", () => {
    expect(placeProblems("@rollcall/nomad")).toEqual([expect.stringContaining("packages/testing/house/rooms.ts")]);
  });

  it.each([
    { way: "a plain import", text: 'import { a } from "x";' },
    { way: "an import of types", text: 'import type { A } from "x";' },
    { way: "an import for its effect", text: 'import "x";' },
    { way: "an export of another's names", text: 'export { a } from "x";\nexport const b = 1;' },
    { way: "an export of all names", text: 'export * from "x";' },
    { way: "an import while running", text: 'const a = await import("x");' },
    { way: "an import inside a type", text: 'type A = import("x").A;' },
  ])("sees $way", ({ text }) => {
    expect(importsOf(text)).toEqual([{ what: "x", line: 1 }]);
  });

  it("takes no comment or string for an import", () => {
    expect(importsOf('// import { a } from "x";\nconst text = \'import "x"\';')).toEqual([]);
  });
});

/** A published package runs without its tests; one that stays here is all test. */
function runtimeSources(workspace: Workspace): readonly string[] {
  return sourcesOf(workspace).filter((file) => !isTest(file));
}

function declared({ dependencies, peerDependencies, optionalDependencies }: Manifest): readonly string[] {
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
}

function roundabout({ name, folder }: Workspace, file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = new URL(specifier, `file:///${file}`).pathname.slice(1);
  return target.startsWith(`${folder}/`) ? undefined : `${name} reaches into ${target}; import that package by its name`;
}

function dependencyProblems(workspace: Workspace): readonly string[] {
  const { manifest, folder } = workspace;
  const sources = manifest.private === true ? sourcesOf(workspace) : runtimeSources(workspace);
  const used = new Set(sources.flatMap((file) => importsOf(read(file)).flatMap(({ what }) => packageOf(what) ?? [])));
  used.delete(manifest.name);
  // What is never published may lean on the tools at the root, such as vitest.
  const lent = new Set(manifest.private === true ? Object.keys(rootManifest().devDependencies ?? {}) : []);
  const declaredHere = declared(manifest);
  return [
    ...[...used]
      .filter((name) => !declaredHere.includes(name) && !lent.has(name))
      .map((name) => `${folder} imports ${name} but its package.json does not declare it${wayIn(name)}`),
    ...declaredHere
      .filter((name) => !used.has(name))
      .map((name) => `${folder}/package.json declares ${name} but nothing in its source imports it; take it out`),
  ];
}

function wayIn(name: string): string {
  return roomOf(name) === undefined ? `; run: npm exec -c "npm install -w FOLDER ${name}"` : "; add it with the range of the others";
}
