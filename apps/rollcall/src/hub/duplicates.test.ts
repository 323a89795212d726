import type { Cluster, ClusterId } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { duplicatesOf } from "./duplicates.ts";
import { newTwins } from "./twins.ts";

const nobody = (): boolean => false;

function story(given: readonly Cluster[], chosen: (id: ClusterId) => boolean = () => true) {
  const twins = newTwins();
  const clusters = new Map(given.map((each) => [each.id, each]));
  for (const each of given) twins.see(each.id, each);
  const said = { edition: 0, asked: 0, chosen };
  const duplicate = duplicatesOf({
    twins,
    cluster: (id) => clusters.get(id),
    isChosen(id) {
      said.asked += 1;
      return said.chosen(id);
    },
    edition: () => said.edition,
  });
  const reason = (name: string, isOnList: (id: ClusterId) => boolean = nobody) => duplicate(`fleet/${name}`, isOnList)?.reason;
  return { said, duplicate, reason };
}

const twin = (name: string, createdAt = "2026-01-01T00:00:00Z") => cluster({ name, memberId: "m", createdAt });

describe("who may not join, because another profile speaks of the same member", () => {
  it("is found with one look at each of them, however many share an id", () => {
    const all = Array.from({ length: 1000 }, (_, at) => twin(`c${at}`));
    const { said, duplicate } = story(all);
    const refusals = all.map(({ id }) => duplicate(id, nobody));
    expect(new Set(refusals.map((each) => each?.reason))).toEqual(new Set(["AmbiguousMember"]));
    expect(refusals[7]?.message).toContain("fleet/c0, fleet/c1, fleet/c10, fleet/c100, fleet/c101 and 995 more");
    expect(said.asked).toBe(1000);
  });

  it("is nobody else than before when something changes, and somebody else when that is who was chosen", () => {
    const { said, reason } = story([twin("paris"), twin("oslo", "2026-02-01T00:00:00Z")]);
    expect([reason("paris"), reason("oslo")]).toEqual([undefined, "DuplicateMember"]);
    said.chosen = (id) => id !== "fleet/paris";
    expect(reason("oslo")).toBe("DuplicateMember");
    said.edition += 1;
    expect([reason("paris"), reason("oslo")]).toEqual([undefined, undefined]);
  });

  it("is each newcomer where some are on the list, whoever is older; who stays is not asked about", () => {
    const { reason } = story([twin("paris"), twin("oslo"), twin("rome"), cluster({ name: "lima" })]);
    const isOnList = (id: ClusterId): boolean => id === "fleet/oslo" || id === "fleet/rome";
    expect(["paris", "oslo", "rome", "lima", "nobody"].map((name) => reason(name, isOnList))).toEqual([
      "DuplicateMember",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is not told by one that is on the list and no longer chosen", () => {
    const { reason } = story([twin("paris"), twin("oslo", "2026-02-01T00:00:00Z")], (id) => id !== "fleet/oslo");
    expect(reason("paris", (id) => id === "fleet/oslo")).toBeUndefined();
  });
});
