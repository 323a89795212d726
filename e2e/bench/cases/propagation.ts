import { churn, type Churn } from "../src/churn.ts";
import type { Site } from "../src/contender.ts";
import { observe } from "../src/observer.ts";
import type { Rig } from "../src/rig.ts";
import type { Subject } from "../src/subject.ts";

/** Case c: among heartbeats, every tenth update moves a cluster to another address. */
export interface Propagation {
  /** Milliseconds from when the server had taken the change until the observer saw it in the Secret. */
  readonly latencies: readonly number[];
  readonly changes: number;
  /** Changes of Secrets that the observer saw, for each change that mattered. */
  readonly writesPerChange: number;
}

export interface PropagationInput extends Omit<Churn, "everyth" | "rate"> {
  readonly start: () => Subject;
  readonly ready: string;
}

export async function propagation(rig: Rig, site: Site, { start, ready, ...how }: PropagationInput): Promise<Propagation> {
  const observer = await observe(rig.plane, site.target);
  const subject = start();
  try {
    await subject.says(ready, 120);
    // Others have changed the fleet since it last looked; what it has to catch up with is not measured.
    await observer.quiet(1500);
    const caughtUp = observer.sights.length;
    const { acked } = await churn(rig, site, { ...how, everyth: 10 });
    await observer.quiet(1000);
    const sights = observer.sights.slice(caughtUp);
    // Of several sights of one address, the first counts: backwards, so that it is the one that stays.
    const seen = new Map(sights.toReversed().map(({ server, at }) => [server, at]));
    const latencies = acked.map(({ server, at }) => {
      const sight = seen.get(server!);
      if (sight === undefined) throw new Error(`${server} was never seen in ${site.target}`);
      return sight - at;
    });
    return { latencies, changes: acked.length, writesPerChange: sights.length / acked.length };
  } finally {
    await subject.stop();
    observer.close();
  }
}
