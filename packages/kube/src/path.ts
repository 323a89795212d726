import { RollcallError, type Kind } from "@rollcall/contract";

/** The URL path of a kind's collection in its namespace, in one given, or in all. */
export function collectionPath(kind: Kind, namespace: string | undefined = kind.namespace): string {
  const group = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const place = namespace === undefined || namespace === "*" ? "" : `/namespaces/${segment(namespace)}`;
  return `${group}${place}/${kind.plural}`;
}

/** The URL path of one object. */
export function objectPath(kind: Kind, name: string, namespace: string | undefined = kind.namespace): string {
  return `${collectionPath(kind, namespace)}/${segment(name)}`;
}

/** The API group of a kind, empty for the core. */
export function groupOf(kind: Pick<Kind, "apiVersion">): string {
  const [group, version] = kind.apiVersion.split("/");
  return version === undefined ? "" : group!;
}

/** A name that would climb out of its place in the URL never becomes part of one. Encoding a slash is not enough: an API server decodes the path before it splits it. */
function segment(name: string): string {
  if (name === "" || name === "." || name === ".." || /[/%]/.test(name))
    throw new RollcallError("BadName", `${JSON.stringify(name)} cannot name an object`, { retry: false });
  return encodeURIComponent(name);
}
