import { EvaluationError } from "@marcbachmann/cel-js";
import type { Cluster } from "@rollcall/contract";
import { Properties } from "./properties.ts";
import { Version } from "./version.ts";

interface Word {
  readonly type: string;
  readonly of: (cluster: Cluster) => unknown;
}

/** The most labels, properties, conditions or list items that an expression looks through, and the longest text that it takes. */
export const most = 1024;

const record = "map<string, string>";

/** What an expression can ask about a cluster. `namespace` is a reserved word of CEL, hence the longer one. */
export const words: ReadonlyMap<string, Word> = new Map<string, Word>([
  ["name", { type: "string", of: ({ name }) => bounded("name", name) }],
  ["profileNamespace", { type: "string", of: ({ namespace }) => bounded("namespace", namespace) }],
  ["displayName", { type: "string", of: ({ displayName }) => bounded("display name", displayName) }],
  ["manager", { type: "string", of: ({ manager }) => bounded("manager", manager) }],
  ["clusterSet", { type: "string", of: ({ clusterSet }) => bounded("cluster set", clusterSet ?? "") }],
  ["health", { type: "string", of: ({ health }) => health }],
  ["version", { type: "Version", of: ({ version }) => new Version(bounded("version", version ?? "")) }],
  ["labels", { type: record, of: ({ labels }) => new Map(entries("labels", labels)) }],
  ["conditions", { type: record, of: ({ conditions }) => new Map(entries("conditions", conditions)) }],
  ["properties", { type: "Properties", of: ({ properties }) => new Properties(entries("properties", properties)) }],
  ["propertyText", { type: record, of: ({ properties }) => new Map(entries("properties", properties)) }],
]);

/** The words that an expression uses, as one cluster has them. */
export function wordsOf(cluster: Cluster, used: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries([...used].map((word) => [word, words.get(word)?.of(cluster)]));
}

// An API server bounds all of these but the number of labels and properties and two texts of the spec; a loop over them has to end soon.
function entries(what: string, of: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const all = Object.entries(of);
  if (all.length > most) throw tooMuch(`its profile has ${all.length} ${what}, and an expression looks through ${most} at most`);
  for (const [key, value] of all) bounded(`${what}[${JSON.stringify(key.slice(0, 60))}]`, key.length > value.length ? key : value);
  return all;
}

function bounded(what: string, text: string): string {
  if (text.length > most) throw tooMuch(`its ${what} has ${text.length} characters, and an expression takes ${most} at most`);
  return text;
}

function tooMuch(message: string): EvaluationError {
  return new EvaluationError({ code: "too_much", message });
}
