import type { ServedKind } from "./kinds.ts";

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** What a server says of itself: its version, its groups, and what each group holds; undefined for a path that it does not have. */
export function discovery(path: string, kinds: readonly ServedKind[]): object | undefined {
  const [, root, group = "", version, ...more] = path.replace(/\/$/, "").split("/");
  if (path === "/version") return { major: "1", minor: "36", gitVersion: "v1.36.3+memory-hub", platform: process.platform };
  if (more.length > 0) return undefined;
  if (root === "api")
    return group === "" ? { kind: "APIVersions", versions: ["v1"] } : version === undefined ? resources("", group, kinds) : undefined;
  if (root !== "apis") return undefined;
  if (group === "") return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames(kinds).map((name) => apiGroup(name, kinds)) };
  if (!groupNames(kinds).includes(group)) return undefined;
  return version === undefined ? { kind: "APIGroup", apiVersion: "v1", ...apiGroup(group, kinds) } : resources(group, version, kinds);
}

function groupNames(kinds: readonly ServedKind[]): readonly string[] {
  return [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== "");
}

function apiGroup(name: string, kinds: readonly ServedKind[]): object {
  const versions = [...new Set(kinds.filter(({ group }) => group === name).map(({ version }) => version))];
  const described = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: described, preferredVersion: described[0] };
}

function resources(group: string, version: string, kinds: readonly ServedKind[]): object | undefined {
  const served = kinds.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: served.flatMap(described) };
}

function described({ kind, plural, namespaced, status }: ServedKind): readonly object[] {
  const whole = { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs };
  return status ? [whole, { name: `${plural}/status`, singularName: "", namespaced, kind, verbs: ["get", "patch", "update"] }] : [whole];
}
