import type { Kind } from "@rollcall/contract";
import { describe, expect, it, vi } from "vitest";
import { says, scripted } from "./scripted.test.helper.ts";
import type { Transport } from "./transport.ts";
import { watch, type WatchEvent } from "./watch.ts";

const profiles: Kind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespace: "fleet",
};
const { signal } = new AbortController();

const paris = { metadata: { namespace: "fleet", name: "paris", resourceVersion: "8" } };
const stream = (...events: readonly unknown[]) =>
  says(200, events.map((event) => `${typeof event === "string" ? event : JSON.stringify(event)}\n`).join(""), {
    "content-type": "application/json",
  });

async function eventsOf(transport: Transport, options: { readonly labelSelector?: string; readonly alive?: () => void } = {}) {
  const events: WatchEvent[] = [];
  for await (const event of watch(transport, profiles, { from: "7", signal, ...options })) events.push(event);
  return events;
}

describe("a watch", () => {
  it("asks to go on from a version, with bookmarks, for some minutes", async () => {
    await using server = await scripted(stream());
    await eventsOf(server.transport, { labelSelector: "env=prod" });
    await eventsOf(server.transport);
    const [one, other] = server.asked.map(({ query }) => Object.fromEntries(query));
    expect(one).toMatchObject({ watch: "1", resourceVersion: "7", allowWatchBookmarks: "true", labelSelector: "env=prod" });
    expect(other).not.toHaveProperty("labelSelector");
    expect(Number(one?.["timeoutSeconds"])).toBeGreaterThanOrEqual(300);
    expect(Number(one?.["timeoutSeconds"])).toBeLessThan(600);
  });

  it("gives what happens, and ends when the server ends it", async () => {
    const bookmark = { type: "BOOKMARK", object: { kind: "ClusterProfile", metadata: { resourceVersion: "9" } } };
    await using server = await scripted(stream({ type: "ADDED", object: paris }, bookmark, { type: "DELETED", object: paris }));
    await expect(eventsOf(server.transport)).resolves.toEqual([
      { type: "ADDED", object: paris, resourceVersion: "8" },
      { type: "BOOKMARK", resourceVersion: "9" },
      { type: "DELETED", object: paris, resourceVersion: "8" },
    ]);
  });

  it("is alive when the server has agreed, and with every line", async () => {
    await using server = await scripted(stream({ type: "ADDED", object: paris }));
    const alive = vi.fn();
    await eventsOf(server.transport, { alive });
    expect(alive).toHaveBeenCalledTimes(2);
    await using refusing = await scripted(says(403, "no"));
    const never = vi.fn();
    await expect(eventsOf(refusing.transport, { alive: never })).rejects.toMatchObject({ status: 403 });
    expect(never).not.toHaveBeenCalled();
  });

  it.each([
    {
      what: "an ERROR event with a Status",
      line: { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 7 (99)" } },
      error: { status: 410, reason: "Expired", message: "watch of clusterprofiles: 410 too old resource version: 7 (99)" },
    },
    { what: "an ERROR event without a code", line: { type: "ERROR", object: { kind: "Status" } }, error: { reason: "WatchError" } },
    {
      what: "an ERROR event that quotes what looks like a secret",
      line: { type: "ERROR", object: { token: "eyJhbGci".repeat(10) } },
      error: { reason: "WatchError", message: 'watch of clusterprofiles: {"type":"ERROR","object":{"token":"[left out]"}}' },
    },
    { what: "an ERROR event about nothing", line: { type: "ERROR", object: null }, error: { reason: "WatchError" } },
    { what: "an event without an object", line: { type: "ADDED" }, error: { reason: "ForeignAnswer" } },
    {
      what: "an event without a resourceVersion",
      line: { type: "ADDED", object: { metadata: { name: "paris" } } },
      error: { reason: "ForeignAnswer" },
    },
    {
      what: "a bookmark of nowhere",
      line: { type: "BOOKMARK", object: { metadata: { resourceVersion: "" } } },
      error: { reason: "ForeignAnswer" },
    },
    {
      what: "an event about an object without a name",
      line: { type: "DELETED", object: { metadata: { resourceVersion: "8" } } },
      error: { reason: "ForeignAnswer" },
    },
    {
      what: "an event about another kind",
      line: { type: "DELETED", object: { ...paris, apiVersion: "v1", kind: "Secret" } },
      error: { reason: "ForeignAnswer" },
    },
    {
      what: "a bookmark of another kind",
      line: { type: "BOOKMARK", object: { kind: "Secret", metadata: { resourceVersion: "99" } } },
      error: { reason: "ForeignAnswer" },
    },
    { what: "an event of an unknown type", line: { type: "GONE", object: paris }, error: { reason: "ForeignAnswer" } },
    { what: "a line that is no JSON", line: "<html>", error: { reason: "ForeignAnswer" } },
    { what: "a line that is no object", line: "null", error: { reason: "ForeignAnswer" } },
  ])("ends with a typed error at $what, after what came before", async ({ line, error }) => {
    await using server = await scripted(stream({ type: "ADDED", object: paris }, line));
    const events = watch(server.transport, profiles, { from: "7", signal });
    await expect(events.next()).resolves.toMatchObject({ value: { type: "ADDED" } });
    await expect(events.next()).rejects.toMatchObject({ name: "ApiError", ...error });
  });
});
