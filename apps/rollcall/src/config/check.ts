import { readProviders, type CloudLogin } from "@rollcall/connect";
import { refusalOf } from "@rollcall/contract";
import { compileSelection } from "@rollcall/inventory";
import type { z } from "zod";
import { consumers } from "../consumers.ts";
import type { ListConfig, Problem, ReadConfig } from "./config.ts";
import { file, list } from "./schema.ts";

type FileConfig = z.infer<typeof file>;

/** Checks a config as a whole and says all its problems at once; each list is judged on its own. */
export function checkConfig(value: unknown, providerFile?: unknown): ReadConfig {
  const parsed = file.safeParse(value);
  if (!parsed.success) return { problems: [...problemsOf(parsed.error, ""), ...listProblems(value)] };
  const { data } = parsed;
  const { inline, settings } = data.providers;
  const read = readProviders({
    ...(providerFile !== undefined && { file: providerFile }),
    ...(inline && { inline }),
    ...(settings && { settings: settings as Readonly<Record<string, CloudLogin>> }),
  });
  const problems: Problem[] = read.problems.map(({ path, message }) => ({ path: `providers.${path}`, message }));
  const lists = data.lists.flatMap((each, at) => checkList(each, `lists[${at}]`, data, problems));
  problems.push(...doubled(lists));
  const config = {
    instance: data.instance,
    inventory: withoutUndefined(data.inventory),
    providers: read.providers,
    stateNamespace: data.state.namespace,
    lists: lists.filter(({ name }, at) => lists.findIndex((other) => other.name === name) === at),
  };
  return { config, problems };
}

function checkList(value: unknown, path: string, { inventory }: FileConfig, problems: Problem[]): readonly ListConfig[] {
  const parsed = list.safeParse(value);
  if (!parsed.success) {
    problems.push(...problemsOf(parsed.error, path), ...consumerProblem(value, path));
    return [];
  }
  const found: Problem[] = [];
  const { name, mode, select, target, options, removal } = parsed.data;
  const consumer = consumers[parsed.data.consumer];
  if (consumer === undefined) found.push(...consumerProblem(value, path));

  const { kubeconfig, context, ...place } = target;
  const said = consumer?.options.safeParse({ ...place, ...defaults(inventory.namespaces), ...options });
  if (said?.error) found.push(...problemsOf(said.error, path, (key) => (key in place || !(key in options) ? "target" : "options")));

  const unwatched = select.namespaces?.findIndex((each) => !inventory.namespaces.includes(each)) ?? -1;
  if (unwatched !== -1)
    found.push({
      path: `${path}.select.namespaces[${unwatched}]`,
      message: "is not in inventory.namespaces, so nobody there is ever seen; add it there",
    });
  if (inventory.namespaces.length > 1 && select.namespaces === undefined)
    found.push({
      path: `${path}.select.namespaces`,
      message: "expected the namespaces that this list takes clusters from, since several are watched",
    });
  const chooses = attempt(() => compileSelection(withoutUndefined(select)), `${path}.select`, found);

  problems.push(...found);
  if (found.length > 0 || consumer === undefined || chooses === undefined) return [];
  const { guard, ...removals } = removal;
  return [
    {
      name,
      consumer,
      mode,
      select: chooses,
      target: withoutUndefined({ kubeconfig, context }),
      options: withoutUndefined(said?.data as object),
      removals,
      guard,
    },
  ];
}

/** With one namespace watched a profile's name says all; with several it does not. */
function defaults(namespaces: readonly string[]): { readonly name?: string } {
  return namespaces.length > 1 ? { name: "{namespace}.{name}" } : {};
}

function listProblems(value: unknown): readonly Problem[] {
  const lists = (value as { lists?: unknown } | null)?.lists;
  return Array.isArray(lists)
    ? lists.flatMap((each, at) => [...problemsOf(list.safeParse(each).error, `lists[${at}]`), ...consumerProblem(each, `lists[${at}]`)])
    : [];
}

function consumerProblem(value: unknown, path: string): readonly Problem[] {
  const said = (value as { consumer?: unknown } | null)?.consumer;
  if (typeof said !== "string" || said in consumers) return [];
  return [{ path: `${path}.consumer`, message: `expected ${Object.keys(consumers).join(", ")}, got ${JSON.stringify(said)}` }];
}

function doubled(lists: readonly ListConfig[]): readonly Problem[] {
  const again = lists.filter(({ name }, at) => lists.findIndex((other) => other.name === name) !== at);
  return again.map(({ name }) => ({ path: "lists", message: `two lists are named "${name}"; the first is kept, rename the other` }));
}

function problemsOf(error: z.ZodError | undefined, base: string, below?: (key: string) => string): readonly Problem[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const [head, ...rest] = issue.path;
    const path = [...(below ? [below(String(head ?? ""))] : []), ...(head === undefined ? [] : [head]), ...rest];
    if (issue.code !== "unrecognized_keys") return [{ path: joined(base, path), message: issue.message.replace(/^Invalid input: /, "") }];
    const at = below ? [] : path;
    return issue.keys.map((key) => ({
      path: joined(base, [...at, ...(below ? [below(key)] : []), key]),
      message: "is not known here; check its spelling",
    }));
  });
}

function joined(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    base,
  );
}

function attempt<T>(make: () => T, path: string, problems: Problem[]): T | undefined {
  try {
    return make();
  } catch (error) {
    problems.push({ path, message: refusalOf(error).message });
    return undefined;
  }
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
