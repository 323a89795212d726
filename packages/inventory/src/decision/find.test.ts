import type { RollcallError } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { advanceDecisions, findPlacement, noDecisions, placementSays, type Found, type Placement, type Slice } from "../index.ts";
import { fleetOf, ocmSlice, slice, unreadable } from "./slices.test.helper.ts";

const clusters = fleetOf(["fleet/a", "fleet/b", "south/a"], { "fleet/b": { memberId: "m" }, "south/a": { memberId: "m" } });
const slices = [
  slice({ name: "batch-0", key: "batch", index: 0, placementKey: "run", labels: { team: "x", tier: "1" }, of: ["a"] }),
  slice({ name: "batch-1", key: "batch", index: 1, placementKey: "run", labels: { team: "x" }, of: [] }),
  slice({ name: "half-0", key: "half", index: 0, placementKey: "half", of: ["a"] }),
  slice({ name: "half-1", key: "half", index: 1, of: [] }),
  slice({ name: "web", placementKey: "shop", of: ["a"] }),
  slice({ name: "web", namespace: "south", placementKey: "run", of: ["a"] }),
  ocmSlice({ name: "web-decision-1", key: "web", index: 0, of: ["a"] }),
  slice({ name: "web-copy", key: "web", index: 0, of: ["a"] }),
];

function find(placement: Placement, seen: readonly Slice[] = slices, now = 60_000): Found {
  const news = { slices: seen.map((each) => ({ id: each.id, slice: each })), clusters };
  return findPlacement(placement)(advanceDecisions(noDecisions(), news, 0).decisions, now);
}

describe("a placement means one decision or none", () => {
  it.each<{ when: string; placement: Placement; then: string }>([
    { when: "its key is known once", placement: { key: "batch" }, then: "multicluster.x-k8s.io/fleet/key/batch" },
    { when: "the name of one of its objects is", placement: { name: "batch-1" }, then: "multicluster.x-k8s.io/fleet/key/batch" },
    { when: "every slice has the placement key", placement: { placementKey: "shop" }, then: "multicluster.x-k8s.io/fleet/name/web" },
    { when: "every slice has the labels", placement: { labels: "team=x" }, then: "multicluster.x-k8s.io/fleet/key/batch" },
    { when: "only one slice has the placement key", placement: { placementKey: "half" }, then: "missing NoPlacement" },
    { when: "only one slice has the labels", placement: { labels: "tier=1" }, then: "missing NoPlacement" },
    { when: "all that is said has to hold", placement: { key: "batch", name: "web" }, then: "missing NoPlacement" },
    { when: "nobody wrote one", placement: { key: "nobody" }, then: "missing NoPlacement" },
    { when: "a name is no key", placement: { key: "batch-0" }, then: "missing NoPlacement" },
    { when: "two share the placement key", placement: { placementKey: "run" }, then: "ambiguous AmbiguousPlacement" },
    {
      when: "two share it and one is in the namespace",
      placement: { placementKey: "run", namespace: "south" },
      then: "multicluster.x-k8s.io/south/name/web",
    },
    { when: "both APIs have it", placement: { key: "web" }, then: "ambiguous AmbiguousPlacement" },
    {
      when: "both have it and the config says whose rules",
      placement: { key: "web", api: "cluster.open-cluster-management.io" },
      then: "cluster.open-cluster-management.io/fleet/key/web",
    },
  ])("when $when: $then", ({ placement, then }) => {
    const found = find(placement);
    expect(found.is === "found" ? found.decision.id : `${found.is} ${found.why.reason}`).toBe(then);
  });

  it("and the reason names those that it could be, or what was looked for", () => {
    expect(find({ placementKey: "run" })).toMatchObject({
      why: {
        message: expect.stringContaining(
          '2 decisions have placementKey "run": multicluster.x-k8s.io/fleet/key/batch, multicluster.x-k8s.io/south/name/web;',
        ) as string,
      },
    });
    const many = Array.from({ length: 9 }, (_, at) => slice({ name: `n${at}`, placementKey: "p", of: [] }));
    expect(find({ placementKey: "p" }, many)).toMatchObject({
      why: { message: expect.stringContaining("fleet/name/n4 and 4 more") as string },
    });
    expect(find({ key: "no\nbody" })).toMatchObject({ why: { message: expect.stringContaining('key "no\\nbody"') as string } });
  });

  it.each<[string, Placement]>([
    ["BadPlacement", {}],
    ["BadPlacement", { namespace: "fleet", key: "" }],
    ["BadSelector", { labels: "a in" }],
  ])("and is %s when it is %j", (reason, placement) => {
    expect(() => findPlacement(placement)).toThrow(expect.objectContaining({ reason }) as RollcallError);
  });
});

describe("what a placement says of a cluster", () => {
  it.each<{ when: string; placement?: Placement; of: readonly Slice[]; id: string; then: string }>([
    { when: "it is named", of: [slice({ name: "p", of: ["a"] })], id: "fleet/a", then: "chosen" },
    { when: "it is not named", of: [slice({ name: "p", of: ["a"] })], id: "fleet/b", then: "not chosen" },
    { when: "nobody is", of: [slice({ name: "p", of: [] })], id: "fleet/a", then: "not chosen" },
    {
      when: "it is named and has no profile, which its fleet knows",
      of: [slice({ name: "p", of: ["gone"] })],
      id: "fleet/gone",
      then: "chosen",
    },
    {
      when: "OCM names it, and the profile of that name is another manager's",
      of: [ocmSlice({ name: "p-decision-1", key: "p", index: 0, of: ["a"] })],
      placement: { key: "p" },
      id: "fleet/a",
      then: "chosen, newcomer NotOcm",
    },
    {
      when: "an earlier line chose the same member",
      of: [slice({ name: "p", of: ["b", "south/a"] })],
      id: "south/a",
      then: "chosen, newcomer DuplicateMember",
    },
    { when: "it is named twice", of: [slice({ name: "p", of: ["a", "a"] })], id: "fleet/a", then: "chosen" },
    { when: "a slice cannot be read", of: [unreadable(slice({ name: "p", of: [] }))], id: "fleet/a", then: "unknown UnreadableSlice" },
    { when: "it is incomplete and names it", of: [slice({ name: "p", key: "p", index: 1, of: ["a"] })], id: "fleet/a", then: "chosen" },
    {
      when: "it is incomplete and does not",
      of: [slice({ name: "p", key: "p", index: 1, of: ["a"] })],
      id: "fleet/b",
      then: "unknown IndexGap",
    },
    { when: "there is none", of: [], id: "fleet/a", then: "unknown NoPlacement" },
    {
      when: "there are two",
      placement: { labels: "!x" },
      of: [slice({ name: "p", of: ["a"] }), slice({ name: "q", of: ["a"] })],
      id: "fleet/a",
      then: "unknown AmbiguousPlacement",
    },
  ])("when $when: $then", ({ placement = { name: "p" }, of, id, then }) => {
    const said = placementSays(find(placement, of), id);
    expect(
      [said.is, "newcomer" in said && `, newcomer ${said.newcomer.reason}`, "why" in said && ` ${said.why.reason}`]
        .filter(Boolean)
        .join(""),
    ).toBe(then);
  });

  it("is unknown for whoever it no longer names until its slices are quiet", () => {
    const said = (now: number) => placementSays(find({ key: "p" }, [slice({ name: "p", key: "p", of: ["a"] })], now), "fleet/b");
    expect(said(2999)).toMatchObject({ is: "unknown", why: { reason: "Settling" } });
    expect(said(3000)).toEqual({ is: "not chosen" });
  });
});
