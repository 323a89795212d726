// Loaded into a program before it starts, so that it can be asked, by a signal, how long its loop stood still since it was asked last.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { say } from "./say.ts";

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("SIGUSR2", () => {
  say("loop", { max: delay.max / 1e6, p99: delay.percentile(99) / 1e6 });
  delay.reset();
});
