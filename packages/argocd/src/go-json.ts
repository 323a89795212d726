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
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) throw new TypeError("not base64");
  return encoded === "" ? undefined : `"${btoa(atob(encoded))}"`;
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
  return (value) => {
    const given = new Map(members(value ?? {}).flatMap(([key, each]) => (each === null ? [] : [[key.toLowerCase(), each]])));
    const spelled = Object.entries(fields).map(([key, spell]) => [key, spell(given.get(key.toLowerCase()))] as const);
    return `{${spelled.flatMap(([key, each]) => (each === undefined ? [] : [`"${key}":${each}`])).join(",")}}`;
  };
}

export function pointer(spell: Spelling): Spelling {
  return (value) => (value === undefined ? undefined : spell(value));
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
