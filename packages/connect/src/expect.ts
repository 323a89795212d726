/** What is wrong in a config, and where. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Reads values of a config that anyone may have typed; what is not as expected becomes a problem with its path. */
export class Expect {
  readonly #problems: Problem[];

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  record(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.#problem(path, what, value);
  }

  text(value: unknown, path: string, what: string, empty?: "may be empty"): string | undefined {
    if (typeof value === "string" && (value !== "" || empty !== undefined)) return value;
    return this.#problem(path, what, value);
  }

  optionalText(value: unknown, path: string, what: string): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, path, what, "may be empty");
  }

  /** A list; null or absent is an empty one, as Go writes it. */
  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.#problem(path, "a list", value);
    return [];
  }

  flag(value: unknown, path: string): boolean {
    if (value === undefined || value === null || typeof value === "boolean") return value === true;
    return this.#problem(path, "true or false", value) ?? false;
  }

  /** One of some words; absent is fine, null is not. */
  oneOf<Word extends string>(value: unknown, path: string, words: readonly Word[]): Word | undefined {
    if (value === undefined) return undefined;
    const word = words.find((each) => each === value);
    // Nothing secret is chosen out of a few words, and a misspelt one is best shown.
    return word ?? this.#problem(path, words.map((each) => each || '""').join(" or "), value, got(value));
  }

  /** Nothing but these: a misspelt key would be left out in silence, and another identity used. */
  nothingBut(fields: Readonly<Record<string, unknown>>, path: string, known: readonly string[]): void {
    for (const key of Object.keys(fields))
      if (!known.includes(key))
        this.#problems.push({ path: `${path}.${key}`, message: `is not known here; known are ${known.join(", ")}` });
  }

  variableName(value: unknown, path: string): string | undefined {
    if (typeof value === "string" && /^[^=\0]+$/.test(value)) return value;
    return this.#problem(path, 'the name of a variable, without "="', value);
  }

  #problem(path: string, what: string, value: unknown, instead = kindOf(value)): undefined {
    this.#problems.push({ path, message: `expected ${what}, got ${instead}` });
  }
}

/** Says what stands there instead, in a word or two; only of what is never secret. */
export function got(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  return typeof value === "number" ? String(value) : kindOf(value);
}

/** The place of an entry by its name. Whoever wrote `NAME=value` there wrote a value, too, which may be secret. */
export function entryAt(path: string, name: string): string {
  return `${path}[${JSON.stringify(name.replace(/=[^]+/, "=…"))}]`;
}

/** Of what may be a secret in the wrong place, such as `NAME=value` in a list of variables, only what kind of thing it is. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  if (typeof value === "boolean") return String(value);
  if (value === "") return "an empty text";
  return typeof value === "string" ? "a text" : "a number";
}
