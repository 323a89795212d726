import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** What a run of the program came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, which takes no time. */
export async function rollcall(args: readonly string[]): Promise<Ran> {
  const said = { stdout: "", stderr: "" };
  const code = await run(args, { out: (text) => void (said.stdout += text), err: (text) => void (said.stderr += text) });
  return { code, ...said };
}

/** Starts the program from source as a process of its own, with nothing of our environment. */
export function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ["--conditions=@rollcall/source", main, ...args], { env: { PATH: process.env["PATH"] } });
  // Whoever does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined);
  return child;
}

/** Runs the program as a process to its end. */
export async function asProcess(args: readonly string[], stdin = ""): Promise<Ran> {
  const child = start(args);
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

/** A folder with these files, gone when the test's block ends. */
export async function folder(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly path: string; at(name: string): string }> {
  const path = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(path, name), content)));
  return { path, at: (name) => join(path, name), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
