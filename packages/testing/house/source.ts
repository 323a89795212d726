import { parseAst } from "vitest/node";

/** Something a source says, and where. */
export interface Said {
  readonly what: string;
  readonly line: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Every module that a source imports: statically, for its types, or while it runs. */
export function importsOf(text: string): readonly Said[] {
  return look(text, (node) => {
    const source = importing.has(node.type) ? node["source"] : undefined;
    return isNode(source) && typeof source["value"] === "string" ? source["value"] : undefined;
  });
}

/** The package that an import names: `@scope/name/file` is `@scope/name`; undefined for relative ones and Node's own. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

/** Every use of a clock, of chance, of the network or of the runtime: what a pure room does not know. */
export function impuritiesOf(text: string): readonly Said[] {
  return look(text, (node, parent, field) => clockOrChance(node) ?? impureGlobal(node, parent, field));
}

/** Every reason that a source refuses something with, by its one word. */
export function reasonsOf(text: string): readonly Said[] {
  const found = look(text, (node) => {
    if (node.type !== "CallExpression" || !["refusal", "refuse"].some((name) => isNamed(node["callee"], name))) return undefined;
    return textsIn((node["arguments"] as readonly unknown[])[0]).join(" ") || undefined;
  });
  return found.flatMap(({ what, line }) => what.split(" ").map((each) => ({ what: each, line })));
}

const importing = new Set(["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration", "ImportExpression", "TSImportType"]);

const impure = new Set(
  [
    "process Buffer require __dirname __filename globalThis console",
    "setTimeout setInterval setImmediate queueMicrotask performance",
    "fetch XMLHttpRequest WebSocket EventSource crypto localStorage",
  ].flatMap((line) => line.split(" ")),
);

function clockOrChance(node: Node): string | undefined {
  if (isMember(node, "Date", "now")) return "Date.now";
  if (isMember(node, "Math", "random")) return "Math.random";
  if (node.type === "CallExpression" && isNamed(node["callee"], "Date")) return "Date()";
  if (node.type === "NewExpression" && isNamed(node["callee"], "Date") && (node["arguments"] as readonly unknown[]).length === 0) {
    return "new Date()";
  }
  return undefined;
}

function impureGlobal(node: Node, parent: Node | undefined, field: string): string | undefined {
  if (node.type !== "Identifier" || typeof node["name"] !== "string" || !impure.has(node["name"])) return undefined;
  return parent !== undefined && isLabel(parent, field) ? undefined : node["name"];
}

/** A name after a dot or before a colon belongs to some object; it is not the global of that name. */
function isLabel(parent: Node, field: string): boolean {
  if (field === "property" || field === "key") return parent["computed"] !== true;
  return field === "imported" || field === "exported" || (parent.type === "TSQualifiedName" && field === "right");
}

/** A text as it is written, or both of those of which one is chosen. */
function textsIn(node: unknown): readonly string[] {
  if (!isNode(node)) return [];
  if (node.type === "ConditionalExpression") return [node["consequent"], node["alternate"]].flatMap(textsIn);
  return typeof node["value"] === "string" ? [node["value"]] : [];
}

function isMember(node: Node, object: string, property: string): boolean {
  return node.type === "MemberExpression" && isNamed(node["object"], object) && isNamed(node["property"], property);
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node["name"] === name;
}

/** Walks the syntax tree, so that comments and strings are never taken for code. */
function look(text: string, say: (node: Node, parent: Node | undefined, field: string) => string | undefined): readonly Said[] {
  const said: Said[] = [];
  const visit = (value: unknown, parent: Node | undefined, field: string): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each, parent, field);
      return;
    }
    if (!isNode(value)) return;
    const what = say(value, parent, field);
    if (what !== undefined) said.push({ what, line: text.slice(0, value.start).split("\n").length });
    for (const [inner, child] of Object.entries(value)) visit(child, value, inner);
  };
  visit(parseAst(text, { lang: "ts" }), undefined, "program");
  return said;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
