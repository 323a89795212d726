// Every runtime of ours has it; the types of the language do not know it yet.
const exactJson = JSON as unknown as { rawJSON(text: string): unknown };

/** JSON with sorted keys: the same value gives the same bytes. Undefined members are left out, and a BigInt is the number that it is. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value === "bigint") return exactJson.rawJSON(String(value));
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}
