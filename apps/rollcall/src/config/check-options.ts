import type { Consumer } from "../consumers.ts";
import type { Problem } from "./config.ts";
import { explain } from "./expected.ts";
import { pathText, problemsOf } from "./problems.ts";

export interface OptionsInput {
  readonly consumer: Consumer;
  /** Which list of the config it is. */
  readonly at: number;
  readonly target: unknown;
  readonly options: unknown;
  /** The namespaces of the inventory. */
  readonly watched: readonly string[];
}

/** A list's options, checked with its consumer's schema: `target` says where, `options` how, and the adapter sees both as one. */
export function checkOptions({ consumer, at, target, options, watched }: OptionsInput): {
  readonly options: unknown;
  readonly problems: readonly Problem[];
} {
  const { kubeconfig: _, context: __, ...where } = record(target);
  const how = record(options);
  const { data, error } = consumer.options.safeParse({ ...defaults(watched), ...where, ...how }, { error: explain });
  // What nobody said is missing in the target: all that has to be said is where.
  const partOf = (key: PropertyKey): string => (Object.hasOwn(how, key) ? "options" : "target");
  const problems = [
    ...Object.keys(where)
      .filter((key) => Object.hasOwn(how, key))
      .map((key) => ({ path: pathText(["lists", at, "options", key]), message: `is said in target too; say ${key} once` })),
    ...problemsOf(error, (path) => ["lists", at, ...(path[0] === undefined ? [] : [partOf(path[0])]), ...path]),
  ];
  return { options: data, problems };
}

/** With one namespace watched a profile's name says all; with several it does not. */
function defaults(namespaces: readonly string[]): { readonly name?: string } {
  return namespaces.length > 1 ? { name: "{namespace}.{name}" } : {};
}

/** What is no object is complained about where the list is checked. */
function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
