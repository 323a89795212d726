const longest = 500;

/** Long runs of what tokens, keys and certificates are spelled with. */
const secretive = /[\w+/=.-]{64,}/g;

/** What of a server's words is kept: they go into logs and status, and whoever stands in between may quote whatever it was sent. */
export function quote(words: string, most: number = longest): string {
  // Nobody reads a page to its end for the sake of its first words.
  return cut(cut(words, 20 * longest).replaceAll(secretive, "[left out]"), most);
}

/** The beginning of a text, up to the end of a word: whoever looks for a secret in it later would not find half of one. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${/^[^]*\s/.exec(text.slice(0, most + 1))?.[0].trimEnd() ?? ""}…`;
}

/** The text without what we logged in with. */
export function without(text: string, sent: string): string {
  // What is shorter is part of any other word.
  if (sent.length < 4) return text;
  return [sent, JSON.stringify(sent).slice(1, -1)].reduce((rest, each) => rest.replaceAll(each, "[hidden]"), text);
}
