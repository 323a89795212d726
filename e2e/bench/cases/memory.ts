import { setTimeout as sleep } from "node:timers/promises";
import { observe } from "../src/observer.ts";
import { memoryOf } from "../src/proc.ts";
import type { Rig } from "../src/rig.ts";
import { median } from "../src/statistics.ts";
import type { Subject } from "../src/subject.ts";

/** Case d: megabytes that are resident beside 2,000 Secrets of others. */
export interface Memory {
  /** After everything was written and some seconds had passed. */
  readonly steady: number;
  readonly peak: number;
}

export async function memory(rig: Rig, target: string, n: number, start: () => Subject): Promise<Memory> {
  const observer = await observe(rig.plane, target);
  const subject = start();
  try {
    await observer.seen(n, 60 + n / 20);
    await sleep(5000);
    const samples: number[] = [];
    for (let at = 0; at < 20; at += 1) {
      await sleep(250);
      samples.push(memoryOf(subject.pid).rss);
    }
    return { steady: median(samples), peak: memoryOf(subject.pid).peak };
  } finally {
    await subject.stop();
    observer.close();
  }
}
