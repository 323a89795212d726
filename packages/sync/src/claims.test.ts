import { secretData, type ClusterId, type KubeObject } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimNames, claimsOf, newClaims, oldestFirst } from "./claims.ts";

const a = claimNames("https://a.test", "a");
const b = claimNames("https://b.test", "b");

describe("what only one cluster of a list may have", () => {
  it("belongs to whoever came first, and the other is told who has it", () => {
    const claims = newClaims();
    expect(claims.take("fleet/paris", a)).toBeUndefined();
    expect(claims.take("lab/paris", claimNames("https://a.test/", "other"))).toEqual({
      reason: "Collision",
      message: "server https://a.test is on this list already, as fleet/paris; one of the two has to be left out",
    });
    expect(claims.take("lab/paris", claimNames("https://c.test", "a"))).toMatchObject({
      message: expect.stringContaining("name a is on this list already, as fleet/paris"),
    });
  });

  it("may be asked for again by its holder", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    expect(claims.take("fleet/paris", a)).toBeUndefined();
  });

  it("is free again once its holder is gone, and those who waited are named", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    claims.take("lab/paris", a);
    claims.take("edge/paris", a);
    expect(claims.settle("fleet/paris", [])).toEqual(["lab/paris", "edge/paris"]);
    expect(claims.take("lab/paris", a)).toBeUndefined();
  });

  it("is nobody's when one who had nothing is gone", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    expect(claims.settle("lab/paris", [])).toEqual([]);
    expect(claims.take("lab/paris", a)).toMatchObject({ reason: "Collision" });
  });

  it("keeps both servers from the others while its holder moves, and frees the old one when it has moved", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    claims.take("fleet/paris", b);
    expect(claims.take("lab/paris", a)).toMatchObject({ reason: "Collision" });
    expect(claims.settle("fleet/paris", b)).toEqual(["lab/paris"]);
    expect(claims.take("lab/paris", a)).toBeUndefined();
    expect(claims.take("edge/paris", b)).toMatchObject({ reason: "Collision" });
  });

  it.each([2, 3])("is exchanged by %i who would wait for each other for ever, and by nobody who keeps what he has", (count) => {
    const claims = newClaims();
    const at = (index: number) => claimNames(`https://${index % count}.test`, undefined);
    const ids = Array.from({ length: count }, (_, index) => `fleet/${index}`);
    ids.forEach((id, index) => claims.take(id, at(index)));
    // Everybody moves to where the next one is; the last one to ask closes the circle.
    const answers = ids.map((id, index) => claims.take(id, at(index + 1)));
    expect(answers.map((answer) => answer?.reason)).toEqual([...Array.from({ length: count - 1 }, () => "Collision"), undefined]);
    expect(claims.settle(ids.at(-1)!, at(count))).toEqual([ids.at(-2)!]);
    expect(claims.take(ids.at(-2)!, at(count - 1))).toBeUndefined();
    expect(claims.take("fleet/other", at(0))).toMatchObject({ reason: "Collision" });
  });

  it("goes over to the same cluster by another name, and the other one has nothing left", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    claims.take("inventory/paris", a);
    expect(claims.waiting("fleet/paris")).toContain("inventory/paris");
    claims.bequeath("fleet/paris", "inventory/paris");
    expect(claims.holder(a[0]!)).toBe("inventory/paris");
    expect(claims.take("inventory/paris", a)).toBeUndefined();
    expect(claims.settle("fleet/paris", [])).toEqual([]);
    expect(claims.take("fleet/paris", a)).toMatchObject({ reason: "Collision" });
  });

  it("stays with a member whose move is refused", () => {
    const claims = newClaims();
    claims.take("fleet/paris", a);
    claims.take("fleet/rome", b);
    expect(claims.take("fleet/paris", claimNames("https://b.test", "a"))).toMatchObject({ reason: "Collision" });
    expect(claims.take("lab/paris", a)).toMatchObject({ message: expect.stringContaining("fleet/paris") });
  });

  it("never has two holders, whatever happens in whatever order", () => {
    const id = fc.constantFrom<ClusterId>("fleet/a", "fleet/b", "fleet/c", "fleet/d");
    const wanted = fc.uniqueArray(fc.constantFrom("server 1", "server 2", "name 1", "name 2"), { maxLength: 3 });
    const event = fc.oneof(
      fc.tuple(fc.constant("take" as const), id, wanted),
      fc.tuple(fc.constant("release" as const), id),
      fc.tuple(fc.constant("settle" as const), id),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const claims = newClaims();
        const held = new Map<ClusterId, readonly string[]>();
        for (const [does, id, wanted] of events) {
          if (does === "release") claims.settle(id, []);
          if (does === "release") held.delete(id);
          else if (does === "settle") claims.settle(id, held.get(id) ?? []);
          else if (claims.take(id, wanted) === undefined) held.set(id, [...new Set([...(held.get(id) ?? []), ...wanted])]);
          const all = [...held.values()].flat();
          expect(new Set(all).size).toBe(all.length);
        }
        // And nothing is kept from everyone: what nobody holds can be had.
        const free = ["server 1", "server 2", "name 1", "name 2"].filter((each) => ![...held.values()].flat().includes(each));
        expect(claims.take("fleet/new", free)).toBeUndefined();
      }),
    );
  });
});

describe("what a cluster needs for itself", () => {
  const entry = (data: Readonly<Record<string, string>>): readonly KubeObject[] => [
    { apiVersion: "v1", kind: "Secret", metadata: { name: "fleet.paris" }, data: secretData(data) },
  ];

  it("is its server, however it is spelled, and the name that the consumer shows", () => {
    const claims = claimsOf({ server: "https://API.a.test:443/" }, { plain: ["name"] }, entry({ name: "paris" }));
    expect(claims).toEqual(["server https://api.a.test", "name paris"]);
  });

  it("is its server alone where names mean nothing to the consumer", () => {
    expect(claimsOf({ server: "https://a.test" }, {}, entry({ name: "paris" }))).toEqual(["server https://a.test"]);
    expect(claimsOf({ server: "https://a.test" }, { plain: ["name"] }, entry({}))).toEqual(["server https://a.test"]);
    expect(claimsOf({ server: "https://a.test" }, { plain: ["name"] }, [])).toEqual(["server https://a.test"]);
  });
});

describe("among newcomers who want the same", () => {
  it("the oldest comes first, and uids decide between twins", () => {
    const old = cluster({ name: "old", createdAt: "2026-01-01T00:00:00Z", uid: "z" });
    const [one, two] = ["a", "b"].map((uid) => cluster({ name: uid, createdAt: "2026-06-01T00:00:00Z", uid }));
    expect([two!, one!, old].sort(oldestFirst)).toEqual([old, one, two]);
    expect([old, one!, two!].sort(oldestFirst)).toEqual([old, one, two]);
  });
});
