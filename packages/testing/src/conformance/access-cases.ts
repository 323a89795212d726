import assert from "node:assert/strict";
import { question, type ConformanceCase } from "./case.ts";
import { created, done, profile, refused, secret } from "./expect.ts";

/** Who may ask, and what there is to ask for. */
export const accessCases: readonly ConformanceCase[] = [
  question("a token that is not known opens nothing", async ({ call, secrets }) => {
    for (const asked of [
      { method: "GET", path: secrets() },
      { method: "GET", path: secrets(), query: { watch: "true" } },
      { method: "POST", path: secrets(), body: secret("paris") },
      { method: "GET", path: "/readyz" },
      { method: "GET", path: "/never" },
    ]) {
      refused(await call({ ...asked, as: "nobody" }), 401, "Unauthorized", { message: /^Unauthorized$/ });
    }
  }),

  question("whoever has no right is told which one", async ({ call, namespace, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const group = "multicluster.x-k8s.io";
    const said = `in the namespace "${namespace}"`;
    for (const { method, path, query = {}, body, message } of [
      {
        method: "GET",
        path: secrets(),
        message: `secrets is forbidden: User "stranger" cannot list resource "secrets" in API group "" ${said}`,
      },
      {
        method: "GET",
        path: secrets("paris"),
        message: `secrets "paris" is forbidden: User "stranger" cannot get resource "secrets" in API group "" ${said}`,
      },
      {
        method: "GET",
        path: secrets(),
        query: { watch: "true" },
        message: `secrets is forbidden: User "stranger" cannot watch resource "secrets" in API group "" ${said}`,
      },
      {
        method: "POST",
        path: secrets(),
        body: secret("rome"),
        message: `secrets is forbidden: User "stranger" cannot create resource "secrets" in API group "" ${said}`,
      },
      {
        method: "PUT",
        path: secrets("paris"),
        body: secret("paris"),
        message: `secrets "paris" is forbidden: User "stranger" cannot update resource "secrets" in API group "" ${said}`,
      },
      {
        method: "PATCH",
        path: secrets("paris"),
        body: {},
        message: `secrets "paris" is forbidden: User "stranger" cannot patch resource "secrets" in API group "" ${said}`,
      },
      {
        method: "DELETE",
        path: secrets("paris"),
        message: `secrets "paris" is forbidden: User "stranger" cannot delete resource "secrets" in API group "" ${said}`,
      },
      {
        method: "GET",
        path: profiles(),
        message: `clusterprofiles.${group} is forbidden: User "stranger" cannot list resource "clusterprofiles" in API group "${group}" ${said}`,
      },
      {
        method: "PATCH",
        path: `${profiles("paris")}/status`,
        body: {},
        message: `clusterprofiles.${group} "paris" is forbidden: User "stranger" cannot patch resource "clusterprofiles/status" in API group "${group}" ${said}`,
      },
      {
        method: "GET",
        path: "/api/v1/secrets",
        message: 'secrets is forbidden: User "stranger" cannot list resource "secrets" in API group "" at the cluster scope',
      },
      {
        method: "GET",
        path: secrets(),
        query: { fieldSelector: "metadata.name=paris" },
        message: `secrets "paris" is forbidden: User "stranger" cannot list resource "secrets" in API group "" ${said}`,
      },
      {
        method: "GET",
        path: `/api/v1/namespaces/${namespace}`,
        message: `namespaces "${namespace}" is forbidden: User "stranger" cannot get resource "namespaces" in API group "" ${said}`,
      },
    ]) {
      const answer = await call({ method, path, query, as: "stranger", ...(body && { body }) });
      refused(answer, 403, "Forbidden");
      assert.equal((answer.body as { readonly message: string }).message, message);
    }
    done(await call({ method: "GET", path: secrets("paris") }));
  }),

  question("whoever has no right is not told what there is", async ({ call }) => {
    const path = "/api/v1/namespaces/nowhere/secrets";
    refused(await call({ method: "POST", path, body: secret("paris"), as: "stranger" }), 403, "Forbidden");
    refused(await call({ method: "GET", path: "/apis/example.com/v1/things", as: "stranger" }), 403, "Forbidden", {
      message: /^things\.example\.com is forbidden/,
    });
    refused(await call({ method: "GET", path: "/never", as: "stranger" }), 403, "Forbidden", { message: /cannot get path "\/never"/ });
  }),

  question("a group that nobody serves is a page that is not found, in plain text", async ({ call }) => {
    for (const path of [
      "/apis/example.com/v1/things",
      "/apis/example.com/v1/namespaces/default/things/one",
      "/apis/multicluster.x-k8s.io/v1/clusterprofiles",
      "/apis/multicluster.x-k8s.io/v1alpha1/never",
      "/apis/example.com/v1",
      "/apis/example.com",
      "/never",
    ]) {
      const { status, text, contentType } = await call({ method: "GET", path });
      assert.deepEqual([status, text, contentType], [404, "404 page not found\n", "text/plain; charset=utf-8"], path);
    }
  }),

  question("a built-in group answers for a resource that it does not have", async ({ call, secrets }) => {
    const message = /^the server could not find the requested resource$/;
    refused(await call({ method: "GET", path: "/api/v1/never" }), 404, "NotFound", { message });
    refused(await call({ method: "PATCH", path: `${secrets("paris")}/status`, body: {} }), 404, "NotFound", { message });
  }),

  question("a method that does not fit the path is not allowed", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    refused(await call({ method: "POST", path: secrets("paris"), body: secret("paris") }), 405, "MethodNotAllowed");
    refused(await call({ method: "PUT", path: secrets(), body: secret("paris") }), 405, "MethodNotAllowed");
    refused(await call({ method: "POST", path: "/api/v1/secrets", body: secret("paris") }), 405, "MethodNotAllowed");
  }),

  question("discovery names what is served, to anyone who is logged in", async ({ call }) => {
    const get = async (path: string) =>
      done(await call({ method: "GET", path, as: "stranger" })) as unknown as Readonly<Record<string, unknown>>;
    const served = async (path: string) => {
      const { kind, groupVersion, resources } = await get(path);
      assert.equal(kind, "APIResourceList");
      const found = resources as readonly {
        readonly name: string;
        readonly kind: string;
        readonly namespaced: boolean;
        readonly verbs: readonly string[];
      }[];
      return { groupVersion, of: (name: string) => found.find((each) => each.name === name) };
    };
    assert.deepEqual((await get("/api"))["versions"], ["v1"]);
    const groups = (await get("/apis"))["groups"] as readonly { readonly name: string }[];
    assert.ok(["coordination.k8s.io", "multicluster.x-k8s.io"].every((name) => groups.some((each) => each.name === name)));
    const { preferredVersion } = await get("/apis/multicluster.x-k8s.io");
    assert.deepEqual(preferredVersion, { groupVersion: "multicluster.x-k8s.io/v1alpha1", version: "v1alpha1" });

    const inventory = await served("/apis/multicluster.x-k8s.io/v1alpha1");
    assert.equal(inventory.groupVersion, "multicluster.x-k8s.io/v1alpha1");
    const profiles = inventory.of("clusterprofiles");
    assert.deepEqual([profiles?.kind, profiles?.namespaced], ["ClusterProfile", true]);
    assert.ok(["create", "delete", "get", "list", "patch", "update", "watch"].every((verb) => profiles?.verbs.includes(verb)));
    assert.deepEqual(new Set(inventory.of("clusterprofiles/status")?.verbs), new Set(["get", "patch", "update"]));
    const core = await served("/api/v1");
    assert.deepEqual([core.of("secrets")?.kind, core.of("namespaces")?.namespaced], ["Secret", false]);
  }),

  question("whoever is logged in may ask who they are", async ({ call }) => {
    const apiVersion = "authentication.k8s.io/v1";
    const body = { apiVersion, kind: "SelfSubjectReview" };
    const path = `/apis/${apiVersion}/selfsubjectreviews`;
    const answer = await call({ method: "POST", path, body, as: "stranger" });
    assert.equal(answer.status, 201);
    const said = answer.body as { readonly kind: string; readonly status: { readonly userInfo: { readonly username: string } } };
    assert.deepEqual([said.kind, said.status.userInfo.username], ["SelfSubjectReview", "stranger"]);
    refused(await call({ method: "POST", path, body, as: "nobody" }), 401, "Unauthorized");
  }),

  question("health and version are open to anyone who is logged in", async ({ call }) => {
    const { status, text } = await call({ method: "GET", path: "/readyz", as: "stranger" });
    assert.deepEqual([status, text], [200, "ok"]);
    const version = done(await call({ method: "GET", path: "/version", as: "stranger" }));
    assert.match(String(version["gitVersion"]), /^v1\.\d+\.\d+/);
  }),

  question("kube-system is there and has an identity", async ({ call }) => {
    const get = async () => done(await call({ method: "GET", path: "/api/v1/namespaces/kube-system" })).metadata.uid;
    assert.match(await get(), /^[0-9a-f-]{36}$/);
    assert.equal(await get(), await get());
  }),
];
