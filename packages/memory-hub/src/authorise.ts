import type { HubRule, HubUser } from "./options.ts";
import type { ResourceRoute, Route } from "./route.ts";
import { StatusError, unauthorized } from "./status-error.ts";

const anonymous: HubUser = { name: "system:anonymous", token: "", rules: [] };
const openToAll = new Set(["/readyz", "/livez", "/healthz", "/version"]);

/** Who asks: nobody in particular without a token, an error with one that is not known. */
export function userOf(authorization: string | undefined, users: readonly HubUser[]): HubUser {
  if (authorization === undefined) return anonymous;
  const user = users.find(({ token }) => authorization === `Bearer ${token}`);
  if (user === undefined) throw unauthorized();
  return user;
}

/** Refuses what no rule of the user allows, in the words of a real server. Rights come before existence: who may not look is not told. */
export function authorise(user: HubUser, route: Route, selectedName?: string): void {
  if (route.is === "path") return authorisePath(user, route.path);
  const name = route.name ?? selectedName;
  if (user.rules.some((rule) => allows(rule, route, name))) return;
  const { group, plural, namespace, verb } = route;
  const resource = group === "" ? plural : `${plural}.${group}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  throw new StatusError(
    403,
    "Forbidden",
    `${resource}${name === undefined ? "" : ` "${name}"`} is forbidden: User "${user.name}" cannot ${verb} resource "${withSubresource(route)}" in API group "${group}" ${where}`,
    { details: { ...(name !== undefined && { name }), ...(group !== "" && { group }), kind: plural } },
  );
}

/** The plural as rules and the audit log name it: `secrets`, `clusterprofiles/status`. */
export function withSubresource({ plural, subresource }: ResourceRoute): string {
  return subresource === undefined ? plural : `${plural}/${subresource}`;
}

/** Discovery is open to whoever is logged in, health and version to everybody, all other paths to those who may do everything. */
function authorisePath(user: HubUser, path: string): void {
  const isDiscovery = /^\/apis?(\/|$)/.test(path) && user !== anonymous;
  const mayAll = user.rules.some((rule) => has(rule.verbs, "get") && rule.apiGroups.includes("*") && rule.resources.includes("*"));
  if (isDiscovery || mayAll || openToAll.has(path)) return;
  throw new StatusError(403, "Forbidden", `forbidden: User "${user.name}" cannot get path "${path}"`, { details: {} });
}

function allows(rule: HubRule, route: ResourceRoute, name: string | undefined): boolean {
  return (
    has(rule.verbs, route.verb) &&
    has(rule.apiGroups, route.group) &&
    has(rule.resources, withSubresource(route)) &&
    (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))) &&
    (rule.namespace === undefined || rule.namespace === route.namespace)
  );
}

function has(allowed: readonly string[], asked: string): boolean {
  return allowed.includes("*") || allowed.includes(asked);
}
