import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Kind, KubeObject } from "@rollcall/contract";
import { startProxy, type Proxy } from "@rollcall/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  findServer,
  listAll,
  openTransport,
  servedVersion,
  startInformer,
  type Informer,
  type InformerEvent,
  type Transport,
} from "../../packages/kube/src/index.ts";
import { forgetHistory } from "../conformance/forget-history.ts";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";

const group = "multicluster.x-k8s.io";
const profiles: Kind = { apiVersion: `${group}/v1alpha1`, kind: "ClusterProfile", plural: "clusterprofiles", namespace: "fleet" };

const profile = (name: string, label = "a"): KubeObject => ({
  apiVersion: profiles.apiVersion,
  kind: profiles.kind,
  metadata: { name, namespace: "fleet", labels: { label } },
  spec: { displayName: name, clusterManager: { name: "test" } },
});

interface Followed {
  readonly informer: Informer<string | undefined>;
  /** What was told, such as `+paris`, `~paris` and `-paris`. */
  readonly told: string[];
  readonly events: InformerEvent[];
}

describe("lists and watches on a real kube-apiserver", () => {
  let plane: ControlPlane;
  let transport: Transport;
  let stop: AbortController;

  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles] });
    transport = openTransport(await findServer({ env: {}, kubeconfig: await plane.kubeconfig(plane.adminToken) }));
  });
  afterAll(async () => {
    await transport?.close();
    await plane?.stop();
  });
  beforeEach(async () => {
    stop = new AbortController();
    for (const { metadata } of await plane.list("ClusterProfile", "fleet").catch(() => []))
      await plane.remove("ClusterProfile", "fleet", metadata.name);
  });
  afterEach(() => stop.abort());

  function follow(through: Transport = transport, options: { readonly labelSelector?: string; readonly silence?: number } = {}): Followed {
    const [told, events] = [[] as string[], [] as InformerEvent[]];
    const informer = startInformer({
      transport: through,
      kind: profiles,
      project: ({ metadata }) => metadata.labels?.["label"],
      onChange: (changes) => {
        for (const { key, before, after } of changes)
          told.push(`${after === undefined ? "-" : before === undefined ? "+" : "~"}${key.replace("fleet/", "")}`);
      },
      onEvent: (event) => {
        events.push(event);
        if (event.type === "went back") told.push("went back");
      },
      signal: stop.signal,
      firstRetry: 100,
      ...options,
    });
    return { informer, told, events };
  }

  /** A proxy before the server, and a transport through it. */
  async function behind(story: (proxy: Proxy, through: Transport) => Promise<void>): Promise<void> {
    const proxy = await startProxy({ target: plane.url, ca: plane.ca });
    const through = openTransport({ url: proxy.url, token: () => Promise.resolve(plane.adminToken) });
    try {
      await story(proxy, through);
    } finally {
      stop.abort();
      await through.close();
      await proxy.stop();
    }
  }

  async function until(holds: () => void, seconds = 15): Promise<void> {
    await expect.poll(() => (holds(), true), { timeout: seconds * 1000, interval: 20 }).toBe(true);
  }

  it("the first list is one stream that goes on as the watch", async () => {
    await plane.apply([profile("paris"), profile("oslo"), profile("rome", "b")]);
    const since = await plane.mark();
    const { informer, told, events } = follow(transport, { labelSelector: "label=a" });
    await informer.synced;
    expect(told.sort()).toEqual(["+oslo", "+paris"]);
    expect(events).toContainEqual({ type: "listed", kind: "ClusterProfile", objects: 2, missed: 0, how: "stream" });
    await plane.apply([profile("bern"), profile("paris", "b")]);
    await plane.remove("ClusterProfile", "fleet", "oslo");
    await until(() => expect(told.slice(2)).toEqual(["+bern", "-paris", "-oslo"]));
    const asked = (await plane.audit({ since, resource: "clusterprofiles", user: "admin" })).map(({ verb }) => verb);
    expect(asked.filter((verb) => verb === "list" || verb === "watch")).toEqual(["watch"]);
  });

  it("a server that is killed and comes back is followed on, and nothing is told twice", async () => {
    await plane.apply([profile("paris"), profile("oslo")]);
    const { informer, told, events } = follow();
    await informer.synced;
    await plane.kill("kube-apiserver");
    await until(() => expect(informer.problem()).toMatchObject({ reason: "Unreachable" }));
    expect(informer.store.size).toBe(2);
    await plane.restart("kube-apiserver");
    await plane.apply(profile("rome"));
    await until(() => expect(told.slice(2)).toEqual(["+rome"]), 45);
    await until(() => expect(informer.problem()).toBeUndefined());
    expect(events.filter(({ type }) => type === "connected").length).toBeGreaterThan(1);
  });

  it("what happened while no watch stood is found, whether the server still knows it or has forgotten it", async () => {
    await behind(async (proxy, through) => {
      await plane.apply([profile("paris"), profile("oslo")]);
      const { informer, told, events } = follow(through);
      await informer.synced;
      const cut = async (meanwhile: () => Promise<void>): Promise<void> => {
        const over = proxy.rule({ verb: "watch", answer: "reset" });
        proxy.closeAll();
        await meanwhile();
        over();
      };
      await cut(async () => {
        await plane.remove("ClusterProfile", "fleet", "oslo");
        await plane.apply(profile("rome"));
      });
      await until(() => expect(told.slice(2)).toEqual(["-oslo", "+rome"]));
      expect(events.filter(({ type }) => type === "listed")).toHaveLength(1);

      await cut(async () => {
        await plane.remove("ClusterProfile", "fleet", "paris");
        await plane.apply(profile("bern"));
        await forgetHistory(plane.url);
        // Its memory of watches is its own: only a server that has just begun has none.
        await plane.restart("kube-apiserver");
      });
      await until(() => expect(told.slice(4).sort()).toEqual(["+bern", "-paris"]), 45);
      expect(events).toContainEqual(
        expect.objectContaining({ type: "failed", error: expect.objectContaining({ status: 410 }) as unknown }),
      );
      expect(events).toContainEqual({ type: "listed", kind: "ClusterProfile", objects: 2, missed: 2, how: "pages", again: true });
    });
  });

  it("a list whose continue token expires begins again, and is whole", async () => {
    await behind(async (proxy, through) => {
      await plane.apply(["a", "b", "c", "d", "e"].map((name) => profile(name)));
      const isFurther = ({ query }: { readonly query: URLSearchParams }): boolean => query.has("continue");
      const meanwhile = async (): Promise<void> => {
        await plane.remove("ClusterProfile", "fleet", "a");
        await plane.apply(profile("f"));
        await forgetHistory(plane.url);
        await plane.restart("kube-apiserver");
      };
      proxy.rule({ verb: "list", when: isFurther, times: 1, meanwhile });
      const all = await listAll(through, profiles, { pageSize: 2 });
      expect(all.map(({ metadata }) => metadata.name)).toEqual(["b", "c", "d", "e", "f"]);
      expect(proxy.requests.filter(({ verb }) => verb === "list").length).toBeGreaterThan(3);
    });
  });

  it("a kind that is taken away is said to be absent after its objects are told as gone, and followed when it is back", async () => {
    await plane.apply([profile("paris"), profile("oslo")]);
    const { informer, told, events } = follow();
    await informer.synced;
    const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusterprofiles.${group}`;
    await plane.admin("DELETE", crd);
    await until(() => expect(informer.problem()).toMatchObject({ status: 404 }), 45);
    expect(told.slice(2).sort()).toEqual(["-oslo", "-paris"]);
    expect(events.findLast(({ type }) => type === "failed")).toMatchObject({ absent: true });
    await expect(servedVersion(transport, group, "clusterprofiles", ["v1alpha2", "v1alpha1"])).resolves.toBeUndefined();

    await plane.applyCrds([crds.clusterProfiles]);
    await plane.apply(profile("rome"));
    await until(() => expect(told.slice(4)).toEqual(["+rome"]), 45);
    await until(() => expect(informer.problem()).toBeUndefined());
    await expect(servedVersion(transport, group, "clusterprofiles", ["v1alpha2", "v1alpha1"])).resolves.toBe("v1alpha1");
  });

  it("a server that was restored from a backup is believed, and that it went back is told first", async () => {
    await plane.apply([profile("paris"), profile("oslo")]);
    const [data, backup] = [join(plane.dir, "etcd"), join(plane.dir, "etcd-backup")];
    await plane.kill("etcd", "SIGTERM");
    cpSync(data, backup, { recursive: true });
    await plane.restart("etcd");

    const { informer, told, events } = follow(transport, { silence: 5000 });
    await informer.synced;
    for (let n = 0; n < 30; n += 1) await plane.apply(profile("paris", `v${n}`));
    await plane.apply(profile("rome"));
    await until(() => expect(told).toContain("+rome"));
    const before = told.length;

    await plane.kill("etcd");
    rmSync(data, { recursive: true });
    cpSync(backup, data, { recursive: true });
    await plane.restart("etcd");
    // What it remembers of the time that never was goes with it.
    await plane.restart("kube-apiserver");
    await until(() => expect(told.slice(before).length).toBeGreaterThan(2), 60);
    expect(told[before]).toBe("went back");
    expect(told.slice(before + 1).sort()).toEqual(["-rome", "~oslo", "~paris"]);
    expect([...informer.store.values()]).toEqual(["a", "a"]);
    expect(events.filter(({ type }) => type === "went back")).toHaveLength(1);
  });
});
