import { annotations, endpointHash, labels, type KubeObject } from "@rollcall/contract";
import { reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { clusterOf, isSameCluster, marked, readWrote } from "./marks.ts";

const owner = { instance: "rollcall", list: "argocd" };
const paris = reachable({ name: "paris", uid: "u1", memberId: "m1" });

function object(metadata: Partial<KubeObject["metadata"]> = {}, data?: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "fleet.paris", namespace: "argocd", ...metadata }, ...(data && { data }) };
}

describe("an object of ours says", () => {
  const { metadata, ...rest } = marked(
    object({ labels: { env: "prod" }, annotations: { note: "a" } }, { server: "eA==", name: "eQ==" }),
    paris,
    owner,
  );

  it("whose it is, and that its cluster is a member", () => {
    expect(metadata.labels).toEqual({ env: "prod", [labels.instance]: "rollcall", [labels.list]: "argocd", [labels.state]: "member" });
  });

  it("which cluster it stands for", () => {
    expect(metadata.annotations).toMatchObject({
      note: "a",
      [annotations.cluster]: "fleet/paris",
      [annotations.clusterUid]: "u1",
      [annotations.memberId]: "m1",
      [annotations.endpoint]: endpointHash(paris.connection),
    });
  });

  it("what we put there and may take away, in one spelling", () => {
    expect(metadata.annotations![annotations.wrote]).toBe(
      '{"annotations":["note","rollcall.dev/member-id"],"as":"fleet.paris","data":["name","server"],"labels":["env"],"of":"fleet/paris"}',
    );
    expect(marked(object(), reachable({ name: "paris" }), owner).metadata.annotations![annotations.wrote]).toBe(
      '{"as":"fleet.paris","of":"fleet/paris"}',
    );
  });

  it("nothing else about itself", () => {
    expect(rest).toEqual({ apiVersion: "v1", kind: "Secret", data: { server: "eA==", name: "eQ==" } });
    expect(metadata).toMatchObject({ name: "fleet.paris", namespace: "argocd" });
  });
});

describe("nobody's input can stand in for a mark", () => {
  const hostile = object({
    labels: { [labels.instance]: "mine", [labels.list]: "other", [labels.state]: "leaving", "rollcall.dev/new": "x", env: "prod" },
    annotations: {
      [annotations.cluster]: "fleet/rome",
      [annotations.clusterUid]: "u2",
      [annotations.memberId]: "m2",
      [annotations.endpoint]: "0",
      [annotations.wrote]: '{"labels":["argocd.argoproj.io/secret-type"]}',
      [annotations.ack]: "0123456789",
    },
  });

  it("when an adapter copies it from a profile", () => {
    const { metadata } = marked(hostile, reachable({ name: "paris", uid: "u1" }), owner);
    expect(metadata).toEqual({
      name: "fleet.paris",
      namespace: "argocd",
      labels: { env: "prod", [labels.instance]: "rollcall", [labels.list]: "argocd", [labels.state]: "member" },
      annotations: {
        [annotations.cluster]: "fleet/paris",
        [annotations.clusterUid]: "u1",
        [annotations.endpoint]: endpointHash(paris.connection),
        [annotations.wrote]: '{"as":"fleet.paris","labels":["env"],"of":"fleet/paris"}',
      },
    });
  });
});

describe("whether the same cluster stands there", () => {
  const { server, ca } = paris.connection;
  const rows = [
    { when: "nothing has changed", now: paris, isSame: true },
    { when: "it blinked: a new uid, the same server and CA", now: { uid: "u2" }, isSame: true },
    { when: "its server is spelled otherwise under a new uid", now: { uid: "u2", connection: { server: `${server}/` } }, isSame: true },
    { when: "its server moved", now: { connection: { server: "https://new.test" } }, isSame: true },
    { when: "its CA was rotated", now: { connection: { ca: undefined } }, isSame: true },
    { when: "a new uid has another server", now: { uid: "u2", connection: { server: "https://new.test" } }, isSame: false },
    { when: "a new uid has another CA", now: { uid: "u2", connection: { ca: undefined } }, isSame: false },
  ];
  it.each(rows)("when $when: $isSame", ({ now, isSame }) => {
    const stands = marked(object(), paris, owner).metadata.annotations!;
    expect(ca).toBeDefined();
    expect(isSameCluster(stands, reachable({ name: "paris", uid: "u1", ...now }))).toBe(isSame);
  });

  const other = reachable({ name: "paris", uid: "u2", connection: { server: "https://new.test" } });
  it.each([
    { when: "somebody stripped its marks: they are put back", stands: {}, isSame: true },
    { when: "one mark is left, and it differs", stands: { [annotations.clusterUid]: "u1" }, isSame: false },
    { when: "the other is left, and it differs", stands: { [annotations.endpoint]: "0" }, isSame: false },
  ])("when $when: $isSame", ({ stands, isSame }) => expect(isSameCluster(stands, other)).toBe(isSame));
});

describe("what an object says that we wrote on it", () => {
  it.each([
    { when: "it says nothing", text: undefined, said: {} },
    { when: "it says garbage", text: "labels: env", said: {} },
    { when: "it says null", text: "null", said: {} },
    { when: "it says a word", text: '"labels"', said: {} },
    { when: "a part is no list", text: '{"labels":"env","data":["server"]}', said: { data: ["server"] } },
    { when: "a part holds what is no key", text: '{"labels":["env",{}],"data":[1]}', said: {} },
  ])("counts for nothing where it makes no sense: $when", ({ text, said }) => expect(readWrote(text)).toEqual(said));

  it("cannot reach what every object has", () => {
    const said = readWrote('{"__proto__":["polluted"],"labels":["env"]}');
    expect(Object.getPrototypeOf(said)).toBe(Object.prototype);
    expect(said.labels).toEqual(["env"]);
    expect({}).not.toHaveProperty("0");
  });
});

describe("whose object it is", () => {
  const marks = marked(object(), reachable({ name: "paris" }), owner).metadata;

  it.each([
    { when: "nobody touched it", metadata: marks, then: "fleet/paris" },
    {
      when: "somebody wrote another cluster on it",
      metadata: { ...marks, annotations: { ...marks.annotations, [annotations.cluster]: "fleet/rome" } },
      then: "fleet/paris",
    },
    { when: "somebody copied it under another name", metadata: { ...marks, name: "a-copy" }, then: undefined },
    {
      when: "somebody took away what we wrote",
      metadata: { ...marks, annotations: { [annotations.cluster]: "fleet/paris" } },
      then: "fleet/paris",
    },
    {
      when: "somebody made nonsense of it",
      metadata: { ...marks, annotations: { [annotations.wrote]: "null", [annotations.cluster]: "fleet/paris" } },
      then: "fleet/paris",
    },
    { when: "nobody ever marked it", metadata: { name: "fleet.paris" }, then: undefined },
  ])("$when: $then", ({ metadata, then }) => expect(clusterOf(metadata)).toBe(then));
});
