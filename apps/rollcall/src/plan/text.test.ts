import { expect, it } from "vitest";
import { uncoloured } from "../colour.ts";
import { planCode, type ListPlan } from "./report.ts";
import { planText } from "./text.ts";

const list: ListPlan = {
  list: "argocd",
  mode: "sync",
  creates: [],
  changes: [],
  leaves: [],
  kept: [],
  refused: [],
  unchanged: 97,
  unknown: { clusters: 0, why: [] },
  guard: { room: 5, nextWindow: "2026-11-21T03:10:00Z" },
  cost: { create: "a making", change: "a changing", remove: { drain: "a drain", release: "a release" } },
};
const going = { cause: "deselected", since: "2026-11-21T03:00:00Z", isNoted: true, way: "drain", steps: ["delete"] } as const;
const write = { key: "Secret/argocd/a", fields: [], diff: [{ mark: "+", text: "kind: Secret" }] } as const;
const text = (plan: Partial<ListPlan>): string => planText({ unusable: [], lists: [{ ...list, ...plan }] }, { paint: uncoloured, most: 2 });

it("sums a list up in one line", () => {
  const held = { is: "held", reason: "GuardHolds", message: "half or more" } as const;
  const plan: Partial<ListPlan> = {
    creates: [
      { ...write, cluster: "fleet/a" },
      { ...write, cluster: "fleet/b" },
    ],
    changes: [{ ...write, cluster: "fleet/c" }],
    leaves: [{ ...going, cluster: "fleet/d", state: "missing", verdict: held }],
    refused: [{ cluster: "fleet/e", reason: "NoProvider", message: "configure one" }],
  };
  expect(text(plan)).toMatch(/\nargocd: 2 to create, 1 to change, 1 would leave \(held\), 97 unchanged, 1 refused\n$/);
});

it("says of who is leaving what comes now, and of who waits for whom", () => {
  const verdict = { is: "waits", reason: "InUse", message: "waits until nobody uses it: Application/argocd/shop" } as const;
  expect(text({ leaves: [{ ...going, cluster: "fleet/d", state: "leaving", at: "wait until nothing uses it", verdict }] })).toBe(
    [
      "argocd: 1 would leave",
      "  drain: a drain",
      "  guard: 5 more may go in this window; the next begins at 2026-11-21T03:10:00Z",
      "  - fleet/d  deselected since 2026-11-21T03:00:00Z; leaving, now: wait until nothing uses it",
      "      delete",
      "      waits: InUse: waits until nobody uses it: Application/argocd/shop",
      "",
      "argocd: 1 would leave, 97 unchanged",
      "",
    ].join("\n"),
  );
});

it("says first that a list is paused, or that nothing can be told", () => {
  expect(text({ paused: "anna: upgrade" })).toBe(
    "argocd: it is paused, so nothing of this is done now: anna: upgrade\n\nargocd: 97 unchanged\n",
  );
  const unknown = { clusters: 3, why: ["this hub is not the one that the list was made from"] };
  expect(text({ unknown, unchanged: 0 })).toBe(
    "argocd: of 3 nothing can be told: this hub is not the one that the list was made from\n\nargocd: 0 unchanged, 3 cannot be told\n",
  );
  expect(planCode({ unusable: [], lists: [{ ...list, unknown }] })).toBe(1);
});

it("names the profiles that no list can use", () => {
  const unusable = [{ cluster: "fleet/odd", reason: "NoManager", message: "it has no manager" }];
  expect(planText({ unusable, lists: [list] }, { paint: uncoloured, most: 2 })).toBe(
    "! no list can use fleet/odd  NoManager: it has no manager\n\nargocd: 97 unchanged\n",
  );
});
