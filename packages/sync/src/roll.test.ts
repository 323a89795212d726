import { RollcallError } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { causes, emptyRoll, readRoll, writeRoll, type Absence, type Roll } from "./roll.ts";

const at = (time: string): number => Date.parse(`2026-11-21T${time}Z`);
const drain = "relabel! outOfAnswers untilUnused delete";

const roll: Roll = {
  hub: "8d1c1d62",
  absences: new Map<string, Absence>([
    ["fleet/rome", { cause: "deselected", since: at("10:00:00"), manager: "ocm" }],
    ["fleet/oslo", { cause: "deselected", since: at("10:00:00"), manager: "ocm" }],
    [
      "fleet/lima",
      {
        cause: "deselected",
        since: at("09:00:00"),
        leaving: { way: "drain", steps: drain, step: 2, does: "untilUnused", since: at("09:10:00") },
      },
    ],
  ]),
  window: { since: at("09:10:00"), members: 9, groups: { "namespace fleet": 9 }, gone: ["fleet/lima"] },
  acked: new Set(["fleet/rome", "fleet/lima"]),
};

const text = `{
 "version": 1,
 "hub": "8d1c1d62",
 "missing": [
  {
   "cause": "deselected",
   "since": "2026-11-21T10:00:00.000Z",
   "manager": "ocm",
   "clusters": [
    "fleet/oslo",
    "fleet/rome"
   ]
  }
 ],
 "leaving": [
  {
   "cause": "deselected",
   "since": "2026-11-21T09:00:00.000Z",
   "way": "drain",
   "steps": "relabel! outOfAnswers untilUnused delete",
   "step": 2,
   "does": "untilUnused",
   "stepSince": "2026-11-21T09:10:00.000Z",
   "clusters": [
    "fleet/lima"
   ]
  }
 ],
 "window": {
  "since": "2026-11-21T09:10:00.000Z",
  "members": 9,
  "groups": {
   "namespace fleet": 9
  },
  "gone": [
   "fleet/lima"
  ]
 },
 "acked": [
  "fleet/lima",
  "fleet/rome"
 ]
}
`;

describe("a roll", () => {
  it("reads as what it is about: who is missing or leaving, since when and why", () => expect(writeRoll(roll)).toBe(text));

  it("is remembered as it was written", () => expect(readRoll(text)).toEqual(roll));

  it("is the same text whatever the order in which things happened", () => {
    const other: Roll = { ...roll, absences: new Map([...roll.absences].toReversed()), acked: new Set([...roll.acked].toReversed()) };
    expect(writeRoll(other)).toBe(text);
  });

  it("says little where nobody is missing", () => {
    expect(JSON.parse(writeRoll(emptyRoll))).toEqual({ version: 1, missing: [], leaving: [] });
    expect(readRoll(writeRoll(emptyRoll))).toEqual(emptyRoll);
    expect(readRoll('{"version":1}')).toEqual(emptyRoll);
  });

  const name = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
  const id = fc.tuple(name, name).map((parts) => parts.join("/"));
  const time = fc.integer({ min: at("00:00:00"), max: at("23:59:59") });
  const leaving = fc.record(
    { way: fc.constantFrom("drain", "release"), steps: name, step: fc.nat(9), does: name, since: time },
    { requiredKeys: ["way", "steps", "step", "since"] },
  );
  const absence = fc.record(
    { cause: fc.constantFrom(...causes), since: time, manager: name, leaving },
    { requiredKeys: ["cause", "since"] },
  );
  const window = fc.record({ since: time, members: fc.nat(), groups: fc.dictionary(name, fc.nat()), gone: fc.array(id) });
  const any = fc.record(
    {
      hub: name,
      absences: fc
        .array(fc.tuple(id, absence), { maxLength: 30 })
        .map((all) => new Map<string, Absence>(all as readonly [string, Absence][])),
      window: window,
      acked: fc.array(id).map((ids) => new Set(ids)),
    },
    { requiredKeys: ["absences", "acked"] },
  );

  it("forgets nothing, whatever is in it; times of clusters are kept to the second, and never made earlier", () => {
    fc.assert(
      fc.property(any as fc.Arbitrary<Roll>, (roll) => {
        const again = readRoll(writeRoll(roll));
        expect(again).toEqual({ ...roll, absences: new Map([...roll.absences].map(([id, absence]) => [id, rounded(absence)])) });
        expect(writeRoll(again)).toBe(writeRoll(roll));
      }),
    );
  });

  function rounded(absence: Absence): Absence {
    const up = (milliseconds: number): number => Math.ceil(milliseconds / 1000) * 1000;
    const { leaving, since } = absence;
    return { ...absence, since: up(since), ...(leaving && { leaving: { ...leaving, since: up(leaving.since) } }) };
  }

  it("stays small when ten thousand go missing within some seconds, one after the other", () => {
    const absences = Array.from({ length: 10_000 }, (_, each): [string, Absence] => [
      `fleet/cluster-${String(each).padStart(5, "0")}`,
      { cause: "unregistered", since: at("10:00:00") + each },
    ]);
    expect(writeRoll({ ...emptyRoll, absences: new Map(absences) }).length).toBeLessThan(300_000);
  });
});

describe("a roll that cannot be read is an error, since guessing would forget who may not go", () => {
  interface Said {
    readonly missing: readonly object[];
    readonly leaving: readonly object[];
    readonly window: object;
  }
  const changed = (change: (said: Said) => unknown): string => {
    const said = JSON.parse(text) as Said;
    change(said);
    return JSON.stringify(said);
  };
  const first = (group: "missing" | "leaving", more: object): string => changed((said) => Object.assign(said[group][0]!, more));
  const windowed = (more: object): string => changed(({ window }) => Object.assign(window, more));

  it.each([
    { when: "nothing is there", text: "" },
    { when: "it is cut short", text: text.slice(0, 200) },
    { when: "it is no object", text: "null" },
    { when: "it is a list", text: "[]" },
    { when: "it says no version", text: "{}" },
    { when: "another version wrote it", text: changed((said) => Object.assign(said, { version: 2 })) },
    { when: "its hub is no text", text: changed((said) => Object.assign(said, { hub: 7 })) },
    { when: "missing is no list", text: changed((said) => Object.assign(said, { missing: {} })) },
    { when: "a group is none", text: changed((said) => Object.assign(said, { leaving: [null] })) },
    { when: "a group names nobody", text: first("missing", { clusters: undefined }) },
    { when: "a group's clusters are no list", text: first("missing", { clusters: "fleet/oslo" }) },
    { when: "one is there twice", text: first("leaving", { clusters: ["fleet/oslo"] }) },
    { when: "a cause is not known", text: first("missing", { cause: "bored" }) },
    { when: "a time is no time", text: first("missing", { since: "yesterday" }) },
    { when: "a time is almost one", text: first("missing", { since: "about 2001" }) },
    { when: "a time is a number", text: first("missing", { since: 0 }) },
    { when: "a day does not exist", text: first("missing", { since: "2026-99-99T00:00:00Z" }) },
    { when: "a manager is no text", text: first("missing", { manager: {} }) },
    { when: "a way is not known", text: first("leaving", { way: "constructor" }) },
    { when: "a leaving does not say by which steps", text: first("leaving", { steps: undefined }) },
    { when: "a leaving is at no step", text: first("leaving", { step: -1 }) },
    { when: "a leaving's step is no number", text: first("leaving", { step: "2" }) },
    { when: "a leaving does what is no text", text: first("leaving", { does: 1 }) },
    { when: "a step has no time", text: first("leaving", { stepSince: undefined }) },
    { when: "a window does not say how many there were", text: windowed({ members: undefined }) },
    { when: "a window does not say who went", text: windowed({ gone: undefined }) },
    { when: "a window has no groups", text: windowed({ groups: undefined }) },
    { when: "a window's groups are no numbers", text: windowed({ groups: { "namespace fleet": "9" } }) },
    { when: "a window began at no time", text: windowed({ since: "" }) },
    { when: "acked is no list", text: changed((said) => Object.assign(said, { acked: "fleet/oslo" })) },
  ])("when $when", ({ text }) => {
    expect(() => readRoll(text)).toThrow(
      expect.objectContaining({
        reason: "BadRoll",
        retry: true,
        message: expect.stringMatching(
          /^the roll cannot be read \(.+\); restore it, or delete it: then every grace begins anew, and nobody leaves for one window$/,
        ),
      }),
    );
  });

  it("names the version that it reads", () => {
    expect(() => readRoll('{"version":2}')).toThrow("its version is 2, this Rollcall reads version 1");
  });

  it("whatever the text is", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((inside) => `{"version":1,"missing":[${inside}],"window":${inside}}`),
    );
    const outcome = (text: string): unknown => {
      try {
        return readRoll(text).absences instanceof Map;
      } catch (error) {
        return error instanceof RollcallError;
      }
    };
    fc.assert(fc.property(text, (text) => outcome(text) === true));
  });
});
