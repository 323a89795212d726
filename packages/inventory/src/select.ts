import { type Cluster, type Refusal, refusal, refusalOf, RollcallError } from "@rollcall/contract";
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
  /** Names of cluster managers as the spec says them; the label of that meaning may be cut or wrong. */
  readonly managers?: readonly string[];
  readonly clusterSets?: readonly string[];
  /** Asked last, of those that all else chooses; when it throws, nobody can say. */
  readonly where?: (cluster: Cluster) => boolean;
}

/** Whether a cluster is chosen, or why nobody can say. */
export type Chosen = { readonly chosen: boolean } | { readonly refusal: Refusal };

/**
 * Compiled once, where the config is read; throws RollcallError("BadSelector") with the place in the text.
 *   labels, names, …    where            then
 *   one does not hold   not asked        not chosen
 *   all hold            -                chosen
 *   all hold            yes or no        chosen or not
 *   all hold            throws           refusal: WhereFailed
 */
export function explainSelection(selection: Selection): (cluster: Cluster) => Chosen {
  const labelled = selection.labels === undefined ? undefined : parseLabelSelector(selection.labels);
  const namespaces = oneOf("namespaces", selection.namespaces, isNamespace, kubernetesName);
  const names = oneOf("names", selection.names, isObjectName, kubernetesName);
  const managers = oneOf("managers", selection.managers, saysSomething, anyName);
  const clusterSets = oneOf("clusterSets", selection.clusterSets, saysSomething, anyName);
  const properties = Object.entries(selection.properties ?? {}).map(([name, values]) => ({
    name,
    values: oneOf(`properties[${JSON.stringify(name)}]`, values, () => true, anyName),
  }));
  const holds = (cluster: Cluster): boolean =>
    (namespaces?.has(cluster.namespace) ?? true) &&
    (names?.has(cluster.name) ?? true) &&
    (managers?.has(cluster.manager) ?? true) &&
    (clusterSets?.has(cluster.clusterSet ?? "") ?? true) &&
    (labelled?.(cluster.labels) ?? true) &&
    properties.every(({ name, values }) => Object.hasOwn(cluster.properties, name) && values?.has(cluster.properties[name]!));
  const { where } = selection;
  return (cluster) => {
    if (!holds(cluster)) return { chosen: false };
    try {
      return { chosen: where?.(cluster) ?? true };
    } catch (error) {
      return { refusal: refusal("WhereFailed", refusalOf(error).message) };
    }
  };
}

/** The same for who needs a plain yes or no; what nobody can say is thrown as RollcallError("WhereFailed"). */
export function compileSelection(selection: Selection): (cluster: Cluster) => boolean {
  const explain = explainSelection(selection);
  return (cluster) => {
    const said = explain(cluster);
    if ("chosen" in said) return said.chosen;
    throw new RollcallError(said.refusal.reason, said.refusal.message, { retry: false });
  };
}

const kubernetesName = 'which no profile can have; use lower-case letters, digits and "-"';
const anyName = "which says nothing; write a name or take it out";

function saysSomething(value: string): boolean {
  return value !== "";
}

function oneOf(
  path: string,
  values: readonly string[] | undefined,
  isPossible: (value: string) => boolean,
  otherwise: string,
): ReadonlySet<string> | undefined {
  if (values === undefined) return undefined;
  // An empty list would quietly choose nobody, and a list of nobody is how workloads get lost.
  if (values.length === 0) throw bad(`${path} is empty, which chooses nobody; name at least one or leave it out`);
  const impossible = values.findIndex((value) => !isPossible(value));
  if (impossible !== -1) throw bad(`${path}[${impossible}] is ${JSON.stringify(values[impossible])}, ${otherwise}`);
  return new Set(values);
}

function bad(message: string): RollcallError {
  return new RollcallError("BadSelector", message, { retry: false });
}
