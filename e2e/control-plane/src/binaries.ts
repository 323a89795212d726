import { existsSync } from "node:fs";
import { join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { anyCachedBinary, cachedBinary, controlPlane, type GoModule } from "./cache.ts";
import { goVersion } from "./build.ts";

/** One of the programs of a control plane. */
export type ProgramName = "etcd" | "kube-apiserver" | "kube-controller-manager";

/** Where the programs of a control plane are, and how they want to be called. */
export interface Programs {
  /** `assets`: the upstream programs of KUBEBUILDER_ASSETS. `ours`: the one binary of our Go module. */
  readonly from: "assets" | "ours";
  /** The start of each program's command line; the controllers may be missing. */
  readonly command: Readonly<Record<"etcd" | "kube-apiserver", readonly string[]> & Partial<Record<ProgramName, readonly string[]>>>;
}

/** Finds the programs: KUBEBUILDER_ASSETS first, then our own build; undefined when it has not been built yet. */
export function findPrograms(): Programs | undefined {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  if (assets !== undefined && assets !== "") return assetPrograms(assets);
  const path = builtBinary(controlPlane);
  return path === undefined ? undefined : ownPrograms(path);
}

/** The binary of a module, if there is one: built by the Go that is here or, where there is none, by any. */
export function builtBinary(module: GoModule): string | undefined {
  const version = goVersion(module);
  if (typeof version !== "string") return anyCachedBinary(module);
  const path = cachedBinary(version, module);
  return existsSync(path) ? path : undefined;
}

/** The programs inside our one binary. */
export function ownPrograms(path: string): Programs {
  return {
    from: "ours",
    command: {
      etcd: [path, "etcd"],
      "kube-apiserver": [path, "kube-apiserver"],
      "kube-controller-manager": [path, "kube-controller-manager"],
    },
  };
}

function assetPrograms(folder: string): Programs {
  const missing = ["etcd", "kube-apiserver"].filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new RollcallError(
      "NoControlPlane",
      `KUBEBUILDER_ASSETS is ${folder}, but ${missing.join(" and ")} cannot be found there; ` +
        "point it at the folder that `setup-envtest use -p path` prints, or unset it to use our own build",
      { retry: false },
    );
  }
  const controllers = join(folder, "kube-controller-manager");
  return {
    from: "assets",
    command: {
      etcd: [join(folder, "etcd")],
      "kube-apiserver": [join(folder, "kube-apiserver")],
      ...(existsSync(controllers) && { "kube-controller-manager": [controllers] }),
    },
  };
}
