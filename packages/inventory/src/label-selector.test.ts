import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RollcallError } from "@rollcall/contract";
import { parseLabelSelector } from "./index.ts";

const paris = { env: "prod", region: "eu-west-1", nodes: "12", note: "", in: "x" };

describe("a label selector chooses as Kubernetes does", () => {
  it.each([
    ["", true],
    [" \t", true],
    ["env", true],
    ["!env", false],
    ["missing", false],
    ["!missing", true],
    ["! missing , env", true],
    ["env=prod", true],
    ["env==prod", true],
    ["env = test", false],
    ["env!=test", true],
    ["env!=prod", false],
    ["missing!=anything", true],
    ["missing=anything", false],
    ["note=", true],
    ["note=,env=prod", true],
    ["env=", false],
    ["env in (prod, staging)", true],
    ["env in (test)", false],
    ["env notin (test)", true],
    ["env notin (prod)", false],
    ["missing notin (prod)", true],
    ["missing in (prod)", false],
    ["note in (,a)", true],
    ["note in (a,)", true],
    ["note in (a,,b)", true],
    ["note in (a)", false],
    ["in in (x)", true],
    ["in", true],
    ["env = in", false],
    ["nodes > 11", true],
    ["nodes>12", false],
    ["nodes < 13", true],
    ["env > 1", false],
    ["missing < 1", false],
    ["env=prod,region in (eu-west-1),!missing", true],
    ["env=prod,region in (us-east-1)", false],
    ["rollcall.example/tier-1_a.b!=gold", true],
  ])("%j: %s", (text, chosen) => expect(parseLabelSelector(text)(paris)).toBe(chosen));

  it("does not take what every object inherits for a label", () => {
    expect(parseLabelSelector("constructor")({})).toBe(false);
    expect(parseLabelSelector("!toString")({})).toBe(true);
  });
});

describe("a label selector that Kubernetes would refuse is refused with its place", () => {
  it.each([
    ["env in (prod", 'at the end: expected "," or ")"'],
    ["env in ()", 'at character 9 (")"): expected at least one value'],
    ["env in prod", 'at character 8 ("prod"): expected "("'],
    ["env in (a b)", 'at character 11 ("b"): expected "," or ")"'],
    ["env prod", 'at character 5 ("prod"): expected one of'],
    ["env,", "at the end: expected a label key"],
    [",env", 'at character 1 (","): expected a label key'],
    ["!env=prod", 'at character 5 ("="): expected "," or the end'],
    ["!!env", 'at character 2 ("!"): expected a label key'],
    ["!", "at the end: expected a label key"],
    ["env=prod=x", 'at character 9 ("="): expected "," or the end'],
    ["env=!prod", 'at character 5 ("!"): expected a value'],
    ["env=-prod", 'at character 5 ("-prod"): "-prod" is no label value'],
    [`env=${"v".repeat(64)}`, "is no label value"],
    ["-env", 'at character 1 ("-env"): "-env" is no label key'],
    ["/env", "is no label key"],
    ["a/b/c", "is no label key"],
    ["Upper.Case/env", "is no label key"],
    [`${"k".repeat(64)}=x`, "is no label key"],
    ["__proto__", "is no label key"],
    ["nodes > many", 'at character 9 ("many"): "many" is no whole number'],
    ["nodes > 9223372036854775808", "is no whole number"],
    ["nodes >", "at the end: expected a whole number"],
  ])("%j", (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ reason: "BadSelector", retry: false }));
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  it("whatever the text, with nothing but a RollcallError", () => {
    const pieces = fc.constantFrom("env", "in", "notin", "a/b", "(", ")", ",", "!", "=", "==", "!=", ">", "<", " ", "7", "-", "\n");
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 12 }).map((each) => each.join("")),
    );
    fc.assert(
      fc.property(texts, fc.dictionary(pieces, pieces, { maxKeys: 3 }), (text, labels) => {
        try {
          return typeof parseLabelSelector(text)(labels) === "boolean";
        } catch (error) {
          return error instanceof RollcallError && error.reason === "BadSelector";
        }
      }),
      { numRuns: 500 },
    );
  });
});
