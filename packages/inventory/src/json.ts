/** The fields of a JSON object that anyone may have written; anything else has none. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The items of a JSON array; anything else has none. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that says something; an empty one is as good as absent. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The entries of a JSON object whose values are texts, such as labels. */
export function texts(record: unknown): [string, string][] {
  return Object.entries(fields(record)).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

/** A record that any key may enter, `__proto__` included, without touching anything else. */
export function recordOf<T extends string>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const record = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) record[key] = value;
  return record;
}

/** Quotes what a stranger wrote for a message: one line, no control characters, cut, and nothing before an `@`, where secrets hide. */
export function quoted(value: unknown): string {
  if (typeof value !== "string") return `(${Array.isArray(value) ? "array" : typeof value})`;
  const shown = value.replace(/^.*@/s, "…@");
  return JSON.stringify(shown.length > 100 ? `${shown.slice(0, 100)}…` : shown);
}

/** Whether two JSON values say the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(fieldOf(a, key), fieldOf(b, key)));
}

function fieldOf(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}
