import { type Access, isRefusal, type Refusal, refusal } from "@rollcall/contract";
import { entryAt, type Problem } from "../expect.ts";
import { isDeniedArgument, isDeniedValue, isDeniedVariable } from "./denied.ts";
import { longestValue, readPattern } from "./pattern.ts";

/** What a profile may add to the call of a plugin; nothing unless the operator says so. */
export interface ProfileSourced {
  readonly argsPolicy?: "" | "Ignore" | "Append" | undefined;
  readonly envPolicy?: "" | "Ignore" | "AppendIfNotExists" | "Replace" | undefined;
  /** Arguments such as `--tenant-id`, each with the pattern that its whole value has to match; an empty pattern is a flag without one. */
  readonly args?: Readonly<Record<string, string>> | undefined;
  /** Variables by name, each with the pattern that its whole value has to match. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const mostItems = 32;
const argument = /^--?[A-Za-z][A-Za-z0-9_.-]{0,99}$/;
const variable = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

/** Everything that is wrong with what an operator allows, so that it is said when the config is read. */
export function allowedProblems({ args, env }: ProfileSourced, path: string): readonly Problem[] {
  const wrong = (allowed: Allowed, at: string, isDenied: (name: string) => boolean, shape: RegExp): readonly Problem[] =>
    Object.entries(allowed ?? {}).flatMap(([name, pattern]) => {
      const why = isDenied(name) || !shape.test(name) ? "may never come from a profile; take it out" : patternProblem(pattern);
      return why === undefined ? [] : [{ path: entryAt(`${path}.${at}`, name), message: why }];
    });
  return [...wrong(args, "allowArgs", isDeniedArgument, argument), ...wrong(env, "allowEnv", isDeniedVariable, variable)];
}

/** The arguments that a profile adds, checked one by one; the first that is not allowed is the refusal. */
export function argumentsOf(given: Access["args"], { argsPolicy, args }: ProfileSourced): readonly string[] | Refusal {
  if (argsPolicy !== "Append" || given === undefined) return [];
  if (isRefusal(given)) return given;
  if (given.length > mostItems) return tooMany("arguments");
  for (let at = 0; at < given.length; at += 1) {
    const [, name = "", inline] = /^([^=]*)(?:=(.*))?$/s.exec(given[at]!) ?? [];
    const next = given[at + 1];
    const takesNext = inline === undefined && next !== undefined && !next.startsWith("-");
    if (takesNext) at += 1;
    const refused = whyNot(name, inline ?? (takesNext ? next : ""), args, isDeniedArgument(name) || !argument.test(name));
    if (refused !== undefined) return refused;
  }
  return [...given];
}

/** The variables that a profile adds, checked one by one; the first that is not allowed is the refusal. */
export function variablesOf(given: Access["env"], { envPolicy = "", env }: ProfileSourced): ReadonlyMap<string, string> | Refusal {
  if (envPolicy === "" || envPolicy === "Ignore" || given === undefined) return new Map();
  if (isRefusal(given)) return given;
  if (given.length > mostItems) return tooMany("variables");
  for (const { name, value } of given) {
    const refused = whyNot(name, value, env, isDeniedVariable(name) || !variable.test(name));
    if (refused !== undefined) return refused;
  }
  return new Map(given.map(({ name, value }) => [name, value]));
}

type Allowed = Readonly<Record<string, string>> | undefined;

function whyNot(name: string, value: string, allowed: Allowed, isDenied: boolean): Refusal | undefined {
  const shown = `the profile wants ${JSON.stringify(name.slice(0, 100))} for the plugin, which`;
  if (isDenied) return notAllowed(`${shown} no profile may set; take it out of the profile`);
  if (allowed === undefined || !Object.hasOwn(allowed, name))
    return notAllowed(`${shown} is not allowed here; allow it for this provider by name, or set its policy to Ignore`);
  const pattern = readPattern(allowed[name]!);
  if (typeof pattern === "string") return notAllowed(`${shown} is allowed with a pattern that ${pattern}`);
  // The value is not quoted: one that does not fit may be a secret in the wrong place.
  if (value.length > longestValue || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) || !pattern.test(value) || isDeniedValue(name, value))
    return notAllowed(`${shown} is allowed, but not with this value; correct the profile, or the pattern that is allowed`);
  return undefined;
}

function tooMany(what: string): Refusal {
  return notAllowed(`the profile wants more than ${mostItems} ${what} for the plugin; take some out of the profile`);
}

function notAllowed(message: string): Refusal {
  return refusal("ProfileNotAllowed", message);
}

function patternProblem(pattern: string): string | undefined {
  const read = readPattern(pattern);
  return typeof read === "string" ? `the pattern ${read}` : undefined;
}
