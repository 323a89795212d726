import { expect, it } from "vitest";
import { coloured, uncoloured } from "../colour.ts";
import type { ListStatus, StatusReport } from "./report.ts";
import { statusText } from "./text.ts";

const list: ListStatus = {
  list: "argocd",
  mode: "sync",
  states: { member: 97, newcomer: 1, missing: 1, leaving: 1 },
  due: 1,
  clusters: [
    {
      cluster: "fleet/lima",
      state: "missing",
      verdict: { is: "held", reason: "GuardHolds", message: "nobody would be left" },
      since: "2026-11-21T01:00:00Z",
      cause: "unregistered",
      needsSomebody: true,
    },
    {
      cluster: "fleet/rome",
      state: "leaving",
      verdict: { is: "waits", reason: "InUse", message: "waits until nobody uses it: Application/argocd/shop" },
      since: "2026-11-20T20:00:00Z",
      cause: "deselected",
      needsSomebody: false,
    },
    { cluster: "fleet/oslo", state: "newcomer", since: "2026-11-21T03:00:00Z", next: "to be written", needsSomebody: false },
  ],
  placements: [],
  orders: [
    { order: "pause", why: "anna: Argo CD is being upgraded (until 2026-11-21T06:00:00.000Z)" },
    { order: "hold", cluster: "fleet/bonn", why: "ben: ticket 7" },
  ],
  guard: { room: 0, nextWindow: "2026-11-21T03:05:00Z" },
  ack: { why: "nobody would be left", digest: "0123456789", command: "rollcall ack argocd 0123456789 --config rollcall.yaml" },
};
const report: StatusReport = { at: "2026-11-21T03:00:00Z", lists: [list] };

it("tells on one screen who needs somebody, why, since when and what to do", () => {
  expect(statusText(report, { paint: uncoloured, most: 50 })).toBe(
    [
      "argocd (sync): 97 members, 1 newcomer, 1 missing, 1 leaving",
      "  guard: held, nobody would be left; if that is meant, say yes to digest 0123456789: rollcall ack argocd 0123456789 --config rollcall.yaml",
      "  cluster     state     verdict  since  cause         why, and what to do",
      "  fleet/lima  missing   held     2h     unregistered  GuardHolds: nobody would be left",
      "  fleet/rome  leaving   waits    7h     deselected    InUse: waits until nobody uses it: Application/argocd/shop",
      "  fleet/oslo  newcomer  -        now    -             to be written",
      "  by order: pause: anna: Argo CD is being upgraded (until 2026-11-21T06:00:00.000Z)",
      "  by order: hold fleet/bonn: ben: ticket 7",
      "",
    ].join("\n"),
  );
});

it("stays on one screen when many need somebody", () => {
  const text = statusText(report, { paint: uncoloured, most: 1 });
  expect(text).toContain("\n  fleet/lima ");
  expect(text).not.toContain("fleet/rome");
  expect(text).toContain("\n  … and 2 more; --all shows them\n");
});

it("is short while all is well", () => {
  const well: ListStatus = {
    list: "argocd",
    mode: "sync",
    states: { member: 1 },
    due: 0,
    clusters: [],
    orders: [],
    placements: [],
    guard: list.guard,
  };
  expect(statusText({ ...report, lists: [well] }, { paint: uncoloured, most: 50 })).toBe("argocd (sync): 1 member\n");
});

it("says when writes wait for a Rollcall that may not be there, and when the next may go", () => {
  const { ack: _, ...unheld } = list;
  const text = statusText({ ...report, lists: [{ ...unheld, orders: [] }] }, { paint: uncoloured, most: 50 });
  expect(text).toMatch(
    /^argocd \(sync\): .*, 1 leaving; 1 to be written: if that stays so, no Rollcall is at work, or its log says what keeps it from writing \(a right, somebody else's object\)\n/,
  );
  expect(text).toContain("  guard: 0 more may go in this window; the next begins at 2026-11-21T03:05:00Z\n");
});

it("says first that the hub cannot be read, and which target cannot", () => {
  const lists = [{ list: "batch", problem: "connect ECONNREFUSED" }];
  expect(statusText({ ...report, hub: "no answer", lists }, { paint: uncoloured, most: 50 })).toBe(
    [
      "The hub cannot be read, so nobody is let go; what follows is by what stands and by the roll: no answer",
      "",
      "batch: its target cannot be read: connect ECONNREFUSED",
      "",
    ].join("\n"),
  );
});

it("paints red what needs somebody, and spells out what would write over the terminal", () => {
  const [first] = list.clusters;
  const clusters = [{ ...first!, cluster: "fleet/a\u001b[2J" }];
  const text = statusText({ ...report, lists: [{ ...list, clusters }] }, { paint: coloured, most: 50 });
  expect(text).toContain("\u001b[31m  fleet/a\\u001b[2J  missing");
});

it("says which placement waits for a yes, and how to say it", () => {
  const held = { placement: '{"key":"web"}', why: "nobody would be left", digest: "0123456789", command: "rollcall ack argocd 0123456789" };
  const text = statusText({ ...report, lists: [{ ...list, placements: [held] }] }, { paint: uncoloured, most: 50 });
  expect(text).toContain(
    '  placement {"key":"web"} is answered as before: nobody would be left; if that is meant: rollcall ack argocd 0123456789\n',
  );
});
