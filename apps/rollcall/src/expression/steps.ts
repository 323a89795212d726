import type { ASTNode } from "@marcbachmann/cel-js";
import { functions, loops } from "./language.ts";
import { partsOf } from "./look.ts";
import { most } from "./words.ts";

/** The most steps that an expression may take for one cluster; in the worst case that is about a second. */
export const mostSteps = 20_000_000;

// Most calls go through a text, which takes as long as a hundred of the other steps.
const forACall = 100;
const scalarCalls: ReadonlySet<string> = new Set(functions);
const scalarOps: ReadonlySet<string> = new Set(["value", "!_", "-_", "-", "*", "/", "%"]);
const numberOps: ReadonlySet<string> = new Set(["-_", "-", "*", "/", "%"]);

/**
 * The most steps that an expression can take, whatever the cluster says: every list that is not written out has the most items,
 * every loop goes to its end, and what compares or joins lists looks at every item. There is no end to what a loop can make
 * longer and longer by joining it with itself.
 */
export function stepsOf(expression: ASTNode): number {
  const longest = most * (1 + joinsIn(expression));
  return steps(expression, false);

  function steps(node: ASTNode, inLoop: boolean): number {
    if (!isLoop(node)) return own(node, inLoop) + sum(partsOf(node).map((part) => steps(part, inLoop)));
    const [list, , ...bodies] = partsOf(node);
    return 1 + steps(list!, inLoop) + sizeOf(list!) * (1 + sum(bodies.map((body) => steps(body, true))));
  }

  function own(node: ASTNode, inLoop: boolean): number {
    if (node.op === "call") return forACall;
    if (node.op === "rcall") return node.args[0] === "split" ? most : forACall;
    if (node.op === "in") return sizeOf(node.args[1]);
    if (node.op === "+" && inLoop && !node.args.some(isBounded)) return Infinity;
    const looksThrough = node.op === "==" || node.op === "!=" || node.op === "+";
    return looksThrough && !node.args.some(isScalar) ? sizeOf(node.args[0]) + sizeOf(node.args[1]) : 1;
  }

  /** The most items that a value can have. */
  function sizeOf(node: ASTNode): number {
    if (node.op === "list" || node.op === "map") return node.args.length;
    if (node.op === "+") return sizeOf(node.args[0]) + sizeOf(node.args[1]);
    if (node.op === "?:") return Math.max(sizeOf(node.args[1]), sizeOf(node.args[2]));
    return isLoop(node) ? sizeOf(partsOf(node)[0]!) : longest;
  }
}

/** Whether a value cannot be a list or a map, whatever the cluster says. */
function isScalar(node: ASTNode): boolean {
  if (node.op === "call") return scalarCalls.has(node.args[0]);
  if (node.op === "rcall") return node.args[0] !== "split" && !isLoop(node);
  // Two lists can be joined, a list and anything else cannot.
  if (node.op === "+") return node.args.some(isScalar);
  return scalarOps.has(node.op);
}

/** Whether what is added to a value cannot make it longer than the expression is. */
function isBounded(node: ASTNode): boolean {
  if (node.op === "call") return node.args[0] === "number" || node.args[0] === "size";
  if (node.op === "+") return node.args.every(isBounded);
  return node.op === "value" || numberOps.has(node.op);
}

function joinsIn(node: ASTNode): number {
  return Number(node.op === "+") + sum(partsOf(node).map(joinsIn));
}

function isLoop(node: ASTNode): boolean {
  return node.op === "rcall" && loops.includes(node.args[0]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
