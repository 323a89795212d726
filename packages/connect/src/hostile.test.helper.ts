import { expect } from "vitest";

/** So many milliseconds at most, also where many tests share one core: what is meant is that nothing takes minutes. */
const patience = 60_000;

/** Does it, and expects that it did not take long. */
export async function quickly<T>(does: () => T | Promise<T>): Promise<T> {
  const from = performance.now();
  const made = await does();
  expect(performance.now() - from).toBeLessThan(patience);
  return made;
}

/** Reads JSON as Rollcall does: whole numbers that outgrow a double keep every digit. */
export function exact(text: string): unknown {
  const big = (_: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown =>
    typeof value === "number" && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
  return /\d{16}/.test(text) ? JSON.parse(text, big) : JSON.parse(text);
}

/** JSON that nobody writes who means well. */
export const odd: Readonly<Record<string, string>> = {
  nothing: "null",
  "a number": "7",
  "a number that outgrows a double": "9007199254740993",
  "a number beyond all": "1e999",
  "a list": '[["x"]]',
  "an object": '{"x":{"x":"x"}}',
  "a value of some depth": nested(4000),
  "a deep value": nested(100_000),
  "a wide list": `[${"7,".repeat(20_000)}7]`,
  "a wide map": `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":"v"`).join(",")}}`,
  "an empty text": '""',
  "a long text": JSON.stringify("x".repeat(1_000_000)),
  "a text of many lines": JSON.stringify("\n\u001b[31m".repeat(1000)),
  "what every object inherits": '{"__proto__":{"name":"x","execConfig":{}},"constructor":{"prototype":1},"toString":7}',
  "half a character": '"\\ud800"',
};

/** JSON with one value after the other replaced by another. */
export function spoilt(whole: unknown, by: string): readonly string[] {
  return placesIn(whole).map((place) => JSON.stringify(replaced(whole, place)).replace('"HERE"', () => by));
}

type Place = readonly (string | number)[];

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, each]) => placesIn(each).map((place): Place => [key, ...place]));
  return [[], ...inner];
}

function replaced(value: unknown, [key, ...rest]: Place): unknown {
  if (key === undefined) return "HERE";
  const each = value as Readonly<Record<string, unknown>>;
  return Array.isArray(value)
    ? value.map((one: unknown, at) => (String(at) === key ? replaced(one, rest) : one))
    : { ...each, [key]: replaced(each[key], rest) };
}

function nested(depth: number): string {
  return `${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`;
}
