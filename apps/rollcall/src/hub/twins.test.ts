import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { newTwins } from "./twins.ts";

const of = (name: string, memberId?: string) => cluster({ name, ...(memberId !== undefined && { memberId }) });

describe("profiles of one member", () => {
  it("are found by each of them, and told of when one comes, moves or goes", () => {
    const twins = newTwins();
    expect(twins.see("fleet/a", of("a", "one"))).toEqual([]);
    expect(twins.see("fleet/b", of("b", "one"))).toEqual(["fleet/a"]);
    expect(twins.of("fleet/a")).toEqual(["fleet/a", "fleet/b"]);
    expect(twins.see("fleet/c", of("c", "two"))).toEqual([]);
    expect(twins.see("fleet/b", of("b", "two"))).toEqual(["fleet/a", "fleet/c"]);
    expect(twins.of("fleet/a")).toEqual(["fleet/a"]);
    expect(twins.see("fleet/b", undefined)).toEqual(["fleet/c"]);
    expect(twins.of("fleet/b")).toEqual([]);
  });

  it("are told of a hundred at the most, so that an id which a whole fleet shares costs no look at everybody each time", () => {
    const twins = newTwins();
    for (let at = 0; at < 1000; at += 1) twins.see(`fleet/c${at}`, of(`c${at}`, "default"));
    expect(twins.see("fleet/new", of("new", "default"))).toHaveLength(100);
    expect([twins.count("fleet/new"), twins.of("fleet/new").length, twins.count("fleet/nobody")]).toEqual([1001, 1001, 0]);
  });

  it("are nobody's where no member is named", () => {
    const twins = newTwins();
    twins.see("fleet/a", of("a"));
    expect(twins.see("fleet/b", of("b", ""))).toEqual([]);
    expect(twins.of("fleet/b")).toEqual([]);
  });
});
