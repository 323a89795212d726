import type { Kind, KubeObject } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { says, scripted } from "./scripted.test.helper.ts";
import { create, patch, read, readMetadata, remove } from "./write.ts";

const secrets: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "argocd" };
const metadata = { namespace: "argocd", name: "fleet.paris", uid: "u-1", resourceVersion: "7" };
const secret: KubeObject = { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata, data: { name: "cGFyaXM=" } };
const partial = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
const collection = "/api/v1/namespaces/argocd/secrets";
const path = `${collection}/fleet.paris`;
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

describe("what is written", () => {
  it("a creation is a POST under our name that brings no data back", async () => {
    await using server = await scripted(says(201, partial));
    await expect(create(server.transport, secrets, secret)).resolves.toMatchObject({ metadata });
    expect(server.asked[0]).toMatchObject({ method: "POST", path: collection, body: JSON.stringify(secret) });
    expect(Object.fromEntries(server.asked[0]!.query)).toEqual({ fieldManager: "rollcall" });
    expect(server.asked[0]?.headers).toMatchObject({ accept: metadataOnly, "content-type": "application/json" });
  });

  it("a change is a merge patch under our name that brings no data back", async () => {
    await using server = await scripted(says(200, partial));
    const body = { metadata: { uid: "u-1", resourceVersion: "7", labels: { env: null } } };
    await expect(patch(server.transport, secrets, secret, body)).resolves.toMatchObject({ metadata });
    expect(server.asked[0]).toMatchObject({ method: "PATCH", path, body: JSON.stringify(body) });
    expect(Object.fromEntries(server.asked[0]!.query)).toEqual({ fieldManager: "rollcall" });
    expect(server.asked[0]?.headers).toMatchObject({ accept: metadataOnly, "content-type": "application/merge-patch+json" });
  });

  it("a deletion names the object and its version in the body, where alone they count", async () => {
    await using server = await scripted(says(200, { kind: "Status", status: "Success" }));
    await remove(server.transport, secrets, secret);
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: "DELETE", path });
    expect([...asked!.query]).toEqual([]);
    expect(JSON.parse(asked!.body)).toEqual({
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid: "u-1", resourceVersion: "7" },
    });
  });

  it.each([{ uid: "u-1" }, { resourceVersion: "7" }, {}, { uid: "", resourceVersion: "7" }])(
    "nothing is deleted when only this is known of it: %j",
    async (known) => {
      await using server = await scripted(says(200, { kind: "Status" }));
      const removed = remove(server.transport, secrets, { metadata: { namespace: "argocd", name: "fleet.paris", ...known } });
      await expect(removed).rejects.toMatchObject({
        reason: "NoPrecondition",
        message: expect.stringContaining("Secret/argocd/fleet.paris") as string,
      });
      expect(server.asked).toEqual([]);
    },
  );

  it("goes to the namespace of the object, or else of its kind", async () => {
    await using server = await scripted(says(200, partial));
    await patch(server.transport, secrets, { metadata: { ...metadata, namespace: "other" } }, {});
    await patch(server.transport, secrets, { metadata: { name: "fleet.paris" } }, {});
    expect(server.asked.map((each) => each.path)).toEqual(["/api/v1/namespaces/other/secrets/fleet.paris", path]);
  });

  it("ends when it is told to stop", async () => {
    const stop = new AbortController();
    await using server = await scripted(() => stop.abort());
    const writes = [
      create(server.transport, secrets, secret, stop.signal),
      patch(server.transport, secrets, secret, {}, stop.signal),
      remove(server.transport, secrets, secret, stop.signal),
      read(server.transport, secrets, "fleet.paris", undefined, stop.signal),
      readMetadata(server.transport, secrets, secret, stop.signal),
    ];
    await Promise.all(writes.map((write) => expect(write).rejects.toMatchObject({ reason: "Unreachable" })));
  });
});

describe("a deletion", () => {
  it.each([
    { what: "that it is done", body: { kind: "Status", status: "Success" } },
    { what: "the object, which something still holds", body: secret },
  ])("is made where the answer is $what", async ({ body }) => {
    await using server = await scripted(says(200, body));
    await expect(remove(server.transport, secrets, secret)).resolves.toBeUndefined();
  });

  it.each([
    { what: "something that a proxy made up", body: { hello: "world" } },
    { what: "a Status that is no success", body: { kind: "Status", status: "Failure", metadata: {} } },
    { what: "another object", body: { ...secret, metadata: { ...metadata, name: "fleet.oslo" } } },
    { what: "an object of another kind", body: { ...secret, kind: "ConfigMap" } },
  ])("is not made where the answer is $what", async ({ body }) => {
    await using server = await scripted(says(200, body));
    const error = { reason: "ForeignAnswer", message: expect.stringContaining("secrets/fleet.paris") as string };
    await expect(remove(server.transport, secrets, secret)).rejects.toMatchObject(error);
  });
});

describe("what is read", () => {
  it("names, labels and annotations come without data", async () => {
    await using server = await scripted(says(200, partial));
    await expect(readMetadata(server.transport, secrets, secret)).resolves.toMatchObject({ metadata });
    expect(server.asked[0]).toMatchObject({ method: "GET", path, headers: { accept: metadataOnly } });
  });

  it("one object comes whole", async () => {
    await using server = await scripted(says(200, secret));
    await expect(read(server.transport, secrets, "fleet.paris")).resolves.toEqual(secret);
    expect(server.asked[0]).toMatchObject({ method: "GET", path });
  });

  it("another kind than the one asked for is none", async () => {
    await using server = await scripted(says(200, { ...secret, kind: "ConfigMap" }));
    await expect(read(server.transport, secrets, "fleet.paris")).rejects.toMatchObject({ reason: "ForeignAnswer" });
  });
});

describe("an answer that is about something else", () => {
  it.each([
    { what: "an empty object", body: {} },
    { what: "a Status", body: { kind: "Status", status: "Success", metadata: {} } },
    { what: "another object", body: { ...secret, metadata: { ...metadata, name: "fleet.oslo" } } },
    { what: "an object without a version", body: { ...secret, metadata: { ...metadata, resourceVersion: undefined } } },
  ])("passes neither for a write nor for the object: $what", async ({ body }) => {
    await using server = await scripted(says(200, body));
    const answers = [
      create(server.transport, secrets, secret),
      patch(server.transport, secrets, secret, {}),
      readMetadata(server.transport, secrets, secret),
      read(server.transport, secrets, "fleet.paris"),
    ];
    const error = { reason: "ForeignAnswer", message: expect.stringContaining("secrets/fleet.paris") as string };
    await Promise.all(answers.map((answer) => expect(answer).rejects.toMatchObject(error)));
  });
});
