import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./process.ts";

const prefix = "rollcall-e2e-";

/** A folder for one control plane, in memory where there is such a place: etcd is slow on a busy disk. Its name says whose it is. */
export function makeFolder(): string {
  return mkdtempSync(join(roots()[0]!, `${prefix}${process.pid}-`));
}

/** Takes away what earlier runs left that were killed: their programs, then their folders. */
export function sweepFolders(): void {
  for (const root of roots()) {
    for (const name of readdirSync(root)) {
      const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) sweep(join(root, name));
    }
  }
}

function sweep(folder: string): void {
  // Process ids are used again, so only a program whose command line names this very folder is one of ours.
  for (const { pid, command } of processes()) {
    if (command.includes(`${folder}/`)) process.kill(pid, "SIGKILL");
  }
  removeFolder(folder);
}

/** A program that was just killed may still be writing, hence the retries. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Everything that runs here, with its command line. */
export function processes(): readonly { readonly pid: number; readonly command: string }[] {
  if (existsSync("/proc/self/cmdline")) {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.map((pid) => ({ pid: Number(pid), command: commandLine(pid) }));
  }
  const lines = execFileSync("ps", ["-axo", "pid=,command="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line.trimStart().replace(/^\d+\s+/, "") }));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // It ended since the folder was read.
  }
}

function roots(): readonly string[] {
  const memory = "/dev/shm";
  return isWritable(memory) ? [memory, tmpdir()] : [tmpdir()];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
