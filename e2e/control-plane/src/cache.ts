import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A Go module of ours that becomes one binary, built once per machine. */
export interface GoModule {
  /** The binary is called so, and its folder in the cache. */
  readonly name: string;
  /** Where its go.mod, go.sum and main.go are. */
  readonly dir: string;
  /** What it is and how long it takes to build, for whoever waits. */
  readonly about: string;
  readonly linkerFlags: () => string;
}

/** Links etcd, kube-apiserver and kube-controller-manager into one binary. */
export const controlPlane: GoModule = {
  name: "control-plane",
  dir: fileURLToPath(new URL("../go", import.meta.url)),
  about: "etcd, kube-apiserver and kube-controller-manager: about five minutes on two cores",
  linkerFlags,
};

/** Where the binary of a Go module belongs when built with that version of Go. */
export function cachedBinary(goVersion: string, module: GoModule = controlPlane): string {
  return join(cacheDir(module), `${sourcesHash(module)}-${goVersion}`, module.name);
}

/** Any build of these very sources, whatever Go made it: a machine without Go can use it. */
export function anyCachedBinary(module: GoModule = controlPlane): string | undefined {
  const cache = cacheDir(module);
  if (!existsSync(cache)) return undefined;
  const hash = sourcesHash(module);
  return readdirSync(cache)
    .filter((folder) => folder.startsWith(`${hash}-`))
    .sort()
    .map((folder) => join(cache, folder, module.name))
    .findLast((path) => existsSync(path));
}

/** The flags that give the binary the version of Kubernetes that the module requires: without one, consumers refuse the server. */
export function linkerFlags(): string {
  const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(source(controlPlane, "go.mod")) ?? [];
  const set = (name: string, value = "") => `-X k8s.io/component-base/version.${name}=${value}`;
  return ["-s -w", set("gitVersion", version), set("gitMajor", major), set("gitMinor", minor)].join(" ");
}

// Outside the work tree, so that a fresh clone or a clean does not cost five minutes.
function cacheDir({ name }: GoModule): string {
  const root = process.env["ROLLCALL_CACHE"] || process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(root, "rollcall", name);
}

function sourcesHash(module: GoModule): string {
  const hash = createHash("sha256");
  const sources = ["go.mod", "go.sum", "main.go"].map((file) => source(module, file));
  for (const part of [...sources, module.linkerFlags()]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

function source({ dir }: GoModule, file: string): string {
  return readFileSync(join(dir, file), "utf8");
}
