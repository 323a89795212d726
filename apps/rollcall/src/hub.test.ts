import type { KubeObject } from "@rollcall/contract";
import { explainSelection } from "@rollcall/inventory";
import { ApiError, openTransport, type Call, type InformerEvent, type Transport } from "@rollcall/kube";
import { startMemoryHub, type HubKind, type HubRule, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile as stored, type GivenProfile } from "@rollcall/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startHub, type Hub } from "./hub.ts";
import type { Chooser } from "./hub/chooser.ts";

const v1alpha1 = clusterProfileKind;
const v1alpha2: HubKind = { ...clusterProfileKind, apiVersion: "multicluster.x-k8s.io/v1alpha2" };
const everybody: Chooser = { select: explainSelection({}) };

/** A profile as a person applies it: what a server gives it is left to the server. */
function profile(given: GivenProfile, apiVersion = v1alpha1.apiVersion): KubeObject {
  const made = stored(given);
  const { uid: _, creationTimestamp: __, ...metadata } = made.metadata;
  return { ...made, apiVersion, metadata };
}

interface Story {
  readonly api: MemoryHub;
  readonly hub: Hub;
  readonly changed: string[];
  readonly events: InformerEvent[];
  /** From now on another server answers at the hub's address, or the same one without these paths. */
  readonly answers: (change: { readonly by?: MemoryHub; readonly without?: string }) => void;
  /** What a list is told of a cluster, in short. */
  readonly says: (name: string, chooser?: Chooser) => string;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const all: HubRule = { verbs: ["list", "watch"], apiGroups: ["*"], resources: ["clusterprofiles"] };
const namespaceOfFleet: HubRule = { verbs: ["list", "watch"], apiGroups: [""], resources: ["namespaces"], resourceNames: ["fleet"] };

async function story({ kinds = [v1alpha1], rules = [all], given = [] as readonly KubeObject[] } = {}): Promise<Story> {
  const api = await startMemoryHub({
    kinds,
    namespaces: ["fleet"],
    bookmarkEvery: 100,
    users: [{ name: "rollcall", token: "rollcall", rules }],
  });
  for (const each of given) api.apply(each);
  const to = (server: MemoryHub): Transport => openTransport({ url: server.url, token: () => Promise.resolve(server.token) });
  let real = openTransport({ url: api.url, token: () => Promise.resolve("rollcall") });
  let missing: string | undefined;
  const stop = new AbortController();
  ends.push(async () => {
    stop.abort();
    await real.close();
    await api.stop();
  });
  const checked = ({ path }: Call): Transport => {
    if (missing !== undefined && path.includes(missing)) throw new ApiError(404, "NotFound", `${path}: 404 page not found`);
    return real;
  };
  const transport: Transport = {
    url: api.url,
    call: async (call) => checked(call).call(call),
    lines: async (call) => checked(call).lines(call),
    close: async () => undefined,
  };
  const [changed, events] = [[] as string[], [] as InformerEvent[]];
  const hub = startHub({
    transport,
    namespaces: ["fleet"],
    signal: stop.signal,
    onChange: (ids) => void changed.push(...ids),
    onEvent: (event) => void events.push(event),
    timing: { firstRetry: 10, silence: 1000 },
  });
  return {
    api,
    hub,
    changed,
    events,
    answers({ by, without }) {
      missing = without;
      if (by !== undefined) real = to(by);
      api.closeWatches();
    },
    says(name, chooser = everybody) {
      const choice = hub.inventory(chooser).choose(`fleet/${name}`);
      if (choice.is === "unknown") return `unknown: ${choice.why.reason}`;
      if (choice.is === "not chosen") return `not chosen: ${choice.cause}`;
      return choice.newcomer === undefined ? "chosen" : `chosen, not to join: ${choice.newcomer.reason}`;
    },
  };
}

const soon = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 5000, interval: 5 });

describe("the version in which profiles are read", () => {
  it.each([
    { served: "the older one alone", kinds: [v1alpha1], read: "v1alpha1" },
    { served: "the newer one alone", kinds: [v1alpha2], read: "v1alpha2" },
    { served: "both", kinds: [v1alpha2, v1alpha1], read: "v1alpha1" },
  ])("is $read where the server has $served", async ({ kinds, read }) => {
    const { api, hub, says, events } = await story({ kinds, given: [profile({ name: "paris" }, kinds[0]!.apiVersion)] });
    await hub.synced();
    expect(says("paris")).toBe("chosen");
    expect(says("nobody")).toBe("not chosen: unregistered");
    expect(new Set(api.requests.map(({ path }) => path.split("/")[3]))).toEqual(new Set([read]));
    expect(events.filter(({ type }) => type === "failed")).toEqual([]);
  });

  it("is found once there is one, and until then nobody is gone", async () => {
    const { api, hub, says, events } = await story({ kinds: [] });
    await soon(() => expect(events.some((event) => event.type === "failed" && event.absent)).toBe(true));
    expect(says("paris")).toBe("unknown: HubFilling");
    api.serve(v1alpha2);
    api.apply(profile({ name: "paris" }, v1alpha2.apiVersion));
    await hub.synced();
    expect(says("paris")).toBe("chosen");
  });

  it("is another one when the server stops having it, and nobody is gone for that", async () => {
    const kinds = [v1alpha1, v1alpha2];
    const { api, hub, says, changed, answers, events } = await story({
      kinds,
      given: [profile({ name: "paris" }), profile({ name: "oslo" })],
    });
    await hub.synced();
    changed.length = 0;
    const seen = new Set<string>();
    const looking = setInterval(() => seen.add(says("paris")), 1);
    answers({ without: "/v1alpha1" });
    await soon(() => expect(events.filter(({ type }) => type === "listed")).toHaveLength(2));
    await soon(() => expect(hub.heardAgo().get("fleet")).toBe(0));
    api.remove("ClusterProfile", "fleet", "oslo");
    api.apply(profile({ name: "rome" }));
    await soon(() => expect([says("rome"), says("lima")]).toEqual(["chosen", "not chosen: unregistered"]));
    clearInterval(looking);
    expect(seen).toEqual(new Set(["chosen"]));
    expect(changed.toSorted()).toEqual(["fleet/oslo", "fleet/rome"]);
    expect(events.filter((event) => event.type === "failed" && event.absent)).toHaveLength(1);
  });

  it("is another one, and whoever was left out of it is not gone for that", async () => {
    const { api, hub, says, events } = await story({ given: [profile({ name: "paris" }), profile({ name: "oslo" })] });
    await hub.synced();
    api.unserve("clusterprofiles", "multicluster.x-k8s.io");
    await soon(() => expect(events.some((event) => event.type === "failed" && event.absent)).toBe(true));
    api.serve(v1alpha2);
    api.apply(profile({ name: "paris" }, v1alpha2.apiVersion));
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "unknown: KindWasGone"]));
    expect(says("lima")).toBe("not chosen: unregistered");
    api.remove("ClusterProfile", "fleet", "paris");
    await soon(() => expect(says("paris")).toBe("not chosen: unregistered"));
  });
});

describe("a definition that is deleted takes every profile with it", () => {
  it("and nobody is gone for that, not even when it is back and empty", async () => {
    const { api, hub, says, events } = await story({ given: [profile({ name: "paris" })] });
    await hub.synced();
    api.unserve("clusterprofiles", "multicluster.x-k8s.io");
    await soon(() => expect(events.some((event) => event.type === "failed" && event.absent)).toBe(true));
    expect(says("paris")).toBe("unknown: HubUnreachable");
    api.serve(v1alpha1);
    const listed = (): number => events.filter(({ type }) => type === "listed").length;
    await soon(() => expect(listed()).toBe(2));
    await soon(() => expect(says("paris")).toBe("unknown: KindWasGone"));
    api.apply(profile({ name: "paris" }));
    await soon(() => expect(says("paris")).toBe("chosen"));
    api.remove("ClusterProfile", "fleet", "paris");
    await soon(() => expect(says("paris")).toBe("not chosen: unregistered"));
  });
});

describe("a server that says for a moment that it has no profiles", () => {
  it("lets nobody go for that, and is believed again as soon as it lists them", async () => {
    const { api, hub, says, answers, events } = await story({ given: [profile({ name: "paris" })] });
    await hub.synced();
    answers({ without: "/v1alpha1" });
    await soon(() => expect(events.some((event) => event.type === "failed" && event.absent)).toBe(true));
    expect([says("paris"), says("oslo")]).toEqual(["chosen", "unknown: HubUnreachable"]);
    answers({});
    await soon(() => expect(says("oslo")).toBe("not chosen: unregistered"));
    api.remove("ClusterProfile", "fleet", "paris");
    await soon(() => expect(says("paris")).toBe("not chosen: unregistered"));
  });
});

describe("a hub whose resourceVersion went back", () => {
  it("says so before it tells anything older, so that nobody acts on that unwarned", async () => {
    const before = ["paris", "oslo", "rome", "lima"].map((name) => profile({ name }));
    const { hub, says, changed, answers, events } = await story({ given: before });
    await hub.synced();
    expect(hub.timesBack()).toBe(0);
    changed.length = 0;
    const restored = await startMemoryHub({ kinds: [v1alpha1], namespaces: ["fleet"] });
    ends.push(() => restored.stop());
    restored.apply(profile({ name: "paris" }));
    let changedBefore: readonly string[] | undefined;
    events.push = (...told) => {
      if (told.some(({ type }) => type === "went back")) changedBefore = [...changed];
      return Array.prototype.push.apply(events, told);
    };
    answers({ by: restored });
    await soon(() => expect(says("oslo")).toBe("not chosen: unregistered"));
    expect(hub.timesBack()).toBe(1);
    expect(changedBefore).toEqual([]);
    expect(changed).toContain("fleet/oslo");
  });
});

describe("a cluster set that a namespace is labelled with", () => {
  const web: Chooser = { select: explainSelection({ clusterSets: ["web"] }), asksNamespaces: true };
  const namespace = (labels: Record<string, string>): KubeObject => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "fleet", labels },
  });
  const rules = [all, namespaceOfFleet];
  const label = "clusterset.multicluster.x-k8s.io";

  it.each([label, "multicluster.x-k8s.io/clusterset"])("chooses its profiles, spelled %s", async (key) => {
    const { api, hub, says } = await story({ rules, given: [profile({ name: "paris" }), profile({ name: "oslo", clusterSet: "edge" })] });
    api.apply(namespace({ [key]: "web" }));
    await hub.synced(web);
    expect([says("paris", web), says("oslo", web)]).toEqual(["chosen", "not chosen: deselected"]);
    expect(hub.fleet().clusters.get("fleet/paris")?.clusterSet).toBe("web");
  });

  it("is followed, and its clusters are looked at when it changes", async () => {
    const { api, hub, says, changed } = await story({ rules, given: [profile({ name: "paris" })] });
    await hub.synced(web);
    expect(says("paris", web)).toBe("not chosen: deselected");
    changed.length = 0;
    api.apply(namespace({ [label]: "web" }));
    await soon(() => expect(says("paris", web)).toBe("chosen"));
    expect(changed).toContain("fleet/paris");
    api.apply(namespace({}));
    await soon(() => expect(says("paris", web)).toBe("not chosen: deselected"));
  });

  it("is not read where nobody asks for it, so nobody needs the right to", async () => {
    const { api, hub, says, events } = await story({ given: [profile({ name: "paris" })] });
    await hub.synced(everybody);
    expect(says("paris")).toBe("chosen");
    expect(api.requests.filter(({ resource }) => resource === "namespaces")).toEqual([]);
    expect(events.filter(({ type }) => type === "failed")).toEqual([]);
  });

  it("that may not be read leaves everybody undecided who does not name a set", async () => {
    const given = [profile({ name: "paris" }), profile({ name: "oslo", clusterSet: "web" }), profile({ name: "rome", clusterSet: "edge" })];
    const { hub, says } = await story({ given });
    await hub.synced(web);
    expect(says("paris", web)).toBe("unknown: NamespaceUnread");
    expect(says("oslo", web)).toBe("chosen");
    expect(says("rome", web)).toBe("unknown: NamespaceUnread");
    expect(says("paris")).toBe("chosen");
  });

  it("is not known before it was read", async () => {
    const { hub, says } = await story({ rules, given: [profile({ name: "paris" })] });
    await hub.synced();
    expect(says("paris", web)).toBe("unknown: NamespaceUnread");
    await soon(() => expect(says("paris", web)).toBe("not chosen: deselected"));
  });
});

describe("health", () => {
  const evict = (evictAfter: number): Chooser => ({ ...everybody, health: { join: "any", joinAfter: 0, evictAfter } });

  it("lets nobody go who is unhealthy for a moment, and then lets them go by itself", async () => {
    const { api, hub, says, changed } = await story({ given: [profile({ name: "paris" }), profile({ name: "oslo", health: "unknown" })] });
    await hub.synced();
    api.apply(profile({ name: "paris", health: "unhealthy" }));
    await soon(() => expect(says("paris", evict(0.3))).toBe("chosen, not to join: NotHealthy"));
    changed.length = 0;
    await soon(() => expect(changed).toEqual(["fleet/paris"]));
    expect(says("paris", evict(0.3))).toBe("not chosen: unhealthy");
    expect([says("paris"), says("paris", evict(60)), says("oslo", evict(0.3))]).toEqual([
      "chosen",
      "chosen, not to join: NotHealthy",
      "chosen",
    ]);
  });

  it("begins to count anew when it was better in between", async () => {
    const { api, hub, says } = await story({ given: [profile({ name: "paris", health: "unhealthy" })] });
    await hub.synced();
    await soon(() => expect(says("paris", evict(0.2))).toBe("not chosen: unhealthy"));
    api.apply(profile({ name: "paris", health: "unknown" }));
    await soon(() => expect(says("paris", evict(0.2))).toBe("chosen"));
    api.apply(profile({ name: "paris", health: "unhealthy" }));
    await soon(() => expect(says("paris", evict(0.2))).toBe("chosen, not to join: NotHealthy"));
  });

  it("lets nobody go while the hub cannot be followed", async () => {
    const { api, hub, says } = await story({ given: [profile({ name: "paris", health: "unhealthy" })] });
    await hub.synced();
    await api.stop();
    await soon(() => expect(says("nobody")).toBe("unknown: HubUnreachable"));
    await soon(() => expect(says("paris", evict(0.2))).toBe("unknown: HubUnreachable"));
  });

  it("lets nobody join who is not well, and looks again when they have been well for long enough", async () => {
    const join: Chooser = { ...everybody, health: { join: "healthy", joinAfter: 0.3 } };
    const { api, hub, says, changed } = await story({ given: [profile({ name: "paris", health: "unknown" })] });
    await hub.synced();
    expect(says("paris", join)).toBe("chosen, not to join: NotHealthy");
    api.apply(profile({ name: "paris" }));
    await soon(() => expect(says("paris", join)).toBe("chosen, not to join: HealthTooNew"));
    changed.length = 0;
    await soon(() => expect(changed).toEqual(["fleet/paris"]));
    expect(says("paris", join)).toBe("chosen");
  });
});

describe("two profiles of one member", () => {
  it("are one cluster to a list that chooses both, and no trouble to a list that chooses one", async () => {
    const twin = (name: string, env: string) => profile({ name, memberId: "m-1", labels: { env } });
    const { api, hub, changed } = await story({ given: [twin("paris", "prod"), profile({ name: "rome", memberId: "m-2" })] });
    await hub.synced();
    changed.length = 0;
    api.apply(twin("lutetia", "test"));
    await soon(() => expect(changed.toSorted()).toEqual(["fleet/lutetia", "fleet/paris"]));
    const why = (chooser: Chooser, onList: readonly string[], name: string) =>
      hub.inventory(chooser).duplicate!(`fleet/${name}`, (id) => onList.includes(id))?.reason;
    expect(why(everybody, ["fleet/paris"], "lutetia")).toBe("DuplicateMember");
    expect(why(everybody, ["fleet/paris"], "paris")).toBeUndefined();
    const prod: Chooser = { select: explainSelection({ labels: "env=prod" }) };
    expect(why(prod, [], "paris")).toBeUndefined();
    expect(why(everybody, [], "rome")).toBeUndefined();
  });
});

describe("the age of the inventory", () => {
  it("is that of the newest change of anything that a manager writes", async () => {
    const { api, hub } = await story({ given: [profile({ name: "paris" }), profile({ name: "oslo", manager: "by-hand" })] });
    await hub.synced();
    const ages = (): string[] => hub.heartbeats().map(({ namespace, manager, secondsAgo }) => `${namespace} ${manager} ${secondsAgo}`);
    expect(ages().toSorted()).toEqual(["fleet by-hand 0", "fleet fleet-manager 0"]);
    await soon(() => expect(ages().toSorted()).toEqual(["fleet by-hand 1", "fleet fleet-manager 1"]));
    // A heartbeat that no list would notice.
    api.apply(profile({ name: "paris", annotations: { "example.com/seen": "now" } }));
    await soon(() => expect(ages().toSorted()).toEqual(["fleet by-hand 1", "fleet fleet-manager 0"]));
    api.remove("ClusterProfile", "fleet", "oslo");
    await soon(() => expect(ages()).toHaveLength(1));
  });
});
