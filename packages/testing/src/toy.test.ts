import { describe, expect, it } from "vitest";
import { firstHarm, fromBase64, Hidden, type Member } from "@rollcall/contract";
import { cluster, reachable } from "./fixtures.ts";
import { testAdapter } from "./promises.ts";
import { toy } from "./toy.ts";

const options = { namespace: "toys" };

describe("the toy keeps the adapter promises", () => {
  testAdapter(toy, options);
});

describe("the toy", () => {
  it("writes a card before the anchor", () => {
    const kinds = toy.entry(reachable({ name: "paris" }), options).map(({ kind }) => kind);
    expect(kinds).toEqual(["ConfigMap", "Secret"]);
  });

  it("copies labels of its own domain alone", () => {
    const [, anchor] = toy.entry(reachable({ name: "paris", labels: { "toy.example/colour": "red", env: "prod" } }), options);
    expect(anchor!.metadata.labels).toEqual({ "toy.example/colour": "red", "toy.example/is": "cluster" });
  });

  it("logs in as a property says", () => {
    const login = (word: string) => toy.login(cluster({ name: "paris", properties: { "toy.example/login": word } }), options);
    expect(["", "credential", "refused"].map(login)).toEqual([
      "by itself",
      "with a credential from us",
      { reason: "ToyRefuses", message: "toys do not log in to fleet/paris; take the property toy.example/login away" },
    ]);
  });

  it("puts a token into its config and nowhere else", () => {
    const login = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") } as const;
    const [, anchor] = toy.entry(reachable({ name: "paris", connection: { login } }), options);
    expect(fromBase64(anchor!.data!["config"]!)).toContain('"token":"s3cret"');
  });

  it("takes an indented config for the same", () => expect(toy.same!["config"]!('{\n  "a": 1\n}')).toBe('{"a":1}'));

  it("refuses a cluster behind a proxy", () => {
    const behind = reachable({ name: "paris", connection: { proxy: "http://squid.test" } });
    expect(() => toy.entry(behind, options)).toThrow(expect.objectContaining({ reason: "ToyNoProxy" }));
  });

  it("tells of a toy that is unwell", () => {
    const own = (annotations: Record<string, string>) => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "x", annotations } });
    expect(toy.health!(own({ "toy.example/unwell": "a wheel is off" }))).toEqual({
      is: "stale",
      reason: "ToyUnwell",
      message: "a wheel is off",
    });
    expect(toy.health!(own({}))).toBeUndefined();
  });

  it("takes every kind of step to drain, and none of its workloads to release", () => {
    const { drain, release } = toy.leave(options);
    expect(drain.map(({ does }) => does)).toEqual(["untilUnused", "relabel", "outOfAnswers", "dropFromIndex", "wait", "delete"]);
    expect(release.map(({ does }) => does)).toEqual(["delete", "outOfAnswers"]);
    expect([firstHarm(drain), firstHarm(release)]).toEqual([1, 0]);
  });

  it("is used while a visit names it", () => {
    const [step] = toy.leave(options).drain;
    const visit = (spec: unknown) => ({ apiVersion: "toy.example/v1", kind: "Visit", metadata: { name: "v" }, spec });
    const own = { name: "fleet.paris", namespace: "toys", plain: { name: "paris" } };
    const uses = (spec: unknown) => step?.does === "untilUnused" && step.uses(visit(spec), own);
    expect([uses({ cluster: "paris" }), uses({ cluster: "rome" }), uses(undefined)]).toEqual([true, false, false]);
  });
});

describe("the toy's index", () => {
  const member = (name: string, more: Partial<Member> = {}): Member => ({
    id: `fleet/${name}`,
    name,
    listed: true,
    cluster: reachable({ name }),
    ...more,
  });

  it("names its members in the list's order, and those who are leaving not at all", () => {
    const { objects } = toy.index!([member("rome"), member("oslo", { listed: false }), member("paris")], options);
    expect(objects[0]!.data).toEqual({
      _order: "rome\nparis",
      rome: "https://rome.example.test:6443",
      paris: "https://paris.example.test:6443",
    });
  });

  it("keeps what it said of a member that cannot be read", () => {
    const unread: Member = { id: "fleet/rome", name: "rome", listed: true };
    const current = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "toy" },
      data: { rome: "https://before", oslo: "https://gone" },
    };
    expect(toy.index!([unread], options, current).objects[0]!.data).toEqual({ _order: "rome", rome: "https://before" });
  });

  it("says who found no room", () => {
    const { objects, unlisted } = toy.index!([member("rome"), member("paris")], { ...options, room: 1 });
    expect(objects[0]!.data!["_order"]).toBe("rome");
    expect(unlisted).toEqual([
      { id: "fleet/paris", reason: "ToyIsFull", message: "the index has no room for fleet/paris; give the list more room" },
    ]);
  });

  it("is emptied when the last one went, and not begun for nobody", () => {
    const current = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "toy" }, data: { _order: "rome" } };
    expect(toy.index!([], options, current).objects[0]!.data).toEqual({ _order: "" });
    expect(toy.index!([], options).objects).toEqual([]);
  });
});
