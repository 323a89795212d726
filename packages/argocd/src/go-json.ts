import { canonicalJson } from "@rollcall/contract";

/** Spells a value as Go does, or leaves it out where Go's omitempty does. Throws where Go refuses to read it. */
export type Spelling = (value: unknown) => string | undefined;

export const text: Spelling = (value = "") => (value === "" ? undefined : quoted(value));
export const anything: Spelling = (value) => (value === undefined ? undefined : escaped(canonicalJson(value)));

export const flag: Spelling = (value = false) => {
  if (typeof value !== "boolean") throw new TypeError("not a boolean");
  return value ? "true" : undefined;
};

export const bytes: Spelling = (value = "") => {
  if (typeof value !== "string") throw new TypeError("not base64");
  const encoded = value.replaceAll(/[\r\n]/g, "");
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) throw new TypeError("not base64");
  // Only the last four characters can be spelled in more than one way.
  return encoded === "" ? undefined : `"${encoded.slice(0, -4)}${btoa(atob(encoded.slice(-4)))}"`;
};

export const texts: Spelling = (value = []) => {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value.length === 0 ? undefined : `[${value.map((each: unknown) => quoted(each ?? "")).join(",")}]`;
};

export const textsByName: Spelling = (value = {}) => {
  const entries = members(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : `{${entries.map(([key, each]) => `${quoted(key)}:${quoted(each ?? "")}`).join(",")}}`;
};

/** A Go struct: its own order of fields, any case in what it reads, null for nothing, unknown fields dropped. */
export function struct(fields: Readonly<Record<string, Spelling>>): (value: unknown) => string {
  const known = new Map(Object.keys(fields).flatMap((key) => [[key, key] as const, [folded(key), key] as const]));
  const order = Object.entries(fields);
  return (value) => {
    const given = new Map<string, unknown>();
    for (const [key, each] of members(value ?? {})) {
      const field = known.get(key) ?? known.get(folded(key));
      if (field === undefined) continue;
      if (given.has(field)) throw new TypeError("a field in two spellings");
      given.set(field, each ?? undefined);
    }
    let spelled = "";
    for (const [key, spell] of order) {
      const each = spell(given.get(key));
      if (each !== undefined) spelled += `${spelled === "" ? "" : ","}"${key}":${each}`;
    }
    return `{${spelled}}`;
  };
}

export function pointer(spell: Spelling): Spelling {
  return (value) => (value === undefined ? undefined : spell(value));
}

/** Reads JSON, but none in which a key comes twice: Go reads the one into the other, and JavaScript forgets that there were two. */
export function parse(json: string): unknown {
  const value: unknown = JSON.parse(json);
  const written = json.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").split(":").length - 1;
  if (written !== membersIn(value)) throw new TypeError("a key that comes twice");
  return value;
}

function membersIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, each) => sum + membersIn(each), own);
}

/** Go takes two keys for one when they differ in case alone; the long s is an s to it, and JavaScript lowers every other such letter. */
function folded(key: string): string {
  return key.toLowerCase().replaceAll("\u017f", "s");
}

function members(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  return Object.entries(value);
}

function quoted(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a text");
  return escaped(JSON.stringify(value.toWellFormed()));
}

function escaped(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
