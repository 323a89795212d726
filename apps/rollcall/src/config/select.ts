import { refusalOf } from "@rollcall/contract";
import { compileSelection, explainSelection, findPlacement } from "@rollcall/inventory";
import type { z } from "zod";
import { compileOrderBy, compileWhere } from "../expression.ts";
import { oneLine } from "../one-line.ts";
import type { ListConfig, Problem } from "./config.ts";
import { fieldOf, isObject, withoutUndefined } from "./fields.ts";
import { got, or } from "./expected.ts";
import { namespace } from "./names.ts";
import type { list } from "./schema.ts";

/** The namespaces that profiles and decisions are read from. */
export interface Watched {
  readonly namespaces: readonly string[];
  readonly placements: { readonly namespaces?: readonly string[] | undefined };
}

/** What is wrong with the texts of a selection, each at its place; without an inventory, what has to do with its namespaces is not judged. */
export function selectProblems(select: unknown, path: string, watched: Watched | undefined): readonly Problem[] {
  const compiled = (key: string, compile: (text: string) => unknown, shown = (message: string) => message): readonly Problem[] => {
    const text = fieldOf(select, key);
    if (typeof text !== "string" || (text === "" && key !== "labels")) return [];
    try {
      compile(text);
      return [];
    } catch (error) {
      return [{ path: `${path}.select.${key}`, message: shown(refusalOf(error).message) }];
    }
  };
  return [
    ...compiled("labels", (labels) => compileSelection({ labels }), oneLine),
    ...compiled("where", compileWhere),
    ...compiled("orderBy", compileOrderBy),
    ...(watched === undefined ? [] : namespaceProblems(fieldOf(select, "namespaces"), watched.namespaces, path)),
    ...placementProblems(fieldOf(select, "placement"), watched, `${path}.select.placement`),
  ];
}

const which = ["key", "name", "placementKey", "labels"] as const;

function placementProblems(placement: unknown, watched: Watched | undefined, path: string): readonly Problem[] {
  if (!isObject(placement)) return [];
  const problems: Problem[] = [];
  if (which.every((word) => fieldOf(placement, word) === undefined))
    problems.push({ path, message: `expected ${or(which)} of the decision that chooses, got none of them` });
  const labels = fieldOf(placement, "labels");
  try {
    if (typeof labels === "string" && labels !== "") findPlacement({ labels });
  } catch (error) {
    problems.push({ path: `${path}.labels`, message: oneLine(refusalOf(error).message) });
  }
  const inside = fieldOf(placement, "namespace");
  const read = watched?.placements.namespaces ?? watched?.namespaces;
  if (read !== undefined && namespace.safeParse(inside).success && !read.includes(inside as string)) {
    const message = `expected one of the namespaces that decisions are read from (${read.join(", ")}), got ${got(inside)}; add it to inventory.placements.namespaces`;
    problems.push({ path: `${path}.namespace`, message });
  }
  return problems;
}

/** A selection that nothing is wrong with: whom it chooses, who of them may join, and in which order they come. */
export function compileSelect(
  { where: question, orderBy, health, placement, ...said }: z.infer<typeof list>["select"],
  options: unknown,
): Pick<ListConfig, "select" | "order" | "placement" | "health" | "asksNamespaces"> {
  const where = question === undefined ? undefined : compileWhere(question);
  const order = orderBy === undefined ? undefined : compileOrderBy(orderBy);
  const { join, joinAfter, evict } = health;
  return {
    select: explainSelection({ ...withoutUndefined(said), ...(where && { where }) }),
    ...(order && { order }),
    ...(placement && { placement: { said: withoutUndefined(placement), find: findPlacement(withoutUndefined(placement)) } }),
    health: { join, joinAfter, ...(evict !== "never" && { evictAfter: evict }) },
    // The one word of a cluster that its namespace may say. Options that show it take it by this name, whoever the consumer is.
    asksNamespaces:
      said.clusterSets !== undefined ||
      [where, order].some((asked) => asked?.asks.has("clusterSet")) ||
      JSON.stringify(options).includes('"from":"clusterSet"'),
  };
}

function namespaceProblems(chosen: unknown, watched: readonly string[], path: string): readonly Problem[] {
  const all = watched.join(", ");
  if (chosen === undefined && watched.length > 1) {
    const message = `expected the namespaces that this list takes clusters from, since several are watched (${all}), got nothing`;
    return [{ path: `${path}.select.namespaces`, message }];
  }
  return (Array.isArray(chosen) ? chosen : []).flatMap((each: unknown, at) => {
    const isWatched = !namespace.safeParse(each).success || watched.includes(each as string);
    const message = `expected one of inventory.namespaces (${all}), got ${got(each)}; add it there, or nobody in it is ever seen`;
    return isWatched ? [] : [{ path: `${path}.select.namespaces[${at}]`, message }];
  });
}
