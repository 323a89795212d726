import { describe, expect, it } from "vitest";
import { refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import {
  answer,
  answerInParts,
  refused,
  unlessKnown,
  type Answerable,
  type Described,
  type Emptiness,
  type PluginRequest,
  type Ready,
} from "./index.ts";

const request: PluginRequest = {
  asks: "plugin",
  applicationSetName: "web",
  list: "argocd",
  placement: { key: "web" },
  sort: "name",
  values: {},
};
const member = (name: string, order?: number): Described => ({
  id: `fleet/${name}`,
  plain: { name, server: `https://${name}.example.test` },
  cluster: cluster({ name }),
  ...(order !== undefined && { order }),
});
const ready: Ready = { is: "ready", generation: "7-12", members: [member("paris")] };
const names = (body: string) =>
  (JSON.parse(body) as { output: { parameters: { name: string }[] } }).output.parameters.map(({ name }) => name);
const said = (body: string) => JSON.parse(body) as { message: string; reason: string };

describe("a list that cannot say everything says nothing", () => {
  it.each<{ list: Answerable; status: number; reason: string; says: string; after?: string }>([
    { list: { is: "filling" }, status: 503, reason: "Filling", says: "rollcall status", after: "10" },
    {
      list: { is: "stale", seconds: 600 },
      status: 503,
      reason: "Stale",
      says: "600 s old; look whether the hub can be reached",
      after: "30",
    },
    { list: { is: "incomplete", why: "slice 1 is missing" }, status: 503, reason: "Incomplete", says: "slice 1 is missing", after: "5" },
    {
      list: { is: "held", why: "6 of 10", digest: "3f81" },
      status: 503,
      reason: "GuardHolds",
      says: "rollcall ack argocd 3f81",
      after: "60",
    },
    { list: { is: "no list", lists: ["batch", "edge"] }, status: 404, reason: "NoList", says: "only batch, edge" },
    { list: { is: "no list", lists: [] }, status: 404, reason: "NoList", says: "only none" },
    {
      list: { is: "no placement", why: "there is none" },
      status: 404,
      reason: "NoPlacement",
      says: 'the placement with key "web" of list "argocd" cannot be answered: there is none; look whether',
    },
    {
      list: { is: "ambiguous", why: "a/web, b/web" },
      status: 409,
      reason: "AmbiguousPlacement",
      says: "a/web, b/web; ask with its namespace",
    },
    { list: { is: "no room", most: 100 }, status: 409, reason: "TooManyPlacements", says: "answers 100 placements already" },
  ])("$list.is: $status and what to do", ({ list, status, reason, says, after }) => {
    const { headers, body, ...rest } = answer(list, request);
    expect(rest.status).toBe(status);
    expect(said(body)).toMatchObject({ reason, message: expect.stringContaining(says) as string });
    expect(headers["retry-after"]).toBe(after);
    expect(headers["etag"]).toBeUndefined();
  });

  it("names at most ten of many lists", () => {
    const lists = Array.from({ length: 15 }, (_, i) => `list${i}`);
    expect(said(answer({ is: "no list", lists }, request).body).message).toContain("list9 and 5 more");
  });
});

describe("nobody is told that there are no clusters", () => {
  const all: Emptiness = { allowed: true, passed: "acknowledged" };
  const empty = { name: "fleet/web", size: 0 };

  it.each<{ unless: string; given: Partial<Ready>; reason: string; says: string }>([
    { unless: "a decision says so", given: { empty: all }, reason: "Empty", says: "no decision says that it should" },
    {
      unless: "the decision is empty itself",
      given: { decision: { ...empty, size: 3 }, empty: all },
      reason: "NobodyYet",
      says: "names 3 clusters",
    },
    {
      unless: "the config allows it",
      given: { decision: empty, empty: { passed: "acknowledged" } },
      reason: "EmptyNotAllowed",
      says: "allowEmpty: true",
    },
    { unless: "anything is known of it", given: { decision: empty }, reason: "EmptyNotAllowed", says: "allowEmpty: true" },
    {
      unless: "the guard let it pass",
      given: { decision: empty, empty: { allowed: true } },
      reason: "GuardHolds",
      says: "rollcall status",
    },
    {
      unless: "an operator confirmed it",
      given: { decision: empty, empty: { allowed: true, digest: "3f81" } },
      reason: "GuardHolds",
      says: "rollcall ack argocd 3f81",
    },
  ])("unless $unless", ({ given, reason, says }) => {
    const { status, headers, body } = answer({ ...ready, members: [], ...given }, request);
    expect(status).toBe(503);
    expect(headers["retry-after"]).toBeDefined();
    expect(said(body)).toMatchObject({ reason, message: expect.stringContaining(says) as string });
  });

  it.each(["acknowledged", "nobody was ever answered"] as const)("but they are when all of it is there: %s", (passed) => {
    const { status, body } = answer({ ...ready, members: [], decision: empty, empty: { allowed: true, passed } }, request);
    expect([status, body]).toEqual([200, '{"output":{"parameters":[]}}']);
  });
});

describe("an answer", () => {
  it("of many clusters can be made bit by bit, and is the same", () => {
    const many = { ...ready, members: Array.from({ length: 1000 }, (_, at) => member(`c${at}`)) };
    const parts = answerInParts(many, request);
    let pauses = 0;
    let part = parts.next();
    for (; part.done !== true; part = parts.next()) pauses += 1;
    expect(pauses).toBeGreaterThanOrEqual(10);
    expect(part.value).toEqual(answer(many, request));
  });

  it("comes in the decision's order, whoever left the decision at the end, or by name where that was asked for", () => {
    const members = [member("oslo"), member("rome", 10), member("lima", 9), member("bonn")];
    expect(names(answer({ ...ready, members }, { ...request, sort: "decision" }).body)).toEqual(["lima", "rome", "bonn", "oslo"]);
    expect(names(answer({ ...ready, members }, request).body)).toEqual(["bonn", "lima", "oslo", "rome"]);
  });

  it("carries its generation and how old it is, and so does a refusal of it", () => {
    const old: Ready = { ...ready, age: 40 };
    for (const list of [old, { ...old, members: [] }]) {
      expect(answer(list, request).headers).toMatchObject({
        "rollcall-generation": "7-12",
        age: "40",
        "content-type": "application/json; charset=utf-8",
      });
    }
    expect(answer(ready, request).headers["age"]).toBeUndefined();
  });

  it("has a tag that changes with the generation and with the question", () => {
    const tag = (list: Ready, asked = request) => answer(list, asked).headers["etag"];
    expect(tag(ready)).toBe(tag({ ...ready }));
    expect(tag(ready)).not.toBe(tag({ ...ready, generation: "7-13" }));
    expect(tag(ready)).not.toBe(tag(ready, { ...request, values: { wave: "2" } }));
    expect(tag(ready)).not.toBe(tag(ready, { ...request, list: "other" }));
  });

  it("is not sent again to someone who has it", () => {
    const found = answer(ready, request);
    const tag = found.headers["etag"]!;
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, "*"])
      expect(unlessKnown(found, known)).toMatchObject({ status: 304, body: "" });
    for (const known of [undefined, '"other"', ""]) expect(unlessKnown(found, known)).toBe(found);
  });

  it("that is a refusal is sent again to whoever says to have it", () => {
    const found = answer({ is: "filling" }, request);
    expect(unlessKnown(found, "*")).toBe(found);
  });

  it("to a question that cannot be read says what is wrong with it", () => {
    const { status, body } = refused({ status: 400, why: refusal("BadRequest", "input.parameters.list is missing") });
    expect([status, body]).toEqual([400, '{"message":"input.parameters.list is missing","reason":"BadRequest"}']);
  });
});
