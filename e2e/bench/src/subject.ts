import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { atTime, now } from "./clock.ts";
import { until } from "./until.ts";

/** Something that a process said on a line of its own. */
export interface Line {
  readonly message: string;
  /** On the clock of clock.ts. */
  readonly at: number;
  readonly name?: string;
  readonly server?: string;
  readonly events?: number;
  readonly url?: string;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  readonly max?: number;
  /** A second. */
  readonly rate?: number;
  readonly wrong?: number;
  readonly odd?: string;
  readonly plain?: number;
}

/** A process under measurement. */
export interface Subject {
  readonly pid: number;
  readonly spawnedAt: number;
  readonly lines: readonly Line[];
  /** Waits for a line with that message. */
  says(message: string, seconds?: number): Promise<Line>;
  /** Waits for the next one with it. */
  next(message: string, seconds?: number): Promise<Line>;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Starts a process; of what it says, only lines with one of these messages are kept, so that listening costs little. */
export function launch(command: readonly string[], messages: readonly string[]): Subject {
  const [file, ...args] = command;
  const wanted = new RegExp(`"message":"(?:${messages.join("|")})"`);
  const lines: Line[] = [];
  const complaints: string[] = [];
  const news = new EventEmitter();
  const spawnedAt = now();
  const child = spawn(file!, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], GOMAXPROCS: "1" } });
  running.add(child);
  const ended = once(child, "close");
  child.once("close", () => {
    running.delete(child);
    news.emit("news");
  });
  createInterface({ input: child.stdout }).on("line", (text) => {
    if (!wanted.test(text)) return;
    lines.push(lineOf(text));
    news.emit("news");
  });
  createInterface({ input: child.stderr }).on("line", (text) => {
    complaints.push(text);
    if (complaints.length > 20) complaints.shift();
  });

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const find = (message: string, from = 0): Line | undefined => lines.slice(from).find((line) => line.message === message);
  const said = (): string => `${command.slice(0, 3).join(" ")} complained:\n${complaints.join("\n")}`;
  const heard = async (message: string, from: number, seconds: number): Promise<Line> => {
    const isSaid = (): boolean => {
      if (find(message, from) !== undefined) return true;
      if (!isRunning()) throw new Error(`it ended before it said "${message}"; ${said()}`);
      return false;
    };
    await until(() => `"${message}" was not said; ${said()}`, isSaid, news, seconds);
    return find(message, from)!;
  };
  return {
    pid: child.pid!,
    spawnedAt,
    lines,
    says: (message, seconds = 60) => heard(message, 0, seconds),
    next: (message, seconds = 60) => heard(message, lines.length, seconds),
    async stop() {
      if (!isRunning()) return;
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(late);
    },
  };
}

/** Our program tells the time of day, the others that of the common clock. */
function lineOf(text: string): Line {
  const line = JSON.parse(text) as Line & { readonly time?: string };
  return { ...line, at: line.at ?? atTime(line.time!) };
}
