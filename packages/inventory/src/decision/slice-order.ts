import type { Slice } from "./slice.ts";

/** Slices of one decision in their order: by number, whoever has none last, ties as a person would sort the names. */
export function inOrder(slices: Iterable<Slice>): readonly Slice[] {
  return [...slices].sort((a, b) => byIndex(a, b) || byName(a.name, b.name));
}

function byIndex({ index: a = Infinity }: Slice, { index: b = Infinity }: Slice): number {
  return a === b ? 0 : a - b;
}

/** `store-9` before `store-10`. Where two names differ in leading zeros alone, the letters decide: no two names tie. */
function byName(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = byPart(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || byText(a, b);
}

function parts(name: string): readonly string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function byPart(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return byText(a, b);
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return left.length - right.length || byText(left, right);
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
