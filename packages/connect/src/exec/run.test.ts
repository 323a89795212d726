import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Limits, run } from "./run.ts";

const sh = (script: string, limits?: Limits, env: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin" }) =>
  run({ file: "/bin/sh", args: ["-c", script], env }, limits);
const node = (script: string, limits?: Limits) => run({ file: process.execPath, args: ["-e", script], env: {} }, limits);

/** Whether a process is gone within a moment. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 40; tries += 1) {
    // One that has ended and that nobody asked about yet is a zombie: gone, with a number still.
    const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
    if (state === "" || state.startsWith("Z")) return true;
    await sleep(25);
  }
  return false;
}

async function took(work: Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work;
  return performance.now() - since;
}

describe("a plugin", () => {
  it("gets the environment that it is given and nothing of ours", async () => {
    for (const name of ["ROLLCALL_HUB_TOKEN", "NODE_V8_COVERAGE", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "LD_PRELOAD", "KUBECONFIG"])
      vi.stubEnv(name, "/marker-of-our-own");
    onTestFinished(() => void vi.unstubAllEnvs());
    const ran = (env: Readonly<Record<string, string>>) => run({ file: "/usr/bin/env", args: [], env });
    expect(await ran({ A: "1", B: "two words" })).toEqual({ is: "done", stdout: "A=1\nB=two words\n", stderr: "" });
    expect(await ran({ NODE_V8_COVERAGE: "/passed" })).toMatchObject({ stdout: "NODE_V8_COVERAGE=/passed\n" });
    expect(await ran({})).toMatchObject({ stdout: "" });
  });

  it("runs at / without a shell that could read its arguments", async () => {
    expect(await run({ file: "/bin/echo", args: ["$HOME; id", "`id`", "*"], env: {} })).toMatchObject({ stdout: "$HOME; id `id` *\n" });
    expect(await sh("pwd")).toMatchObject({ stdout: "/\n" });
  });

  it("that waits for somebody to type finds nobody", async () => {
    expect(await run({ file: "/bin/cat", args: [], env: {} })).toEqual({ is: "done", stdout: "", stderr: "" });
  });

  it("that fails says how, and what it complained about", async () => {
    expect(await sh("echo half; echo no login >&2; exit 3")).toEqual({
      is: "failed",
      how: "ended with code 3",
      stdout: "half\n",
      stderr: "no login\n",
    });
    expect(await sh("kill -SEGV $$")).toMatchObject({ is: "failed", how: "was ended by SIGSEGV" });
  });

  it.each([
    ["is not there", { file: "/nowhere/plugin", args: [] }, "ENOENT"],
    ["is no program", { file: "/etc/passwd", args: [] }, "EACCES"],
    ["is a folder", { file: "/", args: [] }, "EACCES"],
    ["is given a zero byte", { file: "/bin/echo", args: ["a\0b"] }, "ERR_INVALID_ARG_VALUE"],
    ["is given more than a process takes", { file: "/bin/echo", args: ["a".repeat(3_000_000)] }, "E2BIG"],
  ])("that %s is not started", async (_, command, code) => {
    expect(await run({ ...command, env: {} })).toEqual({ is: "not started", code });
  });
});

describe("a slow plugin", () => {
  it("is told to end at its deadline, with its children, and what it said until then is kept", async () => {
    const ran = await sh("sleep 60 & echo $!; echo still asking >&2; wait", { deadline: 200 });
    expect(ran).toMatchObject({ is: "too slow", stderr: "still asking\n" });
    expect(await isGone(Number(ran.is === "too slow" && ran.stdout))).toBe(true);
  });

  it("that ignores being told is made to, two seconds later", async () => {
    const stubborn = sh("trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $!; while :; do sleep 1; done", { deadline: 100 });
    expect(await took(stubborn)).toBeLessThan(5000);
    const ran = await stubborn;
    expect(ran).toMatchObject({ is: "too slow" });
    expect(await isGone(Number(ran.is === "too slow" && ran.stdout))).toBe(true);
  });

  it("that answers when it is told to end is too slow all the same", async () => {
    expect(await sh("trap 'echo late; exit 0' TERM; sleep 60 & wait", { deadline: 200 })).toMatchObject({ is: "too slow" });
  });

  it("for which nobody waits any more is ended, and not even started when that is known before", async () => {
    const gone = new AbortController();
    const ran = sh("sleep 60", { signal: gone.signal });
    setTimeout(() => gone.abort(), 100);
    expect(await took(ran)).toBeLessThan(2000);
    expect(await ran).toEqual({ is: "given up" });
    expect(await sh("echo started", { signal: gone.signal })).toEqual({ is: "given up" });
  });
});

describe("a hostile plugin", () => {
  it("that leaves a child behind which holds its pipes does not hold us, and the child goes too", async () => {
    const forks = sh("sleep 60 & echo $!");
    expect(await took(forks)).toBeLessThan(2000);
    const ran = await forks;
    expect(ran).toMatchObject({ is: "done" });
    expect(await isGone(Number(ran.is === "done" && ran.stdout))).toBe(true);
  });

  it("whose child flees from its group does not hold us, and what it printed is kept", async () => {
    const flight = `require("child_process").spawn("/bin/sleep", ["5"], { detached: true, stdio: "inherit" }).unref(); console.log("x".repeat(60000));`;
    const ran = node(flight);
    // However busy we are while it ends.
    await sleep(100);
    const until = performance.now() + 500;
    while (performance.now() < until);
    expect(await took(ran)).toBeLessThan(3000);
    expect(await ran).toMatchObject({ is: "done", stdout: `${"x".repeat(60_000)}\n` });
  });

  it("that prints without end is ended when it has printed 1 MiB", async () => {
    const loud = sh("head -c 100000000 /dev/zero");
    expect(await took(loud)).toBeLessThan(3000);
    expect(await loud).toEqual({ is: "too loud" });
    expect(await sh("head -c 1048576 /dev/zero")).toMatchObject({ is: "done" });
    expect(await sh("head -c 1048577 /dev/zero")).toEqual({ is: "too loud" });
  });

  it("that complains without end is heard by its last whole lines alone", async () => {
    const ran = await node(
      `for (let at = 0; at < 20000; at += 1) console.error("complaint " + at + " ".repeat(50)); process.exitCode = 1;`,
    );
    const stderr = ran.is === "failed" ? ran.stderr : "";
    expect(stderr.length).toBeGreaterThan(60_000);
    expect(stderr.length).toBeLessThanOrEqual(65_536);
    expect(stderr).toMatch(/^complaint \d+ +\n[^]*complaint 19999 +\n$/);
    expect(await node(`process.stderr.write("s".repeat(100000)); process.exitCode = 1;`)).toMatchObject({ is: "failed", stderr: "" });
  });
});
