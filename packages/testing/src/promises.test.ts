import { describe, expect, it } from "vitest";
import { final, remove, RollcallError, untilUnused, type Adapter, type KubeObject, type Reachable } from "@rollcall/contract";
import { promises } from "./promises.ts";
import { toy, type ToyOptions } from "./toy.ts";

const options = { namespace: "toys" };
let passes = 0;

/** The toy, with its anchor changed. */
function anchored(change: (anchor: KubeObject, cluster: Reachable) => object): Partial<Adapter<ToyOptions>> {
  return {
    entry: (cluster, given, kept) =>
      toy.entry(cluster, given, kept).map((each) => (each.kind === "Secret" ? { ...each, ...change(each, cluster) } : each)),
  };
}

const broken: readonly { readonly when: string; readonly breaks: string; readonly but: Partial<Adapter<ToyOptions>> }[] = [
  {
    when: "it refuses everybody",
    breaks: "renders at least a plain cluster",
    but: { entry: () => refuse("Never", "not today, not ever", false) },
  },
  {
    when: "it counts its passes",
    breaks: "gives the same bytes for the same cluster, whatever the order of its words",
    but: anchored(({ metadata }) => ({ metadata: { ...metadata, labels: { pass: String((passes += 1)) } } })),
  },
  {
    when: "it writes words in the order of the profile",
    breaks: "gives the same bytes for the same cluster, whatever the order of its words",
    but: anchored((_, { properties }) => ({ data: { name: btoa(Object.keys(properties).join()) } })),
  },
  {
    when: "its index counts its passes",
    breaks: "gives the same bytes for the same cluster, whatever the order of its words",
    but: { index: () => ({ objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `toy${(passes += 1)}` } }], unlisted: [] }) },
  },
  {
    when: "it corrects its input",
    breaks: "changes nothing that it is given",
    but: anchored((_, cluster) => Object.assign(cluster.labels, { seen: "true" }) && {}),
  },
  ...[
    () => Date.now(),
    () => new Date().getTime(),
    () => Math.random(),
    () => performance.now(),
    () => crypto.randomUUID(),
    () => fetch("https://example.test"),
    () => process.env["HOME"],
  ].map((ask) => ({
    when: `it calls ${String(ask)}`,
    breaks: "asks no clock, chance, network or environment",
    but: anchored(() => ({ asked: void ask() })),
  })),
  {
    when: "it writes another kind",
    breaks: "makes only kinds of objects that it declares, where it declares them",
    but: anchored(() => ({ kind: "Pod" })),
  },
  {
    when: "it writes to another namespace",
    breaks: "makes only kinds of objects that it declares, where it declares them",
    but: anchored(({ metadata }) => ({ metadata: { ...metadata, namespace: "kube-system" } })),
  },
  {
    when: "its index is of another kind",
    breaks: "makes only kinds of objects that it declares, where it declares them",
    but: { index: () => ({ objects: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "x", namespace: "toys" } }], unlisted: [] }) },
  },
  {
    when: "it does not say how its kind is listed",
    breaks: "makes only kinds of objects that it declares, where it declares them",
    but: { writes: (given) => toy.writes(given).map((kind) => ({ ...kind, plural: "" })) },
  },
  {
    when: "it names an object after a URL",
    breaks: "names objects as an API server takes them",
    but: anchored(({ metadata }, { connection }) => ({ metadata: { ...metadata, name: connection.server } })),
  },
  {
    when: "it lets names grow",
    breaks: "names objects as an API server takes them",
    but: anchored(({ metadata }, { namespace, name }) => ({ metadata: { ...metadata, name: `${namespace}.${name}` } })),
  },
  {
    when: "it joins names with a dash",
    breaks: "never gives two clusters one name",
    but: anchored(({ metadata }, { namespace, name }) => ({ metadata: { ...metadata, name: `${namespace}-${name}` } })),
  },
  {
    when: "it cuts names",
    breaks: "never gives two clusters one name",
    but: anchored(({ data }, { name }) => ({ data: { ...data, name: btoa(name.slice(0, 63)) } })),
  },
  {
    when: "it names objects anew",
    breaks: "keeps the names that stand",
    but: { entry: (cluster, given) => toy.entry(cluster, given) },
  },
  {
    when: "it shows a new name",
    breaks: "keeps the names that stand",
    but: anchored(({ data }, { name }) => ({ data: { ...data, name: btoa(name) } })),
  },
  {
    when: "it copies every label",
    breaks: "leaves marks to the engine, whatever a profile carries",
    but: anchored(({ metadata }, { labels }) => ({ metadata: { ...metadata, labels } })),
  },
  {
    when: "it copies properties to annotations",
    breaks: "leaves marks to the engine, whatever a profile carries",
    but: anchored(({ metadata }, { properties }) => ({ metadata: { ...metadata, annotations: properties } })),
  },
  {
    when: "it sets a mark",
    breaks: "leaves marks to the engine, whatever a profile carries",
    but: anchored(({ metadata }) => ({ metadata: { ...metadata, labels: { "rollcall.dev/state": "member" } } })),
  },
  {
    when: "it stumbles over a cluster",
    breaks: "refuses with words what it cannot express",
    but: anchored((_, { connection }) => ({ length: connection.ca!.length })),
  },
  {
    when: "it refuses without a word",
    breaks: "refuses with words what it cannot express",
    but: { entry: () => refuse("", "", false) },
  },
  {
    when: "it promises that waiting helps",
    breaks: "refuses with words what it cannot express",
    but: { entry: () => refuse("Later", "come back later", true) },
  },
  {
    when: "it writes a token into a ConfigMap",
    breaks: "shows a credential in Secrets alone, and never in a plain key",
    but: anchored(() => ({ kind: "ConfigMap", data: { token: "canary-token" } })),
  },
  {
    when: "its plain keys hold a token",
    breaks: "shows a credential in Secrets alone, and never in a plain key",
    but: { plain: ["config"] },
  },
  {
    when: "it forgets base64",
    breaks: "writes Secret data that can be read back",
    but: anchored(({ data }) => ({ data: { ...data, note: "not base64!" } })),
  },
  {
    when: "its comparison throws",
    breaks: "compares by meaning without stumbling",
    but: { same: { config: (text) => JSON.stringify(JSON.parse(text)) } },
  },
  {
    when: "its comparison never settles",
    breaks: "compares by meaning without stumbling",
    but: { same: { config: (text) => `${text} ` } },
  },
  ...[
    { when: "no step is the harmful one", drain: [remove] },
    { when: "two steps are the harmful one", drain: [final(remove), final(remove)] },
    { when: "a step cannot be written down", drain: [{ ...final(remove), later: () => 1 }] },
    {
      when: "nobody knows what it reads",
      drain: [untilUnused([{ apiVersion: "v1", kind: "Pod", plural: "" }], () => true), final(remove)],
    },
  ].map(({ when, drain }) => ({
    when,
    breaks: "goes by steps that are data, with one first harmful step each way",
    but: { leave: () => ({ drain, release: [final(remove)] }) },
  })),
];

function refuse(reason: string, message: string, retry: boolean): never {
  throw new RollcallError(reason, message, { retry });
}

describe("an adapter does not pass", () => {
  it.each(broken)("when $when", ({ breaks, but }) => {
    const promise = promises.find(({ name }) => name === breaks)!;
    expect(() => promise.check(toy, options)).not.toThrow();
    expect(() => promise.check({ ...toy, ...but }, options)).toThrow(Error);
  });

  it("without a broken one that shows it, for each promise", () => {
    expect([...new Set(broken.map(({ breaks }) => breaks))].sort()).toEqual(promises.map(({ name }) => name).sort());
  });
});
