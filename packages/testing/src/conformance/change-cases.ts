import assert from "node:assert/strict";
import { question, type ConformanceCase } from "./case.ts";
import { created, done, profile, refused, secret } from "./expect.ts";

/** What a merge patch and a PUT answer. */
export const changeCases: readonly ConformanceCase[] = [
  question("a merge patch with an old resourceVersion is a conflict", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const body = { metadata: { resourceVersion: "1", labels: { env: "prod" } } };
    refused(await call({ method: "PATCH", path: secrets("paris"), body }), 409, "Conflict", {
      message: /^Operation cannot be fulfilled on secrets "paris": the object has been modified/,
      details: { name: "paris", kind: "secrets" },
    });
    refused(await call({ method: "PATCH", path: profiles("paris"), body }), 409, "Conflict", {
      details: { group: "multicluster.x-k8s.io" },
    });
    refused(await call({ method: "PATCH", path: `${profiles("paris")}/status`, body }), 409, "Conflict");
    const idle = { metadata: { resourceVersion: "1" } };
    refused(await call({ method: "PATCH", path: secrets("paris"), body: idle }), 409, "Conflict");
  }),

  question("a merge patch with the right resourceVersion and uid is written", async ({ call, secrets }) => {
    const { metadata } = await created(call, secrets(), secret("paris"));
    const { uid, resourceVersion } = metadata;
    const body = { metadata: { uid, resourceVersion, labels: { env: "prod" } } };
    const changed = done(await call({ method: "PATCH", path: secrets("paris"), body, query: { fieldManager: "rollcall" } }));
    assert.deepEqual(changed.metadata["labels"], { env: "prod" });
    assert.notEqual(changed.metadata.resourceVersion, resourceVersion);
    assert.ok(Number(changed.metadata.resourceVersion) > Number(resourceVersion));
  }),

  question("a merge patch with another uid is invalid, not a conflict", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const immutable = { field: "metadata.uid", message: /metadata\.uid: .*field is immutable/ };
    refused(await call({ method: "PATCH", path: secrets("paris"), body: { metadata: { uid: "other" } } }), 422, "Invalid", immutable);
    refused(await call({ method: "PATCH", path: profiles("paris"), body: { metadata: { uid: "other" } } }), 422, "Invalid", immutable);
  }),

  question("null takes a label or a data key away, and minds nothing that is not there", async ({ call, secrets }) => {
    await created(call, secrets(), { metadata: { name: "paris", labels: { a: "1" } }, data: { one: "eA==", two: "eA==" } });
    const body = { metadata: { labels: { a: null, never: null } }, data: { two: null, never: null } };
    const changed = done(await call({ method: "PATCH", path: secrets("paris"), body }));
    assert.equal(changed.metadata["labels"], undefined);
    assert.deepEqual(changed["data"], { one: "eA==" });
  }),

  question("a patch that changes nothing writes nothing", async ({ call, secrets, profiles }) => {
    const before = await created(call, secrets(), secret("paris", { env: "prod" }));
    const body = { metadata: { labels: { env: "prod", gone: null } }, data: { token: "c2VjcmV0" } };
    const after = done(await call({ method: "PATCH", path: secrets("paris"), body }));
    assert.equal(after.metadata.resourceVersion, before.metadata.resourceVersion);
    const made = await created(call, profiles(), profile("paris"));
    const same = done(
      await call({
        method: "PATCH",
        path: profiles("paris"),
        body: { metadata: { generation: 5, creationTimestamp: "2001-01-01T00:00:00Z" } },
      }),
    );
    assert.deepEqual(same.metadata, made.metadata);
  }),

  question("a patch of labels leaves data alone, and the other way round", async ({ call, secrets }) => {
    await created(call, secrets(), { metadata: { name: "paris", labels: { env: "prod" } }, data: { one: "eA==", two: "eA==" } });
    const relabelled = done(await call({ method: "PATCH", path: secrets("paris"), body: { metadata: { labels: { state: "leaving" } } } }));
    assert.deepEqual(relabelled["data"], { one: "eA==", two: "eA==" });
    const changed = done(await call({ method: "PATCH", path: secrets("paris"), body: { data: { two: "eQ==" } } }));
    assert.deepEqual(changed["data"], { one: "eA==", two: "eQ==" });
    assert.deepEqual(changed.metadata["labels"], { env: "prod", state: "leaving" });
  }),

  question("the type of a Secret and the manager of a profile cannot change", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    refused(await call({ method: "PATCH", path: secrets("paris"), body: { type: "example.com/other" } }), 422, "Invalid", {
      field: "type",
    });
    const body = { spec: { clusterManager: { name: "other" } } };
    refused(await call({ method: "PATCH", path: profiles("paris"), body }), 422, "Invalid", {
      field: "spec.clusterManager",
      message: /immutable/,
    });
  }),

  question("a patch of what is not there finds nothing", async ({ call, secrets, profiles }) => {
    refused(await call({ method: "PATCH", path: secrets("paris"), body: {} }), 404, "NotFound", { message: /^secrets "paris" not found$/ });
    refused(await call({ method: "PATCH", path: profiles("paris"), body: {} }), 404, "NotFound", {
      details: { name: "paris", kind: "clusterprofiles" },
    });
    refused(await call({ method: "PATCH", path: `${profiles("paris")}/status`, body: {} }), 404, "NotFound");
  }),

  question("a patch that is no patch is refused", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    const patch = (body: unknown, headers?: Readonly<Record<string, string>>) =>
      call({ method: "PATCH", path: secrets("paris"), body, ...(headers && { headers }) });
    refused(await patch("garbage"), 400, "BadRequest");
    refused(await patch([]), 400, "BadRequest");
    refused(await patch({}, { "content-type": "application/json" }), 415, "UnsupportedMediaType");
    refused(await patch({ metadata: { name: "rome" } }), 400, "BadRequest", {
      message: /the name of the object \(rome\) does not match the name on the URL \(paris\)/,
    });
    refused(await patch({ data: { token: "%%" } }), 422, "Invalid", { field: "patch" });
  }),

  question("the status of a profile is changed at its own place, and nothing else is there", async ({ call, profiles }) => {
    await created(call, profiles(), profile("paris"));
    const body = { metadata: { labels: { env: "prod" } }, spec: { displayName: "Paris" }, status: { version: { kubernetes: "1.36.3" } } };
    const changed = done(await call({ method: "PATCH", path: `${profiles("paris")}/status`, body }));
    assert.deepEqual(changed["status"], { version: { kubernetes: "1.36.3" } });
    assert.deepEqual(changed["spec"], { clusterManager: { name: "conformance" } });
    assert.deepEqual([changed.metadata["labels"], changed.metadata["generation"]], [undefined, 1]);
    assert.deepEqual(done(await call({ method: "GET", path: `${profiles("paris")}/status` })), changed);
  }),

  question("a profile's generation counts changes of its spec alone", async ({ call, profiles }) => {
    await created(call, profiles(), profile("paris"));
    await call({ method: "PATCH", path: `${profiles("paris")}/status`, body: { status: { version: { kubernetes: "1.36.3" } } } });
    const change = async (body: unknown) => done(await call({ method: "PATCH", path: profiles("paris"), body }));
    assert.equal((await change({ metadata: { labels: { env: "prod" } } })).metadata["generation"], 1);
    const changed = await change({ spec: { displayName: "Paris" }, status: { version: { kubernetes: "1.99.0" } } });
    assert.equal(changed.metadata["generation"], 2);
    assert.deepEqual(changed["status"], { version: { kubernetes: "1.36.3" } });
  }),

  question("a profile that its schema does not allow is refused with the path", async ({ call, profiles }) => {
    refused(await call({ method: "POST", path: profiles(), body: profile("rome", { spec: {} }) }), 422, "Invalid", {
      field: "spec.clusterManager",
    });
    await created(call, profiles(), profile("paris"));
    const cluster = { server: "https://paris.example.test", extensions: [{ name: "example.com/args", extension: ["--region"] }] };
    const body = { status: { accessProviders: [{ name: "example", cluster }] } };
    const field = "status.accessProviders[0].cluster.extensions[0].extension";
    refused(await call({ method: "PATCH", path: `${profiles("paris")}/status`, body }), 422, "Invalid", { field });
    const insecure = { server: "https://paris.example.test", "insecure-skip-tls-verify": true, "certificate-authority-data": "eA==" };
    const admitted = { status: { accessProviders: [{ name: "example", cluster: insecure }] } };
    done(await call({ method: "PATCH", path: `${profiles("paris")}/status`, body: admitted }));
  }),

  question("a dry run of a change answers, and changes nothing", async ({ call, secrets }) => {
    const before = await created(call, secrets(), secret("paris"));
    const body = { metadata: { labels: { env: "prod" } } };
    const answer = done(await call({ method: "PATCH", path: secrets("paris"), query: { dryRun: "All" }, body }));
    assert.deepEqual(answer.metadata["labels"], { env: "prod" });
    const { metadata } = done(await call({ method: "GET", path: secrets("paris") }));
    assert.deepEqual([metadata["labels"], metadata.resourceVersion], [undefined, before.metadata.resourceVersion]);
  }),

  question("a PUT with an old resourceVersion or another uid is a conflict", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const put = (metadata: object) => call({ method: "PUT", path: secrets("paris"), body: { metadata: { name: "paris", ...metadata } } });
    refused(await put({ resourceVersion: "1" }), 409, "Conflict");
    refused(await put({ uid: "other" }), 409, "Conflict");
    const body = profile("paris", { metadata: { name: "paris", resourceVersion: "1" } });
    refused(await call({ method: "PUT", path: profiles("paris"), body }), 409, "Conflict");
  }),

  question("a PUT replaces the whole object, and an equal one writes nothing", async ({ call, secrets }) => {
    const before = await created(call, secrets(), secret("paris", { env: "prod" }));
    const body = { metadata: { name: "paris" }, data: { other: "eA==" } };
    const after = done(await call({ method: "PUT", path: secrets("paris"), body }));
    assert.deepEqual([after.metadata["labels"], after["data"], after.metadata.uid], [undefined, { other: "eA==" }, before.metadata.uid]);
    const again = done(await call({ method: "PUT", path: secrets("paris"), body }));
    assert.equal(again.metadata.resourceVersion, after.metadata.resourceVersion);
  }),

  question("a PUT creates nothing", async ({ call, secrets, profiles }) => {
    refused(await call({ method: "PUT", path: secrets("paris"), body: secret("paris") }), 404, "NotFound");
    refused(await call({ method: "PUT", path: profiles("paris"), body: profile("paris") }), 404, "NotFound");
  }),

  question("a PUT of a custom resource or a lease says which version it replaces", async ({ call, namespace, profiles }) => {
    await created(call, profiles(), profile("paris"));
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "leader" }, spec: { holderIdentity: "one" } };
    await created(call, leases, lease);
    const field = "metadata.resourceVersion";
    refused(await call({ method: "PUT", path: profiles("paris"), body: profile("paris") }), 422, "Invalid", { field });
    refused(await call({ method: "PUT", path: `${leases}/leader`, body: lease }), 422, "Invalid", { field });
  }),

  question("a lease changes hands by its resourceVersion", async ({ call, namespace }) => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const spec = { holderIdentity: "one", leaseDurationSeconds: 15, renewTime: "2026-11-21T12:00:00.000000Z" };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "leader" }, spec };
    const { metadata } = await created(call, path, body);
    const take = (holderIdentity: string) =>
      call({
        method: "PATCH",
        path: `${path}/leader`,
        body: { metadata: { resourceVersion: metadata.resourceVersion }, spec: { holderIdentity } },
      });
    const taken = done(await take("two"));
    assert.deepEqual(taken["spec"], { ...spec, holderIdentity: "two" });
    refused(await take("three"), 409, "Conflict");
  }),
];
