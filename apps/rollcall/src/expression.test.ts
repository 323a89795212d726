import { readFileSync } from "node:fs";
import fc from "fast-check";
import { RollcallError, type Cluster } from "@rollcall/contract";
import { explainSelection, parseProfile } from "@rollcall/inventory";
import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compileOrderBy, compileWhere } from "./expression.ts";

const frankfurt = cluster({
  name: "gpu-frankfurt-1",
  displayName: "GPU pool, Frankfurt",
  manager: "hand-made",
  labels: { env: "prod", tier: "silver" },
  version: "v1.35.2",
  clusterSet: "gpu",
  conditions: { AllNodesHealthy: "False" },
  properties: {
    "cluster-endpoints.k8s.io": '["203.0.113.10:6443","api.gpu-frankfurt-1.example.com:443"]',
    "location.topology.k8s.io": "cloud.example/eu-central-1",
    "count.node.k8s.io": "120",
    "type.node.k8s.io": '["g6.xlarge","nd-h100-v5","large-cpu"]',
    "metrics-endpoints.k8s.io": '[{"Prometheus":"203.0.113.10:9990"},{"Grafana":"grafana.example.com:9990"}]',
    "group.customResource.k8s.io": '["kueue.x-k8s.io","kubeflow.org","argoproj.io"]',
    "jobs.waiting": "30",
  },
});
// The same properties as a careless manager writes them.
const oslo = cluster({
  name: "gpu-oslo-1",
  version: "1.34.0+vendor.7",
  properties: {
    "cluster-endpoints.k8s.io": "203.0.113.20:6443, api.gpu-oslo-1.example.com",
    "count.node.k8s.io": "about 12",
    "type.node.k8s.io": "[]",
    "group.customResource.k8s.io": "[1, 2]",
    "metrics-endpoints.k8s.io": '[{"Prometheus": 9990}]',
  },
});
const bare = { ...cluster({ name: "bare", conditions: {} }), labels: {}, version: "" } satisfies Cluster;

/** The answer, or the reason why there is none. */
function answer(text: string, of: Cluster): boolean | string {
  const said = explainSelection({ where: compileWhere(text) })(of);
  return "chosen" in said ? said.chosen : said.refusal.message;
}

function problem(compile: () => unknown): RollcallError {
  try {
    compile();
  } catch (error) {
    if (error instanceof RollcallError) return error;
    throw error;
  }
  throw new Error("it was compiled");
}

describe("the four stories that properties are for", () => {
  it.each([
    ["has certain CRDs", '"kubeflow.org" in properties["group.customResource.k8s.io"]', true],
    ["has not certain CRDs", '"istio.io" in properties["group.customResource.k8s.io"]', false],
    ["has them all", '["kueue.x-k8s.io", "argoproj.io"].all(g, g in properties["group.customResource.k8s.io"])', true],
    ["has at least n nodes", 'properties["count.node.k8s.io"] >= 120', true],
    ["has fewer", 'properties["count.node.k8s.io"] > 120', false],
    ["is close to the data", 'properties["location.topology.k8s.io"].endsWith("/eu-central-1")', true],
    ["is close to other data", 'properties["location.topology.k8s.io"] == "cloud.example/us-east-1"', false],
    ["is less busy", 'number(properties["jobs.waiting"]) / properties["count.node.k8s.io"] < 1', true],
    ["is busier", 'number(properties["jobs.waiting"]) / properties["count.node.k8s.io"] > 0.5', false],
  ])("a cluster that %s", (_, text, expected) => expect(answer(text, frankfurt)).toBe(expected));

  it("the less busy come first, and who says nothing comes last, with the reason", () => {
    const order = compileOrderBy('number(properties["jobs.waiting"])');
    const busy = (name: string, jobs?: string) => cluster({ name, properties: jobs === undefined ? {} : { "jobs.waiting": jobs } });
    const all = [busy("silent"), busy("b", "7"), busy("none", "0"), busy("odd", "many"), busy("much", "10"), busy("a", "7")];
    expect(all.toSorted(order).map(({ name }) => name)).toEqual(["none", "a", "b", "much", "odd", "silent"]);
    expect(order.refusal(all[1]!)).toBeUndefined();
    expect(order.refusal(all[0]!)?.reason).toBe("OrderByFailed");
    expect(order.refusal(all[3]!)?.message).toContain('fleet/odd cannot be judged by `number(properties["jobs.waiting"])`');
    expect(order.refusal(all[3]!)?.message).toContain('"many" is not a number');
  });
});

describe("an expression asks about", () => {
  it.each([
    ["its name", 'name == "gpu-frankfurt-1" && name.split("-")[1] == "frankfurt"'],
    ["its namespace", 'profileNamespace == "fleet"'],
    ["its display name", 'displayName.lowerAscii().contains("frankfurt")'],
    ["its manager", 'manager in ["hand-made", "other"]'],
    ["its cluster set", 'clusterSet == "gpu"'],
    ["its health", 'health == "healthy"'],
    ["its labels", 'labels.env == "prod" && labels["x-k8s.io/cluster-manager"] == manager'],
    ["the names of its labels", 'labels.exists(key, key.startsWith("x-k8s.io/"))'],
    ["its conditions", 'conditions["ControlPlaneHealthy"] == "True" && conditions.AllNodesHealthy != "True"'],
    ["one property", '"jobs.waiting" in properties && !("x" in properties) && properties["jobs.waiting"] == "30"'],
    ["whether a property is there", "has(properties.x) ? false : !has(labels.x) && has(labels.env)"],
    ["a number in a property", 'number(properties["jobs.waiting"]) == 30 && number(properties["jobs.waiting"]) * 2 + 1 > 60.5'],
    ["the nodes as a number", 'properties["count.node.k8s.io"] == 120 && number(properties["count.node.k8s.io"]) - 20 == 100.0'],
    ["a predefined property as a text", 'propertyText["count.node.k8s.io"] == "120" && propertyText.exists(key, key.endsWith(".k8s.io"))'],
    ["a list", 'size(properties["type.node.k8s.io"]) == 3 && properties["type.node.k8s.io"].exists_one(type, type.startsWith("nd-"))'],
    ["endpoints", 'properties["cluster-endpoints.k8s.io"].filter(each, each.endsWith(":443")).size() == 1'],
    ["pairs", 'properties["metrics-endpoints.k8s.io"].exists(pair, "Grafana" in pair && pair["Grafana"].contains("example"))'],
  ])("%s", (_, text) => expect(answer(text, frankfurt)).toBe(true));

  it("nothing that a label, a property or a condition could break by its name", () => {
    const odd = JSON.parse('{"constructor":"c","__proto__":"p","toString":"t"}') as Record<string, string>;
    const read = parseProfile({
      apiVersion: "multicluster.x-k8s.io/v1alpha1",
      kind: "ClusterProfile",
      metadata: { namespace: "fleet", name: "odd", uid: "u", labels: odd },
      spec: { clusterManager: { name: "m" } },
      status: {
        properties: Object.entries(odd).map(([name, value]) => ({ name, value })),
        conditions: [{ type: "constructor", status: "True" }],
      },
    });
    if ("refusal" in read) throw new Error(read.refusal.message);
    const text = '["constructor", "__proto__", "toString"].all(key, labels[key] == propertyText[key] && key in properties)';
    expect(answer(text, read.cluster)).toBe(true);
    expect(
      answer('properties["__proto__"] == "p" && properties["constructor"] == "c" && conditions["constructor"] == "True"', read.cluster),
    ).toBe(true);
    expect(answer('"hasOwnProperty" in labels || "valueOf" in properties', read.cluster)).toBe(false);
  });
});

describe("a version", () => {
  it.each([
    ["v1.35.2", 'version >= "1.34"', true],
    ["v1.9.0", 'version >= "1.34"', false],
    ["v1.34.2", 'version > "1.34" && version != "1.34" && version < "v1.34.3" && version <= "1.34.2"', true],
    ["v1.34.0", 'version == "1.34" && "1.34" <= version && !("1.34" < version)', true],
    ["v1.34.1-gke.1234", 'version >= "1.34.1" && version == "1.34.1"', true],
    ["1.34.0+vendor.7", 'version == "v1.34.0"', true],
    ["v1.36.0-alpha.2", 'version < "1.36" && version > "1.36.0-alpha.1" && version < "1.36.0-beta.0"', true],
    ["v1.36.0-rc.1", 'version < "1.36" && version > "1.36.0-beta.3" && version > "1.35.9"', true],
    ["v1.36.0-alphabet", 'version == "1.36"', true],
    ["", 'version == "" && !(version != "")', true],
    ["v1.34.2", 'version != "" && version >= version("1.34") && version == version("v1.34.2")', true],
  ])("%j is compared by its numbers: %s", (version, text, expected) => expect(answer(text, { ...bare, version })).toBe(expected));

  it.each([
    ["", 'version >= "1.34"', 'no version is said; ask first whether it is there, as in: version != ""'],
    ["about 1.34", 'version >= "1.34"', '"about 1.34" is no version such as 1.34 or v1.34.2'],
    ["1.34", "version > version(name)", '"bare" is no version'],
  ])("%j decides nothing by %s", (version, text, why) => expect(answer(text, { ...bare, version })).toContain(why));

  it("can be in a property", () => {
    const agent = cluster({ name: "paris", properties: { "agent.example/version": "1.9.3" } });
    expect(answer('version(properties["agent.example/version"]) >= "1.10"', agent)).toBe(false);
  });

  it("is put in order by its numbers", () => {
    const order = compileOrderBy("version");
    const at = (version: string) => ({ ...cluster({ name: version === "" ? "none" : version }), version });
    const all = ["v1.34.10", "", "v1.34.9", "v2", "v1.34.9-rc.1", "odd"].map(at);
    expect(all.toSorted(order).map(({ name }) => name)).toEqual(["v1.34.9-rc.1", "v1.34.9", "v1.34.10", "v2", "none", "odd"]);
    expect(order.refusal(all[5]!)?.message).toBe('fleet/odd has no place in the order, because it would be by the version "odd"');
  });
});

describe("what cannot be answered for a cluster decides nothing, and says why", () => {
  it.each([
    ["a missing label", 'labels.env == "prod"', bare, 'there is no "env"; ask first whether it is there: "env" in labels'],
    [
      "a missing entry of the expression's own",
      '{"gold": 0}[labels["tier"]] == 0',
      frankfurt,
      'there is no "silver"; ask first whether it is there: labels["tier"] in {"gold": 0}',
    ],
    [
      "a missing word of a loop",
      '["a"].all(key, labels[key] == "1")',
      bare,
      'there is no "a"; ask first whether it is there: key in labels',
    ],
    ["a missing property", 'properties["x"] == "1"', bare, '"x" in properties'],
    ["a missing condition", 'conditions["Ready"] == "True"', bare, '"Ready" in conditions'],
    [
      "a list that is none",
      '"a" in properties["cluster-endpoints.k8s.io"]',
      oslo,
      'its property "cluster-endpoints.k8s.io" is "203.0.113.20:6443, api',
    ],
    ["a list of other things", '"a" in properties["group.customResource.k8s.io"]', oslo, 'is "[1, 2]", not a list such as ["a", "b"]'],
    ["pairs of other things", 'size(properties["metrics-endpoints.k8s.io"]) > 0', oslo, "not a list of pairs"],
    ["a number that is none", 'properties["count.node.k8s.io"] >= 1', oslo, '"about 12", not a number such as 12 or 0.5'],
    ["a text that is no number", "number(name) > 1", oslo, '"gpu-oslo-1" is not a number'],
    ["too few items", 'name.split("-")[7] == "x"', oslo, "index out of bounds, index 7 >= size 3"],
    ["a division by nothing", "1 / size(clusterSet) > 0", oslo, "division by zero"],
  ])("%s", (_, text, of, why) => {
    expect(answer(text, of)).toContain(why);
    expect(answer(text, of)).toContain(`${of.id} cannot be judged by \`${text}\``);
    expect(problem(() => compileWhere(text)(of))).toMatchObject({ reason: "WhereFailed", retry: false });
  });

  it.each([
    ["the other side of && says no", 'labels.env == "prod" && name == "other"', false],
    ["the other side of || says yes", 'labels.env == "prod" || name == "bare"', true],
    ["it was asked first", '"env" in labels && labels.env == "prod"', false],
    ["there is nothing to ask it of", "propertyText.exists(key, key == labels.env)", false],
  ])("but not when %s", (_, text, expected) => expect(answer(text, bare)).toBe(expected));

  it.each(["", " 1", "1 ", "0x10", "Infinity", "NaN", "1e999", "1_000", "12 nodes", "--1", ".", "1."])("%j is no number", (text) => {
    const of = cluster({ name: "paris", properties: { x: text } });
    expect(answer('number(properties["x"]) > -1e300', of)).toContain("is not a number such as 12 or 0.5");
  });

  it("an odd property harms no other", () => {
    expect(answer('size(properties["type.node.k8s.io"]) == 0 && "count.node.k8s.io" in properties', oslo)).toBe(true);
    expect(answer('propertyText["count.node.k8s.io"] == "about 12"', oslo)).toBe(true);
  });

  it("more than anybody could look through in time", () => {
    const labels = Object.fromEntries(Array.from({ length: 1025 }, (_, at) => [`l${at}`, "x"]));
    expect(answer("size(labels) > 0", { ...bare, labels })).toContain(
      "its profile has 1025 labels, and an expression looks through 1024 at most",
    );
    expect(answer('name == "bare"', { ...bare, labels })).toBe(true);
    expect(answer('displayName == ""', { ...bare, displayName: "x".repeat(1025) })).toContain("its display name has 1025 characters");
    expect(answer('"x" in properties', { ...bare, properties: { y: "x".repeat(1025) } })).toContain(
      'its properties["y"] has 1025 characters',
    );
    expect(answer('"x" in labels', { ...bare, labels: { ["k".repeat(1025)]: "" } })).toContain("has 1025 characters");
  });
});

describe("an expression that cannot be meant is refused where the config is read", () => {
  it.each([
    ["", 1, "Unexpected token: the end"],
    ["name ==", 8, "Unexpected token: the end"],
    ['labels.env = "prod"', 12, "Unexpected character: ="],
    ['region == "eu"', 1, '"region" is not known here; there are name, profileNamespace, '],
    ['namespace == "fleet"', 1, "write profileNamespace"],
    ['name == "a" && nmae == "b"', 16, '"nmae" is not known here'],
    ['properties["x"] >= 10', 1, "these do not fit together: string >= int; number(…) makes a number of a text"],
    ['properties["count.node.k8s.io"] == "12"', 1, "these do not fit together: double == string"],
    ['"a" in properties["location.topology.k8s.io"]', 1, "string in string"],
    ['"prod" == labels', 1, "these do not fit together: string == map<string, string>"],
    ["version >= 1.34", 1, "Version >= double"],
    ['version >= "latest"', 12, '"latest" is no version such as 1.34 or v1.34.2'],
    ['"1.3x" < version', 1, '"1.3x" is no version'],
    ['version(name) == version("1.34.x")', 26, '"1.34.x" is no version'],
    ['version > ""', 11, '"" is no version'],
    ["properties == labels", 1, 'name the property, as in properties["a"]; propertyText has all of them as texts'],
    ['properties.exists(key, key == "a")', 1, "propertyText has all of them"],
    ['properties[name] == "a"', 1, "name the property in quotes"],
    ["name", 1, "it gives string, expected yes or no (bool)"],
    ['name.matches("(a+)+$")', 1, 'the method "matches" is not known here, because a regular expression can take for ever'],
    ['cel.bind(x, "a", x == "a")', 1, 'the method "bind" is not known here'],
    ["duration(name) > duration(name)", 1, 'the function "duration" is not known here; there are has, number, size, version'],
    ["name.lowerAscii(1) == name", 1, "no matching overload"],
    ['labels.exists(name, name == "a")', 15, '"name" means something already'],
    ["labels.exists(1, true)", 15, "invalid predicate iteration variable"],
    ["name in [1, 'a']", 13, "List elements must have the same type"],
    ["name == null", 9, "only texts, numbers, true and false"],
    ["b'a' == b'a'", 1, "only texts, numbers, true and false"],
    ["1u == 1u", 1, "only texts, numbers, true and false"],
    ["has(name)", 5, "has() asks for a plain name, as in has(labels.env)"],
    [`has(labels["a/b"])`, 5, 'for any other name write: "a/b" in labels'],
    ["google.protobuf.Duration == google.protobuf.Duration", 1, '"google" is not known here'],
    [`${"!".repeat(1500)}true`, 501, "it is too large or too deeply nested"],
    [`${"(".repeat(1500)}true`, 251, "it is too large or too deeply nested"],
  ])("%s", (text, column, why) => {
    const found = problem(() => compileWhere(text));
    expect(found).toMatchObject({ reason: "BadExpression", retry: false });
    const [first, ...shown] = found.message.split("\n");
    expect(first).toContain(`line 1, column ${column}: `);
    expect(first).toContain(why);
    expect(shown).toHaveLength(2);
  });

  it("and the place is pointed at, on its own line and in a long one", () => {
    expect(problem(() => compileWhere('name == "a"\n\t&& labels.x > 3')).message).toBe(
      "line 2, column 5: these do not fit together: string > int; number(…) makes a number of a text\n   && labels.x > 3\n      ^",
    );
    const long = `name == "${"x".repeat(300)}" || nmae == "b" || name == "${"y".repeat(300)}"`;
    const [, line = "", caret = ""] = problem(() => compileWhere(long)).message.split("\n");
    expect(line.length).toBeLessThan(110);
    expect(line.slice(caret.indexOf("^"))).toMatch(/^nmae == "b"/);
  });

  it("and one of more than 4 KiB is not read at all", () => {
    expect(problem(() => compileWhere(`name == "${"é".repeat(2048)}"`)).message).toBe(
      "the expression has 4106 bytes, 4096 is the most; ask for less",
    );
    expect(compileWhere(`name == "${"é".repeat(1000)}"`)(bare)).toBe(false);
  });

  it("and nothing can be put in order by a list", () => {
    expect(problem(() => compileOrderBy('properties["type.node.k8s.io"]')).message).toContain(
      "it gives list<string>, expected something to put in order",
    );
  });
});

describe("no expression takes for ever", () => {
  const list = 'properties["type.node.k8s.io"]';
  const full = JSON.stringify(Array.from({ length: 250 }, (_, at) => `${at % 10}`));
  const labels = Object.fromEntries(Array.from({ length: 1024 }, (_, at) => [`${"k".repeat(300)}${at}`, "v".repeat(63)]));
  const large = { ...bare, labels, displayName: "a".repeat(1024), properties: { "type.node.k8s.io": full } };
  const items = Array.from({ length: 300 }, (_, at) => at).join(",");

  it.each([
    ["three lists inside one another", `${list}.all(a, ${list}.all(b, ${list}.all(c, a != "x")))`],
    ["long written lists inside one another", `[${items}].all(a, [${items}].all(b, [${items}].all(c, a >= 0)))`],
    ["calls for each pair of two lists", `labels.all(a, labels.all(b, a.contains("x")))`],
    ["lists compared in loops", `labels.all(a, labels.all(b, ${list} == ${list}))`],
    ["lists searched in loops", `labels.all(a, labels.all(b, a in ${list}))`],
    ["a list that a loop doubles", `[${list}]${".map(x, x + x)".repeat(40)}.size() > 0`],
    ["a text that a loop doubles", `[name]${".map(x, x + x)".repeat(40)}.size() > 0`],
    ["a text that a loop doubles in disguise", `[name]${'.map(x, x + (x + "a"))'.repeat(40)}.size() > 0`],
    ["a list that is joined and then gone through", `[${Array(60).fill(list).join("+")}].all(x, x.all(y, x.all(z, y != "x")))`],
    ["texts cut up in loops", `labels.all(a, a.split("").all(b, b.split("").all(c, c != "")))`],
  ])("%s are refused before any cluster is asked", (_, text) => {
    expect(problem(() => compileWhere(text)).message).toContain("its loops could take too long");
  });

  it.each([
    ["two lists inside one another", `labels.all(a, labels.all(b, a != "x" && b != "x"))`],
    ["one of a few in a long list", `["a", "b", "c"].all(a, ${list}.all(b, !b.endsWith(a)))`],
    ["each in another list", `${list}.all(a, a in ${list})`],
    ["calls for each item", `labels.all(a, ${Array(100).fill('!a.contains("aab")').join(" && ")})`],
    ["a text cut up", `displayName.split("").all(a, a == "a")`],
    ["something short added", `${list}.map(a, a + "x").all(a, a.endsWith("x"))`],
    ["numbers added", `${list}.map(a, number(a) + number("1")).all(a, a > 0)`],
  ])("%s are fine, and done in time", (_, text) => {
    const where = compileWhere(text);
    const start = performance.now();
    expect(where(large)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("an order", () => {
  it.each([
    ["numbers, the lower first", 'properties["count.node.k8s.io"]', ["b", "a", "c"]],
    ["numbers turned round", '-properties["count.node.k8s.io"]', ["c", "a", "b"]],
    ["whole numbers", '{"gold": 0, "silver": 1, "bronze": 2}[labels.tier]', ["c", "b", "a"]],
    ["texts", "labels.tier", ["a", "c", "b"]],
    ["what holds, before what does not", 'labels.tier == "silver"', ["b", "a", "c"]],
    ["nothing that differs, so by name", "manager", ["a", "b", "c"]],
  ])("goes by %s", (_, text, names) => {
    const one = (name: string, tier: string, nodes: string) =>
      cluster({ name, labels: { tier }, properties: { "count.node.k8s.io": nodes } });
    const all = [one("b", "silver", "9"), one("c", "gold", "30"), one("a", "bronze", "10")];
    expect(all.toSorted(compileOrderBy(text)).map(({ name }) => name)).toEqual(names);
  });

  it("has no place for what is not a number", () => {
    expect(compileOrderBy("0.0 / size(clusterSet)").refusal(bare)?.message).toContain("would be by NaN");
  });

  it("is one and the same in whatever order the clusters come", () => {
    const values = fc.array(fc.option(fc.constantFrom("1", "2", "-3.5", "x", "")), { maxLength: 8 });
    fc.assert(
      fc.property(values, (jobs) => {
        const all = jobs.map((each, at) => cluster({ name: `c${at}`, properties: each === null ? {} : { jobs: each } }));
        const order = compileOrderBy('number(properties["jobs"])');
        expect(all.toReversed().sort(order)).toEqual(all.toSorted(order));
      }),
      { numRuns: 50 },
    );
  });
});

describe("whatever is written, and whatever a profile says", () => {
  const words = ["name", "version", "labels", "properties", "propertyText", "conditions", "health", "x", "cel", "google", "dyn", "matches"];
  const signs = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    ",",
    ":",
    "?",
    "!",
    "-",
    "+",
    "/",
    "%",
    "==",
    ">=",
    "<",
    "&&",
    "||",
    " in ",
    "//",
    "\n",
  ];
  const values = ["1", "0", "2.5", "1e9", '"a"', "'count.node.k8s.io'", '"1.34"', "true", "null", "b'x'", "3u", '"""', "r'\\'", "\\u00"];
  const pieces = [
    "has(",
    "size(",
    "number(",
    "version(",
    ".exists(x, ",
    ".all(x, ",
    ".map(x, ",
    ".filter(x, ",
    '["type.node.k8s.io"]',
    '["x"]',
    ".split(",
  ];
  const sensible = ['name == "a"', 'labels["x"] == "a"', 'number(properties["x"]) > 1', 'version >= "1.34"', 'labels.exists(k, k == "x")'];
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.array(fc.constantFrom(...words, ...signs, ...values, ...pieces), { maxLength: 14 }).map((each) => each.join("")),
    fc.array(fc.constantFrom(...sensible), { minLength: 1, maxLength: 4 }).map((each) => each.join(" && ")),
  );
  const said = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("1", "[]", '["a"]', '[{"a":"b"}]', "{}", "1.34", ""));
  const names = fc.constantFrom("x", "count.node.k8s.io", "type.node.k8s.io", "metrics-endpoints.k8s.io", "constructor", "__proto__");
  const record = fc.array(fc.tuple(names, said), { maxLength: 4 }).map((each) => Object.fromEntries(each));
  const clusters = fc.record({ labels: record, properties: record, version: said });

  function outcome(run: () => unknown): unknown {
    try {
      return typeof run();
    } catch (error) {
      return error instanceof RollcallError ? error.reason : error;
    }
  }

  it("there is an answer or a RollcallError, nothing else", () => {
    fc.assert(
      fc.property(texts, clusters, (text, given) => {
        const [one, other] = [
          { ...bare, ...given },
          { ...oslo, ...given },
        ];
        expect(["boolean", "BadExpression", "WhereFailed"]).toContain(outcome(() => compileWhere(text)(one)));
        expect(["number", "BadExpression"]).toContain(outcome(() => compileOrderBy(text)(one, other)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("docs/where.md", () => {
  const page = readFileSync(new URL("../../../docs/where.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)].map(([, language, kind, text = ""]) => ({
    language,
    kind,
    text,
  }));
  const of = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ text }) => text);

  it("has examples", () => expect([of("where").length, of("orderBy").length]).toEqual([5, 5]));

  it.each(of("where"))("asks what the sample of its story answers with yes: %s", (text) => expect(answer(text, frankfurt)).toBe(true));

  it.each(of("orderBy"))("orders the sample of its story: %s", (text) => expect(compileOrderBy(text).refusal(frankfurt)).toBeUndefined());

  it("shows a selection that is one", () => {
    const [yaml = ""] = blocks.filter(({ language }) => language === "yaml").map(({ text }) => text);
    const { select } = parse(yaml) as { readonly select: { readonly where: string } };
    expect(answer(select.where, frankfurt)).toBe(true);
  });

  it("shows errors as they are", () => {
    const [bad, failed] = blocks.filter(({ language }) => language === "text").map(({ text }) => text.trimEnd());
    expect(problem(() => compileWhere('properties["jobs.waiting"] >= 10')).message).toBe(bad);
    expect(answer('number(properties["jobs.waiting"]) >= 10', oslo)).toBe(failed);
  });

  it("names every word", () => {
    const { message } = problem(() => compileWhere("nothing"));
    const all = message
      .split("\n")[0]!
      .replace(/^.*there are /, "")
      .split(", ");
    expect([...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, word]) => word)).toEqual(all);
  });
});
