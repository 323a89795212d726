import { setTimeout as sleep } from "node:timers/promises";
import { observe } from "../src/observer.ts";
import { cpuOf } from "../src/proc.ts";
import type { Rig } from "../src/rig.ts";
import type { Subject } from "../src/subject.ts";

/** Case b2: everything is as it should be, and the program starts again. */
export interface Restart {
  /** Milliseconds from the line "started" until it says that it has gone through everything. */
  readonly wall: number;
  /** Milliseconds of processor time since the process began. */
  readonly cpu: number;
  /** Changes of Secrets that the observer saw. */
  readonly writes: number;
}

export async function restart(rig: Rig, target: string, ready: string, start: () => Subject): Promise<Restart> {
  const observer = await observe(rig.plane, target);
  const subject = start();
  try {
    const started = await subject.says("started");
    const done = await subject.says(ready, 120);
    await sleep(1000);
    return { wall: done.at - started.at, cpu: cpuOf(subject.pid), writes: observer.sights.length };
  } finally {
    await subject.stop();
    observer.close();
  }
}
