import { describe, expect, it } from "vitest";
import type { HubObject } from "./object.ts";
import { Store } from "./store.ts";

const object = (name: string, namespace: string = "fleet"): HubObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
});
const names = (store: Store, version?: number) => store.at("secrets", version)?.map(([key]) => key);

describe("the store", () => {
  it("shows any moment that it remembers", () => {
    const store = new Store();
    const empty = store.version;
    const first = store.put("secrets", object("a"));
    store.put("secrets", { ...object("a"), type: "changed" });
    store.delete("secrets", object("a"));
    store.put("secrets", object("b"));
    expect(names(store, empty)).toEqual([]);
    expect(store.at("secrets", empty + 1)).toEqual([["/fleet/a", first]]);
    expect(store.at("secrets", empty + 2)?.[0]?.[1].type).toBe("changed");
    expect([names(store, empty + 3), names(store)]).toEqual([[], ["/fleet/b"]]);
  });

  it("sorts by namespace, then name, as etcd does", () => {
    const store = new Store();
    for (const [name, namespace] of [
      ["a", "fleet-two"],
      ["b", "fleet"],
      ["a", "fleet"],
    ] as const)
      store.put("secrets", object(name, namespace));
    expect(names(store)).toEqual(["/fleet-two/a", "/fleet/a", "/fleet/b"]);
  });

  it("counts versions over all resources, and tells each what happened to it alone", () => {
    const store = new Store();
    const before = store.version;
    store.put("secrets", object("a"));
    store.put("leases", object("a"));
    expect(store.version).toBe(before + 2);
    expect(store.since("secrets", before)?.map(({ resource }) => resource)).toEqual(["secrets"]);
  });

  it("forgets the oldest when it has much to remember, so that a day of lease renewals does not fill the memory", () => {
    const store = new Store(3);
    for (let at = 0; at < 20; at += 1) store.put("leases", object("leader"));
    const oldest = store.oldest("leases");
    expect(store.since("leases", oldest - 1)).toBeUndefined();
    expect(store.at("leases", oldest - 1)).toBeUndefined();
    const known = store.since("leases", oldest)!;
    expect(known.map(({ version }) => version)).toEqual(Array.from({ length: store.version - oldest }, (_, at) => oldest + 1 + at));
    expect(known.length).toBeGreaterThanOrEqual(3);
    expect(known.length).toBeLessThanOrEqual(6);
  });

  it("tells a listener until it is sent away", () => {
    const store = new Store();
    const heard: string[] = [];
    const silence = store.listen(({ type }) => heard.push(type));
    store.put("secrets", object("a"));
    silence();
    store.put("secrets", object("b"));
    expect(heard).toEqual(["ADDED"]);
  });
});
