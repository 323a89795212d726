import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** What the house reads of a package's manifest. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly workspaces?: readonly string[];
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the monorepo. */
export interface Workspace {
  readonly name: string;
  /** Relative to the root, such as `packages/kube`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

// Made by tools, never by hand: nothing in them is ours to judge.
const made = new Set(["node_modules", "dist", ".git", ".turbo", ".reports", "coverage"]);

/** Every file below a folder, relative to the root and with forward slashes, without what tools made. */
export function filesUnder(folder: string): readonly string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((each) => !made.has(each.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((each) => {
      const inner = relative(root, join(path, each.name)).split(sep).join("/");
      if (each.isDirectory()) return filesUnder(inner);
      return each.isFile() ? [inner] : [];
    });
}

/** The text of a file, by its path from the root. */
export function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** A JSON file, by its path from the root. */
export function readJson(file: string): unknown {
  return JSON.parse(read(file));
}

/** Whether there is such a file or folder. */
export function exists(path: string): boolean {
  return existsSync(join(root, path));
}

/** The manifest at the root. */
export function rootManifest(): Manifest {
  return readJson("package.json") as Manifest;
}

/** Every package that the root manifest names. */
export function workspaces(): readonly Workspace[] {
  const folders = (rootManifest().workspaces ?? []).flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
  return folders.filter((folder) => exists(`${folder}/package.json`)).map(workspace);
}

function workspace(folder: string): Workspace {
  const manifest = readJson(`${folder}/package.json`) as Manifest;
  return { name: manifest.name, folder, manifest };
}

/** The packages that live in `packages/`: libraries, each with a name that others import. */
export function libraries(): readonly Workspace[] {
  return workspaces().filter(({ folder }) => folder.startsWith("packages/"));
}

/** A package's TypeScript; everything in `e2e` is a test or serves one, so there it is the whole folder. */
export function sourcesOf({ folder }: Workspace): readonly string[] {
  return filesUnder(folder === "e2e" ? folder : `${folder}/src`).filter((file) => file.endsWith(".ts"));
}

/** Tests, and what stands beside them to help them, may do what the code that they test may not. */
export function isTest(file: string): boolean {
  return file.endsWith(".test.ts") || file.endsWith(".test.helper.ts");
}
