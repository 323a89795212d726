import { readProviders, type Provider } from "@rollcall/connect";
import { canonicalJson, shortHash } from "@rollcall/contract";
import type { z } from "zod";
import { consumerNamed, consumers } from "../consumers.ts";
import { oneLine } from "../one-line.ts";
import { checkOptions } from "./check-options.ts";
import type { ListConfig, Problem, ReadConfig } from "./config.ts";
import { explain, got, or } from "./expected.ts";
import { fieldOf, isObject, withoutUndefined } from "./fields.ts";
import { problemsOf } from "./problems.ts";
import { file, leastGrace, list } from "./schema.ts";
import { unknownLists } from "./serve.ts";
import { compileSelect, selectProblems, type Watched } from "./select.ts";

/**
 * Checks a config as a whole and says all its problems at once. Each list is judged on its own: one with a problem is left out.
 * Lists and providers are looked at even where the file around them is no good, so that nobody mends it twice.
 */
export function checkConfig(value: unknown, providerFile?: unknown): ReadConfig {
  const whole = file.safeParse(value, { error: explain });
  const problems = [...problemsOf(whole.error)];
  const providers = checkProviders(fieldOf(value, "providers"), providerFile, problems);
  const watched = file.shape.inventory.safeParse(fieldOf(value, "inventory")).data;
  const said = fieldOf(value, "lists");
  const all: readonly unknown[] = Array.isArray(said) ? said : [];
  const leftOut: (string | undefined)[] = [];
  const lists = all.flatMap((each, at) => {
    const { config, problems: found } = checkList(each, at, watched);
    const doubled = nameTwice(all, at);
    problems.push(...found, ...doubled);
    if (config !== undefined && doubled.length === 0) return [config];
    const name = fieldOf(each, "name");
    leftOut.push(typeof name === "string" ? name : undefined);
    return [];
  });
  // Nothing can be kept by it, though it still says where lists have been kept.
  if (Array.isArray(said) && all.length === 0) problems.push({ path: "lists", message: "expected at least one list, got an empty list" });
  if (!whole.success) return { problems, leftOut };
  const { instance, inventory, state, metrics, serve } = whole.data;
  problems.push(...unknownLists(serve, all));
  return {
    config: {
      instance,
      inventory: {
        ...withoutUndefined(inventory),
        placements: { namespaces: inventory.namespaces, ...withoutUndefined(inventory.placements) },
      },
      providers,
      stateNamespace: state.namespace,
      ...(metrics && { metrics }),
      ...(serve && { serve }),
      lists,
    },
    problems,
    leftOut,
  };
}

function checkProviders(value: unknown, providerFile: unknown, problems: Problem[]): readonly Provider[] {
  const [inline, settings] = [fieldOf(value, "inline"), fieldOf(value, "settings")];
  const read = readProviders({
    ...(providerFile !== undefined && { file: providerFile }),
    isFileUnread: providerFile === undefined && fieldOf(value, "file") !== undefined,
    ...(Array.isArray(inline) && { inline }),
    ...(isObject(settings) && { settings: settings }),
  });
  problems.push(...read.problems.map(({ path, message }) => ({ path: oneLine(`providers.${path}`), message: oneLine(message) })));
  return read.providers;
}

/** One list; without an inventory, what has to do with its namespaces is not judged. */
function checkList(value: unknown, at: number, inventory: Watched | undefined): { config?: ListConfig; problems: readonly Problem[] } {
  const path = `lists[${at}]`;
  const watched = inventory?.namespaces;
  const consumerName = fieldOf(value, "consumer");
  const consumer = typeof consumerName === "string" ? consumerNamed(consumerName) : undefined;
  const parsed = list.safeParse(value, { error: explain });
  const problems = [...problemsOf(parsed.error, (place) => ["lists", at, ...place])];
  if (typeof consumerName === "string" && consumer === undefined)
    problems.push({ path: `${path}.consumer`, message: `expected ${or(Object.keys(consumers))}, got ${got(consumerName)}` });
  const checked =
    consumer &&
    checkOptions({ consumer, at, target: fieldOf(value, "target"), options: fieldOf(value, "options"), watched: watched ?? [] });
  problems.push(...(checked?.problems ?? []));

  problems.push(...selectProblems(fieldOf(value, "select"), path, inventory));
  if (!parsed.success || problems.length > 0 || consumer === undefined || checked === undefined) return { problems };
  const said = { ...parsed.data, removal: withoutGrace(parsed.data, value) };
  const { name, mode, removal, pace, answers } = said;
  const { kubeconfig, context } = parsed.data.target;
  const { guard, ...removals } = removal;
  const target = withoutUndefined({ kubeconfig, context });
  return {
    config: {
      name,
      consumer,
      mode,
      ...compileSelect(parsed.data.select, checked.options),
      target,
      options: checked.options,
      removals,
      ...(pace && { pacing: pace }),
      guard,
      answers,
      digest: shortHash(canonicalJson({ ...said, options: checked.options })),
    },
    problems,
  };
}

/** A decision settles before anybody is let go for it, so that another grace is for whoever asks for one. */
function withoutGrace({ select, removal }: z.infer<typeof list>, value: unknown): z.infer<typeof list>["removal"] {
  const after = fieldOf(fieldOf(fieldOf(value, "removal"), "deselected"), "after");
  if (select.placement === undefined || after !== undefined) return removal;
  return { ...removal, deselected: { ...removal.deselected, after: leastGrace } };
}

/** Which of two lists of one name is meant, nobody can tell, and each would take the other's objects for its own. So neither is kept. */
function nameTwice(lists: readonly unknown[], at: number): readonly Problem[] {
  const name = fieldOf(lists[at], "name");
  const other = lists.findIndex((each, index) => index !== at && fieldOf(each, "name") === name);
  if (typeof name !== "string" || other === -1) return [];
  return [{ path: `lists[${at}].name`, message: `expected a name of its own, got ${got(name)}, which lists[${other}] has too` }];
}
