import { setTimeout as sleep } from "node:timers/promises";
import { churn, type Churn } from "../src/churn.ts";
import type { Site } from "../src/contender.ts";
import { observe } from "../src/observer.ts";
import { cpuOf } from "../src/proc.ts";
import type { Rig } from "../src/rig.ts";
import type { Subject } from "../src/subject.ts";

/** Case b3: profiles say that all is as it was. */
export interface Heartbeats {
  readonly events: number;
  /** Changes of Secrets that the observer saw. */
  readonly writes: number;
  /** Microseconds of processor time for each event, beyond what it uses when nothing happens. */
  readonly cpu: number;
  /** The same when they come ten times as fast, for long enough that the code is compiled. */
  readonly cpuHot: number;
  /** How many a second the server took then. */
  readonly taken: number;
}

export interface HeartbeatsInput extends Omit<Churn, "everyth" | "rate"> {
  readonly start: () => Subject;
  readonly ready: string;
}

export async function heartbeats(rig: Rig, site: Site, { start, ready, ...how }: HeartbeatsInput): Promise<Heartbeats> {
  const observer = await observe(rig.plane, site.target);
  const subject = start();
  try {
    await subject.says(ready, 120);
    // Garbage of the start is collected first, as far as it will be.
    await sleep(3000);
    const idle = await used(subject, async () => {
      await sleep(4000);
      return 1;
    });
    const perEvent = async (rate: number): Promise<{ readonly events: number; readonly cpu: number; readonly taken: number }> => {
      let taken = 0;
      const busy = await used(subject, async () => {
        const churned = await churn(rig, site, { ...how, rate, everyth: 0 });
        taken = churned.taken;
        await sleep(200);
        return churned.events;
      });
      return { events: busy.events, taken, cpu: ((busy.cpu - (idle.cpu / idle.wall) * busy.wall) * 1000) / busy.events };
    };
    const promised = how.clusters / 30;
    const [slow, fast] = [await perEvent(promised), await perEvent(Math.max(300, promised))];
    return { events: slow.events + fast.events, writes: observer.sights.length, cpu: slow.cpu, cpuHot: fast.cpu, taken: fast.taken };
  } finally {
    await subject.stop();
    observer.close();
  }
}

async function used(
  { pid }: Subject,
  during: () => Promise<number>,
): Promise<{ readonly cpu: number; readonly wall: number; readonly events: number }> {
  const [cpu, wall] = [cpuOf(pid), performance.now()];
  const events = await during();
  return { cpu: cpuOf(pid) - cpu, wall: performance.now() - wall, events };
}
