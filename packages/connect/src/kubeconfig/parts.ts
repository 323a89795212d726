import { RollcallError } from "@rollcall/contract";
import { Lexer, parse } from "yaml";

/** A mapping of a kubeconfig that anyone may have written. */
export type Entry = Readonly<Record<string, unknown>>;

// A Secret holds no more.
const longest = 1024 * 1024;

// Enough for a hundred clusters. What takes longest to parse is made of many small pieces: each key is compared with all others.
const mostPieces = 20_000;

/** A refusal on its way out of the reader. */
export function refuse(reason: string, message: string): RollcallError {
  return new RollcallError(reason, message, { retry: false });
}

/** The file as it stands: YAML as Kubernetes' own readers take it, without merge keys, with few aliases. */
export function parseKubeconfig(text: string): Entry {
  if (text.length > longest) throw refuse("BadKubeconfig", `it has more than ${longest} characters`);
  // A text that is folded is one piece, and takes long by its lines.
  if (hasMoreLines(text, mostPieces) || hasMorePieces(text, mostPieces))
    throw refuse("BadKubeconfig", "it is far larger than one cluster needs; keep only that cluster in it");
  let file: unknown;
  try {
    file = parse(text, { schema: "core", merge: false, maxAliasCount: 10, prettyErrors: false, logLevel: "error" });
  } catch {
    // The parser's own words quote the line that it stopped at, and a token may stand there.
    throw refuse("BadKubeconfig", "it is not YAML, or has a key twice, or more than ten aliases; write it anew, for example with kubectl");
  }
  return recordOf(file, "it");
}

function hasMoreLines(text: string, most: number): boolean {
  return text.split(/\r\n?|\n/, most + 1).length > most;
}

function hasMorePieces(text: string, most: number): boolean {
  const pieces = new Lexer().lex(text);
  for (let count = 0; count <= most; count += 1) if (pieces.next().done) return false;
  return true;
}

/** The names of the cluster and the user of a context. */
export function namesOf(file: Entry, asked: string | undefined): { readonly cluster: string; readonly user: string } {
  const name = asked ?? textOf(file, "current-context");
  if (name === undefined) throw refuse("NoContext", "it has no current-context; set it, or name a context in the profile");
  const context = find(file, "contexts", "context", name);
  if (context === undefined)
    throw refuse(
      "UnknownContext",
      asked === undefined ? "its current-context names none of its contexts" : `it has no context ${JSON.stringify(asked.slice(0, 100))}`,
    );
  return { cluster: textOf(context, "cluster") ?? "", user: textOf(context, "user") ?? "" };
}

/** What a context points to. */
export function entryOf(file: Entry, list: "clusters" | "users", inner: "cluster" | "user", name: string): Entry {
  const found = find(file, list, inner, name);
  if (found === undefined)
    throw refuse(inner === "user" ? "UnknownUser" : "UnknownCluster", `the ${inner} of its context is none of its ${list}`);
  return found;
}

/** A text; an empty one is as good as absent, as it is to Kubernetes. */
export function textOf(entry: Entry, field: string): string | undefined {
  const value = own(entry, field) ?? "";
  if (typeof value !== "string") throw refuse("BadKubeconfig", `its ${field} is no text; put it in quotes`);
  return value === "" ? undefined : value;
}

/** Whether a field says anything at all. */
export function present(entry: Entry, field: string): boolean {
  const value = own(entry, field);
  if (value === undefined || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function find(file: Entry, list: string, inner: string, name: string): Entry | undefined {
  const entries = own(file, list) ?? [];
  if (!Array.isArray(entries)) throw refuse("BadKubeconfig", `its ${list} are no list`);
  const found = entries.map((each) => recordOf(each, `one of its ${list}`)).filter((each) => own(each, "name") === name);
  if (found.length > 1) throw refuse("BadKubeconfig", `it has two ${list} of one name, and which is meant is not known; rename one`);
  return found[0] && recordOf(own(found[0], inner) ?? {}, `one of its ${list}`);
}

function recordOf(value: unknown, what: string): Entry {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Entry;
  throw refuse("BadKubeconfig", `${what} is no mapping of names to values`);
}

/** Never what an object inherits. */
function own(entry: Entry, field: string): unknown {
  return Object.hasOwn(entry, field) ? entry[field] : undefined;
}
