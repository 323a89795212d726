import type { z } from "zod";
import { quoted } from "../one-line.ts";

/** What stands there instead, in a word or two. */
export function got(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? quoted(value) : `${value as number | boolean}`;
}

/** A schema's own words for what it takes; they serve each of its checks. */
export function expected(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  // A text where more belongs may be a secret that was meant to be in it: a token in place of its file, for one.
  const isMore = /^(?:a list|an object)/.test(what);
  return { error: ({ input }) => `expected ${what}, got ${isMore && typeof input === "string" ? "a text" : got(input)}` };
}

/** Words as a person lists what there is to choose from. */
export function or(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** What a key is told that nobody asks for. */
export function notKnown(known: readonly string[]): string {
  return `is not known here; known are ${known.join(", ")}`;
}

/** What a value should have been and what it is, where a schema has no words of its own for it; keys that are said elsewhere are not shown. */
export function explain(issue: z.core.$ZodRawIssue, isHere: (key: string) => boolean = () => true): string | undefined {
  const said = (what: string): string => expected(what).error(issue);
  if (issue.code === "invalid_type") return said(types[issue.expected] ?? issue.expected);
  if (issue.code === "invalid_value") return said(or(issue.values.map(String)));
  if (issue.code === "too_small" && issue.origin === "string") return said("a text that is not empty");
  if (issue.code === "unrecognized_keys") return notKnown(Object.keys((issue.inst as z.ZodObject).shape).filter(isHere));
  return undefined;
}

const types: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
