import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findPrograms } from "./src/binaries.ts";
import { buildPrograms, goVersion } from "./src/build.ts";
import { cachedBinary, linkerFlags } from "./src/cache.ts";
import { makeFolder, removeFolder } from "./src/folder.ts";
import { startControlPlane } from "./src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-binaries-"));
  vi.stubEnv("KUBEBUILDER_ASSETS", undefined);
  vi.stubEnv("ROLLCALL_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function executable(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A go of our own on the PATH, which is asked for its version and to build. */
function useGo(version: string, build = "exit 3"): void {
  executable(join(folder, "bin/go"), `case "$1" in env) echo ${version};; build) ${build};; esac`);
  vi.stubEnv("PATH", `${join(folder, "bin")}:/usr/bin:/bin`);
}

const withoutGo = (): unknown => vi.stubEnv("PATH", join(folder, "nowhere"));

it("takes the programs of KUBEBUILDER_ASSETS, and does without the controllers that setup-envtest leaves out", () => {
  for (const name of ["etcd", "kube-apiserver"]) executable(join(folder, "assets", name), "");
  vi.stubEnv("KUBEBUILDER_ASSETS", join(folder, "assets"));
  expect(findPrograms()).toEqual({
    from: "assets",
    command: { etcd: [join(folder, "assets/etcd")], "kube-apiserver": [join(folder, "assets/kube-apiserver")] },
  });
});

it("says what is missing in KUBEBUILDER_ASSETS rather than use something else", () => {
  executable(join(folder, "assets/etcd"), "");
  vi.stubEnv("KUBEBUILDER_ASSETS", join(folder, "assets"));
  expect(() => findPrograms()).toThrow(/kube-apiserver cannot be found there; point it at the folder/);
});

it("takes the build of the Go that is here, and not that of another one", () => {
  useGo("go1.26.8");
  executable(cachedBinary("go1.26.7"), "");
  expect(findPrograms()).toBeUndefined();
  const path = executable(cachedBinary("go1.26.8"), "");
  expect(findPrograms()?.command["kube-apiserver"]).toEqual([path, "kube-apiserver"]);
});

it("takes any build of these sources on a machine without Go", () => {
  withoutGo();
  executable(join(folder, "rollcall/control-plane/000000000000-go1.26.8/control-plane"), "");
  expect(findPrograms()).toBeUndefined();
  const path = executable(cachedBinary("go1.27.1"), "");
  expect(findPrograms()?.command.etcd).toEqual([path, "etcd"]);
});

it("names the two things to get on a machine with neither", async () => {
  withoutGo();
  await expect(buildPrograms(() => undefined)).rejects.toThrow(/no go on the PATH[^]*KUBEBUILDER_ASSETS[^]*Go 1\.26 or newer/);
  useGo("go1.25.3");
  await expect(buildPrograms(() => undefined)).rejects.toThrow(/go1\.25\.3 is too old/);
});

it("tells a test that nothing was prepared, and how to", async () => {
  withoutGo();
  await expect(startControlPlane()).rejects.toThrow(/npm run e2e:prepare/);
});

it("builds once into the cache, beside a build that runs at the same time", async () => {
  // The stand-in for go writes what it was told into its output, which is the second argument from the end.
  useGo("go1.26.8", `for each; do before=$last; last=$each; done; echo "$CGO_ENABLED $*" > "$before"`);
  const said: string[] = [];
  const paths = await Promise.all([buildPrograms((line) => said.push(line)), buildPrograms(() => undefined)]);
  expect(paths).toEqual([cachedBinary("go1.26.8"), cachedBinary("go1.26.8")]);
  expect(readdirSync(dirname(paths[0]))).toEqual(["control-plane"]);
  expect(said[0]).toContain("about five minutes");
  expect(findPrograms()?.command.etcd[0]).toBe(paths[0]);
});

it("leaves nothing half built in the cache", async () => {
  useGo("go1.26.8");
  await expect(buildPrograms(() => undefined)).rejects.toThrow(/ended with 3/);
  expect(readdirSync(dirname(cachedBinary("go1.26.8")))).toEqual([]);
  expect(findPrograms()).toBeUndefined();
});

it("gives the server the version that the module requires", () => {
  expect(linkerFlags()).toMatch(/version\.gitVersion=v1\.36\.3 .*gitMajor=1 .*gitMinor=36$/);
  expect(goVersion()).toBeTruthy();
});

it("shows the end of the log of a program that does not start", async () => {
  executable(join(folder, "assets/etcd"), "echo out of luck; exit 7");
  executable(join(folder, "assets/kube-apiserver"), "sleep 30");
  vi.stubEnv("KUBEBUILDER_ASSETS", join(folder, "assets"));
  await expect(startControlPlane({ quiet: true })).rejects.toThrow(/etcd ended with 7; [^]*out of luck/);
  await expect(startControlPlane({ quiet: true, controllers: true })).rejects.toThrow(/has none; put one of the same version there/);

  const probe = makeFolder();
  expect(readdirSync(dirname(probe)).filter((name) => name.startsWith(`rollcall-e2e-${process.pid}-`))).toEqual([basename(probe)]);
  removeFolder(probe);
});
