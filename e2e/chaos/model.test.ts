import { describe, expect, it } from "vitest";
import { guardProblems, harmProblem, isSeen, type Phase } from "./model.ts";

const who = { uid: "u1", endpoint: "a" };
const graces = { deselected: 2000, unregistered: 4000 };
const sight = { blind: [], lag: 1000 };

const chosen = (at: number, uid = "u1", endpoint = "a"): Phase => ({ from: at, sure: at, profile: { uid, endpoint, isSelected: true } });
const deselected = (at: number): Phase => ({ from: at, sure: at, profile: { uid: "u1", endpoint: "a", isSelected: false } });
const gone = (at: number): Phase => ({ from: at, sure: at });

describe("a step that harms", () => {
  it.each([
    { when: "its profile is gone for long", phases: [chosen(0), gone(10_000)], at: 14_000 },
    { when: "it is deselected for long", phases: [chosen(0), deselected(10_000)], at: 12_000 },
    { when: "another cluster bears its name for long", phases: [chosen(0), chosen(10_000, "u2", "b")], at: 14_000 },
    { when: "it was chosen again only just now", phases: [chosen(0), gone(10_000), chosen(14_500)], at: 15_000 },
    { when: "it was chosen for a moment that nobody saw", phases: [chosen(0), gone(10_000), chosen(12_000), gone(12_500)], at: 14_000 },
  ])("is well when $when", ({ phases, at }) => {
    expect(harmProblem(phases, who, at, graces, sight)).toBeUndefined();
  });

  it.each([
    { when: "it was chosen all the time", phases: [chosen(0)], at: 20_000, problem: "it was chosen" },
    { when: "it was chosen again for long", phases: [chosen(0), gone(10_000), chosen(14_500)], at: 16_000, problem: "it was chosen" },
    { when: "only its uid is another", phases: [chosen(0), gone(9000), chosen(9500, "u2")], at: 20_000, problem: "it was chosen" },
    { when: "only its server is another", phases: [chosen(0), chosen(9500, "u1", "b")], at: 20_000, problem: "it was chosen" },
    { when: "its grace is not over", phases: [chosen(0), gone(10_000)], at: 13_999, problem: "it was unregistered for 3999 ms" },
    {
      when: "it was back for a while that must have been seen",
      phases: [chosen(0), gone(10_000), chosen(12_000), gone(13_000)],
      at: 15_000,
      problem: "it was unregistered for 2000 ms",
    },
    {
      when: "its grace is over only with that of another cause",
      phases: [chosen(0), deselected(8500), gone(11_000)],
      at: 13_000,
      problem: "it was unregistered for 2000 ms",
    },
  ])("is a problem when $when", ({ phases, at, problem }) => {
    expect(harmProblem(phases, who, at, graces, sight)).toContain(problem);
  });

  it("may be taken on what was last seen while a program stood still, and soon after", () => {
    const phases = [chosen(0), gone(10_000), chosen(14_500)];
    const blind = [{ from: 14_400, to: 17_000 }];
    expect(harmProblem(phases, who, 17_900, graces, { blind, lag: 1000 })).toBeUndefined();
    expect(harmProblem(phases, who, 18_000, graces, { blind, lag: 1000 })).toBe("it was chosen");
  });
});

it("a thing must have been seen only after a stretch of good sight", () => {
  const blind = [
    { from: 1500, to: 3000 },
    { from: 500, to: 1000 },
  ];
  expect(isSeen({ from: 0, to: 3500 }, { blind, lag: 1000 })).toBe(false);
  expect(isSeen({ from: 0, to: 4000 }, { blind, lag: 1000 })).toBe(true);
  expect(isSeen({ from: 0, to: 900 }, { blind: [], lag: 1000 })).toBe(false);
});

describe("the guard", () => {
  const rule = { max: 2, percent: 20, window: 5000 };
  const letGo = (at: number, cluster: string, isAcked = false, members = 12) => ({ at, cluster, isAcked, members });

  it("is kept when few go in each window, and by a person's word any number", () => {
    const all = [letGo(0, "a"), letGo(10, "b"), letGo(20, "c", true), letGo(30, "d", true), letGo(5000, "e"), letGo(5100, "b")];
    expect(guardProblems(all, rule)).toEqual([]);
  });

  it("counts one that goes twice in a window once", () => {
    expect(guardProblems([letGo(0, "a"), letGo(10, "b"), letGo(20, "a")], rule)).toEqual([]);
  });

  it.each([
    { when: "too many go in a window", all: [letGo(0, "a"), letGo(10, "b"), letGo(4999, "c")], problem: "a, b, c were let go" },
    { when: "its share is smaller than that", all: [letGo(0, "a", false, 6), letGo(10, "b", false, 6)], problem: "1 of 6 may" },
    { when: "half the list goes", all: [letGo(0, "a", false, 4), letGo(10, "b", false, 4)], problem: "half of 4" },
  ])("is broken when $when", ({ all, problem }) => {
    expect(guardProblems(all, rule).join()).toContain(problem);
  });
});
