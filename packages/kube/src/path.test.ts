import type { Kind } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { collectionPath, groupOf, objectPath } from "./path.ts";

const secrets: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "argocd" };
const profiles: Kind = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", plural: "clusterprofiles", namespace: "*" };
const namespaces: Kind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

describe("paths", () => {
  it.each([
    { of: "the core group", path: collectionPath(secrets), is: "/api/v1/namespaces/argocd/secrets" },
    { of: "another group, all namespaces", path: collectionPath(profiles), is: "/apis/multicluster.x-k8s.io/v1alpha1/clusterprofiles" },
    { of: "a kind without namespaces", path: objectPath(namespaces, "kube-system"), is: "/api/v1/namespaces/kube-system" },
    {
      of: "another namespace than the kind's",
      path: collectionPath(secrets, "kueue-system"),
      is: "/api/v1/namespaces/kueue-system/secrets",
    },
    {
      of: "one object",
      path: objectPath(profiles, "paris.eu", "fleet"),
      is: "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/fleet/clusterprofiles/paris.eu",
    },
  ])("lead to $of", ({ path, is }) => {
    expect(path).toBe(is);
  });

  it("know the group, empty for the core", () => {
    expect(groupOf(profiles)).toBe("multicluster.x-k8s.io");
    expect(groupOf(secrets)).toBe("");
  });
});

describe("a name that would climb out of its place", () => {
  const hostile = ["", ".", "..", "../../kube-system/secrets/admin", "paris/token", "..%2Fadmin", "paris%00", "/"];

  it.each(hostile)("%j never names an object", (name) => {
    expect(() => objectPath(secrets, name)).toThrow(expect.objectContaining({ reason: "BadName" }));
  });

  it.each(hostile)("%j never names a namespace", (name) => {
    expect(() => collectionPath(secrets, name)).toThrow(expect.objectContaining({ reason: "BadName" }));
  });

  it.each(["paris?dryRun=All", "paris#", "paris\r\nHost: other", "p a r i s", "Zürich", "\\..\\admin"])("%j stays in its place", (name) => {
    const { pathname, search, hash } = new URL(objectPath(secrets, name), "http://server");
    expect({ name: decodeURIComponent(pathname.slice("/api/v1/namespaces/argocd/secrets/".length)), search, hash }).toEqual({
      name,
      search: "",
      hash: "",
    });
  });
});
