import { describe, expect, it } from "vitest";
import type { Placed } from "@rollcall/answers";
import { cluster } from "@rollcall/testing";
import { newIn, remembering } from "./shown.ts";

const paris: Placed = {
  id: "fleet/paris",
  cluster: cluster({ name: "paris" }),
  plain: { name: "paris", server: "https://paris.test" },
  order: 0,
};
const rome: Placed = {
  id: "fleet/rome",
  cluster: cluster({ name: "rome" }),
  plain: { name: "rome", server: "https://rome.test" },
  order: 1,
};
const known = paris.cluster!;

describe("whoever got an answer has to ask again", () => {
  it.each([
    { when: "a cluster comes", now: [paris, rome, { ...rome, id: "fleet/oslo" }], is: "clusters" },
    { when: "a cluster goes", now: [paris], is: "clusters" },
    { when: "one takes another's place", now: [paris, { ...rome, id: "fleet/oslo" }], is: "clusters" },
    { when: "its server moves", now: [{ ...paris, plain: { ...paris.plain, server: "https://new.test" } }, rome], is: "clusters" },
    { when: "its labels change", now: [{ ...paris, cluster: { ...known, labels: { env: "prod" } } }, rome], is: "clusters" },
    {
      when: "only the order changes",
      now: [
        { ...paris, order: 1 },
        { ...rome, order: 0 },
      ],
      is: "order",
    },
    { when: "only a scheduler's reason changes", now: [{ ...paris, reason: "near" }, rome], is: "order" },
  ])("when $when", ({ now, is }) => expect(newIn([paris, rome], now)).toBe(is));

  it.each([
    { when: "nothing changes", now: [paris, rome] },
    { when: "they are merely listed otherwise", now: [rome, paris] },
    {
      when: "what changes is shown to nobody",
      now: [{ ...paris, cluster: { ...known, conditions: { Joined: "True" as const }, resourceVersion: "9" } }, rome],
    },
    {
      when: "the same is said in other objects",
      now: [{ ...paris, plain: { ...paris.plain }, cluster: { ...known, labels: { ...known.labels } } }, rome],
    },
  ])("and not when $when", ({ now }) => expect(newIn([paris, rome], now)).toBe("nothing"));
});

it("a profile that blinks is answered with the words it had, so nobody has to ask again", () => {
  const { cluster: _, ...bare } = paris;
  const meanwhile = remembering([paris, rome], [bare, rome]);
  expect(newIn([paris, rome], meanwhile)).toBe("nothing");
  expect(newIn(meanwhile, [paris, rome])).toBe("nothing");
  expect(remembering([], [bare])[0]).not.toHaveProperty("cluster");
});
