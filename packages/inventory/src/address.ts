/** The parts of an absolute URL, each as it was spelled. */
export interface Address {
  readonly scheme: string;
  readonly userInfo?: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment?: string;
}

const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/;
const urlCharacters = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/;
const named = /^([A-Za-z0-9._-]+)(?::\d{1,5})?$/;
const bracketed = /^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/;

/** The most that an API server takes for a URL in a profile. */
export const longestAddress = 2048;

/** Whether a text holds only the characters of a URL: no whitespace, control characters, backslashes or other scripts. */
export function hasUrlCharacters(text: string): boolean {
  return urlCharacters.test(text);
}

/** Reads an absolute URL, or nothing where two programs could read it as two different ones. */
export function readAddress(text: string): Address | undefined {
  const [whole, scheme, authority, path, query, fragment] = parts.exec(text) ?? [];
  if (whole === undefined || scheme === undefined || authority === undefined) return undefined;
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  if (!isPlainHost(host)) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    ...(at >= 0 && { userInfo: authority.slice(0, at) }),
    host,
    path: path ?? "",
    query: query ?? "",
    ...(fragment !== undefined && { fragment }),
  };
}

// Go keeps `0x7f.1` and `%65vil.test` as names, JavaScript turns them into addresses and other names: such a host is none.
function isPlainHost(host: string): boolean {
  const url = URL.parse(`https://${host}`);
  if (url === null) return false;
  return bracketed.test(host) || named.exec(host)?.[1]?.toLowerCase() === url.hostname;
}
