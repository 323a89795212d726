import { type ASTNode, EvaluationError, ParseError, TypeError as MistypedError } from "@marcbachmann/cel-js";

type CelError = ParseError | EvaluationError | MistypedError;

const width = 100;

/** What is wrong with a text and where, with the line and a caret below the place. */
export function pointed(text: string, at: number, message: string): string {
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)!.length;
  const line = text.split("\n")[before.length - 1]!.replaceAll(/\s/g, " ");
  // A long line is shown from where the place can be seen.
  const from = Math.max(0, column - width / 2);
  const shown = `${from > 0 ? "…" : ""}${line.slice(from, from + width)}${line.length > from + width ? "…" : ""}`;
  const caret = " ".repeat(column - from + (from > 0 ? 1 : 0));
  return `${placeIn(text, at)}: ${message}\n  ${shown}\n  ${caret}^`;
}

/** A place in a text as people count it. */
export function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** What an error of the language says, in our words, and where it is. */
export function said(error: unknown): { readonly message: string; readonly at?: number } {
  if (!(error instanceof ParseError || error instanceof EvaluationError || error instanceof MistypedError)) {
    // Deep nesting ends in the runtime's own error; what it says helps nobody.
    return { message: error instanceof RangeError ? "it is too deeply nested" : error instanceof Error ? error.message : String(error) };
  }
  const at = error.range?.start;
  const message = error.code === "no_such_key" ? missing(error.summary, error.node) : inOurWords(error.code, error.summary);
  return { message, ...(at !== undefined && { at }) };
}

function missing(summary: string, node: CelError["node"]): string {
  const key = JSON.stringify(summary.replace(/^No such key: /, ""));
  const asked = node?.op === "." || node?.op === "[]" ? (node.args as readonly [ASTNode, ASTNode | string]) : undefined;
  if (asked === undefined) return `there is no ${key}`;
  const [of, by] = asked;
  return `there is no ${key}; ask first whether it is there: ${typeof by === "string" ? key : written(by)} in ${written(of)}`;
}

/** A part of an expression as it is written, in one line. */
function written({ input, start, end }: ASTNode): string {
  const text = input.slice(start, end).replaceAll(/\s+/g, " ");
  return text.length > width ? `${text.slice(0, width)}…` : text;
}

function inOurWords(code: string, summary: string): string {
  if (code === "limit_exceeded") return "it is too large or too deeply nested; ask for less";
  if (summary.startsWith("has() invalid"))
    return 'has() asks for a plain name, as in has(labels.env); for any other name write: "a/b" in labels';
  if (code === "index_out_of_bounds") return summary.replace(/^No such key: /, "");
  if (code === "reserved_identifier" && summary.endsWith(" namespace"))
    return '"namespace" is a reserved word of CEL; write profileNamespace';
  if (code !== "no_such_overload") return summary.replace(/\bEOF\b/g, "the end");
  const types = summary.replace(/^no such overload: /, "");
  const hint = /\bstring\b/.test(types) && /\b(?:int|double)\b/.test(types) ? "; number(…) makes a number of a text" : "";
  return `these do not fit together: ${types}${hint}`;
}
