import { expect, it } from "vitest";
import { nameNormalized } from "./name-normalized.ts";

it.each([
  ["paris", "paris"],
  ["Paris_EU (old)", "paris-eu--old"],
  ["a.b-c", "a.b-c"],
  ["-.paris.-", "paris"],
  ["Zürich", "z-rich"],
  ["🚀x🚀x", "x-x"],
  ["İzmir", "izmir"],
  ["\u212A8s", "k8s"],
  ["ΣΑΣ", ""],
  ["x".repeat(260), "x".repeat(253)],
  [`${"x".repeat(252)}.y`, "x".repeat(252)],
  ["", ""],
])("a name is normalised as Argo CD does it: %j", (name, normalised) => expect(nameNormalized(name)).toBe(normalised));

it("one letter of Unicode alone is lowered to more than one character, and it is seen to", () => {
  const longer = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter(
    (letter) => letter.length < letter.toLowerCase().length,
  );
  expect(longer).toEqual(["\u0130"]);
});
