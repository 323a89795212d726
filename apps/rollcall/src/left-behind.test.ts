import { noOrders } from "@rollcall/sync";
import { describe, expect, it } from "vitest";
import { logLeftBehind, type LeftBehind } from "./left-behind.ts";

function told(left: LeftBehind): Readonly<Record<string, unknown>> {
  const lines: Record<string, unknown>[] = [];
  logLeftBehind((level, message, fields) => void lines.push({ level, message, ...fields }), left);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

const at = Date.parse("2026-11-21T10:00:00Z");

describe("a list that is kept on another server from now on", () => {
  it("says that its orders do not come along, and the command for each of them, whatever its words are", () => {
    const line = told({
      list: "one",
      configPath: "/etc/my config.yaml",
      orders: {
        pause: { why: "an upgrade", by: "eve", at, until: at + 3_600_000 },
        hold: new Map([["fleet/paris", { why: "it's a demo", at }]]),
        exclude: new Map([["fleet/lima", { why: "--broken", by: "$(bob)", at }]]),
      },
    });
    expect(line).toMatchObject({ level: "warn", message: "roll stays behind", list: "one" });
    expect(line["again"]).toEqual([
      "rollcall pause one --why='an upgrade' --by=eve --until=2026-11-21T11:00:00.000Z --config='/etc/my config.yaml'",
      String.raw`rollcall hold one fleet/paris --why='it'\''s a demo' --config='/etc/my config.yaml'`,
      "rollcall exclude one fleet/lima --why=--broken --by='$(bob)' --config='/etc/my config.yaml'",
    ]);
    expect(line["todo"]).toContain("orders, graces and acks stay in the roll on the server where it was");
  });

  it("says so where nothing is ordered, and where nobody knows", () => {
    expect(told({ list: "one", orders: noOrders })).toMatchObject({ again: [] });
    expect(told({ list: "one", orders: undefined })).toMatchObject({ orders: "its roll could not be read" });
  });
});
