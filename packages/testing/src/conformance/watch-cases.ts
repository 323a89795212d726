import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { question, type ConformanceCase } from "./case.ts";
import { created, done, listed, profile, refused, secret, watched, type WatchEvent } from "./expect.ts";

const withState = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" };
const endOfState = { "k8s.io/initial-events-end": "true" };

/** What a watch tells. */
export const watchCases: readonly ConformanceCase[] = [
  question("a watch goes on where a list ended", async ({ call, secrets, profiles }) => {
    for (const [path, body] of [
      [secrets, secret],
      [profiles, profile],
    ] as const) {
      await created(call, path(), body("before"));
      const { resourceVersion } = listed(await call({ method: "GET", path: path() })).metadata;
      const made = await created(call, path(), body("paris"));
      const changed = done(await call({ method: "PATCH", path: path("paris"), body: { metadata: { labels: { env: "prod" } } } }));
      await call({ method: "DELETE", path: path("paris") });
      const [added, modified, deleted] = await watched({ call }, path(), 3, { resourceVersion });
      assert.deepEqual([added, modified], [event("ADDED", made), event("MODIFIED", changed)]);
      const { resourceVersion: end, ...rest } = deleted!.object.metadata;
      const { resourceVersion: last, ...asItStood } = changed.metadata;
      assert.deepEqual([deleted!.type, deleted!.object.kind, rest], ["DELETED", changed.kind, asItStood]);
      assert.ok(Number(end) > Number(last));
    }
  }),

  question("what stops matching a selector is gone, in the form that still matched; what begins to is new", async ({ call, secrets }) => {
    const { resourceVersion } = listed(await call({ method: "GET", path: secrets() })).metadata;
    await created(call, secrets(), secret("paris", { list: "one" }));
    await created(call, secrets(), secret("other"));
    const patch = async (list: string | null) =>
      done(await call({ method: "PATCH", path: secrets("paris"), body: { metadata: { labels: { list } } } }));
    const without = await patch(null);
    await call({ method: "PATCH", path: secrets("paris"), body: { data: { more: "eA==" } } });
    await patch("two");
    await call({ method: "DELETE", path: secrets("paris") });
    const events = await watched({ call }, secrets(), 4, { resourceVersion, labelSelector: "list" });
    assert.deepEqual(events.map(labelled), ["ADDED paris one", "DELETED paris one", "ADDED paris two", "DELETED paris two"]);
    assert.equal(events[1]!.object.metadata.resourceVersion, without.metadata.resourceVersion);
  }),

  question("a watch from a version that is forgotten ends with an error", async ({ call, profiles }) => {
    await created(call, profiles(), profile("paris"));
    const [error, ...more] = await watched({ call }, profiles(), 9, { resourceVersion: "1" });
    const { kind, status, reason, code } = error!.object;
    assert.deepEqual([error!.type, kind, status, reason, code, more], ["ERROR", "Status", "Failure", "Expired", 410, []]);
    assert.match(String(error!.object["message"]), /^too old resource version: 1 \(\d+\)$/);
  }),

  question("a watch from a version that the server has not reached is silent", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    const query = { resourceVersion: "999999999", allowWatchBookmarks: "true", timeoutSeconds: "3" };
    assert.deepEqual(await watched({ call }, secrets(), 1, query), []);
  }),

  question("a watch from nowhere begins with what is there", async ({ call, secrets, profiles }) => {
    for (const [path, body] of [
      [secrets, secret],
      [profiles, profile],
    ] as const) {
      const made = await created(call, path(), body("paris"));
      for (const query of [{}, { resourceVersion: "0" }]) {
        const [added, end] = await watched({ call }, path(), 2, { ...query, allowWatchBookmarks: "true" });
        assert.deepEqual(added, event("ADDED", made));
        assert.deepEqual([end!.type, end!.object.metadata["annotations"]], ["BOOKMARK", endOfState]);
      }
    }
  }),

  question("a watch that begins with the state says where the state ends", async ({ call, secrets, profiles }) => {
    for (const [path, body] of [
      [secrets, secret],
      [profiles, (name: string, labels?: object) => profile(name, { metadata: { name, labels } })],
    ] as const) {
      await created(call, path(), body("other"));
      for (const name of ["paris", "rome"]) await created(call, path(), body(name, { list: "one" }));
      const events = await watched({ call }, path(), 3, { ...withState, labelSelector: "list=one" });
      assert.deepEqual(events.slice(0, 2).map(labelled), ["ADDED paris one", "ADDED rome one"]);
      const { type, object } = events[2]!;
      assert.deepEqual([type, object.kind, object.metadata["annotations"]], ["BOOKMARK", events[0]!.object.kind, endOfState]);
      assert.ok(Number(object.metadata.resourceVersion) >= Number(events[1]!.object.metadata.resourceVersion));
    }
  }),

  question("a watch that begins with the state goes on with what happens", async ({ call, secrets }) => {
    const events = watched({ call }, secrets(), 2, withState);
    await created(call, secrets(), secret("paris"));
    assert.deepEqual(new Set((await events).map(({ type }) => type)), new Set(["BOOKMARK", "ADDED"]));
  }),

  question("a watch that begins with the state must say how old it may be", async ({ call, secrets }) => {
    const { resourceVersionMatch: _, ...without } = withState;
    const get = (query: Readonly<Record<string, string>>) =>
      call({ method: "GET", path: secrets(), query: { watch: "true", timeoutSeconds: "1", ...query } });
    const field = "resourceVersionMatch";
    refused(await get(without), 422, "Invalid", {
      field,
      message: /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan/,
    });
    refused(await get({ ...withState, resourceVersionMatch: "Exact", resourceVersion: "1" }), 422, "Invalid", { field });
    refused(await get({ resourceVersionMatch: "NotOlderThan", resourceVersion: "1" }), 422, "Invalid", { field });
  }),

  question("a watch of metadata alone tells no data", async ({ call, secrets }) => {
    const { metadata } = await created(call, secrets(), secret("paris"));
    const headers = { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };
    const [added, end] = await watched({ call }, secrets(), 2, withState, headers);
    const one = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" };
    assert.deepEqual(added, { type: "ADDED", object: { ...one, metadata } });
    assert.deepEqual([end!.type, end!.object.kind, end!.object["data"]], ["BOOKMARK", "PartialObjectMetadata", undefined]);
  }),

  question("a watch that has nothing to tell says where it stands before its time is up", async ({ call, secrets }) => {
    const { resourceVersion } = listed(await call({ method: "GET", path: secrets() })).metadata;
    const query = { resourceVersion, labelSelector: "list", allowWatchBookmarks: "true", timeoutSeconds: "5" };
    const watching = watched({ call }, secrets(), 1, query);
    // A real server repeats no version to a watch that began there, so something has to happen meanwhile.
    await setTimeout(500);
    const other = await created(call, secrets(), secret("other"));
    const [bookmark] = await watching;
    assert.equal(bookmark?.type, "BOOKMARK");
    assert.ok(Number(bookmark.object.metadata.resourceVersion) >= Number(other.metadata.resourceVersion));
    assert.deepEqual([bookmark.object.kind, bookmark.object.metadata["annotations"]], ["Secret", undefined]);
  }),

  question("a watch ends when its time is up, without a word", async ({ call, secrets }) => {
    const { resourceVersion } = listed(await call({ method: "GET", path: secrets() })).metadata;
    const began = Date.now();
    assert.deepEqual(await watched({ call }, secrets(), 1, { resourceVersion, timeoutSeconds: "1" }), []);
    assert.ok(Date.now() - began >= 900);
  }),
];

function event(type: string, object: object): WatchEvent {
  return { type, object: object as WatchEvent["object"] };
}

function labelled({ type, object: { metadata } }: WatchEvent): string {
  return `${type} ${metadata.name} ${(metadata["labels"] as Readonly<Record<string, string>> | undefined)?.["list"]}`;
}
