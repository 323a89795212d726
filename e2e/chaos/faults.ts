import type { Program } from "../stories/program.ts";
import { sleep } from "./sleep.ts";
import type { Stretch } from "./model.ts";
import { programs, type ChaosProgram, type Fault, type Plan } from "./plan.ts";
import type { ChaosWorld } from "./world.ts";

export type Say = (line: string) => void;

/** What the faults of a run did. */
export interface Faults {
  /** The program that runs now, and the first of the proxy's requests that is its own. */
  now(): { readonly program: Program; readonly from: number };
  /** When somebody was down or stood still, and for a moment after: nothing has to be noticed then. */
  readonly blind: readonly Stretch[];
  readonly starting: readonly Stretch[];
  /** What a program did that it should not, such as ending on its own. */
  readonly problems: readonly string[];
  /** Lets the faults happen, those of each program one after the other; resolves when the run is over and everything runs again. */
  work(): Promise<void>;
}

/** Milliseconds until a program that is back sees again: Rollcall has to start and to list, its watches have to be begun again. */
const recovery = 4000;

/** Starts Rollcall, to which nothing happens yet. */
export function faultsOf(world: ChaosWorld, plan: Plan, over: AbortSignal, say: Say): Faults {
  const { plane, proxy } = world;
  const [blind, starting, problems]: [Stretch[], Stretch[], string[]] = [[], [], []];
  const launch = (): { readonly program: Program; readonly from: number } => ({ from: proxy.requests.length, program: world.launch() });
  let run = launch();

  async function rollcall({ n, how, lasts }: Fault): Promise<void> {
    const { program } = run;
    if (!program.isRunning()) problems.push(`Rollcall ended on its own before fault ${n} of it: ${JSON.stringify(program.lines.at(-1))}`);
    if (how === "pause") {
      program.pause(true);
      await sleep(lasts, over);
      return program.pause(false);
    }
    if (how === "kill") await program.kill();
    else if (program.isRunning()) {
      const code = await program.stop();
      if (code !== 0) problems.push(`Rollcall was told to stop by fault ${n} of it and ended with ${code}`);
    }
    await sleep(lasts, over);
    run = launch();
  }

  async function server(program: "kube-apiserver" | "etcd", { how, lasts }: Fault): Promise<void> {
    if (how === "pause") {
      const goOn = plane.pause(program);
      await sleep(lasts, over);
      return goOn();
    }
    await plane.kill(program, how === "kill" ? "SIGKILL" : "SIGTERM");
    await sleep(lasts, over);
    // A server that finds the one behind it away ends, and is started again, as a kubelet does.
    for (;;) {
      try {
        return await plane.restart(program);
      } catch (error) {
        say(`${program} did not start: ${String(error).split("\n", 1)[0]}`);
      }
    }
  }

  async function track(program: ChaosProgram): Promise<void> {
    for (const fault of plan.faults[program]) {
      await sleep(fault.after, over);
      if (over.aborted) return;
      say(`${program} fault ${fault.n}: ${fault.how} for ${fault.lasts} ms`);
      const from = Date.now();
      await (program === "rollcall" ? rollcall(fault) : server(program, fault));
      const to = Date.now();
      say(`${program} fault ${fault.n} is over`);
      blind.push({ from, to: to + recovery });
      if (program !== "rollcall") starting.push({ from, to: to + 1000 });
    }
  }
  return { now: () => run, blind, starting, problems, work: async () => void (await Promise.all(programs.map(track))) };
}
