import type { Kind, KubeObject } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { list, listAll } from "./list.ts";
import { inTurn, says, scripted, type Answer } from "./scripted.test.helper.ts";

const secrets: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "argocd" };

const item = (name: string): object => ({ metadata: { namespace: "argocd", name, resourceVersion: "1" } });

function page(names: readonly string[], next?: string): Answer {
  const metadata = { resourceVersion: "7", ...(next !== undefined && { continue: next }) };
  return says(200, { apiVersion: "v1", kind: "SecretList", metadata, items: names.map(item) });
}

const expired = says(410, { kind: "Status", reason: "Expired", message: "The provided continue parameter is too old" });

const namesOf = (objects: readonly KubeObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name);

describe("a list", () => {
  it("is asked for in pages, from what the server has now", async () => {
    await using server = await scripted(inTurn(page(["a", "b"], "t1"), page(["c"], "t2"), page(["d"])));
    const all = await listAll(server.transport, secrets, { labelSelector: "rollcall.dev/list in (web, batch)", pageSize: 2 });
    expect(namesOf(all)).toEqual(["a", "b", "c", "d"]);
    expect(server.asked.map(({ query }) => Object.fromEntries(query))).toEqual(
      [undefined, "t1", "t2"].map((next) => ({
        limit: "2",
        labelSelector: "rollcall.dev/list in (web, batch)",
        ...(next !== undefined && { continue: next }),
      })),
    );
  });

  it("says of each object what it is, as the server does not", async () => {
    await using server = await scripted(page(["a"]));
    expect(await listAll(server.transport, secrets)).toEqual([{ ...item("a"), apiVersion: "v1", kind: "Secret" }]);
  });

  it.each([{ items: [] }, { items: null }])("may be empty: $items", async ({ items }) => {
    await using server = await scripted(says(200, { apiVersion: "v1", kind: "SecretList", metadata: { resourceVersion: "7" }, items }));
    await expect(listAll(server.transport, secrets)).resolves.toEqual([]);
  });

  it("starts again when the server has forgotten where it was, and uses nothing of the half that it had", async () => {
    await using server = await scripted(inTurn(page(["old", "gone"], "t1"), expired, page(["new"], "t2"), page(["newer"])));
    expect(namesOf(await listAll(server.transport, secrets))).toEqual(["new", "newer"]);
    expect(server.asked.map(({ query }) => query.get("continue"))).toEqual([null, "t1", null, "t2"]);
  });

  it("tells its reader to start again, before it hands on anything else", async () => {
    await using server = await scripted(inTurn(page(["a"], "t1"), expired, page(["b"])));
    const told: string[] = [];
    const version = await list(
      server.transport,
      secrets,
      {},
      (items, at) => told.push(`${namesOf(items).join()} at ${at}`),
      () => told.push("restart"),
    );
    expect(told).toEqual(["a at 7", "restart", "b at 7"]);
    expect(version).toBe("7");
  });

  it("is asked for in smaller pages where objects are so large that one holds too much, and goes on from where it was", async () => {
    const large = { ...item("b"), data: { fill: "x".repeat(9 * 2 ** 20) } };
    const metadata = { resourceVersion: "7" };
    const heavy = says(200, { apiVersion: "v1", kind: "SecretList", metadata, items: [large, large, large, large] });
    await using server = await scripted(inTurn(page(["a"], "t1"), heavy, page(["b"], "t2"), page(["c"])));
    expect(namesOf(await listAll(server.transport, secrets, { pageSize: 10 }))).toEqual(["a", "b", "c"]);
    const asked = server.asked.map(({ query }) => [query.get("limit"), query.get("continue")]);
    expect(asked).toEqual([
      ["10", null],
      ["10", "t1"],
      ["3", "t1"],
      ["3", "t2"],
    ]);
  });

  it("is given up when it has to start again too often", async () => {
    await using server = await scripted((response, asked) => (asked.query.has("continue") ? expired : page(["a"], "t1"))(response, asked));
    await expect(listAll(server.transport, secrets)).rejects.toMatchObject({ status: 410 });
    expect(server.asked).toHaveLength(8);
  });

  it("is given up when its pages do not go on", async () => {
    await using server = await scripted(page(["a"], "t1"));
    await expect(listAll(server.transport, secrets)).rejects.toMatchObject({ reason: "ForeignAnswer" });
    expect(server.asked).toHaveLength(2);
  });

  it("ends when it is told to stop", async () => {
    const stop = new AbortController();
    await using server = await scripted((response, asked) => {
      if (asked.query.has("continue")) stop.abort();
      page(["a"], `t${Math.random()}`)(response, asked);
    });
    await expect(listAll(server.transport, secrets, { signal: stop.signal })).rejects.toMatchObject({ reason: "Unreachable" });
  });
});

describe("what is no list", () => {
  const metadata = { resourceVersion: "7" };
  const whole = { apiVersion: "v1", kind: "SecretList", metadata, items: [item("a")] };
  const foreign = "ForeignAnswer";

  it.each([
    { what: "403", answer: says(403, { kind: "Status", reason: "Forbidden", message: "no" }), reason: "Forbidden" },
    { what: "500", answer: says(500, "internal error"), reason: "InternalError" },
    { what: "the plain 404 of a kind that is not served", answer: says(404, "404 page not found\n"), reason: "NotFound" },
    { what: "410 on the first page", answer: expired, reason: "Expired" },
    { what: "an empty 200", answer: says(200, ""), reason: foreign },
    { what: "a proxy's page", answer: says(200, "<html></html>", { "content-type": "text/html" }), reason: foreign },
    { what: "half a body", answer: says(200, JSON.stringify(whole).slice(0, -20)), reason: foreign },
    { what: "an empty object", answer: says(200, {}), reason: foreign },
    { what: "a body without kind", answer: says(200, { ...whole, kind: undefined }), reason: foreign },
    { what: "another kind's list", answer: says(200, { ...whole, kind: "ConfigMapList" }), reason: foreign },
    { what: "another version's list", answer: says(200, { ...whole, apiVersion: "v2" }), reason: foreign },
    {
      what: "a Status that says all is well",
      answer: says(200, { apiVersion: "v1", kind: "Status", metadata, items: [] }),
      reason: foreign,
    },
    { what: "a list without items", answer: says(200, { ...whole, items: undefined }), reason: foreign },
    { what: "items that are no list", answer: says(200, { ...whole, items: {} }), reason: foreign },
    { what: "an item that is nothing", answer: says(200, { ...whole, items: [null] }), reason: foreign },
    { what: "an item of another kind", answer: says(200, { ...whole, items: [{ ...item("a"), kind: "ConfigMap" }] }), reason: foreign },
    { what: "an item of another version", answer: says(200, { ...whole, items: [{ ...item("a"), apiVersion: "v2" }] }), reason: foreign },
    { what: "an item without a name", answer: says(200, { ...whole, items: [{ metadata: { resourceVersion: "1" } }] }), reason: foreign },
    { what: "an item without a resourceVersion", answer: says(200, { ...whole, items: [{ metadata: { name: "a" } }] }), reason: foreign },
    { what: "a list without a resourceVersion", answer: says(200, { ...whole, metadata: {} }), reason: foreign },
    { what: "a list of an empty resourceVersion", answer: says(200, { ...whole, metadata: { resourceVersion: "" } }), reason: foreign },
    { what: "a list without metadata", answer: says(200, { ...whole, metadata: undefined }), reason: foreign },
  ])("never passes for an empty one: $what", async ({ answer, reason }) => {
    await using server = await scripted(answer);
    await expect(listAll(server.transport, secrets)).rejects.toMatchObject({ reason });
  });

  it("never ends one that began well", async () => {
    await using server = await scripted(inTurn(page(["a"], "t1"), says(200, {})));
    await expect(listAll(server.transport, secrets)).rejects.toMatchObject({ reason: foreign });
  });
});
