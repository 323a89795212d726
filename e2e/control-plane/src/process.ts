import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { RollcallError } from "@rollcall/contract";

/** A program that can be killed and started again with the same command line. */
export interface Program {
  readonly name: string;
  start(): void;
  /** Resolves when it has ended; at once when it is not running. */
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Stops its clock in the middle of whatever it does, or lets it go on. */
  pause(isPaused: boolean): void;
  /** At once and without waiting, for when this process itself is ending. */
  killNow(): void;
  /** Throws, with the end of its log, when it ended without being told to. */
  check(): void;
  /** The end of its log, for errors. */
  lastLines(): string;
}

/** Describes a program to run; its output goes to the log file. */
export function program(name: string, [file, ...args]: readonly string[], log: string): Program {
  let child: ChildProcess | undefined;
  let failed: Error | undefined;

  const isRunning = (): boolean => child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const lastLines = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "").trimEnd().split("\n").slice(-12).join("\n");
  return {
    name,
    lastLines,
    start() {
      const output = openSync(log, "a");
      // Its standard input is a pipe that closes with this process, however that ends; our binary then ends too.
      child = spawn(file!, args, { stdio: ["pipe", output, output], env: { ...process.env, CONTROL_PLANE_FOLLOWS_STDIN: "1" } });
      child.once("error", (error) => (failed = error));
      // A test run that forgot to stop it still ends, and takes it along.
      child.unref();
      (child.stdin as Socket).unref();
      closeSync(output);
    },
    async kill(signal) {
      if (child === undefined || !isRunning()) return;
      const ended = new Promise((resolve) => child!.once("exit", resolve));
      child.ref();
      child.kill(signal);
      await ended;
      child = undefined;
    },
    pause: (isPaused) => void child?.kill(isPaused ? "SIGSTOP" : "SIGCONT"),
    killNow: () => void child?.kill("SIGKILL"),
    check() {
      if (child === undefined || isRunning()) return;
      throw new RollcallError(
        "ProgramEnded",
        `${name} ended with ${failed?.message ?? child.exitCode ?? child.signalCode}; the end of ${log}:\n${lastLines()}`,
        { retry: true },
      );
    },
  };
}

/** Whether a process of that id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
