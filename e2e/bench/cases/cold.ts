import { setTimeout as sleep } from "node:timers/promises";
import { observe } from "../src/observer.ts";
import { cpuOf } from "../src/proc.ts";
import type { Rig } from "../src/rig.ts";
import type { Subject } from "../src/subject.ts";

/** Case a, and g with it: an empty target, and n clusters to write. Milliseconds. */
export interface Cold {
  /** From the line "started" until the observer had seen all. */
  readonly wall: number;
  /** From the start of the process until the observer saw the first. */
  readonly first: number;
  /** Processor time of the client since "started", for each object. */
  readonly cpu: number;
  /** The same of etcd and kube-apiserver together. */
  readonly serverCpu: number;
}

export async function cold(rig: Rig, target: string, n: number, start: () => Subject): Promise<Cold> {
  const observer = await observe(rig.plane, target);
  const subject = start();
  try {
    const started = await subject.says("started");
    const before = { cpu: cpuOf(subject.pid), server: rig.serverCpu() };
    const { first, last } = await observer.seen(n, 60 + n / 20);
    // What it does about the echo of its own writes is part of the price.
    await sleep(500);
    return {
      wall: last - started.at,
      first: first - subject.spawnedAt,
      cpu: (cpuOf(subject.pid) - before.cpu) / n,
      serverCpu: (rig.serverCpu() - before.server) / n,
    };
  } finally {
    await subject.stop();
    observer.close();
  }
}
