import { readdirSync, readFileSync } from "node:fs";
import { fromBase64, type KubeObject } from "@rollcall/contract";
import { decision } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { checkConfig } from "./config/check.ts";
import type { Config } from "./config/config.ts";
import { forReading } from "./for-reading.ts";
import { renderLists, type Rendered } from "./render.ts";
import { fromYaml, toYaml } from "./yaml.ts";

const packages = new URL("../../../packages/", import.meta.url);
const samples = new URL("inventory/src/__samples__/", packages);
const providerFile: unknown = JSON.parse(
  readFileSync(new URL("connect/src/__samples__/support-clusterprofile-provider-file.json", packages), "utf8"),
);
const corp = { name: "corp", execConfig: { command: "/plugins/corp", apiVersion: "client.authentication.k8s.io/v1" } };

function config(list: object = {}, file: object = {}): Config {
  const lists = [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" }, ...list }];
  const said = { apiVersion: "rollcall.dev/v1alpha1", kind: "RollcallConfig", inventory: { namespaces: ["fleet"] }, lists, ...file };
  const { config: read, problems } = checkConfig({ providers: { inline: [corp] }, ...said }, providerFile);
  expect(problems).toEqual([]);
  return read!;
}

interface Given {
  readonly metadata?: object | null;
  readonly server?: string;
  readonly provider?: string;
}

/** A profile as a person would write it into a file. */
function profile(name: string, { metadata = {}, server = `https://${name}.example.test:6443`, provider = "corp" }: Given = {}): object {
  return {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    metadata: metadata && { name, ...metadata },
    spec: { clusterManager: { name: "me" } },
    status: { accessProviders: [{ name: provider, cluster: { server } }] },
  };
}

const keys = ({ objects }: Rendered): readonly string[] => objects.map(({ object }) => object.metadata.name);
const reasons = ({ refusals }: Rendered): readonly string[] =>
  refusals.map(({ list, cluster, reason }) => `${list === undefined ? "" : `${list} `}${cluster} ${reason}`);

describe("a list that follows a decision", () => {
  const profiles = ["paris", "oslo", "rome"].map((name) => profile(name));
  const web = (...names: readonly string[]): object => {
    const { namespace: _, ...metadata } = decision({ name: "web-0", key: "web", of: names }).metadata;
    return { ...decision({ name: "web-0", key: "web", of: names }), metadata };
  };
  const follows = config({ select: { placement: { key: "web" } } });

  it("has those whom a decision in the files names, in its order", async () => {
    const rendered = await renderLists(follows, [...profiles, web("rome", "paris")]);
    expect(keys(rendered)).toEqual(["fleet.rome", "fleet.paris"]);
    expect([rendered.refusals, rendered.lists]).toEqual([[], [{ list: "argocd", listed: 2, refused: 0, notSelected: 1 }]]);
  });

  it("has nobody where no file has the decision, and says so of each", async () => {
    const rendered = await renderLists(follows, profiles);
    expect(keys(rendered)).toEqual([]);
    expect(reasons(rendered)).toEqual(["paris", "oslo", "rome"].map((name) => `argocd fleet/${name} NoPlacement`).toSorted());
  });

  it("does not hear who is not to be heard, and another list hears no decision", async () => {
    const deaf = { inventory: { namespaces: ["fleet"], placements: { schedulers: ["multikueue"] } } };
    expect(reasons(await renderLists(config({ select: { placement: { key: "web" } } }, deaf), [...profiles, web("rome")]))).toHaveLength(3);
    expect(keys(await renderLists(config(), [...profiles, web("rome")]))).toHaveLength(3);
  });
});

describe("profiles as their managers write them", () => {
  const files = readdirSync(samples).filter((file) => file.startsWith("cp-"));
  const documents = (file: string): readonly unknown[] => fromYaml(file, readFileSync(new URL(file, samples), "utf8"));
  const namespaces = [
    ...new Set(files.flatMap((file) => documents(file).flatMap((each) => (each as KubeObject).metadata.namespace ?? []))),
  ].sort();
  const everywhere = config({ select: { namespaces } }, { inventory: { namespaces } });

  it("are all there", () => expect(files).toHaveLength(19));

  it.each(files)("%s: each becomes a Secret, or a reason why not", async (file) => {
    const given = documents(file);
    const { objects, refusals, lists } = await renderLists(everywhere, given);
    expect(objects.length + refusals.length).toBe(given.length);
    expect(lists[0]!.listed).toBe(objects.length);
    for (const { reason, message } of refusals) {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(message).not.toMatch(/\p{Cc}/u);
    }
    for (const { object } of objects) {
      expect(object).toMatchObject({ apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { namespace: "argocd" } });
      expect(object.metadata.labels).toMatchObject({ "argocd.argoproj.io/secret-type": "cluster", "rollcall.dev/list": "argocd" });
      expect(JSON.parse(fromBase64(object.data!["config"]!)!)).toHaveProperty("tlsClientConfig");
    }
    expect(new Set(objects.map(({ object }) => object.metadata.name)).size).toBe(objects.length);
  });

  it("come out as they always did", async () => {
    const outcomes = await Promise.all(
      files.map(async (file) => {
        const { objects, refusals } = await renderLists(everywhere, documents(file));
        const listed = objects.map(({ object }) => `  ${object.metadata.annotations!["rollcall.dev/cluster"]}  ${object.metadata.name}`);
        return [file, ...listed, ...refusals.map(({ cluster, reason }) => `  ${cluster}  ${reason}`), ""].join("\n");
      }),
    );
    await expect(outcomes.join("")).toMatchFileSnapshot("__golden__/rendered-samples.txt");
  });
});

it("one cluster as it is shown, its secrets masked", async () => {
  const labels = { env: "prod", region: "eu-west-1", team: "shop" };
  const { objects } = await renderLists(config({ options: { copyLabels: ["env", "region"] } }), [
    profile("paris", { metadata: { labels, uid: "8d1c1d62", creationTimestamp: "2026-11-01T08:00:00Z" } }),
  ]);
  await expect(toYaml(objects.map(({ object, plain }) => forReading(object, plain)))).toMatchFileSnapshot(
    "__golden__/rendered-masked.yaml",
  );
  await expect(toYaml(objects.map(({ object }) => object))).toMatchFileSnapshot("__golden__/rendered-to-apply.yaml");
});

describe("a profile from a file", () => {
  it.each([
    { when: "without a uid", metadata: { namespace: "fleet" } },
    { when: "with an empty uid", metadata: { namespace: "fleet", uid: "" } },
    { when: "without a namespace", metadata: { uid: "a" } },
    { when: "without either", metadata: {} },
    { when: "with nothing where they should be", metadata: { namespace: null, uid: null } },
  ])("$when is taken as it will be stored", async ({ metadata }) => {
    const rendered = await renderLists(config(), [profile("paris", { metadata })]);
    expect(reasons(rendered)).toEqual([]);
    expect(keys(rendered)).toEqual(["fleet.paris"]);
  });

  it("without a namespace is in default where several are watched", async () => {
    const several = config({ select: { namespaces: ["fleet"] } }, { inventory: { namespaces: ["fleet", "edge"] } });
    expect(reasons(await renderLists(several, [profile("paris")]))).toEqual(["default/paris NotWatched"]);
  });

  it("in a namespace that is not watched is on no list, and that is said once", async () => {
    const rendered = await renderLists(config(), [profile("paris", { metadata: { namespace: "edge" } })]);
    expect(rendered.refusals).toEqual([
      {
        cluster: "edge/paris",
        reason: "NotWatched",
        message: 'its namespace "edge" is not in inventory.namespaces (fleet); add it there',
      },
    ]);
  });

  it("of which another one speaks of the same member is on no list, unless it is the oldest", async () => {
    const labels = { "multicluster.x-k8s.io/inventory-member-id": "m-1" };
    const at = (name: string, creationTimestamp: string) => profile(name, { metadata: { labels, creationTimestamp } });
    const rendered = await renderLists(config(), [at("paris", "2026-11-02T00:00:00Z"), at("rome", "2026-11-01T00:00:00Z")]);
    expect(reasons(rendered)).toEqual(["argocd fleet/paris DuplicateMember"]);
    expect(rendered.objects).toHaveLength(1);
  });

  it("that is being deleted is on no list", async () => {
    const metadata = { deletionTimestamp: "2026-11-01T08:00:00Z" };
    expect(reasons(await renderLists(config(), [profile("paris", { metadata })]))).toEqual(["fleet/paris Terminating"]);
  });

  it("that comes twice counts as it comes last", async () => {
    const rendered = await renderLists(config(), [profile("paris"), profile("paris", { server: "https://moved.example.test" })]);
    expect(reasons(rendered)).toEqual(["fleet/paris Twice"]);
    expect(rendered.objects.map(({ object }) => fromBase64(object.data!["server"]!))).toEqual(["https://moved.example.test"]);
  });

  it("is not put out by another kind of the same name", async () => {
    const other = { ...profile("paris"), apiVersion: "config.projectsveltos.io/v1beta1" };
    const rendered = await renderLists(config(), [profile("paris"), other]);
    expect(reasons(rendered)).toEqual(["fleet/paris NotAClusterProfile"]);
    expect(keys(rendered)).toEqual(["fleet.paris"]);
  });

  it("may come in a List", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [profile("paris"), profile("oslo")] };
    const own = { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfileList", items: [profile("lima")] };
    expect(keys(await renderLists(config(), [list, own]))).toEqual(["fleet.lima", "fleet.oslo", "fleet.paris"]);
  });

  it.each([
    ["nothing", null],
    ["a text", "paris"],
    ["a list", [profile("paris")]],
    ["an empty object", {}],
    ["a List of nothing", { kind: "List", items: [null, 5] }],
    ["metadata that is none", profile("paris", { metadata: null })],
  ])("that is %s is a reason, not a crash", async (_, value) => {
    const { objects, refusals } = await renderLists(config(), [value]);
    expect(objects).toEqual([]);
    expect(refusals.length).toBeGreaterThan(0);
  });
});

describe("clusters that cannot both be on a list", () => {
  const server = "https://one.example.test:6443";

  it("have one server: the older one is there, the other is told why", async () => {
    const rendered = await renderLists(config(), [
      profile("young", { server: `${server}/`, metadata: { creationTimestamp: "2026-11-02T00:00:00Z" } }),
      profile("old", { server, metadata: { creationTimestamp: "2026-11-01T00:00:00Z" } }),
    ]);
    expect(keys(rendered)).toEqual(["fleet.old"]);
    expect(rendered.refusals).toEqual([
      {
        list: "argocd",
        cluster: "fleet/young",
        reason: "Collision",
        message: `server ${server} is on this list already, as fleet/old; one of the two has to be left out`,
      },
    ]);
  });

  it("have one server and no age: the one on the hub comes before the one that is only written down", async () => {
    const onHub = profile("z", { server, metadata: { creationTimestamp: "2026-11-01T00:00:00Z" } });
    expect(keys(await renderLists(config(), [profile("a", { server }), onHub]))).toEqual(["fleet.z"]);
  });

  it("have one server and nothing else to tell by: the order of the files does not matter", async () => {
    const both = [profile("b", { server }), profile("a", { server })];
    expect(keys(await renderLists(config(), both))).toEqual(["fleet.a"]);
    expect(keys(await renderLists(config(), both.toReversed()))).toEqual(["fleet.a"]);
  });

  it("have one name for the consumer", async () => {
    const several = config(
      { select: { namespaces: ["fleet", "edge"] }, options: { name: "{name}" } },
      { inventory: { namespaces: ["fleet", "edge"] } },
    );
    const profiles = ["fleet", "edge"].map((namespace) =>
      profile("paris", { metadata: { namespace }, server: `https://${namespace}.example.test` }),
    );
    expect(reasons(await renderLists(several, profiles))).toEqual(["argocd fleet/paris Collision"]);
  });

  it("may be on two lists", async () => {
    const list = { name: "argocd", consumer: "argocd", target: { namespace: "argocd" } };
    const lists = [
      { ...list, select: { names: ["a"] } },
      { ...list, name: "other", target: { namespace: "other" }, select: { names: ["b"] } },
    ];
    const rendered = await renderLists(config({}, { lists }), [profile("a", { server }), profile("b", { server })]);
    expect(keys(rendered)).toEqual(["fleet.a", "fleet.b"]);
    expect(rendered.lists).toEqual([
      { list: "argocd", listed: 1, refused: 0, notSelected: 1 },
      { list: "other", listed: 1, refused: 0, notSelected: 1 },
    ]);
  });
});

describe("what strangers write", () => {
  const words = [
    "no",
    "on",
    "y",
    "012",
    "1e3",
    "12:30:45",
    "null",
    "~",
    "true",
    "",
    "- a",
    "a: b",
    "#",
    "&a",
    "*a",
    "!!int 1",
    "a\nb",
    '"',
    "'",
    "\u0000",
    "é",
  ];

  it("comes through YAML of either version as it was", async () => {
    const labels = Object.fromEntries(words.map((word, at) => [`l${at}`, word]));
    const copyLabels = Object.keys(labels);
    const { objects } = await renderLists(config({ options: { copyLabels } }), [profile("paris", { metadata: { labels } })]);
    const yaml = toYaml(objects.map(({ object }) => object));
    for (const version of ["1.1", "1.2"] as const) {
      const [document, ...more] = parseAllDocuments(yaml, { version });
      expect(more).toEqual([]);
      expect((document!.toJS() as KubeObject).metadata.labels).toMatchObject(labels);
    }
  });

  it.each(["../../etc", "Paris", "a b", "a\u001b[2Jb", "a".repeat(254)])("as a name is a reason: %j", async (name) => {
    const { objects, refusals } = await renderLists(config(), [profile(name)]);
    expect(objects).toEqual([]);
    expect(refusals.map(({ reason }) => reason)).toEqual(["BadName"]);
  });
});

describe("a Secret to be read", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a" },
    data: { name: "cGFyaXM=", config: "aHVzaA==", bytes: "/////w==" },
  };

  it("shows what is plain, and of the rest only that it is there", () => {
    expect(forReading(secret, ["name"]).data).toEqual({
      name: "paris",
      config: expect.stringMatching(/^\(hidden: 4 characters, sha256 [0-9a-f]{12}\)$/) as string,
      bytes: expect.stringMatching(/^\(hidden: /) as string,
    });
    expect(JSON.stringify(forReading(secret, []))).not.toMatch(/hush|aHVzaA/);
  });

  it("is no Secret that an API server would take", () => {
    expect(fromBase64(forReading(secret, ["name"]).data!["config"]!)).toBeUndefined();
  });

  it("is anything else as it is", () => {
    const map = { ...secret, kind: "ConfigMap" };
    expect(forReading(map, [])).toBe(map);
  });
});

describe("an order, health, and the labels of namespaces", () => {
  const nodes = (name: string, count?: string): object => {
    const base = profile(name) as { status: object };
    return { ...base, status: { ...base.status, ...(count && { properties: [{ name: "count.node.k8s.io", value: count }] }) } };
  };
  const sick = (name: string): object => {
    const base = profile(name) as { status: object };
    return { ...base, status: { ...base.status, conditions: [{ type: "ControlPlaneHealthy", status: "False" }] } };
  };

  it("clusters come in the order that is said, and who has no place in it comes last, with the reason", async () => {
    const rendered = await renderLists(config({ select: { orderBy: '-properties["count.node.k8s.io"]' } }), [
      nodes("mute"),
      nodes("small", "3"),
      nodes("large", "50"),
    ]);
    expect(keys(rendered)).toEqual(["fleet.large", "fleet.small", "fleet.mute"]);
    expect(reasons(rendered)).toEqual(["argocd fleet/mute OrderByFailed"]);
    expect(rendered.lists).toEqual([{ list: "argocd", listed: 3, refused: 0, notSelected: 0 }]);
  });

  it("of two that want one server, the first in the order has it", async () => {
    const one = { server: "https://one.example.test" };
    const rendered = await renderLists(config({ select: { orderBy: 'name == "b"' } }), [profile("a", one), profile("b", one)]);
    expect(keys(rendered)).toEqual(["fleet.b"]);
    expect(reasons(rendered)).toEqual(["argocd fleet/a Collision"]);
  });

  it("who is too unwell to join is left out, with the reason", async () => {
    const all = [profile("paris"), sick("oslo")];
    expect(keys(await renderLists(config(), all))).toEqual(["fleet.oslo", "fleet.paris"]);
    const rendered = await renderLists(config({ select: { health: { join: "notUnhealthy", joinAfter: "5m" } } }), all);
    expect(keys(rendered)).toEqual(["fleet.paris"]);
    expect(reasons(rendered)).toEqual(["argocd fleet/oslo NotHealthy"]);
  });

  it("a namespace among the files says which cluster set its profiles are in; without it, nobody knows", async () => {
    const web = config({ select: { clusterSets: ["web"] } });
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "fleet", labels: { "clusterset.multicluster.x-k8s.io": "web" } },
    };
    expect(keys(await renderLists(web, [profile("paris"), namespace]))).toEqual(["fleet.paris"]);
    expect(reasons(await renderLists(web, [profile("paris")]))).toEqual(["argocd fleet/paris NamespaceUnread"]);
  });
});
