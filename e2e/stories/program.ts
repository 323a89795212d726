import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./world.ts";

const main = fileURLToPath(new URL("../../apps/rollcall/src/main.ts", import.meta.url));

/** A line of the program's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** Rollcall as a process. */
export interface Program {
  readonly lines: readonly LogLine[];
  /** What it wrote beside its log. */
  readonly complaints: readonly string[];
  /** Waits for a line of the log with these fields; those before `from` do not count. */
  says(fields: object, from?: number): Promise<LogLine>;
  isRunning(): boolean;
  /** Stops its clock in the middle of whatever it does, or lets it go on. */
  pause(isPaused: boolean): void;
  /** Ends it as a node that loses power does. */
  kill(): Promise<void>;
  /** Asks it to stop, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a command of the program from source; it knows of our own environment what is handed to it. */
export function launchProgram(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, ["--conditions=@rollcall/source", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, PATH: process.env["PATH"] },
  });
  const lines: LogLine[] = [];
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as LogLine));
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  running.add(child);
  const ended = once(child, "exit").then(() => running.delete(child));

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    lines,
    complaints,
    isRunning,
    says: (fields, from = 0) =>
      until(
        `the program said ${JSON.stringify(fields)}; it said ${lines
          .slice(from)
          .map((line) => `\n  ${JSON.stringify(line)}`)
          .join("")}\n${complaints.join("\n")}`,
        () => {
          if (!isRunning() && complaints.length > 0) throw new Error(`the program ended: ${complaints.join("\n")}`);
          return lines.slice(from).find((line) => contains(line, fields));
        },
      ),
    pause: (isPaused) => void child.kill(isPaused ? "SIGSTOP" : "SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([key, each]) => contains(fields[key], each));
}
