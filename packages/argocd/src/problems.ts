import { isLabelValue } from "./labels.ts";
import type { ArgoCdOptions } from "./options.ts";
import { isReserved } from "./reserved.ts";
import type { Source } from "./source.ts";

/** What is wrong in the options, and where: the keys that lead there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no type can say of the options: everything for which an API server or Argo CD would not do what was asked. */
export function problemsOf(options: ArgoCdOptions): readonly Problem[] {
  const { copyLabels = [], labels = {}, annotations = {}, refuse = [] } = options;
  return [
    ...copyLabels.flatMap((asked, at) => when(isReserved(asked), ["copyLabels", at], reserved)),
    ...Object.entries(labels).flatMap(([key, source]) => [...keyProblems("labels", key), ...valueProblems(key, source)]),
    ...Object.keys(annotations).flatMap((key) => keyProblems("annotations", key)),
    ...projectProblems(options),
    ...shardProblems(options),
    ...namespaceProblems(options),
    ...refuse.flatMap((server, at) =>
      when(
        !/^https?:\/\//i.test(server) || !URL.canParse(server),
        ["refuse", at],
        `expected the URL of a server, got ${JSON.stringify(server)}`,
      ),
    ),
  ];
}

const reserved = "is reserved: by it Argo CD or another controller takes a Secret for something else; ask for another key";
const name = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const domain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const namespace = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

function keyProblems(option: "labels" | "annotations", key: string): readonly Problem[] {
  const parts = key.split("/");
  const isKey = parts.length <= 2 && name.test(parts.at(-1)!) && (parts.length === 1 || domain.test(parts[0]!));
  return [
    ...when(isReserved(key), [option, key], reserved),
    ...when(!isKey && !isReserved(key), [option, key], "is no key that an API server takes; write it as team or example.com/team"),
  ];
}

function valueProblems(key: string, source: Source): readonly Problem[] {
  const isBad = source.from === "value" && !isLabelValue(source.value);
  return when(
    isBad,
    ["labels", key, "value"],
    'expected the value of a label: at most 63 letters, digits, "-", "_" and ".", a letter or digit first and last',
  );
}

function projectProblems({ project }: ArgoCdOptions): readonly Problem[] {
  if (project === undefined || typeof project === "string") return [];
  const { allowed } = project as { readonly allowed?: readonly string[] };
  const todo = "expected the projects that a profile may name: whoever writes profiles would choose among all of them otherwise";
  return when(allowed === undefined || allowed.length === 0 || allowed.includes(""), ["project", "allowed"], todo);
}

function shardProblems({ shard }: ArgoCdOptions): readonly Problem[] {
  if (typeof shard === "number") return whole(shard, 0, ["shard"]);
  return shard !== undefined && "hash" in shard ? whole(shard.hash, 1, ["shard", "hash"]) : [];
}

function whole(value: number, least: number, path: Problem["path"]): readonly Problem[] {
  return when(
    !Number.isInteger(value) || value < least || value > 9999,
    path,
    `expected a whole number from ${least} to 9999, got ${value}`,
  );
}

function namespaceProblems({ namespaces, clusterResources }: ArgoCdOptions): readonly Problem[] {
  return [
    ...when(namespaces?.length === 0, ["namespaces"], "expected at least one namespace; leave the option out for all of them"),
    ...(namespaces ?? []).flatMap((each, at) =>
      when(
        !namespace.test(each),
        ["namespaces", at],
        `expected a namespace: lower-case letters, digits and "-", got ${JSON.stringify(each)}`,
      ),
    ),
    ...when(
      clusterResources === true && namespaces === undefined,
      ["clusterResources"],
      "says something only together with namespaces; without them Argo CD looks at everything",
    ),
  ];
}

function when(isWrong: boolean, path: Problem["path"], message: string): readonly Problem[] {
  return isWrong ? [{ path, message }] : [];
}
