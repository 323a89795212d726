import { startMemoryHub, type MemoryHub, type MemoryHubOptions } from "@rollcall/memory-hub";
import { afterEach, describe, expect, it } from "vitest";
import { follow, pause, profile, profiles, stopAll, until } from "./informer.test.helper.ts";
import { openTransport, type Transport } from "./transport.ts";

afterEach(stopAll);

describe.each([
  { how: "as a stream", watchList: true, lists: 0 },
  { how: "in pages", watchList: false, lists: 1 },
])("against an API server that is listed $how", ({ watchList, lists }) => {
  async function withHub(options: MemoryHubOptions, story: (hub: MemoryHub, transport: Transport) => Promise<void>): Promise<void> {
    const kind = { apiVersion: profiles.apiVersion, kind: profiles.kind, plural: profiles.plural, namespaced: true };
    const hub = await startMemoryHub({ kinds: [kind], namespaces: ["fleet"], ...options });
    const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
    try {
      await story(hub, transport);
    } finally {
      stopAll();
      await transport.close();
      await hub.stop();
    }
  }
  const asked = ({ requests }: MemoryHub, verb: string): number => requests.filter((each) => each.verb === verb).length;

  it("everything is known when it is synced, and what happens after that is told", async () => {
    await withHub({}, async (hub, transport) => {
      for (const name of ["paris", "oslo", "rome"]) hub.apply(profile(name));
      const { informer, told } = follow(transport, { watchList, pageSize: 2 });
      expect(informer.isSynced()).toBe(false);
      await informer.synced;
      expect(informer.isSynced()).toBe(true);
      expect(told.sort()).toEqual(["+oslo", "+paris", "+rome"]);
      hub.apply(profile("bern"));
      hub.apply(profile("paris", undefined, "b"));
      hub.remove("ClusterProfile", "fleet", "oslo");
      await until(() => expect(told.slice(3)).toEqual(["+bern", "~paris", "-oslo"]));
      expect(informer.store.get("fleet/paris")).toBe("b");
      expect([...informer.store.values()]).toHaveLength(3);
      expect(asked(hub, "list")).toBe(2 * lists);
      expect(asked(hub, "watch")).toBe(1);
    });
  });

  it("a list of nobody is complete, too", async () => {
    await withHub({}, async (hub, transport) => {
      const { informer, events } = follow(transport, { watchList });
      await informer.synced;
      expect(informer.store.size).toBe(0);
      const how = watchList ? "stream" : "pages";
      expect(events).toContainEqual({ type: "listed", kind: "ClusterProfile", objects: 0, missed: 0, how });
      hub.apply(profile("paris"));
      await until(() => expect(informer.store.size).toBe(1));
    });
  });

  it("one object of a name is followed with a right to that name alone", async () => {
    const user = {
      name: "one",
      token: "one",
      rules: [{ verbs: ["list", "watch"], apiGroups: ["*"], resources: ["clusterprofiles"], resourceNames: ["paris"] }],
    };
    await withHub({ users: [user] }, async (hub) => {
      const transport = openTransport({ url: hub.url, token: () => Promise.resolve("one") });
      for (const name of ["paris", "oslo"]) hub.apply(profile(name));
      const { informer, told, failures } = follow(transport, { watchList, fieldSelector: "metadata.name=paris" });
      await informer.synced;
      hub.apply(profile("oslo", undefined, "b"));
      hub.apply(profile("paris", undefined, "b"));
      await until(() => expect(told).toEqual(["+paris", "~paris"]));
      expect(failures()).toEqual([]);
      stopAll();
      await transport.close();
    });
  });

  it("who no longer has the label is gone", async () => {
    await withHub({}, async (hub, transport) => {
      const labelled = (labels: Record<string, string>) => ({ ...profile("paris"), metadata: { ...profile("paris").metadata, labels } });
      hub.apply(labelled({ env: "prod" }));
      hub.apply(profile("oslo"));
      const { told } = follow(transport, { watchList, labelSelector: "env=prod" });
      await until(() => expect(told).toEqual(["+paris"]));
      hub.apply(labelled({ env: "test" }));
      await until(() => expect(told).toEqual(["+paris", "-paris"]));
    });
  });

  it("watches that the server ends go on where they were, without another list", async () => {
    await withHub({}, async (hub, transport) => {
      hub.apply(profile("paris"));
      const { informer, told } = follow(transport, { watchList });
      await informer.synced;
      await until(() => expect(informer.problem()).toBeUndefined());
      for (const name of ["oslo", "rome", "bern"]) {
        hub.closeWatches();
        await pause(1);
        hub.apply(profile(name));
        await until(() => expect(told).toContain(`+${name}`));
      }
      expect(told).toEqual(["+paris", "+oslo", "+rome", "+bern"]);
      expect(asked(hub, "list")).toBe(lists);
    });
  });

  it("what was missed is found by a list when the server has forgotten it", async () => {
    await withHub({}, async (hub, transport) => {
      hub.apply(profile("paris"));
      hub.apply(profile("oslo"));
      const { informer, told, events } = follow(transport, { watchList, firstRetry: 100 });
      await informer.synced;
      await until(() => expect(asked(hub, "watch")).toBe(1));
      hub.closeWatches();
      await pause(1);
      hub.remove("ClusterProfile", "fleet", "oslo");
      hub.apply(profile("rome"));
      hub.compact();
      await until(() => expect(told.slice(2).sort()).toEqual(["+rome", "-oslo"]));
      expect(asked(hub, "list")).toBe(1 + lists);
      expect(events).toContainEqual({ type: "listed", kind: "ClusterProfile", objects: 2, missed: 2, how: "pages", again: true });
    });
  });

  it("a quiet watch lives by its bookmarks", async () => {
    await withHub({ bookmarkEvery: 30 }, async (hub, transport) => {
      const { informer, failures } = follow(transport, { watchList, silence: 300 });
      await informer.synced;
      await pause(700);
      expect(failures()).toEqual([]);
      expect(asked(hub, "list")).toBe(lists);
    });
  });

  it("a server that goes away takes nobody with it, and one that comes back is believed", async () => {
    await withHub({}, async (hub, transport) => {
      for (const name of ["paris", "oslo", "rome"]) hub.apply(profile(name));
      const { informer, told, events } = follow(transport, { watchList, silence: 100, pageSize: 1 });
      await informer.synced;
      await hub.stop();
      await until(() => expect(informer.problem()).toMatchObject({ reason: "Unreachable" }));
      expect(informer.isSynced()).toBe(true);
      expect(informer.store.size).toBe(3);
      // Restored from a backup: it counts from further back, and a watch from where we were is silent for ever.
      const kind = { apiVersion: profiles.apiVersion, kind: profiles.kind, plural: profiles.plural, namespaced: true };
      const user = { name: "us", token: hub.token, rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] };
      const port = Number(new URL(hub.url).port);
      const restored = await startMemoryHub({ kinds: [kind], namespaces: ["fleet"], users: [user], port });
      restored.apply(profile("paris", undefined, "b"));
      restored.apply(profile("rome"));
      await until(() => expect(told.slice(3)).toEqual(["went back", "~paris", "~rome", "-oslo"]));
      expect(events.filter(({ type }) => type === "went back")).toHaveLength(1);
      restored.apply(profile("bern"));
      await until(() => expect(told.at(-1)).toBe("+bern"));
      await until(() => expect(informer.problem()).toBeUndefined());
      await restored.stop();
    });
  });
});
