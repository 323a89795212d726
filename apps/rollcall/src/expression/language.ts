import { Environment } from "@marcbachmann/cel-js";
import { numberOf, Properties, propertyType } from "./properties.ts";
import { compareVersions, sameVersion, Version } from "./version.ts";
import { words } from "./words.ts";

/** Functions that an expression may call: all end soon, and none makes more than it was given. */
export const functions: readonly string[] = ["has", "number", "size", "version"];

/** What may be called on a value, as in `name.startsWith("eu-")`. */
export const methods: readonly string[] = [
  "contains",
  "endsWith",
  "indexOf",
  "lastIndexOf",
  "lowerAscii",
  "size",
  "split",
  "startsWith",
  "substring",
  "trim",
  "upperAscii",
];

/** What goes through a list, or through the names of a map. */
export const loops: readonly string[] = ["all", "exists", "exists_one", "filter", "map"];

type Either = Version | string;

const compared = {
  "<": (a: Either, b: Either) => compareVersions(a, b) < 0,
  "<=": (a: Either, b: Either) => compareVersions(a, b) <= 0,
  ">": (a: Either, b: Either) => compareVersions(a, b) > 0,
  ">=": (a: Either, b: Either) => compareVersions(a, b) >= 0,
};

const arithmetic = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
};

const language = new Environment({ limits: { maxAstNodes: 1000 } })
  .registerType("Version", Version)
  .registerFunction("version(string): Version", (text: string) => new Version(text), { async: false })
  .registerFunction("number(string): double", numberOf, { async: false })
  .registerFunction("number(double): double", (value: number) => value, { async: false })
  .registerFunction("number(int): double", Number, { async: false });

for (const [operator, holds] of Object.entries(compared)) {
  language.registerOperator(`Version ${operator} Version: bool`, holds);
  language.registerOperator(`Version ${operator} string: bool`, holds);
  language.registerOperator(`string ${operator} Version: bool`, holds);
}
language.registerOperator("Version == Version: bool", sameVersion).registerOperator("Version == string: bool", sameVersion);

// CEL keeps 2 and 2.0 apart, which nobody who writes `number(…) * 2` expects.
for (const [operator, result] of Object.entries(arithmetic)) {
  language.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => result(a, Number(b)));
  language.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => result(Number(a), b));
}
language.registerOperator("double == int: bool", (a: number, b: bigint) => a === Number(b));

for (const [word, { type }] of words) if (word !== "properties") language.registerVariable(word, type);

/** The language of an expression that names these properties: each has a type of its own, so mistakes are found before any cluster is asked. */
export function languageWith(properties: ReadonlySet<string>): Environment {
  const fields = Object.fromEntries([...properties].map((name) => [name, propertyType(name)]));
  return language
    .clone()
    .registerType("Properties", { ctor: Properties, fields })
    .registerOperator("string in Properties: bool", (name: string, all: Properties) => all.has(name))
    .registerVariable("properties", "Properties");
}
