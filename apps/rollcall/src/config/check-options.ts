import type { Consumer } from "../consumers.ts";
import type { Problem } from "./config.ts";
import { explain, notKnown } from "./expected.ts";
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
  const { kubeconfig: _, context: __, ...said } = record(target);
  const isWhere = (key: PropertyKey): boolean => consumer.where.includes(String(key));
  const [where, strange] = split(said, isWhere);
  const [twice, how] = split(record(options), isWhere);
  const here = (part: string, key: string): string => pathText(["lists", at, part, key]);
  const { data, error } = consumer.options.safeParse(
    { ...defaults(watched), ...where, ...how },
    { error: (issue) => explain(issue, (key) => !isWhere(key)) },
  );
  const problems = [
    ...Object.keys(strange).map((key) => ({ path: here("target", key), message: notKnown(["kubeconfig", "context", ...consumer.where]) })),
    ...Object.keys(twice).map((key) => ({ path: here("options", key), message: "belongs in target; say it there, and only there" })),
    ...problemsOf(error, ([key, ...rest]) => [
      "lists",
      at,
      ...(key === undefined ? [] : [isWhere(key) ? "target" : "options", key]),
      ...rest,
    ]),
  ];
  return { options: data, problems };
}

type Said = Readonly<Record<string, unknown>>;

function split(said: Said, isFirst: (key: string) => boolean): readonly [Said, Said] {
  const { first = [], second = [] } = Object.groupBy(Object.entries(said), ([key]) => (isFirst(key) ? "first" : "second"));
  return [Object.fromEntries(first), Object.fromEntries(second)];
}

/** With one namespace watched a profile's name says all; with several it does not. */
function defaults(namespaces: readonly string[]): { readonly name?: string } {
  return namespaces.length > 1 ? { name: "{namespace}.{name}" } : {};
}

/** What is no object is complained about where the list is checked. */
function record(value: unknown): Said {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
