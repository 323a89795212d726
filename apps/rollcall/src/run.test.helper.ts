import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** What a run of the program came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program from source as a process, with nothing of our environment. */
export async function rollcall(args: readonly string[], { stdin = "", cwd }: { stdin?: string; cwd?: string } = {}): Promise<Ran> {
  const child = spawn(process.execPath, ["--conditions=@rollcall/source", main, ...args], {
    stdio: "pipe",
    env: { PATH: process.env["PATH"] },
    ...(cwd !== undefined && { cwd }),
  });
  // Whoever does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined).end(stdin);
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
