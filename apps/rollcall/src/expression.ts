import { RollcallError, type Cluster, type Refusal, refusal } from "@rollcall/contract";
import { languageWith } from "./expression/language.ts";
import { look } from "./expression/look.ts";
import { placeIn, pointed, said } from "./expression/place.ts";
import { mostSteps, stepsOf } from "./expression/steps.ts";
import { readVersion, Version } from "./expression/version.ts";
import { wordsOf } from "./expression/words.ts";

/** A question about a cluster, and the words that it asks for. */
export interface Where {
  (cluster: Cluster): boolean;
  readonly asks: ReadonlySet<string>;
}

/** The order that an expression gives; whoever it cannot be asked of comes last, and `refusal` says why. */
export interface Order {
  (a: Cluster, b: Cluster): number;
  readonly asks: ReadonlySet<string>;
  readonly refusal: (cluster: Cluster) => Refusal | undefined;
}

type Key = number | bigint | string | boolean | readonly number[];

const longest = 4096;
const language = languageWith(new Set());

/** Compiles a question about a cluster (CEL); throws BadExpression with the place. Asked of a cluster that it cannot be answered for, it throws WhereFailed. */
export function compileWhere(text: string): Where {
  const { ask, asks } = compile(text, ["bool"], "yes or no (bool); compare it with something");
  const where = (cluster: Cluster): boolean => {
    const answer = ask(cluster);
    if ("value" in answer && typeof answer.value === "boolean") return answer.value;
    throw new RollcallError("WhereFailed", "why" in answer ? answer.why : `${cluster.id}: the answer is not yes or no`, { retry: false });
  };
  return Object.assign(where, { asks });
}

/** Compiles what clusters are put in order by (CEL): lower numbers, earlier texts, older versions and what holds come first. Ties go by id. */
export function compileOrderBy(text: string): Order {
  const { ask, asks } = compile(
    text,
    ["double", "int", "string", "bool", "Version"],
    "something to put in order: a number, a text, a version, yes or no",
  );
  const known = new WeakMap<Cluster, Key | Refusal>();
  const keyOf = (cluster: Cluster): Key | Refusal => {
    const key = known.get(cluster) ?? keyFrom(ask(cluster), cluster);
    known.set(cluster, key);
    return key;
  };
  const compare = (a: Cluster, b: Cluster): number => {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (isKey(one) && isKey(other)) return compareKeys(one, other) || compareKeys(a.id, b.id);
    return Number(isKey(other)) - Number(isKey(one)) || compareKeys(a.id, b.id);
  };
  return Object.assign(compare, {
    asks,
    refusal: (cluster: Cluster) => {
      const key = keyOf(cluster);
      return isKey(key) ? undefined : key;
    },
  });
}

type Answer = { readonly value: unknown } | { readonly why: string };

interface Compiled {
  readonly ask: (cluster: Cluster) => Answer;
  readonly asks: ReadonlySet<string>;
}

function compile(text: string, types: readonly string[], expected: string): Compiled {
  const bad = (message: string, at?: number): RollcallError =>
    new RollcallError("BadExpression", at === undefined ? message : pointed(text, at, message), { retry: false });
  const bytes = Buffer.byteLength(text);
  if (bytes > longest) throw bad(`the expression has ${bytes} bytes, ${longest} is the most; ask for less`);
  try {
    const { ast } = language.parse(text);
    const { words, properties } = look(ast);
    if (stepsOf(ast) > mostSteps)
      throw bad("its loops could take too long; go through fewer lists inside one another, and join nothing in them", 0);
    const run = languageWith(properties).parse(text);
    const { type, error } = run.check();
    if (error !== undefined) throw error;
    if (type === undefined || !types.includes(type)) throw bad(`it gives ${type ?? "nothing"}, expected ${expected}`, 0);
    const ask = (cluster: Cluster): Answer => {
      try {
        return { value: run(wordsOf(cluster, words)) as unknown };
      } catch (error) {
        const { message, at } = said(error);
        const place = at === undefined ? "" : ` (${placeIn(text, at)})`;
        return { why: `${cluster.id} cannot be judged by ${quoted(text)}${place}: ${message}` };
      }
    };
    return { ask, asks: words };
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    const { message, at } = said(error);
    throw bad(message, at ?? 0);
  }
}

function keyFrom(answer: Answer, cluster: Cluster): Key | Refusal {
  if ("why" in answer) return refusal("OrderByFailed", answer.why);
  const { value } = answer;
  const key = value instanceof Version ? readVersion(value.text) : value;
  if (typeof key === "string" || typeof key === "bigint" || typeof key === "boolean" || Array.isArray(key)) return key as Key;
  if (typeof key === "number" && !Number.isNaN(key)) return key;
  const shown = value instanceof Version ? `the version ${JSON.stringify(value.text)}` : String(value);
  return refusal("OrderByFailed", `${cluster.id} has no place in the order, because it would be by ${shown}`);
}

function isKey(key: Key | Refusal): key is Key {
  return typeof key !== "object" || Array.isArray(key);
}

/** Two keys of one expression are of one type. */
function compareKeys(a: Key, b: Key): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const differs = a.findIndex((each, at) => each !== b[at]);
    return differs === -1 ? 0 : compareKeys(a[differs] as number, b[differs] as number);
  }
  const sign = typeof a === "boolean" ? -1 : 1;
  return a < b ? -sign : a > b ? sign : 0;
}

function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return `\`${line.length > 120 ? `${line.slice(0, 120)}…` : line}\``;
}
