import { EvaluationError } from "@marcbachmann/cel-js";

interface Shape {
  /** The type that an expression sees. */
  readonly type: string;
  readonly read: (text: string) => unknown;
  readonly expected: string;
}

const number: Shape = { type: "double", read: readNumber, expected: "a number such as 12 or 0.5" };
const texts: Shape = { type: "list<string>", read: readTexts, expected: 'a list such as ["a", "b"]' };
const pairs: Shape = {
  type: "list<map<string, string>>",
  read: readPairs,
  expected: 'a list of pairs such as [{"Prometheus": "10.0.0.1:9090"}]',
};
const text: Shape = { type: "string", read: (text) => text, expected: "a text" };

// The API has only texts; KEP-4322 says of these names what is in them.
const known: ReadonlyMap<string, Shape> = new Map([
  ["count.node.k8s.io", number],
  ["cluster-endpoints.k8s.io", texts],
  ["type.node.k8s.io", texts],
  ["group.customResource.k8s.io", texts],
  ["metrics-endpoints.k8s.io", pairs],
]);

/** The properties of a cluster as an expression sees them; each is read when it is asked for, so that an odd one harms no other. */
export class Properties extends Map<string, unknown> {
  override get(name: string): unknown {
    const said = super.get(name);
    if (typeof said !== "string") return undefined;
    const { read, expected } = shapeOf(name);
    const value = read(said);
    if (value === undefined) throw malformed(`its property ${JSON.stringify(name)} is ${shown(said)}, not ${expected}`);
    return value;
  }
}

/** The type of a property in an expression. */
export function propertyType(name: string): string {
  return shapeOf(name).type;
}

/** What `number("…")` makes of a text. */
export function numberOf(text: string): number {
  const value = readNumber(text);
  if (value === undefined) throw malformed(`${shown(text)} is not ${number.expected}`);
  return value;
}

function shapeOf(name: string): Shape {
  return known.get(name) ?? text;
}

function readNumber(text: string): number | undefined {
  if (!/^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function readTexts(text: string): readonly string[] | undefined {
  const value = parsed(text);
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
}

function readPairs(text: string): readonly ReadonlyMap<string, string>[] | undefined {
  const value = parsed(text);
  if (!Array.isArray(value)) return undefined;
  const maps = value.map((each: unknown) => new Map(isObject(each) ? Object.entries(each) : []));
  return maps.every((each): each is Map<string, string> => each.size > 0 && [...each.values()].every((said) => typeof said === "string"))
    ? maps
    : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function malformed(message: string): EvaluationError {
  return new EvaluationError({ code: "malformed_text", message });
}
