import { type ChildProcess, spawn } from "node:child_process";

/** A process to run: nothing of our own environment is added to it. */
export interface Command {
  /** An absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Limits {
  /** Milliseconds until it is told to end. */
  readonly deadline?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a process. */
export type Ran =
  | ({ readonly is: "done" } & Printed)
  | ({ readonly is: "failed"; readonly how: string } & Printed)
  | ({ readonly is: "too slow" } & Printed)
  | { readonly is: "not started"; readonly code: string }
  | { readonly is: "too loud" }
  | { readonly is: "given up" };

interface Printed {
  readonly stdout: string;
  /** The last of it. */
  readonly stderr: string;
}

export const usualDeadline = 15_000;
/** How long a process that was told to end may take, before it is made to. */
const lastWords = 2000;
/** How long we go on reading what a process left in its pipes, when a child of it still holds them. */
const settling = 200;
const mostOutput = 1024 * 1024;
const mostErrors = 64 * 1024;

/** Runs one process to its end, whatever it does: without a shell, at `/`, in a group of its own that ends with it. */
export function run(command: Command, { deadline = usualDeadline, signal }: Limits = {}): Promise<Ran> {
  if (signal?.aborted) return Promise.resolve({ is: "given up" });
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const child = start(command);
  if (typeof child === "string") return Promise.resolve({ is: "not started", code: child });
  const read = readPipes(child, () => finish({ is: "too loud" }));

  let [isOver, early, ended] = [false, undefined as "too slow" | "given up" | undefined, undefined as string | undefined];
  let [force, settle] = [undefined as NodeJS.Timeout | undefined, undefined as NodeJS.Timeout | undefined];
  const tooLate = setTimeout(() => endIt("too slow"), deadline);
  const giveUp = (): void => endIt("given up");
  signal?.addEventListener("abort", giveUp, { once: true });

  function endIt(why: "too slow" | "given up"): void {
    early ??= why;
    if (force !== undefined || ended !== undefined) return;
    kill(child as ChildProcess, "SIGTERM");
    force = setTimeout(() => finish(outcome()), lastWords);
  }

  function outcome(): Ran {
    if (early === "given up") return { is: early };
    if (early === "too slow") return { is: early, ...read() };
    return ended === "" ? { is: "done", ...read() } : { is: "failed", how: ended ?? "did not end", ...read() };
  }

  function finish(ran: Ran): void {
    if (isOver) return;
    isOver = true;
    for (const timer of [tooLate, force, settle]) clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
    const running = child as ChildProcess;
    if (ended === undefined) kill(running, "SIGKILL");
    // A grandchild that left the group may hold the pipes for ever; what it still says goes nowhere.
    running.stdout?.destroy();
    running.stderr?.destroy();
    running.unref();
    resolve(ran);
  }

  child.on("error", (error: NodeJS.ErrnoException) => {
    if (child.pid === undefined) finish({ is: "not started", code: error.code ?? error.message });
  });
  child.on("close", () => finish(outcome()));
  child.on("exit", (code, by) => {
    ended = code === 0 ? "" : by === null ? `ended with code ${code}` : `was ended by ${by}`;
    // Whatever it left behind in its group goes with it.
    kill(child, "SIGKILL");
    settle = setTimeout(() => finish(outcome()), settling);
  });
  return promise;
}

/** The process, or the code of the error for which there is none. */
function start({ file, args, env }: Command): ChildProcess | string {
  try {
    // Node adds this one of our own to every environment where it is not said, whoever made that.
    const whole = { NODE_V8_COVERAGE: undefined, ...env };
    return spawn(file, args, { cwd: "/", env: whole, shell: false, detached: true, windowsHide: true, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

/** Keeps all of the one pipe up to a limit, and the end of the other. A system without free files gives no pipes at all. */
function readPipes({ stdout, stderr }: ChildProcess, tooLoud: () => void): () => Printed {
  const output: Buffer[] = [];
  let [size, errors, isCut] = [0, Buffer.alloc(0), false];
  stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > mostOutput) return tooLoud();
    output.push(chunk);
  });
  stderr?.on("data", (chunk: Buffer) => {
    isCut ||= errors.length + chunk.length > mostErrors;
    errors = Buffer.concat([errors, chunk]).subarray(-mostErrors);
  });
  // How the process ended says what counts.
  for (const pipe of [stdout, stderr]) pipe?.on("error", () => {});
  return () => ({ stdout: Buffer.concat(output).toString("utf8"), stderr: isCut ? wholeLines(errors) : errors.toString("utf8") });
}

/** A line that was cut may begin with half a secret, which nobody could find in it. */
function wholeLines(bytes: Buffer): string {
  const start = bytes.indexOf("\n");
  return start < 0 ? "" : bytes.subarray(start + 1).toString("utf8");
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group, or this system knows no groups.
    child.kill(signal);
  }
}
