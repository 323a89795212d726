import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { findPrograms } from "./src/binaries.ts";
import { makeFolder, processes, removeFolder, sweepFolders } from "./src/folder.ts";
import { isAlive } from "./src/process.ts";
import { until } from "./src/until.ts";

const toTidy: (() => void)[] = [];
afterEach(() => toTidy.splice(0).forEach((tidy) => tidy()));

/** Runs a program of its own, as a test run would be, and returns the first line that it prints. */
async function run(code: string): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const source = code.replaceAll("./src/", new URL("./src/", import.meta.url).href);
  const args = ["--conditions=@rollcall/source", "--input-type=module", "--eval", `${source}; setInterval(() => {}, 1000);`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  toTidy.push(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, line: line.toString().trim() };
}

const inFolder = (folder: string) => processes().filter(({ command }) => command.includes(`${folder}/`));

it("a killed test run leaves nothing for long: our build ends with it, the next run takes away the rest", async () => {
  const { child, line: folder } = await run(
    `import { startControlPlane } from "./src/index.ts"; console.log((await startControlPlane({ quiet: true })).dir)`,
  );
  expect(inFolder(folder)).toHaveLength(2);
  const isOver = once(child, "exit");
  child.kill("SIGKILL");
  await isOver;
  // The upstream programs do not follow their parent, so there the next run has to end them.
  if (findPrograms()!.from === "assets") sweepFolders();
  await until("its programs have ended", async () => inFolder(folder).length === 0, 10);
  sweepFolders();
  expect(existsSync(folder)).toBe(false);
});

it.each(["SIGTERM", "SIGINT"] as const)("a test run that is told to end by %s cleans up and ends by that signal", async (signal) => {
  const { child, line: folder } = await run(
    `import { findPrograms } from "./src/binaries.ts";
import { makeFolder, removeFolder } from "./src/folder.ts"; import { onExit } from "./src/on-exit.ts";
     const folder = makeFolder(); onExit(() => removeFolder(folder)); console.log(folder)`,
  );
  child.kill(signal);
  const [, endedBy] = (await once(child, "exit")) as [number | null, string | null];
  expect(endedBy).toBe(signal);
  expect(existsSync(folder)).toBe(false);
});

it("programs that outlived their test run are ended, and nothing else is", async () => {
  const mine = makeFolder();
  const deadOwner = spawnSync("true").pid;
  const folder = join(dirname(mine), `rollcall-e2e-${deadOwner}-left`);
  toTidy.push(() => removeFolder(mine));
  mkdirSync(folder);
  const { child: other } = await run(`console.log("up", "${mine}/etcd")`);
  const { child: left } = await run(`console.log("up", "${folder}/etcd")`);

  const ended = once(left, "exit");
  sweepFolders();
  await ended;
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(mine)).toBe(true);
  expect(isAlive(other.pid!)).toBe(true);
});
