import { annotations, labels } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import type { Audited } from "./audit.ts";
import { judge, type Run } from "./judge.ts";
import type { Phase } from "./model.ts";

const [user, person] = ["rollcall", "admin"];

const paris = (version: string, state: string = "member", isOurs: boolean = true) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "fleet.paris",
    resourceVersion: version,
    labels: { [labels.state]: state, ...(isOurs && { [labels.instance]: "rollcall" }) },
    annotations: { [annotations.cluster]: "fleet/paris", [annotations.clusterUid]: "u1", [annotations.endpoint]: "a" },
  },
});

function audited(at: number, verb: string, given: Partial<Audited> = {}): Audited {
  return { user, verb, resource: "secrets", namespace: "argocd", name: "fleet.paris", code: 200, at, answeredAt: at, uri: "/", ...given };
}

const created = audited(0, "create", { code: 201, sent: paris(""), answer: paris("1") });
const deleted = (at: number): Audited => audited(at, "delete", { sent: { preconditions: { uid: "x", resourceVersion: "1" } } });

/** The roll says who is past the first harmful step. */
function roll(at: number, clusters: readonly string[], more: { readonly acked?: readonly string[]; readonly by?: string } = {}): Audited {
  const { acked = [], by = user } = more;
  const leaving = [{ way: "release", step: 0, does: "delete", clusters }];
  const text = JSON.stringify({ leaving, acked, window: { members: 10, since: new Date(at).toISOString() } });
  const at2 = { resource: "configmaps", namespace: "state", name: "roll", user: by };
  return audited(at, "patch", { ...at2, sent: { metadata: { resourceVersion: String(at) }, data: { roll: text } } });
}

const chosen: Phase = { from: 0, sure: 0, profile: { uid: "u1", endpoint: "a", isSelected: true } };
const gone: Phase = { from: 10_000, sure: 10_000 };

function problemsOf(audit: readonly Audited[], more: Partial<Run> = {}): string {
  const run: Run = {
    user,
    fleet: "fleet",
    argocd: "argocd",
    state: "state",
    roll: "roll",
    phases: new Map([["paris", [chosen, gone]]]),
    used: new Map(),
    acks: [],
    starting: [],
    blind: [],
    lag: 1000,
    audit,
    graces: { deselected: 2000, unregistered: 4000 },
    guard: { max: 2, percent: 20, window: 5000 },
    ...more,
  };
  return judge(run).join("\n");
}

describe("the history of a run", () => {
  it("is well when a cluster goes after its grace, and the roll said so before", () => {
    expect(problemsOf([created, roll(14_000, ["fleet/paris"]), deleted(14_100)])).toBe("");
  });

  it.each([
    { when: "its profile was there", audit: [created, roll(8000, ["fleet/paris"]), deleted(9000)], problem: "it was chosen" },
    { when: "its grace was not over", audit: [created, roll(12_000, ["fleet/paris"]), deleted(13_000)], problem: "its grace is 4000" },
    { when: "the roll did not say so", audit: [created, roll(14_000, []), deleted(14_100)], problem: "the roll did not say before" },
    { when: "it had no right", audit: [audited(1, "list", { code: 403 })], problem: "it has no right to that" },
    { when: "it wrote elsewhere", audit: [audited(1, "create", { namespace: "default" })], problem: "not ours to write" },
    { when: "it made an object without marks", audit: [audited(1, "create", { sent: {} })], problem: "made without our mark" },
    { when: "it did not say which version", audit: [created, audited(1, "patch", { sent: {} })], problem: "which version it means" },
    {
      when: "what stood there was somebody else's",
      audit: [
        audited(0, "patch", { user: person, answer: paris("1", "member", false) }),
        audited(1, "patch", { sent: { metadata: { resourceVersion: "1" } }, answer: paris("2") }),
      ],
      problem: "did not bear our mark",
    },
    {
      when: "a write changed nothing",
      audit: [created, audited(1, "patch", { sent: { metadata: { resourceVersion: "1" } }, answer: paris("1") })],
      problem: "it changed nothing",
    },
    {
      when: "too many went in a window",
      audit: [roll(0, ["a"]), roll(1000, ["a", "b"]), roll(2000, ["a", "b", "c"])],
      problem: "a, b, c were let go in one window",
    },
    { when: "nobody said yes", audit: [roll(0, []), roll(1000, ["a"], { acked: ["a"] })], problem: "nobody did" },
  ])("is a problem when $when", ({ audit, problem }) => {
    expect(problemsOf(audit)).toContain(problem);
  });

  it("lets any number go by a person's word", () => {
    const acked = ["a", "b", "c"];
    expect(problemsOf([roll(0, []), roll(1000, acked, { acked })], { acks: [500] })).toBe("");
  });

  it("knows of an Application on a cluster that is drained away", () => {
    const left = audited(0, "patch", { user: person, answer: paris("1", "leaving") });
    const used = (from: number) => ({ used: new Map([["paris", [{ from, to: 20_000 }]]]) });
    const audit = [left, roll(12_000, ["fleet/paris"]), deleted(15_000)];
    expect(problemsOf(audit, used(10_000))).toContain("an Application used it");
    expect(problemsOf(audit, used(14_500))).toBe("");
  });

  it("forgives a server that has just started its ignorance of rights, and a roll that somebody edits what it says", () => {
    expect(problemsOf([audited(1000, "list", { code: 403 })], { starting: [{ from: 0, to: 2000 }] })).toBe("");
    expect(problemsOf([created, roll(13_000, ["fleet/paris"]), roll(14_000, [], { by: person }), deleted(14_100)])).toBe("");
  });
});
