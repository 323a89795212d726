import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of processor time that a process has used, over all its threads. */
export function cpuOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

export interface Memory {
  /** Megabytes that are resident now. */
  readonly rss: number;
  /** The most that ever was. */
  readonly peak: number;
}

/** What a process holds in memory. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { rss: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/** How busy the whole machine has been since it started, in ticks of a hundredth of a second. */
export interface Ticks {
  readonly total: number;
  readonly idle: number;
  /** Taken away by the host. */
  readonly steal: number;
  /** Used by this process and by all its children that have ended. */
  readonly own: number;
}

export function ticks(): Ticks {
  const [user, nice, system, idle, wait, irq, softIrq, steal] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number) as [number, number, number, number, number, number, number, number];
  // The second field is the command in brackets, which may hold blanks.
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .map(Number);
  const own = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
  return { total: user + nice + system + idle + wait + irq + softIrq + steal, idle: idle + wait, steal, own };
}
