import type { KubeObject } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { newStore, type Change, type OwnStore } from "./store.ts";

function profile(name: string, resourceVersion: number, server = "a"): KubeObject {
  const metadata = { namespace: "fleet", name, resourceVersion: String(resourceVersion) };
  return { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", metadata, spec: server };
}

function listed(store: OwnStore<unknown>, version: number, ...items: readonly KubeObject[]): readonly Change<unknown>[] {
  const pass = store.begin();
  return [...pass.page(items, String(version)), ...pass.end(String(version))];
}

const poisoned: string[] = [];

function newProfiles(): OwnStore<unknown> {
  poisoned.length = 0;
  const project = ({ spec }: KubeObject): unknown => {
    if (spec === "poison") throw new Error("cannot be read");
    return spec;
  };
  return newStore(project, (key) => poisoned.push(key));
}

describe("a list", () => {
  it("tells what is new, what changed and, when it is complete, what is gone", () => {
    const store = newProfiles();
    expect(listed(store, 5, profile("paris", 1), profile("oslo", 2))).toEqual([
      { key: "fleet/paris", after: "a" },
      { key: "fleet/oslo", after: "a" },
    ]);
    expect(listed(store, 9, profile("paris", 8, "b"), profile("rome", 7))).toEqual([
      { key: "fleet/paris", before: "a", after: "b" },
      { key: "fleet/rome", after: "a" },
      { key: "fleet/oslo", before: "a" },
    ]);
    expect([...store.values()]).toEqual(["b", "a"]);
    expect(store.size).toBe(2);
  });

  it("removes nobody before it is complete", () => {
    const store = newProfiles();
    listed(store, 5, profile("paris", 1), profile("oslo", 2));
    expect(store.begin().page([profile("paris", 1)], "9")).toEqual([]);
    expect(store.get("fleet/oslo")).toBe("a");
  });

  it("tells nothing when nothing changed", () => {
    const store = newProfiles();
    listed(store, 5, profile("paris", 1));
    expect(listed(store, 6, profile("paris", 1))).toEqual([]);
  });

  it("does not forget what an abandoned one brought, nor take it for complete", () => {
    const store = newProfiles();
    store.begin().page([profile("paris", 1), profile("oslo", 2)], "5");
    expect(listed(store, 9, profile("oslo", 2))).toEqual([{ key: "fleet/paris", before: "a" }]);
  });

  it("knows objects without a namespace by their name", () => {
    const store = newProfiles();
    const { apiVersion, kind } = profile("fleet", 1);
    expect(listed(store, 5, { apiVersion, kind, metadata: { name: "fleet", resourceVersion: "1" }, spec: "a" })).toEqual([
      { key: "fleet", after: "a" },
    ]);
  });
});

describe("events", () => {
  function following(): OwnStore<unknown> {
    const store = newProfiles();
    listed(store, 10, profile("paris", 4));
    return store;
  }

  it("change what is known", () => {
    const store = following();
    expect(store.event("ADDED", profile("oslo", 11))).toEqual([{ key: "fleet/oslo", after: "a" }]);
    expect(store.event("MODIFIED", profile("paris", 12, "b"))).toEqual([{ key: "fleet/paris", before: "a", after: "b" }]);
    expect(store.event("DELETED", profile("paris", 13, "b"))).toEqual([{ key: "fleet/paris", before: "b" }]);
    expect(store.version()).toBe("13");
  });

  it.each(["ADDED", "MODIFIED", "DELETED"] as const)("that come twice change nothing the second time: %s", (type) => {
    const store = following();
    store.event(type, profile("paris", 12, "b"));
    expect(store.event(type, profile("paris", 12, "b"))).toEqual([]);
  });

  it("that come late change nothing", () => {
    const store = following();
    store.event("MODIFIED", profile("paris", 12, "c"));
    expect(store.event("MODIFIED", profile("paris", 11, "b"))).toEqual([]);
    expect(store.event("DELETED", profile("paris", 11, "b"))).toEqual([]);
    expect(store.get("fleet/paris")).toBe("c");
    expect(store.version()).toBe("12");
  });

  it("of a later object of that name are not undone by the deletion of the earlier one", () => {
    const store = following();
    store.event("ADDED", profile("paris", 13, "new"));
    expect(store.event("DELETED", profile("paris", 12))).toEqual([]);
    expect(store.get("fleet/paris")).toBe("new");
  });

  it("never bring back what was deleted, however late or often they come", () => {
    const store = following();
    store.event("DELETED", profile("paris", 14));
    store.event("DELETED", profile("paris", 12));
    for (const type of ["ADDED", "MODIFIED"] as const) expect(store.event(type, profile("paris", 13, "b"))).toEqual([]);
    expect(store.size).toBe(0);
    expect(store.event("ADDED", profile("paris", 15, "new"))).toEqual([{ key: "fleet/paris", after: "new" }]);
  });

  it("are late by moments: what was deleted long ago costs no memory", () => {
    const store = following();
    store.event("DELETED", profile("paris", 11));
    for (let at = 12; at < 2000; at += 1) store.event("DELETED", profile(`blink-${at}`, at));
    expect(store.event("ADDED", profile("blink-1999", 100))).toEqual([]);
    // Whom they were is forgotten, and yet what is older than the last that was forgotten is no news.
    expect(store.event("ADDED", profile("paris", 4))).toEqual([]);
    expect(store.wrote(profile("paris", 10), "ours")).toBe(false);
    expect(store.event("ADDED", profile("paris", 2000))).toEqual([{ key: "fleet/paris", after: "a" }]);
  });

  it("that are older than a list bring nobody back whom it did not name", () => {
    const store = following();
    expect(store.event("ADDED", profile("oslo", 9))).toEqual([]);
    expect(store.event("MODIFIED", profile("rome", 10))).toEqual([]);
    store.event("DELETED", profile("oslo", 5));
    expect(store.event("ADDED", profile("oslo", 7))).toEqual([]);
    expect(store.size).toBe(1);
  });

  it("about what was never known are no news when it goes", () => {
    expect(following().event("DELETED", profile("oslo", 11))).toEqual([]);
  });

  it("compare versions as numbers, also beyond what a double holds", () => {
    const store = newProfiles();
    listed(store, 9, profile("paris", 9));
    expect(store.event("MODIFIED", profile("paris", 10, "b"))).toHaveLength(1);
    const later = { ...profile("paris", 0, "c"), metadata: { ...profile("paris", 0).metadata, resourceVersion: "90071992547409931" } };
    const earlier = { ...later, metadata: { ...later.metadata, resourceVersion: "90071992547409930" }, spec: "d" };
    expect(store.event("MODIFIED", later)).toHaveLength(1);
    expect(store.event("MODIFIED", earlier)).toEqual([]);
  });
});

describe("a write of ours", () => {
  it("is seen at once and is no news when it comes back", () => {
    const store = newProfiles();
    listed(store, 10);
    expect(store.wrote(profile("paris", 11), "a")).toBe(true);
    expect(store.get("fleet/paris")).toBe("a");
    expect(store.event("ADDED", profile("paris", 11))).toEqual([]);
  });

  it("is not lost to a list that was taken before it", () => {
    const store = newProfiles();
    listed(store, 10, profile("oslo", 3));
    store.wrote(profile("paris", 12), "ours");
    store.wrote(profile("oslo", 13), "ours");
    expect(listed(store, 11, profile("oslo", 3))).toEqual([]);
    expect([...store.values()]).toEqual(["ours", "ours"]);
    expect(listed(store, 14)).toHaveLength(2);
  });

  it("does not bring back what was deleted before its answer came", () => {
    const store = newProfiles();
    listed(store, 10);
    store.event("ADDED", profile("paris", 11));
    store.event("DELETED", profile("paris", 12));
    expect(store.wrote(profile("paris", 11), "ours")).toBe(false);
    expect(store.size).toBe(0);
  });

  it("does not hide a change that somebody made after it", () => {
    const store = newProfiles();
    listed(store, 10);
    store.event("ADDED", profile("paris", 11));
    store.event("MODIFIED", profile("paris", 12, "theirs"));
    expect(store.wrote(profile("paris", 11), "ours")).toBe(false);
    expect(store.get("fleet/paris")).toBe("theirs");
  });

  it("goes when it is deleted after it", () => {
    const store = newProfiles();
    listed(store, 10);
    store.wrote(profile("paris", 11), "ours");
    expect(store.event("DELETED", profile("paris", 12))).toEqual([{ key: "fleet/paris", before: "ours" }]);
  });

  it("whose event the watch has lost is taken in, although the watch is further", () => {
    const store = newProfiles();
    listed(store, 10);
    store.event("DELETED", profile("paris", 12));
    store.event("ADDED", profile("oslo", 20));
    store.reached("25");
    expect(store.wrote(profile("paris", 18), "ours")).toBe(true);
    expect(store.get("fleet/paris")).toBe("ours");
    expect(listed(store, 30, profile("oslo", 20))).toEqual([{ key: "fleet/paris", before: "ours" }]);
  });

  it("does not bring back what a list does not name any more", () => {
    const store = newProfiles();
    listed(store, 10);
    listed(store, 20, profile("oslo", 3));
    expect(store.wrote(profile("paris", 18), "ours")).toBe(false);
    expect(store.wrote(profile("rome", 20), "ours")).toBe(false);
    expect(store.size).toBe(1);
  });
});

describe("a server that went back", () => {
  it("is believed when it lists, however old its objects look", () => {
    const store = newProfiles();
    listed(store, 90, profile("paris", 80, "late"), profile("oslo", 85));
    expect(listed(store, 30, profile("paris", 20, "early"))).toEqual([
      { key: "fleet/paris", before: "late", after: "early" },
      { key: "fleet/oslo", before: "a" },
    ]);
    expect(store.version()).toBe("30");
  });

  it("counts on from there", () => {
    const store = newProfiles();
    listed(store, 90, profile("paris", 80));
    store.event("DELETED", profile("paris", 91));
    listed(store, 30, profile("paris", 20));
    expect(store.event("MODIFIED", profile("paris", 31, "b"))).toHaveLength(1);
    expect(store.wrote(profile("paris", 32), "ours")).toBe(true);
    listed(store, 33, profile("paris", 32));
    store.event("DELETED", profile("oslo", 95));
    listed(store, 40);
    expect(store.event("ADDED", profile("oslo", 41))).toHaveLength(1);
  });
});

describe("an object that cannot be read", () => {
  it("is reported and stays as it was known, and stops nobody else", () => {
    const store = newProfiles();
    listed(store, 10, profile("paris", 4));
    expect(listed(store, 20, profile("rome", 15, "poison"), profile("paris", 16, "poison"), profile("oslo", 17))).toEqual([
      { key: "fleet/oslo", after: "a" },
    ]);
    expect(poisoned).toEqual(["fleet/rome", "fleet/paris"]);
    expect(store.get("fleet/paris")).toBe("a");
    expect(store.event("MODIFIED", profile("paris", 21, "b"))).toEqual([{ key: "fleet/paris", before: "a", after: "b" }]);
  });
});
