import { isLabelKey, isLabelValue } from "./names.ts";
import { SelectorReader } from "./selector-reader.ts";

type Labels = Readonly<Record<string, string>>;
type Matches = (labels: Labels) => boolean;

/** Reads a label selector as an API server does: `=`, `==`, `!=`, `in`, `notin`, `>`, `<`, `key`, `!key`, joined by commas. Throws RollcallError("BadSelector") with the place in the text. */
export function parseLabelSelector(text: string): Matches {
  const reader = new SelectorReader(text);
  const requirements: Matches[] = [];
  if (!reader.atEnd()) {
    do requirements.push(requirement(reader));
    while (reader.take(","));
  }
  if (!reader.atEnd()) throw reader.expected('"," or the end');
  return (labels) => requirements.every((matches) => matches(labels));
}

function requirement(reader: SelectorReader): Matches {
  const isAbsent = reader.take("!");
  const key = reader.word("a label key");
  if (!isLabelKey(key.text)) throw reader.bad(key, `${JSON.stringify(key.text)} is no label key`);
  const value = (labels: Labels) => (Object.hasOwn(labels, key.text) ? labels[key.text] : undefined);
  if (isAbsent) return (labels) => value(labels) === undefined;
  if (reader.atEnd() || reader.isNext(",")) return (labels) => value(labels) !== undefined;

  const operator = reader.next();
  const symbol = operator?.text ?? "";
  switch (symbol) {
    case "in":
    case "notin": {
      const values = setOf(reader);
      const isWanted = symbol === "in";
      return (labels) => isIn(values, value(labels)) === isWanted;
    }
    case "=":
    case "==":
    case "!=": {
      const values = new Set([reader.atEnd() || reader.isNext(",") ? "" : valueOf(reader)]);
      const isWanted = symbol !== "!=";
      return (labels) => isIn(values, value(labels)) === isWanted;
    }
    case ">":
    case "<": {
      const limit = wholeNumber(reader);
      const isAbove = symbol === ">";
      return (labels) => compares(value(labels), limit, isAbove);
    }
    default:
      throw reader.bad(operator, 'expected one of =, ==, !=, in, notin, >, <, "," or the end');
  }
}

function isIn(values: ReadonlySet<string>, value: string | undefined): boolean {
  return value !== undefined && values.has(value);
}

/** `(a, b)`; an empty place between commas is the empty value, as in Kubernetes. */
function setOf(reader: SelectorReader): ReadonlySet<string> {
  if (!reader.take("(")) throw reader.expected('"("');
  if (reader.isNext(")")) throw reader.expected("at least one value");
  const values = new Set<string>();
  do values.add(reader.isNext(",") || reader.isNext(")") ? "" : valueOf(reader));
  while (reader.take(","));
  if (!reader.take(")")) throw reader.expected('"," or ")"');
  return values;
}

function valueOf(reader: SelectorReader): string {
  const value = reader.word("a value");
  if (isLabelValue(value.text)) return value.text;
  throw reader.bad(value, `${JSON.stringify(value.text)} is no label value`);
}

function wholeNumber(reader: SelectorReader): bigint {
  const value = reader.word("a whole number");
  const number = asInteger(value.text);
  if (number === undefined) throw reader.bad(value, `${JSON.stringify(value.text)} is no whole number`);
  return number;
}

function compares(value: string | undefined, limit: bigint, isAbove: boolean): boolean {
  const number = value === undefined ? undefined : asInteger(value);
  return number !== undefined && (isAbove ? number > limit : number < limit);
}

function asInteger(text: string): bigint | undefined {
  if (!/^\d{1,63}$/.test(text)) return undefined;
  const number = BigInt(text);
  return number < 2n ** 63n ? number : undefined;
}
