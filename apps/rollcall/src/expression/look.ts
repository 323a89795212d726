import { type ASTNode, ParseError } from "@marcbachmann/cel-js";
import { functions, loops, methods } from "./language.ts";
import { readVersion } from "./version.ts";
import { words } from "./words.ts";

/** What an expression asks for. */
export interface Asked {
  readonly words: ReadonlySet<string>;
  readonly properties: ReadonlySet<string>;
}

const comparisons = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** Looks through a whole expression for what it asks, and throws a ParseError where it asks for something that is not there. */
export function look(expression: ASTNode): Asked {
  const asked = { words: new Set<string>(), properties: new Set<string>() };
  lookAt(expression, new Set());
  return asked;

  function lookAt(node: ASTNode, loopWords: ReadonlySet<string>): void {
    if (node.op === "id") return word(node, node.args, loopWords);
    if (node.op === "value") return literal(node);
    if (node.op === "call") known("function", node.args[0], functions, node);
    if (node.op === "rcall") {
      const [name, list, args] = node.args;
      if (loops.includes(name)) return loop(list, args, loopWords);
      known("method", name, methods, node);
    }
    versions(node);
    for (const part of property(node) ?? partsOf(node)) lookAt(part, loopWords);
  }

  function word(node: ASTNode, name: string, loopWords: ReadonlySet<string>): void {
    if (loopWords.has(name)) return;
    if (!words.has(name)) throw wrong(node, `${quoted(name)} is not known here; there are ${[...words.keys()].join(", ")}`);
    if (name === "properties") throw wrong(node, 'name the property, as in properties["a"]; propertyText has all of them as texts');
    asked.words.add(name);
  }

  function loop(list: ASTNode, [variable, ...bodies]: readonly ASTNode[], loopWords: ReadonlySet<string>): void {
    lookAt(list, loopWords);
    const name = variable?.op === "id" ? variable.args : "";
    if (variable && words.has(name))
      throw wrong(variable, `${quoted(name)} means something already; use another word for what is gone through`);
    for (const body of bodies) lookAt(body, new Set([...loopWords, name]));
  }

  /** For a node that asks for one property: what else is in it. */
  function property(node: ASTNode): readonly ASTNode[] | undefined {
    const [left, right] = node.op === "." || node.op === "[]" || node.op === "in" ? node.args : [];
    const [of, other] = node.op === "in" ? [right, left] : [left, right];
    if (typeof of !== "object" || of.op !== "id" || of.args !== "properties") return undefined;
    asked.words.add("properties");
    if (node.op === "in") return typeof other === "object" ? [other] : [];
    const name = typeof other === "object" && other.op === "value" ? other.args : other;
    if (typeof name !== "string") throw wrong(node, 'name the property in quotes, as in properties["a"]; propertyText takes any name');
    asked.properties.add(name);
    return [];
  }
}

/** The expressions that an expression is made of. */
export function partsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === "value" || node.op === "id") return [];
  if (node.op === "." || node.op === ".?") return [node.args[0]];
  if (node.op === "call") return node.args[1];
  if (node.op === "rcall") return [node.args[1], ...node.args[2]];
  if (node.op === "map") return node.args.flat();
  if (node.op === "!_" || node.op === "-_") return [node.args];
  return node.args;
}

function literal(node: ASTNode): void {
  if (!["string", "bigint", "number", "boolean"].includes(typeof node.args))
    throw wrong(node, "only texts, numbers, true and false can be written here");
}

function known(what: string, name: string, all: readonly string[], node: ASTNode): void {
  if (all.includes(name)) return;
  const matches = name === "matches" ? ", because a regular expression can take for ever" : "";
  const there = what === "method" ? [...all, ...loops] : all;
  throw wrong(node, `the ${what} ${quoted(name)} is not known here${matches}; there are ${there.join(", ")}`);
}

/** A version that cannot be one would leave every cluster undecided, so it is found here. */
function versions(node: ASTNode): void {
  if (node.op === "call" && node.args[0] === "version") for (const each of node.args[1]) mustBeVersion(each);
  if (!comparisons.has(node.op)) return;
  const [left, right] = partsOf(node);
  const isEqual = node.op === "==" || node.op === "!=";
  if (isVersion(left)) mustBeVersion(right, isEqual);
  if (isVersion(right)) mustBeVersion(left, isEqual);
}

function isVersion(node: ASTNode | undefined): boolean {
  return (node?.op === "id" && node.args === "version") || (node?.op === "call" && node.args[0] === "version");
}

function mustBeVersion(node: ASTNode | undefined, orEmpty = false): void {
  if (node?.op !== "value" || typeof node.args !== "string" || (orEmpty && node.args === "")) return;
  if (readVersion(node.args) === undefined) throw wrong(node, `${quoted(node.args)} is no version such as 1.34 or v1.34.2`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function wrong(node: ASTNode, message: string): ParseError {
  return new ParseError({ code: "not_here", message, node });
}
