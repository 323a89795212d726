import { fromBase64, type KubeObject } from "@rollcall/contract";
import { hashes, type Change } from "@rollcall/sync";
import { oneLine } from "../one-line.ts";
import { yamlLines } from "../yaml.ts";

/** One line of a diff: what comes, what goes, or where it stands. */
export interface DiffLine {
  readonly mark: "+" | "-" | " ";
  readonly text: string;
}

/** How an adapter's Secrets are read: which data keys are plain, and which are compared by what they mean. */
export type Reading = Parameters<typeof hashes>[1] & { readonly plain?: readonly string[] };

type Values = Readonly<Record<string, unknown>>;

/**
 * What a change comes to, in the order of the YAML. A secret is shown as a short hash, by which a change of it is seen; of a credential
 * that nobody has got there is none.
 */
export function diffOf(
  change: Exclude<Change, { readonly do: "refuse" }>,
  reading: Reading,
  unknown: ReadonlySet<string> = new Set(),
): readonly DiffLine[] {
  const known = shown(change.object, reading);
  const data =
    known && Object.fromEntries(Object.entries(known).map(([key, value]) => [key, unknown.has(`${change.key} ${key}`) ? notGot : value]));
  if (change.do === "create") return lines("+", { ...change.object, ...(data && { data }) }, 0);
  const { patch, standing } = change;
  const stood = standing.whole?.data ?? { ...short(standing.hashes), ...standing.plain };
  return [
    ...under(
      ["metadata"],
      [
        ...keys(["labels"], patch.metadata.labels, standing.metadata.labels, patch.metadata.labels, 1),
        ...keys(["annotations"], patch.metadata.annotations, standing.metadata.annotations, patch.metadata.annotations, 1),
      ],
      0,
    ),
    ...keys(["data"], patch.data, stood, data, 0),
    ...(patch.spec === undefined ? [] : keys([], { spec: patch.spec }, { spec: standing.whole?.["spec"] }, { spec: patch.spec }, 0)),
  ];
}

const notGot = "(with a credential that is got when it is written)";

/** The data of an object as it may be shown; what is no Secret holds nothing to hide. */
function shown({ kind, data }: KubeObject, reading: Reading): Values | undefined {
  if (data === undefined || kind !== "Secret") return data;
  const hidden = short(hashes(data, reading));
  const isPlain = (key: string): boolean => reading.plain?.includes(key) ?? false;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, isPlain(key) ? (fromBase64(value) ?? "") : hidden[key]]));
}

function short(all: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(
    Object.entries(all).map(([key, hash]) => [key, `sha256:${Buffer.from(hash, "base64url").toString("hex").slice(0, 8)}`]),
  );
}

/** The keys that are patched: each as it stood and as it will stand. */
function keys(
  path: readonly string[],
  patch: Values | undefined,
  before: Values,
  after: Values | undefined,
  depth: number,
): readonly DiffLine[] {
  const inner = Object.entries(patch ?? {}).flatMap(([key, value]) => [
    ...one("-", key, before[key], depth + path.length),
    ...one("+", key, value === null ? undefined : after?.[key], depth + path.length),
  ]);
  return under(path, inner, depth);
}

function one(mark: "+" | "-", key: string, value: unknown, depth: number): readonly DiffLine[] {
  return value === undefined ? [] : lines(mark, { [key]: value }, depth);
}

function under(path: readonly string[], inner: readonly DiffLine[], depth: number): readonly DiffLine[] {
  if (inner.length === 0) return [];
  return [...path.map((key, at): DiffLine => ({ mark: " ", text: `${"  ".repeat(depth + at)}${key}:` })), ...inner];
}

function lines(mark: "+" | "-", value: object, depth: number): readonly DiffLine[] {
  return yamlLines(value).map((line) => ({ mark, text: `${"  ".repeat(depth)}${oneLine(line)}` }));
}
