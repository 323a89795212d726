import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { refusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { parseAllDocuments } from "yaml";
import { answer, fluxInputs, pluginParameters, type Described, type Placed, type Request } from "./index.ts";

type Given = Parameters<typeof cluster>[0] & { readonly plain?: Record<string, string> } & Pick<Placed, "order" | "reason">;
const member = ({ plain, order, reason, ...given }: Given): Described => {
  const known = cluster(given);
  const shown = plain ?? { name: known.name, server: `https://${known.name}.example.test:6443` };
  return { id: known.id, cluster: known, plain: shown, ...(order !== undefined && { order }), ...(reason !== undefined && { reason }) };
};
const asks = (request: Partial<Request> & Pick<Request, "asks">): Request =>
  ({ list: "argocd", sort: "decision", applicationSetName: "web", values: {}, ...request }) as Request;

const paris: Given = {
  name: "paris",
  displayName: "Paris (EU)",
  clusterSet: "europe",
  labels: { env: "prod", "topology.kubernetes.io/region": "eu" },
  properties: { "topology.kubernetes.io/zone": "eu-1", "location.topology.k8s.io": "[48.86, 2.35]" },
  plain: { name: "Paris_1", server: "https://gateway.example.test/v1/paris", project: "platform", shard: "2" },
  order: 1,
  reason: "enough room",
};
const hostile: Given = {
  name: "evil",
  displayName: '{{ .Values }} {{ "x" | env }} << inputs.id >> "quoted" \\ <b>&\n  - injected: true\r\u2028\u0000',
  health: "unhealthy",
  labels: { __proto__: "x", constructor: "x" },
  properties: { ["__proto__"]: "{{ range . }}", "a\nb": "${HOME} $(id) `id`", 'quote"': "\ud83d" },
  reason: "because\n{{ . }}",
  order: 0,
};

describe("the answers", () => {
  it.each<{ name: string; request: Request; members: readonly Given[] }>([
    { name: "plugin", request: asks({ asks: "plugin", values: { wave: "1" } }), members: [paris, { name: "rome", health: "unknown" }] },
    { name: "plugin hostile", request: asks({ asks: "plugin", values: { ["__proto__"]: "{{ . }}" } }), members: [hostile] },
    {
      name: "plugin without Secrets",
      request: asks({ asks: "plugin" }),
      members: [
        { name: "paris", plain: {} },
        { name: "paris", namespace: "retail", plain: {} },
      ],
    },
    { name: "flux", request: asks({ asks: "flux" }), members: [paris, { name: "rome", health: "unknown" }] },
    { name: "flux hostile", request: asks({ asks: "flux" }), members: [hostile] },
    {
      name: "clusters",
      request: asks({ asks: "clusters", placement: { key: "web", namespace: "fleet" } }),
      members: [paris, { name: "rome", health: "unknown" }],
    },
    { name: "clusters hostile", request: asks({ asks: "clusters" }), members: [hostile] },
  ])("look like this: $name", async ({ name, request, members }) => {
    const { status, body } = answer({ is: "ready", generation: "7-12", members: members.map(member) }, request);
    expect(status).toBe(200);
    await expect(`${JSON.stringify(JSON.parse(body), null, 2)}\n`).toMatchFileSnapshot(`__golden__/${name.replaceAll(" ", "-")}.json`);
  });

  it("name and server are the consumer's, to the byte", () => {
    const plain = { name: "Paris (old) {{x}}", server: "https://Host.test:443/a?b=c" };
    expect(pluginParameters([member({ name: "paris", plain })])[0]).toMatchObject(plain);
  });

  it("two clusters of one name are two where no consumer names them", () => {
    const members = [member({ name: "b-c", namespace: "a", plain: {} }), member({ name: "c", namespace: "a-b", plain: {} })];
    expect(new Set(pluginParameters(members).map(({ name }) => name)).size).toBe(2);
  });

  it("where no consumer has a server, the first that can be used is shown", () => {
    const unusable = { provider: "x", endpoint: refusal("NoServer", "") };
    const usable = { provider: "y", endpoint: { server: "https://y.test" } };
    const server = (access: Given["access"]) => pluginParameters([member({ name: "paris", access, plain: {} })])[0]!.server;
    expect([server([unusable]), server([unusable, usable])]).toEqual(["", "https://y.test"]);
  });

  it("two clusters that a consumer shows by one name come in the same order every day", () => {
    const members = ["b", "a"].map((name) => member({ name, plain: { name: "same" } }));
    const ids = (these: readonly Described[]) => pluginParameters(these).map(({ rollcall }) => rollcall.name);
    expect([ids(members), ids(members.toReversed())]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("a profile does not choose its project", () => {
    const words = { project: "admin", "argocd.argoproj.io/project": "admin" };
    expect(pluginParameters([member({ name: "paris", labels: words, properties: words })])[0]!.project).toBe("");
  });

  it("properties in another order change nothing", () => {
    const [one, other] = [
      { a: "1", b: "2" },
      { b: "2", a: "1" },
    ].map((properties) => JSON.stringify(pluginParameters([member({ name: "x", properties })])));
    expect(one).toBe(other);
  });

  it("two values that cannot stand as they are stay two", () => {
    const values = ["a\nb", "a\rb", "a b", "x".repeat(2000), `${"x".repeat(1999)}y`];
    const shown = values.map((v) => pluginParameters([member({ name: "x", properties: { v } })])[0]!.rollcall.properties["v"]!);
    expect(new Set(shown).size).toBe(values.length);
    expect(shown.every((each) => each.length <= 1024 && !/[\n\r]/.test(each))).toBe(true);
    const cut = pluginParameters([member({ name: "x", displayName: `${"x".repeat(1012)}🚀${"x".repeat(99)}` })])[0]!.rollcall.displayName;
    expect(cut.isWellFormed()).toBe(true);
    const copy = pluginParameters([member({ name: "x", properties: { v: shown[0]! } })])[0]!.rollcall.properties["v"];
    expect(copy).not.toBe(shown[0]);
  });
});

describe("every profile that cluster managers are known to write", () => {
  const folder = new URL("../../inventory/src/__samples__/", import.meta.url);
  const documents = readdirSync(folder).flatMap((file) => parseAllDocuments(readFileSync(new URL(file, folder), "utf8")));
  const members = documents.flatMap((each) => {
    const { kind, metadata, spec, status } = each.toJS() as SampleProfile;
    if (kind !== "ClusterProfile") return [];
    const properties = Object.fromEntries((status?.properties ?? []).map(({ name, value }) => [name, value]));
    const { name, namespace = "fleet", labels } = metadata;
    return [
      member({
        name,
        namespace,
        labels,
        properties,
        displayName: spec.displayName ?? name,
        version: status?.version?.kubernetes,
        plain: {},
      }),
    ];
  });

  it("is answered with the same keys, and every scalar is a text", () => {
    expect(members.length).toBeGreaterThan(30);
    const parameters = pluginParameters(members);
    const keys = (value: object) => Object.keys(value).join();
    for (const each of parameters) {
      expect([keys(each), keys(each.metadata), keys(each.rollcall)]).toEqual([
        "name,nameNormalized,server,project,metadata,rollcall,values",
        "labels,annotations",
        "namespace,name,displayName,manager,version,health,properties,order,reason",
      ]);
      expect(scalars(each).filter((scalar) => typeof scalar !== "string")).toEqual([]);
    }
  });

  it("is an input with the same keys and an id of its own", () => {
    const found = fluxInputs(members, { list: "all" });
    const inputs = "inputs" in found ? found.inputs : [];
    expect(new Set(inputs.map((each) => Object.keys(each).join())).size).toBe(1);
    expect(new Set(inputs.map(({ id }) => id)).size).toBe(new Set(members.map(({ id }) => id)).size);
    for (const { id } of inputs) expect(id).toMatch(/^[-a-z0-9.]+$/);
  });
});

describe("inputs for flux-operator", () => {
  const many = (count: number, words = ""): readonly Described[] =>
    Array.from({ length: count }, (_, i) => member({ name: `c${i}`, properties: words === "" ? {} : { words } }));
  const asked = (members: readonly Described[]) => answer({ is: "ready", generation: "1", members }, asks({ asks: "flux" }));

  it("say when there are more than it keeps by itself", () => {
    expect(asked(many(100)).headers["rollcall-notice"]).toBeUndefined();
    expect(asked(many(101)).headers["rollcall-notice"]).toContain("101 inputs; flux-operator keeps the first 100");
    expect(fluxInputs(many(101), { list: "a" })).toHaveProperty("notice");
    expect(fluxInputs(many(100), { list: "a" })).not.toHaveProperty("notice");
  });

  it("are refused with advice when they are more than it reads, counted in bytes", () => {
    const members = many(1000, "é".repeat(400));
    const { status, body } = asked(members);
    expect(status).toBe(422);
    expect(body).toContain("split the list in the config");
    expect(fluxInputs(members, { list: "a" })).toMatchObject({ reason: "TooLarge" });
    expect(asked(many(1000, "e".repeat(400))).status).toBe(200);
  });

  it("do not change when a decision only changes its order", () => {
    const members = ["a", "b"].map((name, order) => member({ name, order }));
    const turned = ["a", "b"].map((name, order) => member({ name, order: 1 - order, reason: "other" }));
    const request = asks({ asks: "flux", sort: "name" });
    const body = (these: readonly Described[]) => answer({ is: "ready", generation: "1", members: these }, request).body;
    expect(body(turned)).toBe(body(members));
  });
});

interface SampleProfile {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly spec: { readonly displayName?: string };
  readonly status?: { readonly version?: { kubernetes?: string }; readonly properties?: readonly { name: string; value: string }[] };
}

function scalars(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(scalars) : [value];
}
