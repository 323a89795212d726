import type { ConfigMapOptions, FluxOptions } from "./options.ts";

/** What is wrong in the options, and where: the keys that lead there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no type can say of the options: everything for which an API server or Flux would not do what was asked. */
export function problemsOf(options: FluxOptions): readonly Problem[] {
  const { namespace, namespaces = [], name, key, configMap, users, deadline } = options;
  return [
    ...namespaceProblem(["namespace"], namespace),
    ...namespaces.flatMap((each, at) => namespaceProblem(["namespaces", at], each)),
    ...when(
      name !== undefined && !template.test(name),
      ["name"],
      'expected a text with {name}, and with {namespace} if you like: lower-case letters, digits, "-" and "." around them',
    ),
    ...when(
      key !== undefined && !/^[-._A-Za-z0-9]{1,253}$/.test(key),
      ["key"],
      'expected the key of a Secret: at most 253 letters, digits, "-", "_" and "."',
    ),
    ...when(key !== undefined && configMap !== undefined, ["key"], "says something only of Secrets; take it or configMap away"),
    ...when(users?.length === 0, ["users"], "expected Kustomization, HelmRelease or both; with nobody a cluster would go while it is used"),
    ...when(
      deadline !== undefined && (!Number.isSafeInteger(deadline) || deadline < 1),
      ["deadline"],
      `expected a whole number of seconds of at least 1, got ${deadline}; leave it out to wait until nobody uses the cluster`,
    ),
    ...(configMap === undefined ? [] : configMapProblems(configMap)),
  ];
}

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
// Without the cluster's own name all clusters would be called alike.
const template = /^(?=.*\{name\})(?:[-.a-z0-9]|\{(?:namespace|name)\})+$/;

function configMapProblems({ provider, cluster, lookup, audiences, serviceAccountName }: ConfigMapOptions): readonly Problem[] {
  const asksCloud = "says something only of a cloud; Flux asks none with provider generic";
  return [
    ...when(provider === "generic" && cluster !== undefined, ["configMap", "cluster"], asksCloud),
    ...when(provider === "generic" && lookup === true, ["configMap", "lookup"], asksCloud),
    ...when(
      lookup === true && provider !== "generic" && cluster === undefined,
      ["configMap", "lookup"],
      "needs configMap.cluster: what the clusters are called in their cloud",
    ),
    ...when(
      typeof cluster === "string" && /[{}]/.test(cluster.replaceAll(/\{(?:namespace|name)\}/g, "")),
      ["configMap", "cluster"],
      "expected a text in which braces hold nothing but {namespace} or {name}",
    ),
    ...when(
      audiences !== undefined && (audiences.length === 0 || audiences.some((each) => !/^[^\s\p{Cc}]+$/u.test(each))),
      ["configMap", "audiences"],
      "expected at least one audience, each without blanks and line breaks; leave it out for the default",
    ),
    ...when(
      serviceAccountName !== undefined && !subdomain.test(serviceAccountName),
      ["configMap", "serviceAccountName"],
      `expected the name of a ServiceAccount, got ${JSON.stringify(serviceAccountName)}`,
    ),
  ];
}

function namespaceProblem(path: Problem["path"], namespace: string): readonly Problem[] {
  return when(!label.test(namespace), path, `expected a namespace: lower-case letters, digits and "-", got ${JSON.stringify(namespace)}`);
}

function when(isWrong: boolean, path: Problem["path"], message: string): readonly Problem[] {
  return isWrong ? [{ path, message }] : [];
}
