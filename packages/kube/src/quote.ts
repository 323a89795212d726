const longest = 500;

/** Long runs of what tokens, keys and certificates are spelled with. */
const secretive = /[\w+/=.-]{64,}/g;

/** What of a server's words is kept: they go into logs and status, and whoever stands in between may quote whatever it was sent. */
export function quote(words: string, most: number = longest): string {
  // Nobody reads a page to its end for the sake of its first words.
  const known = words.slice(0, 20 * longest).replaceAll(secretive, "[left out]");
  return known.length > most ? `${known.slice(0, most)}…` : known;
}
