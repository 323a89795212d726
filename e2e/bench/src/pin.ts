import { spawnSync } from "node:child_process";

/** Keeps this process, and whatever it starts from now on, on one core; false where that is not possible. */
export function pinTo(core: number): boolean {
  const { status } = spawnSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], { stdio: "ignore" });
  return status === 0;
}
