import { type Cluster, RollcallError } from "@rollcall/contract";
import { parseLabelSelector } from "./label-selector.ts";
import { isNamespace, isObjectName } from "./names.ts";

/** Which clusters a list is about; all that is said has to hold. */
export interface Selection {
  /** A Kubernetes label selector. */
  readonly labels?: string;
  /** By property name, the values that will do. */
  readonly properties?: Readonly<Record<string, readonly string[]>>;
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
}

/** Compiled once, where the config is read; throws RollcallError("BadSelector") with the place in the text. */
export function compileSelection(selection: Selection): (cluster: Cluster) => boolean {
  const labelled = selection.labels === undefined ? undefined : parseLabelSelector(selection.labels);
  const namespaces = oneOf("namespaces", selection.namespaces, isNamespace);
  const names = oneOf("names", selection.names, isObjectName);
  const properties = Object.entries(selection.properties ?? {}).map(([name, values]) => ({
    name,
    values: oneOf(`properties[${JSON.stringify(name)}]`, values, () => true),
  }));
  return (cluster) =>
    (namespaces?.has(cluster.namespace) ?? true) &&
    (names?.has(cluster.name) ?? true) &&
    (labelled?.(cluster.labels) ?? true) &&
    properties.every(({ name, values }) => Object.hasOwn(cluster.properties, name) && values?.has(cluster.properties[name]!));
}

function oneOf(
  path: string,
  values: readonly string[] | undefined,
  isPossible: (value: string) => boolean,
): ReadonlySet<string> | undefined {
  if (values === undefined) return undefined;
  // An empty list would quietly choose nobody, and a list of nobody is how workloads get lost.
  if (values.length === 0) throw bad(`${path} is empty, which chooses nobody; name at least one or leave it out`);
  const impossible = values.findIndex((value) => !isPossible(value));
  if (impossible !== -1)
    throw bad(
      `${path}[${impossible}] is ${JSON.stringify(values[impossible])}, which no profile can have; use lower-case letters, digits and "-"`,
    );
  return new Set(values);
}

function bad(message: string): RollcallError {
  return new RollcallError("BadSelector", message, { retry: false });
}
