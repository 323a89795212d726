import { refusal, type Refusal } from "@rollcall/contract";

/** A stranger's object, without what it inherits. */
export type Fields = ReadonlyMap<string, unknown>;

/** Reads what a stranger sent, field by field, and notes with its path whatever is not as it should be. */
export interface Reader {
  fields(value: unknown, path: string): Fields | undefined;
  /** Notes every field that has no business there. */
  noOthers(fields: Fields, path: string, known: readonly string[], advice?: string): void;
  text(value: unknown, path: string): string | undefined;
  oneOf<Word extends string>(value: unknown, path: string, words: readonly Word[]): Word | undefined;
  wrong(path: string, expected: string, got: unknown): void;
  /** All that was noted, as one refusal. */
  refusal(advice: string): Refusal | undefined;
}

/** No name, key or namespace of Kubernetes is longer. */
const longestText = 253;
// They are read in a condition of an object.
const mostShown = 5;

/** Nothing noted yet. */
export function newReader(): Reader {
  const problems: string[] = [];

  function wrong(path: string, expected: string, got: unknown): void {
    problems.push(`${shortened(path)} expected ${expected}, got ${shown(got)}`);
  }

  return {
    wrong,
    fields(value, path) {
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
      wrong(path, "an object", value);
      return undefined;
    },
    noOthers(fields, path, known, advice = "") {
      for (const key of fields.keys()) {
        if (!known.includes(key)) problems.push(`${path}${shortened(key)} is not known here, only ${known.join(", ")} are${advice}`);
      }
    },
    text(value, path) {
      const isText = typeof value === "string" && value !== "" && value.length <= longestText && !/\p{Cc}/u.test(value);
      if (isText) return value;
      wrong(path, `a text of 1 to ${longestText} characters in one line`, value);
      return undefined;
    },
    oneOf(value, path, words) {
      const word = words.find((each) => each === value);
      if (word === undefined) wrong(path, words.join(" or "), value);
      return word;
    },
    refusal(advice) {
      if (problems.length === 0) return undefined;
      const more = problems.length > mostShown ? `; and ${problems.length - mostShown} more` : "";
      return refusal("BadRequest", `${problems.slice(0, mostShown).join("; ")}${more}; ${advice}`);
    },
  };
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

// It is a stranger's, and it goes into logs and conditions.
function shortened(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ");
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`;
}
