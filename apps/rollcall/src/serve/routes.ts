/** What can be asked for. */
export type Route = "healthz" | "readyz" | "plugin" | "flux" | "clusters" | "list";

/** Where a request leads. */
export type Routed =
  | { readonly is: "route"; readonly route: Route; /** The list that the path names. */ readonly list?: string }
  | { readonly is: "wrong method"; readonly allow: string }
  | { readonly is: "nothing there" };

const paths: Readonly<Record<string, readonly [Route, string]>> = {
  "/api/v1/getparams.execute": ["plugin", "POST"],
  "/flux/v1/inputs": ["flux", "GET"],
  "/api/v1/clusters": ["clusters", "GET"],
};
const listPath = /^\/api\/v1\/lists\/([^/]+)$/;

/** Finds the route of a method and a path. Only health is answered without the prefix. */
export function routeOf(method: string, path: string, prefix = ""): Routed {
  if (path === "/healthz" || path === "/readyz")
    return allowed(method, "GET", { is: "route", route: path === "/healthz" ? "healthz" : "readyz" });
  const within = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : "";
  const [route, allow] = (Object.hasOwn(paths, within) && paths[within]) || [];
  if (route !== undefined && allow !== undefined) return allowed(method, allow, { is: "route", route });
  const list = decoded(listPath.exec(within)?.[1]);
  return list === undefined ? { is: "nothing there" } : allowed(method, "GET", { is: "route", route: "list", list });
}

function allowed(method: string, allow: string, found: Routed): Routed {
  return method === allow ? found : { is: "wrong method", allow };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
