import assert from "node:assert/strict";
import { question, type ConformanceCase } from "./case.ts";
import { created, done, profile, refused, secret } from "./expect.ts";

/** What a POST answers. */
export const createCases: readonly ConformanceCase[] = [
  question("a name that is taken cannot be created again", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const details = { name: "paris", kind: "secrets" };
    refused(await call({ method: "POST", path: secrets(), body: secret("paris") }), 409, "AlreadyExists", {
      details,
      message: /^secrets "paris" already exists$/,
    });
    const ofProfile = { name: "paris", kind: "clusterprofiles", group: "multicluster.x-k8s.io" };
    refused(await call({ method: "POST", path: profiles(), body: profile("paris") }), 409, "AlreadyExists", { details: ofProfile });
  }),

  question("a name that is being deleted is still taken, and the answer says so", async ({ call, secrets }) => {
    await created(call, secrets(), { metadata: { name: "paris", finalizers: ["example.com/hold"] } });
    await call({ method: "DELETE", path: secrets("paris") });
    const again = await call({ method: "POST", path: secrets(), body: secret("paris") });
    refused(again, 409, "AlreadyExists", { message: /^object is being deleted: secrets "paris" already exists$/ });
  }),

  question("nothing can be created in a namespace that is not there", async ({ call }) => {
    const details = { name: "nowhere", kind: "namespaces" };
    refused(await call({ method: "POST", path: "/api/v1/namespaces/nowhere/secrets", body: secret("paris") }), 404, "NotFound", {
      message: /^namespaces "nowhere" not found$/,
      details,
    });
    const path = "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/nowhere/clusterprofiles";
    refused(await call({ method: "POST", path, body: profile("paris") }), 404, "NotFound", { details });
  }),

  question(
    "nothing can be created in a namespace that is going, but what is there can be changed",
    async ({ call, namespace, secrets }) => {
      await created(call, secrets(), secret("paris"));
      const going = done(await call({ method: "DELETE", path: `/api/v1/namespaces/${namespace}` }));
      assert.equal((going["status"] as { phase: string }).phase, "Terminating");
      assert.ok(going.metadata["deletionTimestamp"]);
      refused(await call({ method: "POST", path: secrets(), body: secret("rome") }), 403, "Forbidden", {
        message: /^secrets "rome" is forbidden: unable to create new content in namespace .* because it is being terminated$/,
        field: "metadata.namespace",
        cause: "NamespaceTerminating",
      });
      done(await call({ method: "PATCH", path: secrets("paris"), body: { metadata: { labels: { still: "here" } } } }));
    },
  ),

  question(
    "what a client says of its uid and age is replaced, and the generation of a custom resource too",
    async ({ call, secrets, profiles }) => {
      const said = { uid: "mine", creationTimestamp: "2001-01-01T00:00:00Z", deletionTimestamp: "2001-01-01T00:00:00Z", generation: 7 };
      const one = await created(call, secrets(), { metadata: { name: "paris", ...said } });
      const other = await created(call, profiles(), profile("paris", { metadata: { name: "paris", ...said } }));
      for (const { metadata } of [one, other]) {
        assert.match(metadata.uid, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
        assert.match(String(metadata["creationTimestamp"]), /^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        assert.equal(metadata["deletionTimestamp"], undefined);
      }
      assert.deepEqual([one.metadata["generation"], other.metadata["generation"]], [7, 1]);
    },
  ),

  question("a custom resource is created without its status", async ({ call, profiles }) => {
    const made = await created(call, profiles(), profile("paris", { status: { version: { kubernetes: "1.36.3" } } }));
    assert.equal(made["status"], undefined);
    assert.equal(done(await call({ method: "GET", path: profiles("paris") }))["status"], undefined);
  }),

  question("a Secret without a type is Opaque and says what it is, whatever its body left out", async ({ call, secrets }) => {
    const made = await created(call, secrets(), secret("paris"));
    assert.deepEqual([made.apiVersion, made.kind, made["type"]], ["v1", "Secret", "Opaque"]);
  }),

  question("a custom resource must say what it is", async ({ call, profiles }) => {
    const body = profile("paris", { apiVersion: "multicluster.x-k8s.io/v1alpha9" });
    const message = /does not match the expected API version \(multicluster\.x-k8s\.io\/v1alpha1\)/;
    refused(await call({ method: "POST", path: profiles(), body }), 400, "BadRequest", { message });
    refused(await call({ method: "POST", path: profiles(), body: { metadata: { name: "paris" } } }), 400, "BadRequest");
  }),

  question("a body of another kind or another namespace is refused", async ({ call, secrets }) => {
    const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "paris" } };
    refused(await call({ method: "POST", path: secrets(), body: configMap }), 400, "BadRequest", {
      message: /cannot be handled as a Secret/,
    });
    const elsewhere = { metadata: { name: "paris", namespace: "elsewhere" } };
    const message = /^the namespace of the provided object does not match the namespace sent on the request$/;
    refused(await call({ method: "POST", path: secrets(), body: elsewhere }), 400, "BadRequest", { message });
  }),

  question("a body that cannot be read is refused", async ({ call, secrets }) => {
    refused(await call({ method: "POST", path: secrets(), body: "garbage" }), 400, "BadRequest");
    const body = { metadata: { name: "paris" }, data: { token: "%%" } };
    refused(await call({ method: "POST", path: secrets(), body }), 400, "BadRequest", { message: /illegal base64 data/ });
    const labels = { metadata: { name: "paris", labels: { weight: 5 } } };
    refused(await call({ method: "POST", path: secrets(), body: labels }), 400, "BadRequest", { message: /cannot unmarshal/ });
    const headers = { "content-type": "text/plain" };
    refused(await call({ method: "POST", path: secrets(), body: secret("paris"), headers }), 415, "UnsupportedMediaType");
  }),

  question("an object to be created carries no resourceVersion", async ({ call, secrets, profiles }) => {
    const metadata = { name: "paris", resourceVersion: "1" };
    const message = /^resourceVersion should not be set on objects to be created$/;
    refused(await call({ method: "POST", path: secrets(), body: { metadata } }), 500, undefined, { message });
    refused(await call({ method: "POST", path: profiles(), body: profile("paris", { metadata }) }), 500, undefined, { message });
  }),

  question("a name must be a DNS subdomain", async ({ call, secrets, profiles }) => {
    const details = { name: "Paris_1", kind: "Secret" };
    refused(await call({ method: "POST", path: secrets(), body: secret("Paris_1") }), 422, "Invalid", { field: "metadata.name", details });
    refused(await call({ method: "POST", path: profiles(), body: profile("Paris_1") }), 422, "Invalid", { field: "metadata.name" });
    refused(await call({ method: "POST", path: secrets(), body: secret("a".repeat(254)) }), 422, "Invalid", { field: "metadata.name" });
    refused(await call({ method: "POST", path: secrets(), body: { metadata: {} } }), 422, "Invalid", {
      field: "metadata.name",
      cause: "FieldValueRequired",
    });
    await created(call, secrets(), secret("fleet.paris-1"));
  }),

  question("labels, annotations and data keys keep to their spelling", async ({ call, secrets }) => {
    const post = (metadata: object, data: object = {}) =>
      call({ method: "POST", path: secrets(), body: { metadata: { name: "paris", ...metadata }, data } });
    refused(await post({ labels: { "no spaces": "x" } }), 422, "Invalid", { field: "metadata.labels" });
    refused(await post({ labels: { region: "no spaces" } }), 422, "Invalid", { field: "metadata.labels" });
    refused(await post({ labels: { region: "x".repeat(64) } }), 422, "Invalid", { field: "metadata.labels" });
    refused(await post({ annotations: { "no spaces": "x" } }), 422, "Invalid", { field: "metadata.annotations" });
    refused(await post({}, { "a/b": "eA==" }), 422, "Invalid", { field: "data[a/b]" });
    done(await post({ labels: { "example.com/region": "", Zone_1: "a.B-c" }, annotations: { "example.com/Note": "any text" } }), 201);
  }),

  question("a Secret or ConfigMap holds at most 1 MiB", async ({ call, namespace, secrets }) => {
    const data = { token: Buffer.alloc(1024 * 1024 + 1).toString("base64") };
    const tooLong = { message: /Too long: may not be more than 1048576 bytes/, cause: "FieldValueTooLong" };
    refused(await call({ method: "POST", path: secrets(), body: { metadata: { name: "paris" }, data } }), 422, "Invalid", {
      ...tooLong,
      field: "data",
    });
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const text = { roll: "x".repeat(1024 * 1024 + 1) };
    refused(await call({ method: "POST", path, body: { metadata: { name: "paris" }, data: text } }), 422, "Invalid", {
      ...tooLong,
      field: "[]",
    });
    const most = { token: Buffer.alloc(1024 * 1024).toString("base64") };
    await created(call, secrets(), { metadata: { name: "full" }, data: most });
    await call({ method: "DELETE", path: secrets("full") });
  }),

  question("a request of more than 3 MiB is not read", async ({ call, secrets }) => {
    const answer = await call({
      method: "POST",
      path: secrets(),
      body: { metadata: { name: "paris" }, data: { token: "x".repeat(3_200_000) } },
    });
    assert.equal(answer.status, 413);
  }),

  question("a dry run of a creation answers, and creates nothing", async ({ call, secrets }) => {
    const answer = done(await call({ method: "POST", path: secrets(), query: { dryRun: "All" }, body: secret("paris") }), 201);
    assert.equal(answer.metadata.resourceVersion, undefined);
    refused(await call({ method: "GET", path: secrets("paris") }), 404, "NotFound");
  }),
];
