import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The Go module that links etcd, kube-apiserver and kube-controller-manager into one binary. */
export const moduleDir: string = fileURLToPath(new URL("../go", import.meta.url));

const binary = "control-plane";

/** Where the binary of this Go module belongs when built with that version of Go. */
export function cachedBinary(goVersion: string): string {
  return join(cacheDir(), `${sourcesHash()}-${goVersion}`, binary);
}

/** Any build of these very sources, whatever Go made it: a machine without Go can use it. */
export function anyCachedBinary(): string | undefined {
  if (!existsSync(cacheDir())) return undefined;
  const ofTheseSources = readdirSync(cacheDir()).filter((folder) => folder.startsWith(`${sourcesHash()}-`));
  return ofTheseSources
    .sort()
    .map((folder) => join(cacheDir(), folder, binary))
    .findLast((path) => existsSync(path));
}

/** The flags that give the binary the version of Kubernetes that the module requires: without one, consumers refuse the server. */
export function linkerFlags(): string {
  const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(source("go.mod")) ?? [];
  const set = (name: string, value = "") => `-X k8s.io/component-base/version.${name}=${value}`;
  return ["-s -w", set("gitVersion", version), set("gitMajor", major), set("gitMinor", minor)].join(" ");
}

// Outside the work tree, so that a fresh clone or a clean does not cost five minutes.
function cacheDir(): string {
  const root = process.env["ROLLCALL_CACHE"] || process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(root, "rollcall", "control-plane");
}

function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const part of [source("go.mod"), source("go.sum"), source("main.go"), linkerFlags()]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

function source(file: string): string {
  return readFileSync(join(moduleDir, file), "utf8");
}
