import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { RollcallError } from "@rollcall/contract";
import { builtBinary } from "../../control-plane/src/binaries.ts";
import { buildModule, goVersion } from "../../control-plane/src/build.ts";
import type { GoModule } from "../../control-plane/src/cache.ts";

/** Argo CD's controllers and its repo-server, as upstream released them. */
const argocd: GoModule = {
  name: "argocd",
  dir: fileURLToPath(new URL("go", import.meta.url)),
  about: "Argo CD: about five minutes on two cores",
  linkerFlags: () => "-s -w",
};

/** Path of the program, which is built when it is not there yet. */
export async function prepareArgoCd(say: (line: string) => void): Promise<string> {
  const built = builtBinary(argocd);
  if (built !== undefined) return built;
  const version = goVersion(argocd);
  if (typeof version === "string") return buildModule(argocd, version, say);
  throw new RollcallError("NoArgoCd", `Argo CD cannot be built here: ${version.message}; get Go 1.26.3 or newer from https://go.dev/dl`, {
    retry: false,
  });
}

/** Path of the program; a test does not wait for minutes until it is built. */
export function findArgoCd(): string {
  const built = builtBinary(argocd);
  if (built !== undefined) return built;
  throw new RollcallError("NoArgoCd", "Argo CD is not built yet; run: npm run e2e:consumers:prepare", { retry: false });
}

/** Where Go keeps the sources that the program was built from; it fetches them where only the program was kept. */
export function argoCdSources(): string {
  const args = ["mod", "download", "-json", "github.com/argoproj/argo-cd/v3"];
  return (JSON.parse(execFileSync("go", args, { cwd: argocd.dir, encoding: "utf8" })) as { readonly Dir: string }).Dir;
}
