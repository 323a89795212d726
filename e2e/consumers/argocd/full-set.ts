import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { freePort } from "../../control-plane/src/ports.ts";
import { program, type Program } from "../../control-plane/src/process.ts";
import { until } from "../../stories/world.ts";
import { argoCdSources, findArgoCd } from "./binary.ts";
import { namespace, rightsOf } from "./controller.ts";

/** What else it takes for Argo CD to deploy something. */
export interface FullSet {
  /** A repository with one manifest, as an Application names it. */
  readonly repository: string;
  lastLines(): string;
  stop(): Promise<void>;
}

/** Starts Argo CD's application-controller and repo-server, with a cache between them and a repository to deploy from. */
export async function startFullSet(plane: ControlPlane): Promise<FullSet> {
  const binary = findArgoCd();
  const dir = join(plane.dir, "argocd");
  const folders = {
    ARGOCD_TLS_DATA_PATH: "tls",
    ARGOCD_SSH_DATA_PATH: "ssh",
    ARGOCD_PLUGINSOCKFILEPATH: "plugins",
    TMPDIR: "tmp",
    HOME: ".",
  };
  const paths = Object.entries(folders).map(([name, folder]) => [name, join(dir, folder)] as const);
  for (const [, path] of paths) mkdirSync(path, { recursive: true });

  // The repo-server asks it about every commit; in Go's module cache nothing may be run.
  const asked = join(dir, "bin/git-verify-wrapper.sh");
  mkdirSync(join(dir, "bin"));
  copyFileSync(join(argoCdSources(), "hack/git-verify-wrapper.sh"), asked);
  chmodSync(asked, 0o755);

  const controller = "argocd-application-controller";
  const { kubeconfig } = await plane.account(controller, namespace, rightsOf("application-controller-roles", controller));
  const [redis, repoServer] = [`127.0.0.1:${await freePort()}`, await freePort()];
  const environment = Object.entries({
    ...Object.fromEntries(paths),
    PATH: `${join(dir, "bin")}:${process.env["PATH"]}`,
    KUBECONFIG: kubeconfig,
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_ASK_PASS_SOCK: join(dir, "ask-pass.sock"),
  }).map(([name, value]) => `${name}=${value}`);
  const start = (name: string, ...args: readonly string[]): Program => {
    const started = program(`argocd-${name}`, ["env", ...environment, binary, name, ...args], join(plane.dir, `argocd-${name}.log`));
    started.start();
    return started;
  };

  const started = [
    start("redis", redis),
    start("repo-server", "--address=127.0.0.1", `--port=${repoServer}`, `--metrics-port=${await freePort()}`, `--redis=${redis}`),
    start(
      "application-controller",
      `--namespace=${namespace}`,
      `--repo-server=127.0.0.1:${repoServer}`,
      `--redis=${redis}`,
      `--metrics-port=${await freePort()}`,
    ),
  ];
  const [, server] = started;
  await until("Argo CD's repo-server listens", () => {
    for (const each of started) each.check();
    return server!.lastLines().includes("is listening on");
  });
  return {
    repository: repositoryIn(dir),
    lastLines: () => started.map((each) => `${each.name}:\n${each.lastLines()}`).join("\n"),
    stop: async () => void (await Promise.all(started.map((each) => each.kill("SIGKILL")))),
  };
}

function repositoryIn(dir: string): string {
  const folder = join(dir, "repository");
  mkdirSync(join(folder, "shop"), { recursive: true });
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shop" }, data: { open: "yes" } };
  writeFileSync(join(folder, "shop/shop.yaml"), JSON.stringify(manifest));
  const git = (...args: readonly string[]): unknown =>
    execFileSync("git", ["-c", "user.name=e2e", "-c", "user.email=e2e@example.test", ...args], { cwd: folder });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=a shop");
  return `file://${folder}`;
}
