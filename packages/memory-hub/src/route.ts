/** What a URL and a method ask for. */
export type Route = ResourceRoute | { readonly is: "path"; readonly path: string };

export interface ResourceRoute {
  readonly is: "resource";
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly verb: Verb;
}

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** Reads a request line as a real server does: `/api/v1/…` for the core group, `/apis/GROUP/VERSION/…` for all others. */
export function routeOf(method: string, url: URL): Route {
  const steps = url.pathname.split("/").slice(1).map(decodeURIComponent);
  const prefix = steps[0] === "api" ? 2 : steps[0] === "apis" ? 3 : steps.length;
  const rest = steps.slice(prefix).filter((step) => step !== "");
  if (rest.length === 0) return { is: "path", path: url.pathname };
  const [group, version] = prefix === 2 ? ["", steps[1]!] : [steps[1]!, steps[2]!];
  const place = placeOf(rest);
  return { is: "resource", group, version, ...place, verb: verbOf(method, place.name !== undefined, isOn(url, "watch")) };
}

/** A boolean query parameter, by the rules of the real server: anything but `false` and `0` is true. */
export function isOn(url: URL, parameter: string): boolean {
  const value = url.searchParams.get(parameter);
  return value !== null && !["false", "0"].includes(value.toLowerCase());
}

type Place = Pick<ResourceRoute, "plural" | "namespace" | "name" | "subresource">;

function placeOf(steps: readonly string[]): Place {
  const [first = "", namespace, plural, ...under] = steps;
  // The name of a namespace is its namespace too, so that a right within it can cover the object itself.
  if (first === "namespaces" && namespace !== undefined && plural === undefined) return { plural: first, namespace, name: namespace };
  if (first === "namespaces" && namespace !== undefined && plural !== undefined) return { plural, namespace, ...named(under) };
  return { plural: first, ...named(steps.slice(1)) };
}

function named([name, ...subresource]: readonly string[]): Pick<Place, "name" | "subresource"> {
  return { ...(name !== undefined && { name }), ...(subresource.length > 0 && { subresource: subresource.join("/") }) };
}

function verbOf(method: string, hasName: boolean, isWatch: boolean): Verb {
  if (method === "POST") return "create";
  if (method === "PUT") return "update";
  if (method === "PATCH") return "patch";
  if (method === "DELETE") return hasName ? "delete" : "deletecollection";
  if (hasName) return "get";
  return isWatch ? "watch" : "list";
}
