import { ApiError } from "@rollcall/kube";
import { Hidden, RollcallError } from "@rollcall/contract";
import type { ListEvent } from "@rollcall/sync";
import { describe, expect, it } from "vitest";
import { jsonLog, logInformer, logList, type Log } from "./log.ts";

const time = "2026-11-01T08:00:00.000Z";

function logged(tell: (log: Log) => void): readonly unknown[] {
  const lines: string[] = [];
  tell(
    jsonLog(
      (line) => lines.push(line),
      () => new Date(time),
    ),
  );
  for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/);
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe("the log", () => {
  it("is one line of JSON each, in the order of reading", () => {
    const lines: string[] = [];
    jsonLog(
      (line) => lines.push(line),
      () => new Date(time),
    )("info", "pass done", { list: "argocd", text: "a\nb" });
    expect(lines).toEqual([`{"time":"${time}","level":"info","message":"pass done","list":"argocd","text":"a\\nb"}\n`]);
  });

  it("says of an error what it says, and nothing that it carries", () => {
    const secret = new RollcallError("Unreachable", "the hub does not answer", { retry: true, cause: new Error("token hush") });
    Object.assign(secret, { request: { headers: { authorization: "Bearer hush" } } });
    const [line] = logged((log) => log("warn", "retry", { error: secret }));
    expect(line).toEqual({ time, level: "warn", message: "retry", error: "the hub does not answer" });
  });

  it("names an error that says nothing", () => {
    expect(logged((log) => log("warn", "retry", { error: new AggregateError([]) }))).toMatchObject([{ error: "AggregateError" }]);
  });

  it("keeps what is hidden", () => {
    expect(logged((log) => log("info", "login", { token: new Hidden("hush") }))).toMatchObject([{ token: "[hidden]" }]);
  });

  it("tells a list that was read at debug, and trouble with it as a warning", () => {
    const events = logged((log) => {
      logInformer(log, { type: "listed", kind: "Secret", objects: 3, missed: 0, how: "stream" });
      logInformer(log, { type: "failed", kind: "Secret", error: new Error("gone"), retryIn: 500, absent: false });
      logInformer(log, { type: "went back", kind: "Secret", from: "9", to: "3" });
    });
    expect(events).toEqual([
      { time, level: "debug", message: "watch listed", kind: "Secret", objects: 3, missed: 0, how: "stream" },
      { time, level: "warn", message: "watch failed", kind: "Secret", error: "gone", retryIn: 500, absent: false },
      { time, level: "warn", message: "watch went back", kind: "Secret", from: "9", to: "3" },
    ]);
  });

  it("tells what a list does, and warns of what needs a person", () => {
    const verdict = { is: "stale", reason: "NoProvider", message: "configure one" } as const;
    const told: readonly ListEvent[] = [
      {
        is: "wrote",
        list: "argocd",
        cluster: "fleet/paris",
        why: "joins",
        state: "newcomer",
        verb: "create",
        key: "Secret/argocd/fleet.paris",
      },
      { is: "state", list: "argocd", cluster: "fleet/paris", state: "member", verdict },
      { is: "retry", list: "argocd", cluster: "fleet/paris", error: new Error("busy"), retryIn: 250 },
      { is: "ack unknown", list: "argocd", digest: "a", expected: "b" },
    ];
    const list = "argocd";
    expect(logged((log) => told.forEach((event) => logList(log, event, "0a1b2c3d4e")))).toEqual([
      {
        time,
        level: "info",
        message: "wrote",
        list,
        cluster: "fleet/paris",
        why: "joins",
        state: "newcomer",
        verb: "create",
        key: "Secret/argocd/fleet.paris",
        config: "0a1b2c3d4e",
      },
      { time, level: "warn", message: "state", list, cluster: "fleet/paris", state: "member", verdict },
      { time, level: "warn", message: "retry", list, cluster: "fleet/paris", error: "busy", retryIn: 250 },
      { time, level: "warn", message: "ack unknown", list, digest: "a", expected: "b" },
    ]);
  });

  it.each([
    ["begins", { type: "connected", kind: "Secret", again: false }, "debug"],
    ["is there again", { type: "connected", kind: "Secret", again: true }, "info"],
    ["fails", { type: "failed", kind: "Secret", error: new Error("x"), retryIn: 1, absent: false }, "warn"],
  ] as const)("a watch that %s is told at its level", (_, event, level) => {
    expect(logged((log) => logInformer(log, event))).toMatchObject([{ level }]);
  });

  it.each(["GuardPaces", "Hold", "Kept", "Mode", "Paused"])("wakes nobody for %s, which is on purpose", (reason) => {
    const event = { is: "state", list: "a", cluster: "b", state: "missing", verdict: { is: "held", reason, message: "m" } } as const;
    expect(logged((log) => logList(log, event, "0a"))).toMatchObject([{ level: "info" }]);
  });

  it("says what to do where a right is missing, and rounds how long it waits", () => {
    const error = new ApiError(403, "Forbidden", "no");
    const retry = { is: "retry", list: "a", cluster: "b", error, retryIn: 148.7 } as const;
    expect(logged((log) => logList(log, retry, "0a"))).toMatchObject([
      { retryIn: 149, todo: expect.stringContaining("rollcall rbac") as string },
    ]);
    const failed = { type: "failed", kind: "Secret", error, retryIn: 1, absent: false } as const;
    expect(logged((log) => logInformer(log, failed))).toMatchObject([{ todo: expect.stringContaining("rollcall rbac") as string }]);
  });
});
