/** What a stranger wrote, fit for one line of a terminal: control characters, which could move the cursor or hide text, are spelled out. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same in quotes, and cut where it is long. */
export function quoted(text: string): string {
  return oneLine(JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text));
}

/** Why a file is no YAML. The parser's own words go on with a drawing of the place, which may quote what nobody should see. */
export function notYaml(path: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `${path} is not YAML that can be read: ${oneLine(why.split("\n", 1)[0]!.replace(/:$/, ""))}`;
}
