import { parseArgs } from "node:util";
import { RollcallError } from "@rollcall/contract";

/** The cases, by the letters that the README explains. */
export const caseNames = ["a", "b2", "b3", "c", "d", "e", "g", "i"] as const;
export type CaseName = (typeof caseNames)[number];

/** What a run of the bench is to do. */
export interface Plan {
  readonly cases: ReadonlySet<CaseName>;
  readonly sizes: readonly number[];
  /** Valid blocks of each size. */
  readonly repeats: number;
  /** Seconds of churn in cases b3 and c. */
  readonly churn: number;
  /** Seconds of the long run of questions in case e. */
  readonly long: number;
  /** How often a decision changes in case i. */
  readonly changes: number;
  /** Writes a processor profile of our own program beside the results. */
  readonly profile: boolean;
}

export const usage = `npm run bench [-- FLAGS]
  --cases a,b2,…     of ${caseNames.join(", ")}; all if not said
  --sizes 100,1000   numbers of clusters
  --repeats N        valid blocks of each size; 3 if not said
  --full             sizes 100, 1000 and 10000, 7 repeats, longer churn: some hours
  --cpu-prof         writes processor profiles of our program beside the results
`;

/** Reads the command line; undefined where help was asked for. */
export function planOf(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: "string" },
      sizes: { type: "string" },
      repeats: { type: "string" },
      full: { type: "boolean", default: false },
      "cpu-prof": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { full } = values;
  return {
    cases: new Set(values.cases === undefined ? caseNames : values.cases.split(",").map(caseName)),
    sizes: values.sizes === undefined ? (full ? [100, 1000, 10_000] : [100, 1000]) : values.sizes.split(",").map(whole),
    repeats: values.repeats === undefined ? (full ? 7 : 3) : whole(values.repeats),
    churn: full ? 60 : 12,
    long: 60,
    changes: full ? 100 : 40,
    profile: values["cpu-prof"],
  };
}

function caseName(text: string): CaseName {
  const found = caseNames.find((name) => name === text);
  if (found === undefined)
    throw new RollcallError("BadFlag", `there is no case "${text}"; there are ${caseNames.join(", ")}`, { retry: false });
  return found;
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RollcallError("BadFlag", `"${text}" is no whole number above 0; --help says more`, { retry: false });
}
