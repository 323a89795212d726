import { expect, it } from "vitest";
import { uncoloured } from "../colour.ts";
import type { Inventoried } from "../first-contact.ts";
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
  absent: [],
  guard: { room: 5, nextWindow: "2026-11-21T03:10:00Z" },
  cost: { create: "a making", change: "a changing", remove: { drain: "a drain", release: "a release" } },
};
const going = { cause: "deselected", since: "2026-11-21T03:00:00Z", isNoted: true, way: "drain", steps: ["delete"] } as const;
const write = { key: "Secret/argocd/a", fields: [], diff: [{ mark: "+", text: "kind: Secret" }] } as const;
const inventory: Inventoried = { profiles: 100, unselected: 0, empty: [] };
const text = (plan: Partial<ListPlan>): string =>
  planText({ inventory, unusable: [], lists: [{ ...list, ...plan }] }, { paint: uncoloured, most: 2 });

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
      "100 profiles were found",
      "argocd: 1 would leave, 97 unchanged",
      "",
    ].join("\n"),
  );
});

it("says first that a list is paused, or that nothing can be told", () => {
  expect(text({ paused: "anna: upgrade" })).toBe(
    "argocd: it is paused, so nothing of this is done now: anna: upgrade\n\n100 profiles were found\nargocd: 97 unchanged\n",
  );
  const unknown = { clusters: 3, why: ["this hub is not the one that the list was made from"] };
  expect(text({ unknown, unchanged: 0 })).toBe(
    "argocd: of 3 nothing can be told: this hub is not the one that the list was made from\n\n100 profiles were found\nargocd: 0 unchanged, 3 cannot be told\n",
  );
  expect(planCode({ inventory, unusable: [], lists: [{ ...list, unknown }] })).toBe(1);
});

it("names the profiles that no list can use", () => {
  const unusable = [{ cluster: "fleet/odd", reason: "NoManager", message: "it has no manager" }];
  expect(planText({ inventory, unusable, lists: [list] }, { paint: uncoloured, most: 2 })).toBe(
    "! no list can use fleet/odd  NoManager: it has no manager\n\n100 profiles were found\nargocd: 97 unchanged\n",
  );
});

it("says where nothing was found, and how much of what was found no list selects", () => {
  const found = (given: Partial<Inventoried>): string =>
    planText({ inventory: { ...inventory, ...given }, unusable: [], lists: [] }, { paint: uncoloured, most: 2 });
  expect(found({ profiles: 1, unselected: 1 })).toBe("1 profile was found, and no list here selects it\n");
  expect(found({ unselected: 100 })).toBe("100 profiles were found, and no list here selects any\n");
  const unknown = [{ list: "argocd", reason: "NoPlacement", message: 'there is no decision with key "wbe"' }];
  expect(found({ decisions: { found: 1, unknown } })).toBe(
    'argocd: whom its placement chooses is not known: there is no decision with key "wbe"\n100 profiles were found\n1 decision was found\n',
  );
  expect(found({ profiles: 0, empty: ["flet"] })).toBe(
    "inventory: nothing was found in namespace flet; is that where the profiles are?\n0 profiles were found\n",
  );
});

it("says what a yes to another hub comes to, sort by sort", () => {
  const many = Array.from({ length: 12 }, (_, at) => `fleet/c${at}`);
  const otherHub = {
    same: ["fleet/a", "fleet/b"],
    differ: ["fleet/x"],
    absent: many,
    deselected: ["fleet/y"],
    unproven: ["fleet/z"],
    newcomers: 3,
  };
  const said = text({ otherHub, unknown: { clusters: 17, why: ["this hub is another one"] } });
  expect(said.split("\n").slice(0, 7)).toEqual([
    "argocd: of 17 nothing can be told: this hub is another one",
    "  2 the same cluster, as far as can be proven: fleet/a, fleet/b",
    "  1 another cluster by the same name: the old one would leave, then that one joins: fleet/x",
    expect.stringMatching(/^ {2}12 without a profile there: after a yes, unregistered: fleet\/c0, .*, fleet\/c9 and 2 more$/) as string,
    "  1 not chosen there: after a yes, deselected: fleet/y",
    "  1 cannot be told: fleet/z",
    "  3 would be new",
  ]);
});

it("says that a person would be asked, where the mode asks nobody yet", () => {
  const guard = { ...list.guard, wouldNeedAck: "nobody would be left" };
  const said = text({ mode: "upsert", guard, leaves: [{ ...going, cluster: "fleet/d", state: "missing" }] });
  expect(said).toContain("  guard: in mode sync a person would be asked first: nobody would be left\n");
  expect(said).not.toContain("guard: held");
});
