import { describe, expect, it } from "vitest";
import { anyHealth, judgeHealth, seeHealth, type HealthRule, type HealthSeen } from "./index.ts";

const minute = 60_000;
type Health = HealthSeen["health"];

/** What was seen minute by minute, the last of it at the minute before `now`. */
function seen(...all: readonly Health[]): HealthSeen {
  return all.reduce<HealthSeen | undefined>((before, health, at) => seeHealth(before, health, at * minute), undefined)!;
}
const says = (rule: Partial<HealthRule>, now: number, ...all: readonly Health[]): string => {
  const said = judgeHealth({ ...anyHealth, ...rule }, seen(...all), now * minute);
  const again = "again" in said ? ` again in ${said.again / minute}` : "";
  return `${said.is}${"why" in said ? `: ${said.why.reason}` : ""}${again}`;
};

describe("who may join", () => {
  it.each<[HealthRule["join"], Health, string]>([
    ["any", "healthy", "fine"],
    ["any", "unknown", "fine"],
    ["any", "unhealthy", "fine"],
    ["notUnhealthy", "healthy", "fine"],
    ["notUnhealthy", "unknown", "fine"],
    ["notUnhealthy", "unhealthy", "not to join: NotHealthy"],
    ["healthy", "healthy", "fine"],
    ["healthy", "unknown", "not to join: NotHealthy"],
    ["healthy", "unhealthy", "not to join: NotHealthy"],
  ])("where %s may: somebody %s", (join, health, expected) => {
    expect(says({ join }, 9, health)).toBe(expected);
  });

  it("waits until it has been healthy for long enough, and each break begins the wait anew", () => {
    const rule = { join: "healthy", joinAfter: 180 } as const;
    expect(says(rule, 1, "healthy")).toBe("not to join: HealthTooNew again in 2");
    expect(says(rule, 3, "healthy", "healthy", "healthy")).toBe("fine");
    expect(says(rule, 3, "healthy", "unknown", "healthy")).toBe("not to join: HealthTooNew again in 2");
  });

  it("is not unhealthy for as long as nobody says that it is", () => {
    const rule = { join: "notUnhealthy", joinAfter: 180 } as const;
    expect(says(rule, 3, "unknown", "healthy", "unknown")).toBe("fine");
    expect(says(rule, 3, "unknown", "unhealthy", "unknown")).toBe("not to join: HealthTooNew again in 2");
  });
});

describe("who has to go", () => {
  const rule = { evictAfter: 180 };

  it("is who has been unhealthy for that long, and nobody else", () => {
    expect(says(rule, 2, "unhealthy")).toBe("not to join: NotHealthy again in 1");
    expect(says(rule, 3, "unhealthy")).toBe("to go");
    expect(says(rule, 99, "unknown")).toBe("fine");
    expect(says(rule, 99, "healthy")).toBe("fine");
    expect(says({}, 99, "unhealthy")).toBe("fine");
  });

  it.each<Health>(["healthy", "unknown"])("begins anew after a moment of being %s", (between) => {
    expect(says(rule, 4, "unhealthy", between, "unhealthy")).toBe("not to join: NotHealthy again in 1");
  });

  it("may not come back while it would have to go again", () => {
    expect(says({ ...rule, join: "any" }, 0, "unhealthy")).toBe("not to join: NotHealthy again in 3");
  });
});
