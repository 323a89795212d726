import { annotations, labels, Hidden, objectKey, toBase64, type KubeObject, type Reachable } from "@rollcall/contract";
import { reachable, toy } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { marked } from "./marks.ts";
import { isOurs, plan, relabelPatch, type Change, type Patch } from "./plan.ts";
import { standing, type Standing } from "./standing.ts";

const options = { namespace: "toys" };
const owner = { instance: "rollcall", list: "toys" };
const kinds = toy.writes(options);

const paris = reachable({ name: "paris", uid: "u1" });

/** A cluster's objects as they should stand: its card, then its anchor. */
function entry(cluster: Reachable): readonly KubeObject[] {
  return toy.entry(cluster, options).map((object) => marked(object, cluster, owner));
}

/** An object as an API server gives it back, and as the store keeps it. */
function stood(object: KubeObject, live: Live = {}): Standing {
  const { metadata } = object;
  const more = {
    uid: `uid-of-${object.kind}`,
    resourceVersion: "7",
    labels: { ...metadata.labels, ...live.labels },
    annotations: { ...metadata.annotations, ...live.annotations },
  };
  const data = { ...object.data, ...live.data };
  const kind = kinds.find((each) => each.kind === object.kind) ?? { apiVersion: object.apiVersion, kind: object.kind, plural: "things" };
  return standing(kind, { ...object, ...live, metadata: { ...metadata, ...more }, data }, toy);
}

interface Live extends Partial<Pick<KubeObject, "type" | "spec" | "data">> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a patch is to hold beside what it holds always. */
type Written = Pick<Patch["metadata"], "labels" | "annotations"> & Pick<Patch, "data">;

const told = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => (change.do === "refuse" ? `refuse ${change.refusal.reason}` : `${change.do} ${change.key}`));

const planned = (desired: readonly KubeObject[], current: readonly Standing[]): readonly Change[] =>
  plan({ desired, current, owner, reading: toy });

/** The one change of an anchor that stands as it is said to. */
function change(
  desired: KubeObject,
  live: Live,
  of: KubeObject = entry(paris)[1]!,
): { readonly patch: Patch; readonly changes: readonly string[] } {
  const [only, ...others] = planned([desired], [stood(of, live)]);
  expect([only?.do, others]).toEqual(["change", []]);
  return only as Extract<Change, { do: "change" }>;
}

const [card, anchor] = entry(paris) as [KubeObject, KubeObject];
const standsAt = { uid: "uid-of-Secret", resourceVersion: "7" };

describe("what stands becomes what is desired", () => {
  const moved = entry(reachable({ name: "paris", uid: "u1", connection: { server: "https://new.test" } }));
  const foreign = { [labels.instance]: "another" };

  it.each([
    {
      when: "it joins",
      current: [],
      desired: [card, anchor],
      then: ["create ConfigMap/toys/fleet.paris", "create Secret/toys/fleet.paris"],
    },
    { when: "nothing changed", current: [stood(card), stood(anchor)], desired: [card, anchor], then: [] },
    {
      when: "its server moves",
      current: [stood(card), stood(anchor)],
      desired: moved,
      then: ["change ConfigMap/toys/fleet.paris", "change Secret/toys/fleet.paris"],
    },
    { when: "half of it was written", current: [stood(card)], desired: [card, anchor], then: ["create Secret/toys/fleet.paris"] },
    { when: "it is desired no more: only a leave step deletes", current: [stood(card), stood(anchor)], desired: [], then: [] },
    {
      when: "somebody else's object has its name",
      current: [stood(anchor, { labels: foreign })],
      desired: [anchor],
      then: ["refuse ForeignObject"],
    },
    {
      when: "another list of ours has its name",
      current: [stood(anchor, { labels: { [labels.list]: "other" } })],
      desired: [anchor],
      then: ["refuse ForeignObject"],
    },
    {
      when: "its type cannot be changed",
      current: [stood(anchor, { type: "kubernetes.io/tls" })],
      desired: [anchor],
      then: ["refuse ImmutableType"],
    },
  ])("when $when: $then", ({ current, desired, then }) => expect(told(planned(desired, current))).toEqual(then));

  it("says what to do about an object that is not ours, and about a type", () => {
    const [refused] = planned([anchor], [stood(anchor, { labels: foreign })]);
    expect(refused).toMatchObject({ refusal: { message: expect.stringContaining("Secret/toys/fleet.paris exists and is not ours") } });
    const [typed] = planned([anchor], [stood(anchor, { type: "kubernetes.io/tls" })]);
    expect(typed).toMatchObject({ refusal: { message: expect.stringMatching(/kubernetes\.io\/tls.+delete it, and it is made anew/) } });
  });

  it("a Secret that says no type is the Opaque one that the API server made of it", () => {
    const { type: _, ...untyped } = anchor;
    expect(planned([untyped], [stood(anchor)])).toEqual([]);
  });

  it("marks are ours only together", () => {
    expect(isOurs(stood(anchor), owner)).toBe(true);
    const { [labels.list]: _, ...half } = stood(anchor).metadata.labels;
    expect(isOurs({ metadata: { ...stood(anchor).metadata, labels: half } }, owner)).toBe(false);
  });
});

describe("a change touches only what differs", () => {
  const server = toBase64("https://new.test");

  const rows: readonly {
    readonly what: string;
    readonly of: KubeObject;
    readonly desired: KubeObject;
    readonly live: Live;
    readonly patch: Written;
  }[] = [
    {
      what: "a label is added",
      of: anchor,
      desired: withLabels(anchor, { "toy.example/colour": "red" }),
      live: {},
      patch: { labels: { "toy.example/colour": "red" } },
    },
    {
      what: "a label was changed by somebody",
      of: anchor,
      desired: anchor,
      live: { labels: { "toy.example/is": "banana" } },
      patch: { labels: { "toy.example/is": "cluster" } },
    },
    {
      what: "a leaving one comes back",
      of: anchor,
      desired: anchor,
      live: { labels: { [labels.state]: "leaving" } },
      patch: { labels: { [labels.state]: "member" } },
    },
    {
      what: "an annotation is added",
      of: anchor,
      desired: withNotes(anchor, { note: "a" }),
      live: {},
      patch: { annotations: { note: "a" } },
    },
    { what: "a secret value changes", of: anchor, desired: withData(anchor, { server }), live: {}, patch: { data: { server } } },
    {
      what: "a secret value is added",
      of: anchor,
      desired: withData(anchor, { extra: server }),
      live: {},
      patch: { data: { extra: server } },
    },
    {
      what: "somebody changed a secret value",
      of: anchor,
      desired: anchor,
      live: { data: { server } },
      patch: { data: { server: anchor.data!["server"]! } },
    },
    {
      what: "a value in clear changes",
      of: card,
      desired: withData(card, { version: "v1.37.0" }),
      live: {},
      patch: { data: { version: "v1.37.0" } },
    },
  ];
  it.each(rows)("$what", ({ of, desired, live, patch }) => {
    const { data, ...marks } = patch;
    const metadata = { ...marks, uid: `uid-of-${of.kind}`, resourceVersion: "7" };
    expect(change(desired, live, of).patch).toEqual({ metadata, ...(data && { data }) });
  });

  it("names the fields that it changes, and never what they hold", () => {
    const desired = withData(withNotes(withLabels(anchor, { colour: "red" }), { note: "a" }), { server });
    expect(change(desired, {}).changes).toEqual(["labels.colour", "annotations.note", "data.server"]);
  });

  it("a profile that blinked costs one mark, and not a byte of data", () => {
    const blinked = entry(reachable({ name: "paris", uid: "u2" }))[1]!;
    expect(change(blinked, {}).patch).toEqual({ metadata: { ...standsAt, annotations: { [annotations.clusterUid]: "u2" } } });
  });

  it("what the consumer spells in its own way is left alone", () => {
    const config = toBase64(JSON.stringify(JSON.parse(atob(anchor.data!["config"]!)), null, 2));
    expect(config).not.toBe(anchor.data!["config"]);
    expect(planned([anchor], [stood(anchor, { data: { config } })])).toEqual([]);
  });

  it("a credential is in the patch that needs it, and in no other", () => {
    const withToken = (value: string): Reachable =>
      reachable({ name: "paris", uid: "u1", connection: { login: { kind: "credential", provider: "fleet", token: new Hidden(value) } } });
    const [old, fresh] = ["old", "fresh"].map((each) => entry(withToken(each))[1]!);
    expect(Object.keys(change(fresh!, {}, old).patch.data!)).toEqual(["config"]);
    expect(JSON.stringify(change(withLabels(fresh!, { colour: "red" }), {}, fresh).patch)).not.toContain(fresh!.data!["config"]);
  });

  it("a label is set for a step of leaving, and nothing else", () => {
    expect(relabelPatch(stood(anchor), "leaving")).toEqual({ metadata: { ...standsAt, labels: { [labels.state]: "leaving" } } });
  });
});

describe("what we once wrote and want no more is taken away, and nothing else", () => {
  const rich = marked(withData(withNotes(withLabels(unmarked(anchor), { colour: "red" }), { note: "a" }), { extra: "eA==" }), paris, owner);

  it("labels, annotations and data that we wrote", () => {
    const { patch } = change(anchor, {}, rich);
    expect(patch.metadata.labels).toEqual({ colour: null });
    expect(patch.metadata.annotations).toEqual({ note: null, [annotations.wrote]: anchor.metadata.annotations![annotations.wrote] });
    expect(patch.data).toEqual({ extra: null });
  });

  it("not what others added", () => {
    const theirs: Live = { labels: { team: "web" }, annotations: { "other.example/note": "b" }, data: { theirs: "eQ==" } };
    expect(planned([anchor], [stood(anchor, theirs)])).toEqual([]);
    const { patch } = change(anchor, theirs, rich);
    expect(Object.keys({ ...patch.metadata.labels, ...patch.metadata.annotations, ...patch.data }).sort()).toEqual(
      ["colour", "extra", "note", annotations.wrote].sort(),
    );
  });

  it("a member id that the profile carries no more", () => {
    const before = marked(unmarked(anchor), reachable({ name: "paris", uid: "u1", memberId: "m1" }), owner);
    expect(change(anchor, {}, before).patch.metadata.annotations).toMatchObject({ [annotations.memberId]: null });
  });

  it("not what is gone already", () => {
    const wrote = { [annotations.wrote]: rich.metadata.annotations![annotations.wrote]! };
    expect(Object.keys(change(anchor, { annotations: wrote }).patch)).toEqual(["metadata"]);
  });

  it("in objects that are no Secrets too", () => {
    const more = marked(withData(unmarked(card), { old: "x" }), paris, owner);
    expect(change(card, { data: { theirs: "y" } }, more).patch.data).toEqual({ old: null });
  });

  it.each([
    { what: "garbage", wrote: "{{{" },
    { what: "nothing", wrote: "" },
    {
      what: "what every object has",
      wrote: '{"__proto__":["colour"],"labels":["__proto__","constructor","toString"],"data":["constructor"]}',
    },
    { what: "very much", wrote: JSON.stringify({ labels: Array.from({ length: 20_000 }, (_, at) => `label-${at}`) }) },
  ])("whoever wrote $what into our mark: it is mended, and nothing else happens", ({ wrote }) => {
    const theirs: Live = { labels: { team: "web" }, data: { theirs: "eQ==" }, annotations: { [annotations.wrote]: wrote } };
    const mended = { [annotations.wrote]: anchor.metadata.annotations![annotations.wrote] };
    expect(change(anchor, theirs).patch).toEqual({ metadata: { ...standsAt, annotations: mended } });
  });

  it("never what we still want, whatever the mark says", () => {
    const wrote = JSON.stringify({
      labels: Object.keys(anchor.metadata.labels!),
      annotations: Object.keys(anchor.metadata.annotations!),
      data: Object.keys(anchor.data!),
    });
    const { patch } = change(anchor, { annotations: { [annotations.wrote]: wrote } });
    expect(Object.keys(patch)).toEqual(["metadata"]);
    expect(patch.metadata.labels).toBeUndefined();
    expect(Object.keys(patch.metadata.annotations!)).toEqual([annotations.wrote]);
  });

  it("a key that every object seems to have is a key like any other", () => {
    const odd = marked(withData(unmarked(anchor), { constructor: "eA==" }), paris, owner);
    expect(planned([odd], [stood(odd)])).toEqual([]);
    expect(change(odd, {}).patch.data).toEqual({ constructor: "eA==" });
    expect(change(anchor, {}, odd).patch.data).toEqual({ constructor: null });
  });
});

describe("a spec is as it should be when it is contained in what stands", () => {
  const desired: KubeObject = marked(
    {
      apiVersion: "toy.example/v1",
      kind: "Thing",
      metadata: { name: "thing" },
      spec: { clusters: ["paris", "rome"], kubeConfig: { location: "x" } },
    },
    paris,
    owner,
  );
  const thing = (spec: unknown): Standing => stood(desired, { spec });

  it.each([
    { when: "it is the same", spec: { clusters: ["paris", "rome"], kubeConfig: { location: "x" } }, isSame: true },
    {
      when: "the API server filled in more",
      spec: { clusters: ["paris", "rome"], kubeConfig: { location: "x", type: "Secret" }, suspend: false },
      isSame: true,
    },
    { when: "its keys come in another order", spec: { kubeConfig: { location: "x" }, clusters: ["paris", "rome"] }, isSame: true },
    { when: "a value differs", spec: { clusters: ["paris", "rome"], kubeConfig: { location: "y" } }, isSame: false },
    { when: "a key is missing", spec: { clusters: ["paris", "rome"] }, isSame: false },
    { when: "the order of a list differs", spec: { clusters: ["rome", "paris"], kubeConfig: { location: "x" } }, isSame: false },
    { when: "a list has one more", spec: { clusters: ["paris", "rome", "oslo"], kubeConfig: { location: "x" } }, isSame: false },
    { when: "an object has become a word", spec: { clusters: ["paris", "rome"], kubeConfig: "x" }, isSame: false },
    { when: "there is none", spec: undefined, isSame: false },
  ])("when $when: $isSame", ({ spec, isSame }) => {
    const changes = planned([desired], [thing(spec)]);
    expect(changes.map((each) => each.do === "change" && each.patch)).toEqual(
      isSame ? [] : [{ metadata: { uid: "uid-of-Thing", resourceVersion: "7" }, spec: desired.spec }],
    );
  });

  it("is named among the changes", () => {
    expect(change(desired, { spec: {} }, desired).changes).toEqual(["spec"]);
    expect(objectKey(desired)).toBe("Thing/thing");
  });
});

function withLabels(object: KubeObject, more: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...more } } };
}

function withNotes(object: KubeObject, more: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...more } } };
}

function withData(object: KubeObject, more: Readonly<Record<string, string>>): KubeObject {
  return { ...object, data: { ...object.data, ...more } };
}

/** As the adapter made it. */
function unmarked({ metadata: { name, namespace }, ...object }: KubeObject): KubeObject {
  return { ...object, metadata: { name, namespace: namespace!, labels: { "toy.example/is": "cluster" } } };
}
