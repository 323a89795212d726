import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import type { KubeObject } from "@rollcall/contract";
import { followHistory, startProxy, type History, type Proxy } from "@rollcall/testing";
import { files } from "../control-plane/src/flags.ts";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { launchProgram, type Program } from "../stories/program.ts";
import { rightsOf } from "../stories/rights.ts";
import { configOf } from "../stories/world.ts";
import { auditBodies, readAudit, type Audited } from "./audit.ts";

/** Short, so that much happens in a minute. */
export const graces = { deselected: 1000, unregistered: 2000 } as const;
export const guardRule = { max: 2, percent: 30, window: 5000 } as const;

export const places = { fleet: "fleet", argocd: "argocd", state: "rollcall" } as const;
export const user = `system:serviceaccount:${places.state}:rollcall`;

/** A control plane that writes down what is in every write, and what Rollcall needs to run on it as a process with its own rights alone. */
export interface ChaosWorld extends AsyncDisposable {
  readonly plane: ControlPlane;
  /** Between Rollcall and its server; it only notes what passes. */
  readonly proxy: Proxy;
  /** What happens to Secrets, by a way that Rollcall's troubles do not touch. */
  readonly history: History;
  launch(): Program;
  /** What the list makes of profiles, by the pure way. */
  render(profiles: readonly KubeObject[]): Promise<readonly KubeObject[]>;
  audit(): Promise<readonly Audited[]>;
}

const main = fileURLToPath(new URL("../../apps/rollcall/src/main.ts", import.meta.url));

export async function chaosWorld(): Promise<ChaosWorld> {
  const plane = await startControlPlane({ crds: [crds.clusterProfiles, crds.applications], quiet: true });
  await writeFile(join(plane.dir, files.auditPolicy), auditBodies);
  await plane.restart("kube-apiserver");
  for (const name of Object.values(places)) await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

  const proxy = await startProxy({ target: plane.url, ca: plane.ca });
  const window = await startProxy({ target: plane.url, ca: plane.ca });
  const path = `/api/v1/namespaces/${places.argocd}/secrets`;
  const history = await followHistory({ url: window.url, path, token: plane.adminToken });
  const config = join(plane.dir, "config.yaml");
  const write = (kubeconfig: string): Promise<void> => writeFile(config, stringify(configOf(places, kubeconfig, list)));
  await write("not-made-yet");
  const account = { namespace: places.state, name: "rollcall" };
  const made = await plane.account(account.name, account.namespace, await rightsOf(config, account));
  await write(await plane.kubeconfig(made.token, { server: proxy.url }));

  const programs: Program[] = [];
  return {
    plane,
    proxy,
    history,
    launch() {
      const program = launchProgram(["sync", "--config", config]);
      programs.push(program);
      return program;
    },
    async render(profiles) {
      const file = join(plane.dir, "profiles.yaml");
      await writeFile(file, profiles.map((each) => stringify(each)).join("---\n"));
      const args = ["--conditions=@rollcall/source", main, "render", "--config", config, "-f", file, "--show-secrets"];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
      return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);
    },
    audit: () => readAudit(join(plane.dir, files.auditLog)),
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.filter((program) => program.isRunning()).map((program) => program.kill()));
      history.stop();
      await Promise.all([proxy.stop(), window.stop()]);
      await plane.stop();
    },
  };
}

const list = {
  options: { copyLabels: ["tier"] },
  removal: {
    deselected: { then: "drain", after: `${graces.deselected / 1000}s` },
    unregistered: { then: "release", after: `${graces.unregistered / 1000}s` },
    guard: { ...guardRule, window: `${guardRule.window / 1000}s` },
  },
};
