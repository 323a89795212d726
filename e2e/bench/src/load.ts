import { cpuOf } from "./proc.ts";
import { launch, type Subject } from "./subject.ts";

/** What a server did when it was asked the same again and again. */
export interface Repeated {
  /** Answers a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time for each. */
  readonly cpu: number;
  /** The share of a core that the server used: with less than all of it, something else was the bottleneck. */
  readonly share: number;
}

export interface Loaded extends Repeated {
  readonly answers: number;
  /** Refused, and the beginning of the first of these. */
  readonly wrong: number;
  readonly odd: string;
  /** Right, and not compressed: an answer that was made anew meanwhile. */
  readonly plain: number;
}

export interface LoadInput {
  readonly script: string;
  readonly isPinned: boolean;
  readonly port: number;
  readonly request: string;
  readonly seconds: number;
}

const connections = 32;

/** Asks a server as fast as it answers. */
export async function load(server: Subject, { script, isPinned, seconds, ...asked }: LoadInput): Promise<Loaded> {
  // The control plane has nothing to do meanwhile, so whoever asks may have its core.
  const core = isPinned ? ["taskset", "-c", "0"] : [];
  const told = { ...asked, connections, seconds };
  const asker = launch([...core, process.execPath, script, JSON.stringify(told)], ["started", "done"]);
  await asker.says("started");
  const [cpu, began] = [cpuOf(server.pid), performance.now()];
  const { rate, p50, p99, events, wrong, odd, plain } = await asker.says("done", seconds + 30);
  const [used, wall] = [cpuOf(server.pid) - cpu, performance.now() - began];
  await asker.stop();
  const seen = { answers: events!, wrong: wrong!, odd: odd!, plain: plain! };
  return { rate: rate!, p50: p50!, p99: p99!, cpu: (used * 1000) / events!, share: used / wall, ...seen };
}
