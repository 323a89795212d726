import assert from "node:assert/strict";
import { question, type ConformanceCase } from "./case.ts";
import { created, done, profile, refused, secret } from "./expect.ts";

/** What a DELETE answers. */
export const deleteCases: readonly ConformanceCase[] = [
  question("a DELETE that means another object is a conflict that says what differs", async ({ call, secrets, profiles }) => {
    const { uid, resourceVersion } = (await created(call, secrets(), secret("paris"))).metadata;
    await created(call, profiles(), profile("paris"));
    const remove = (path: string, preconditions: object) => call({ method: "DELETE", path, body: { preconditions } });
    refused(await remove(secrets("paris"), { uid: "other" }), 409, "Conflict", {
      message: new RegExp(`the UID in the precondition \\(other\\) does not match the UID in record \\(${uid}\\)`),
      details: { name: "paris" },
    });
    refused(await remove(secrets("paris"), { uid, resourceVersion: "1" }), 409, "Conflict", {
      message: new RegExp(
        `the ResourceVersion in the precondition \\(1\\) does not match the ResourceVersion in record \\(${resourceVersion}\\)`,
      ),
    });
    refused(await remove(profiles("paris"), { uid: "other" }), 409, "Conflict", { details: { group: "multicluster.x-k8s.io" } });
    done(await call({ method: "GET", path: secrets("paris") }));
  }),

  question("a DELETE that means this object takes it, and the next finds nothing", async ({ call, secrets, profiles }) => {
    for (const [path, body] of [
      [secrets, secret("paris")],
      [profiles, profile("paris")],
    ] as const) {
      const { uid, resourceVersion } = (await created(call, path(), body)).metadata;
      const remove = () => call({ method: "DELETE", path: path("paris"), body: { preconditions: { uid, resourceVersion } } });
      const gone = done(await remove());
      assert.deepEqual([gone.kind, gone["status"]], ["Status", "Success"]);
      assert.equal((gone["details"] as { readonly uid: string }).uid, uid);
      refused(await remove(), 404, "NotFound", { details: { name: "paris" } });
      refused(await call({ method: "GET", path: path("paris") }), 404, "NotFound");
    }
  }),

  question("a DELETE with a body really deletes, whatever its query says", async ({ call, secrets }) => {
    for (const query of [{ dryRun: "All" }, { "preconditions.uid": "other" }]) {
      const { uid } = (await created(call, secrets(), secret("paris"))).metadata;
      done(await call({ method: "DELETE", path: secrets("paris"), query, body: { preconditions: { uid } } }));
      refused(await call({ method: "GET", path: secrets("paris") }), 404, "NotFound");
    }
  }),

  question("a dry run of a DELETE is said in the body, or in the query of one without", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    done(await call({ method: "DELETE", path: secrets("paris"), body: { dryRun: ["All"] } }));
    done(await call({ method: "DELETE", path: secrets("paris"), query: { dryRun: "All" } }));
    done(await call({ method: "GET", path: secrets("paris") }));
    refused(await call({ method: "DELETE", path: secrets("paris"), body: { dryRun: ["Some"] } }), 422, "Invalid", { field: "dryRun" });
    refused(await call({ method: "DELETE", path: secrets("paris"), body: "garbage" }), 400, "BadRequest");
  }),

  question("an object with a finalizer stays until it is let go", async ({ call, secrets, profiles }) => {
    const metadata = { name: "paris", finalizers: ["example.com/hold"] };
    for (const [path, body, generation] of [
      [secrets, { metadata }, undefined],
      [profiles, profile("paris", { metadata }), 2],
    ] as const) {
      await created(call, path(), body);
      const leaving = done(await call({ method: "DELETE", path: path("paris") }));
      assert.ok(leaving.metadata["deletionTimestamp"]);
      assert.deepEqual([leaving.metadata["generation"], leaving.metadata["finalizers"]], [generation, ["example.com/hold"]]);
      assert.deepEqual(done(await call({ method: "DELETE", path: path("paris") })).metadata, leaving.metadata);

      const draw = { metadata: { finalizers: ["example.com/hold", "example.com/more"] } };
      refused(await call({ method: "PATCH", path: path("paris"), body: draw }), 422, "Invalid", { field: "metadata.finalizers" });
      const letGo = done(await call({ method: "PATCH", path: path("paris"), body: { metadata: { finalizers: null } } }));
      assert.equal(letGo.metadata["finalizers"], undefined);
      refused(await call({ method: "GET", path: path("paris") }), 404, "NotFound");
    }
  }),

  question("only a DELETE begins the end of an object", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    const body = { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } };
    refused(await call({ method: "PATCH", path: secrets("paris"), body }), 422, "Invalid", { field: "metadata.deletionTimestamp" });
  }),
];
