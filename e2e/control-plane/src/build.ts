import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { RollcallError, refusal, type Refusal } from "@rollcall/contract";
import { cachedBinary, controlPlane, type GoModule } from "./cache.ts";
import { isAlive } from "./process.ts";

/** The version of Go that would build a module of ours, such as `go1.26.8`, or why none can. */
export function goVersion({ dir }: GoModule = controlPlane): string | Refusal {
  // Asked inside the module, so that Go itself judges whether it is new enough, and may fetch a newer toolchain where it is allowed to.
  const asked = spawnSync("go", ["env", "GOVERSION"], { cwd: dir, encoding: "utf8" });
  if (asked.error !== undefined) return refusal("NoGo", "there is no go on the PATH");
  const version = asked.stdout.trim();
  if (asked.status !== 0) return refusal("OldGo", asked.stderr.trim());
  return /^go1\.(\d+)/.test(version) && Number(/^go1\.(\d+)/.exec(version)![1]) < 26 ? refusal("OldGo", `${version} is too old`) : version;
}

/** Builds the binary of the control plane into the cache and returns its path. */
export async function buildPrograms(say: (line: string) => void): Promise<string> {
  const version = goVersion();
  if (typeof version !== "string") throw nothingToRun(version);
  return buildModule(controlPlane, version, say);
}

/** Builds a module into the cache and returns the path of its binary. Two builds at once do not harm each other. */
export async function buildModule(module: GoModule, version: string, say: (line: string) => void): Promise<string> {
  const path = cachedBinary(version, module);
  const unfinished = `${path}.building-${process.pid}-${randomBytes(4).toString("hex")}`;
  mkdirSync(dirname(path), { recursive: true });
  sweepUnfinished(dirname(path));
  say(`building with ${version}, once for this machine, ${module.about}`);

  const started = Date.now();
  const beat = setInterval(() => say(`still building ${module.name}, ${Math.round((Date.now() - started) / 1000)} s`), 30_000);
  try {
    await goBuild(module, unfinished);
    renameSync(unfinished, path);
  } finally {
    clearInterval(beat);
    rmSync(unfinished, { force: true });
  }
  say(`built ${path} in ${Math.round((Date.now() - started) / 1000)} s`);
  return path;
}

async function goBuild({ dir, linkerFlags }: GoModule, output: string): Promise<void> {
  const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(), "-o", output, "."];
  const child = spawn("go", args, { cwd: dir, env: { ...process.env, CGO_ENABLED: "0" }, stdio: ["ignore", 2, 2] });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) {
    throw new RollcallError(
      "BuildFailed",
      `go build in ${dir} ended with ${code}; its own words are above. It needs the Go module proxy once, and about 4 GB of disk`,
      { retry: true },
    );
  }
}

function sweepUnfinished(folder: string): void {
  for (const file of readdirSync(folder)) {
    const builder = /\.building-(\d+)-/.exec(file)?.[1];
    if (builder !== undefined && !isAlive(Number(builder))) rmSync(join(folder, file), { force: true });
  }
}

function nothingToRun(why: Refusal): RollcallError {
  return new RollcallError(
    "NoControlPlane",
    `no real control plane can be had here: KUBEBUILDER_ASSETS is not set, and our own cannot be built: ${why.message}. Get one of the two:\n` +
      "  KUBEBUILDER_ASSETS   a folder with kube-apiserver and etcd: go install sigs.k8s.io/controller-runtime/tools/setup-envtest@latest,\n" +
      '                       then export KUBEBUILDER_ASSETS="$(setup-envtest use -p path)"\n' +
      "  Go 1.26 or newer     from https://go.dev/dl, then: npm run e2e:prepare",
    { retry: false },
  );
}
