import { YAMLError } from "yaml";

/** What a stranger wrote, fit for one line of a terminal: control characters, which could move the cursor or hide text, are spelled out. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same in quotes, and cut where it is long. */
export function quoted(text: string): string {
  return oneLine(JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text));
}

// What the parser says of these is the same whatever stands in the file; of all others it may quote what nobody should see.
const quotesNothing: ReadonlySet<string> = new Set(
  [
    "BAD_INDENT BAD_SCALAR_START BLOCK_AS_IMPLICIT_KEY BLOCK_IN_FLOW DUPLICATE_KEY KEY_OVER_1024_CHARS MISSING_CHAR",
    "MULTILINE_IMPLICIT_KEY MULTIPLE_ANCHORS MULTIPLE_DOCS MULTIPLE_TAGS TAB_AS_INDENT",
  ].flatMap((codes) => codes.split(" ")),
);

/** Why a file is no YAML, and where, without a word of it. */
export function notYaml(path: string, error: unknown): string {
  return `${path} is not YAML that can be read: ${oneLine(why(error))}`;
}

function why(error: unknown): string {
  // Below its first line the parser draws the place.
  const said = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
  // The name of an alias without an anchor, which may be a text that begins with a star, comes behind a colon.
  if (!(error instanceof YAMLError)) return said.split(":", 1)[0]!;
  if (quotesNothing.has(error.code)) return said.replace(/:$/, "");
  const { line, col } = error.linePos?.[0] ?? {};
  return `${error.code}${line === undefined ? "" : ` at line ${line}, column ${col}`}`;
}
