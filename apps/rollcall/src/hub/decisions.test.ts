import type { KubeObject } from "@rollcall/contract";
import { explainSelection } from "@rollcall/inventory";
import { startMemoryHub, type HubKind } from "@rollcall/memory-hub";
import { clusterProfileKind, decision, decisionKind, ocmDecision, ocmDecisionKind } from "@rollcall/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decidedHub, profile, soon, type DecidedHub } from "./decisions.test.helper.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const story = (given: Parameters<typeof decidedHub>[0] = {}): Promise<DecidedHub> => decidedHub(given, (end) => void ends.push(end));
const profiles = ["paris", "oslo", "rome", "lima"].map((name) => profile({ name }));
const web = (of: readonly string[], index = 0, more: { readonly revision?: string } = {}): KubeObject =>
  decision({ name: `web-${index}`, key: "web", index, of, ...more });
const both = [clusterProfileKind, decisionKind, ocmDecisionKind];
const kep = "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/fleet/placementdecisions";

describe("a list that follows a decision", () => {
  it("has those whom it names, in its order, and loses those whom it names no more once it has settled", async () => {
    const { api, hub, says, synced, chooser } = await story({ given: [...profiles, web(["oslo", "paris"])] });
    await synced();
    const inventory = hub.inventory(chooser());
    await soon(() => expect(["paris", "oslo", "rome"].map((name) => says(name))).toEqual(["chosen", "chosen", "not chosen: deselected"]));
    expect(inventory.byDecision!()).toBe(true);
    expect([...inventory.expected!()]).toEqual(["fleet/oslo", "fleet/paris"]);
    const sorted = [...hub.fleet().clusters.values()].toSorted(inventory.order);
    expect(sorted.map(({ name }) => name)).toEqual(["oslo", "paris", "lima", "rome"]);
    api.apply(web(["rome", "paris"]));
    await soon(() => expect(["rome", "paris", "oslo"].map((name) => says(name))).toEqual(["chosen", "chosen", "not chosen: deselected"]));
    expect([...inventory.expected!()]).toEqual(["fleet/rome", "fleet/paris"]);
  });

  it("is narrowed by all else that it says, and nobody is in doubt who is not selected anyway", async () => {
    const given = [...profiles, profile({ name: "tokyo", labels: { env: "prod" } }), web(["paris", "tokyo"])];
    const { says, synced, chooser } = await story({ given, settle: { one: 60, several: 60 } });
    const prod = chooser({ select: explainSelection({ labels: "env=prod" }) });
    const broken = chooser({
      select: explainSelection({
        where() {
          throw new Error("cannot be asked");
        },
      }),
    });
    await synced();
    await soon(() => expect(says("tokyo", prod)).toBe("chosen"));
    expect([says("paris", prod), says("rome", prod), says("rome")]).toEqual([
      "not chosen: deselected",
      "not chosen: deselected",
      "unknown: Settling",
    ]);
    expect(says("paris", broken)).toBe("unknown: WhereFailed");
  });

  it("loses nobody who is gone as deselected, and asks of who joins that they are well", async () => {
    const { says, synced, chooser } = await story({ given: [profile({ name: "paris", health: "unhealthy" }), web(["paris", "gone"])] });
    await synced();
    await soon(() => expect(says("paris")).toBe("chosen"));
    expect(says("gone")).toBe("not chosen: unregistered");
    expect(says("paris", chooser({ health: { join: "healthy", joinAfter: 0 } }))).toBe("chosen, not to join: NotHealthy");
  });

  it("takes one profile of a member that it names twice, and whoever stands stays", async () => {
    const given = [profile({ name: "paris", memberId: "m" }), profile({ name: "lutetia", memberId: "m" }), web(["paris", "lutetia"])];
    const { api, says, synced } = await story({ given });
    await synced();
    await soon(() => expect([says("paris"), says("lutetia")]).toEqual(["chosen", "chosen, not to join: DuplicateMember"]));
    api.remove("ClusterProfile", "fleet", "paris");
    await soon(() => expect([says("paris"), says("lutetia")]).toEqual(["not chosen: unregistered", "chosen"]));
  });

  it("loses nobody while its slices are rewritten slowly, and then only who is named no more", async () => {
    const first = [web(["paris"], 0, { revision: "1" }), web(["oslo"], 1, { revision: "1" })];
    const { api, says, synced } = await story({ given: [...profiles, ...first] });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    const seen = new Set<string>();
    const looking = setInterval(() => ["paris", "oslo"].forEach((name) => seen.add(`${name} ${says(name)}`)), 1);
    const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
    api.apply(web(["rome"], 0, { revision: "2" }));
    await aWhile();
    expect([says("paris"), says("rome")]).toEqual(["unknown: MixedRevisions", "chosen"]);
    api.remove("PlacementDecision", "fleet", "web-1");
    api.apply(web(["paris"], 1, { revision: "2" }));
    await soon(() => expect(says("oslo")).toBe("not chosen: deselected"));
    clearInterval(looking);
    expect([...seen].filter((each) => each.startsWith("paris") && each.includes("not chosen"))).toEqual([]);
    expect([says("paris"), says("rome")]).toEqual(["chosen", "chosen"]);
  });

  it("is empty where its decision says so, and not where there is none or it cannot be told which one is meant", async () => {
    const { api, says, synced } = await story({ given: [...profiles, web([])] });
    await synced();
    await soon(() => expect(says("paris")).toBe("not chosen: deselected"));
    api.remove("PlacementDecision", "fleet", "web-0");
    await soon(() => expect(says("paris")).toBe("unknown: NoPlacement"));
    const two = ["a", "b"].map((name) => decision({ name, placementKey: "shop", of: [] }));
    const other = await story({ given: [...profiles, ...two], placement: { placementKey: "shop" } });
    await other.synced();
    await soon(() => expect(other.says("paris")).toBe("unknown: AmbiguousPlacement"));
  });

  it("hears only the schedulers that it is told to", async () => {
    const own = decision({ name: "own", key: "web", scheduler: "multikueue", of: ["paris"] });
    const foreign = decision({ name: "foreign", key: "web", scheduler: "somebody", of: ["oslo"] });
    const { says, synced } = await story({ given: [...profiles, own, foreign], schedulers: ["multikueue"] });
    await synced();
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "not chosen: deselected"]));
  });
});

describe("after a restart a decision has to settle anew", () => {
  it.each([
    { when: "not where it names just those who stand", standing: ["paris", "oslo"], then: "not chosen: deselected" },
    { when: "where others stand", standing: ["paris", "rome"], then: "unknown: Settling" },
    { when: "where nobody remembers who stands", standing: undefined, then: "unknown: Settling" },
  ])("$when", async ({ standing, then }) => {
    const { says, synced, chooser } = await story({ given: [...profiles, web(["oslo", "paris"])], settle: { one: 60, several: 60 } });
    const by = chooser(standing && { standing: () => new Set(standing.map((name) => `fleet/${name}`)) });
    await synced(by);
    await soon(() => expect(says("paris", by)).toBe("chosen"));
    expect(says("rome", by)).toBe(then);
  });
});

describe("both APIs", () => {
  const ocmProfiles = ["paris", "oslo"].map((name) => profile({ name, manager: "open-cluster-management" }));
  const ocm = (of: readonly string[]): KubeObject => ocmDecision({ name: "web-decision-1", key: "web", index: 0, of });

  it.each<{ served: string; kinds: readonly HubKind[]; given: readonly KubeObject[] }>([
    { served: "KEP-5313's", kinds: [clusterProfileKind, decisionKind], given: [web(["paris"])] },
    {
      served: "KEP-5313's newer one",
      kinds: [clusterProfileKind, { ...decisionKind, apiVersion: "multicluster.x-k8s.io/v1alpha2" }],
      given: [{ ...web(["paris"]), apiVersion: "multicluster.x-k8s.io/v1alpha2" }],
    },
    { served: "OCM's own", kinds: [clusterProfileKind, ocmDecisionKind], given: [ocm(["paris"])] },
    { served: "both, of which one has it", kinds: both, given: [ocm(["paris"])] },
  ])("choose alike where the server has $served", async ({ kinds, given }) => {
    const { says, synced, events } = await story({ kinds, given: [...ocmProfiles, ...given] });
    await synced();
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "not chosen: deselected"]));
    expect(events.filter(({ type }) => type === "failed")).toEqual([]);
  });

  it("are told apart where both have the decision: the list says whose it means", async () => {
    const { says, synced, chooser } = await story({ kinds: both, given: [...ocmProfiles, web(["paris"]), ocm(["oslo"])] });
    const ofOcm = chooser({}, { key: "web", api: "cluster.open-cluster-management.io" });
    await synced();
    await soon(() => expect([says("paris", ofOcm), says("oslo", ofOcm)]).toEqual(["not chosen: deselected", "chosen"]));
    expect(says("paris")).toBe("unknown: AmbiguousPlacement");
  });

  it("let nobody join by OCM's word who is another manager's", async () => {
    const { says, synced } = await story({ kinds: both, given: [profile({ name: "paris" }), ocm(["paris"])] });
    await synced();
    await soon(() => expect(says("paris")).toBe("chosen, not to join: NotOcm"));
  });

  it("are asked for only where a list may mean them, so nobody else needs the right to", async () => {
    const { api, synced, chooser, hub } = await story({ kinds: both, given: profiles });
    await hub.synced();
    const asked = (): ReadonlySet<string> =>
      new Set(api.requests.flatMap(({ path, resource }) => (resource === "placementdecisions" ? [path.split("/")[2]!] : [])));
    expect(asked()).toEqual(new Set());
    await synced(chooser({}, { key: "web", api: "multicluster.x-k8s.io" }));
    expect(asked()).toEqual(new Set(["multicluster.x-k8s.io"]));
    hub.decisions(["cluster.open-cluster-management.io"]);
    await soon(() => expect(asked()).toEqual(new Set(["multicluster.x-k8s.io", "cluster.open-cluster-management.io"])));
  });
});

describe("decisions that cannot be read", () => {
  it.each([403, 500])("because the server says %i let nobody go, and are believed again when they can", async (code) => {
    const { api, says, synced, answers, told } = await story({ given: [...profiles, web(["paris", "oslo"])] });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    answers(kep, code);
    api.apply(web(["paris"]));
    await soon(() => expect(says("rome")).toBe("unknown: DecisionsUnread"));
    expect([says("paris"), says("oslo")]).toEqual(["chosen", "chosen"]);
    told.length = 0;
    answers(kep);
    await soon(() => expect(says("oslo")).toBe("not chosen: deselected"));
    expect(told).toContain("oslo");
  });

  it("from the start keep no list waiting, and nothing is concluded from them", async () => {
    const { says, synced, answers, events } = await story({ given: [...profiles, web(["paris"])] });
    answers(kep, 403);
    await synced();
    expect(says("paris")).toBe("unknown: DecisionsUnread");
    expect(events.some((event) => event.type === "failed" && event.kind === "PlacementDecision")).toBe(true);
    answers(kep);
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "not chosen: deselected"]));
  });

  it("let nobody go when they would have settled meanwhile", async () => {
    const { api, says, synced, answers } = await story({ given: [...profiles, web(["paris", "oslo"])], settle: { one: 0.4, several: 1 } });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    api.apply(web(["paris"]));
    await soon(() => expect(says("oslo")).toBe("unknown: Settling"));
    answers(kep, 500);
    await soon(() => expect(says("oslo")).toBe("unknown: DecisionsUnread"));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(says("oslo")).toBe("unknown: DecisionsUnread");
  });

  it("as their watch has gone silent unnoticed, let nobody go for the half that was told of a rewrite", async () => {
    const whole = [web(["paris"], 0), web(["oslo"], 1)];
    const settle = { one: 0.3, several: 0.3 };
    const { api, says, synced, mute } = await story({ given: [...profiles, ...whole], settle, silence: 60_000 });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    api.apply(web(["rome"], 0));
    await soon(() => expect(says("rome")).toBe("chosen"));
    mute();
    api.apply(web(["oslo", "paris"], 1));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(says("paris")).toBe("unknown: Settling");
  });

  it("because the kind is not there are none, and are found once it is", async () => {
    const { api, says, synced, events } = await story({ kinds: [clusterProfileKind], given: profiles });
    await synced();
    expect(says("paris")).toBe("unknown: NoPlacement");
    expect(events.filter(({ type }) => type === "failed")).toEqual([]);
    api.serve(decisionKind);
    api.apply(web(["paris"]));
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "not chosen: deselected"]));
  });

  it("because the kind went, and all of them with it, let nobody go", async () => {
    const { api, says, synced, events } = await story({ given: [...profiles, web(["paris"])] });
    await synced();
    await soon(() => expect(says("oslo")).toBe("not chosen: deselected"));
    const seen = new Set<string>();
    const looking = setInterval(() => seen.add(says("paris")), 1);
    api.unserve("placementdecisions", "multicluster.x-k8s.io");
    await soon(() => expect(says("oslo")).toBe("unknown: NoPlacement"));
    await soon(() => expect(events.some((event) => event.type === "failed" && event.absent)).toBe(true));
    expect(says("paris")).toBe("unknown: NoPlacement");
    api.serve(decisionKind);
    api.apply(web(["paris"]));
    await soon(() => expect([says("paris"), says("oslo")]).toEqual(["chosen", "not chosen: deselected"]));
    clearInterval(looking);
    expect([...seen].filter((each) => each.startsWith("not"))).toEqual([]);
  });
});

it("decisions whose resourceVersion went back make the hub one that did, as profiles do", async () => {
  const { hub, synced, says, answers } = await story({ given: [...profiles, web(["paris"])] });
  await synced();
  await soon(() => expect(says("oslo")).toBe("not chosen: deselected"));
  const restored = await startMemoryHub({ kinds: [clusterProfileKind, decisionKind], namespaces: ["fleet"] });
  ends.push(() => restored.stop());
  restored.apply(web(["oslo"]));
  answers("placementdecisions", restored);
  await soon(() => expect(says("oslo")).toBe("chosen"));
  expect(hub.timesBack()).toBe(1);
});

describe("the news of a decision", () => {
  it("is of those whom it names or named, comes again when it has settled, and is announced first", async () => {
    const { api, says, synced, told } = await story({ given: [...profiles, web(["paris", "oslo"])], settle: { one: 0.3, several: 1 } });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    told.length = 0;
    api.apply(web(["paris", "rome"]));
    await soon(() => expect(told).toEqual(["before", "oslo rome"]));
    // It settles, and then the hub has been asked whether that is all.
    await soon(() => expect(told).toEqual(["before", "oslo rome", "before", "oslo", "before", ""]));
    told.length = 0;
    api.apply(web(["rome", "paris"]));
    await soon(() => expect(told).toEqual(["before", ""]));
  });

  it("is that a profile came whom it names already, and none that a profile beats", async () => {
    const { api, hub, synced, told, chooser } = await story({ given: [...profiles, web(["paris", "tokyo"])] });
    await synced();
    const inventory = hub.inventory(chooser());
    await soon(() => expect(inventory.byDecision!()).toBe(true));
    told.length = 0;
    api.apply(profile({ name: "paris", labels: { beat: "1" } }));
    api.apply(profile({ name: "tokyo" }));
    await soon(() => expect(told).toEqual(["before", "tokyo"]));
    expect([...inventory.expected!()]).toEqual(["fleet/paris", "fleet/tokyo"]);
  });

  it("moves the inventory on, so that whoever counts counts anew", async () => {
    const { api, hub, says, synced, chooser } = await story({ given: [...profiles, web(["paris"])] });
    await synced();
    await soon(() => expect(says("rome")).toBe("not chosen: deselected"));
    const inventory = hub.inventory(chooser());
    const before = inventory.generation();
    api.apply(web(["oslo"]));
    await soon(() => expect(inventory.generation()).toBeGreaterThan(before));
  });
});

it("a placement is looked for once, however many clusters are asked about", async () => {
  const { hub, synced, chooser } = await story({ given: [...profiles, web(["paris"])] });
  const by = chooser();
  const find = vi.fn(by.placement!.find);
  await synced();
  const inventory = hub.inventory({ ...by, placement: { ...by.placement!, find } });
  await soon(() => expect(inventory.byDecision!()).toBe(true));
  find.mockClear();
  for (let at = 0; at < 10_000; at += 1) inventory.choose(`fleet/${["paris", "oslo", "rome", "lima"][at % 4]!}`);
  expect(find.mock.calls.length).toBeLessThan(2);
});
