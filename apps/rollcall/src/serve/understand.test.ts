import { isRefusal } from "@rollcall/contract";
import { expect, it } from "vitest";
import { newUnderstanding } from "./understand.ts";

const question = (parameters: object): string => JSON.stringify({ applicationSetName: "web", input: { parameters } });

it("a question that is asked again is not read again", () => {
  const understand = newUnderstanding(20);
  const first = understand(question({ list: "argocd" }));
  expect(first).toMatchObject({ asks: "plugin", list: "argocd" });
  expect(understand(question({ list: "argocd" }))).toBe(first);
  expect(understand(question({ list: "batch" }))).toMatchObject({ list: "batch" });
});

it("what cannot be read is refused each time, after a good question too", () => {
  const understand = newUnderstanding(20);
  understand(question({ list: "argocd" }));
  for (let at = 0; at < 2; at += 1) expect(isRefusal(understand(question({ liste: "argocd" })))).toBe(true);
});

it("so many questions that nobody asks again take no room for ever, and neither do long ones", () => {
  const understand = newUnderstanding(20);
  const long = question({ list: "argocd", values: { text: "x".repeat(4000) } });
  expect(understand(long)).not.toBe(understand(long));
  const first = understand(question({ list: "first" }));
  for (let at = 0; at < 300; at += 1) understand(question({ list: `list-${at}` }));
  expect(understand(question({ list: "first" }))).not.toBe(first);
});
