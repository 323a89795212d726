import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubeObject } from "@rollcall/contract";
import { afterEach, describe, expect, it, vi } from "vitest";
import { describeRequest } from "./fault-plan.ts";
import { followHistory, type Happened } from "./oracle-history.ts";
import { deletesAreExact, endState, ownObjectsOnly, prompt, quiescence, truthful, withinReference, type LogLine } from "./oracle.ts";
import type { SeenRequest } from "./proxy-serve.ts";

const path = "/api/v1/namespaces/argocd/secrets";

function secret(
  name: string,
  given: { readonly server?: string; readonly isForeign?: boolean; readonly version?: string } = {},
): KubeObject {
  const { server = "eA==", isForeign = false, version = "1" } = given;
  const marks = {
    labels: { "rollcall.dev/instance": "rollcall" },
    annotations: { "rollcall.dev/cluster": `fleet/${name}` },
  };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "argocd", resourceVersion: version, ...(!isForeign && marks) },
    data: { server },
  };
}

type Told = Partial<Pick<SeenRequest, "at" | "status" | "answeredBy">>;

function seen(method: string, url: string, body: object = {}, { at = 0, status = 200, answeredBy = "target" }: Told = {}): SeenRequest {
  return { ...describeRequest(method, url, JSON.stringify(body)), at, status, answeredBy, isHeard: true };
}

const created = (object: KubeObject, told?: Told): SeenRequest => seen("POST", path, object, { status: 201, ...told });
const patched = (name: string, told?: Told): SeenRequest => seen("PATCH", `${path}/${name}`, {}, told);
const deleted = (name: string, preconditions: object = { uid: "u", resourceVersion: "1" }): SeenRequest =>
  seen("DELETE", `${path}/${name}`, { preconditions });

describe("O1: the end state", () => {
  it("holds when others added keys and objects of their own", () => {
    const live = secret("paris");
    const edited = {
      ...live,
      metadata: { ...live.metadata, labels: { ...live.metadata.labels, mine: "yes" } },
      data: { ...live.data, shard: "MQ==" },
    };
    expect(endState([edited, secret("foreign", { isForeign: true })], [secret("paris")])).toEqual([]);
  });

  it.each([
    { when: "one is missing", stands: [], problem: "paris should stand" },
    { when: "one is too many", stands: [secret("paris"), secret("oslo")], problem: "oslo stands and should not" },
    { when: "one has another server", stands: [secret("paris", { server: "eQ==" })], problem: "paris: data server" },
    { when: "one is somebody else's", stands: [secret("paris", { isForeign: true })], problem: "paris should stand" },
  ])("fails when $when", ({ stands, problem }) => {
    expect(endState(stands, [secret("paris")])).toEqual([expect.stringContaining(problem)]);
  });
});

describe("O2: how often things were done", () => {
  const events = (...types: readonly Happened["type"][]): readonly Happened[] => types.map((type) => ({ type, object: secret("paris") }));

  it("holds for one creation, and for what the reference allows", () => {
    expect(withinReference(events("ADDED"))).toEqual([]);
    expect(withinReference(events("ADDED", "MODIFIED"), { paris: { changed: 2 } })).toEqual([]);
  });

  it.each([
    { when: "created twice", history: events("ADDED", "DELETED", "ADDED"), reference: { paris: { deleted: 1 } } },
    { when: "deleted", history: events("ADDED", "DELETED"), reference: {} },
    { when: "changed too often", history: events("ADDED", "MODIFIED", "MODIFIED"), reference: { paris: { changed: 1 } } },
  ])("fails for what was $when", ({ history, reference }) => {
    expect(withinReference(history, reference)).toEqual([expect.stringContaining("O2: paris")]);
  });
});

describe("O3: only what is ours is written", () => {
  const ours: readonly Happened[] = [{ type: "ADDED", object: secret("paris") }];

  it("holds for marked objects and rolls, and for writes that the server refused", () => {
    const requests = [
      created(secret("paris")),
      patched("paris"),
      patched("foreign", { status: 409 }),
      seen("PATCH", "/api/v1/namespaces/rollcall/configmaps/roll"),
    ];
    expect(ownObjectsOnly(requests, ours)).toEqual([]);
  });

  it.each([
    { when: "a foreign Secret is changed", request: patched("foreign") },
    { when: "a foreign Secret is deleted", request: deleted("foreign") },
    { when: "a Secret is created without marks", request: created(secret("paris", { isForeign: true })) },
    { when: "a profile is changed", request: seen("PATCH", "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/fleet/clusterprofiles/paris") },
  ])("fails when $when", ({ request }) => {
    expect(ownObjectsOnly([request], ours)).toHaveLength(1);
  });
});

it("O4 fails for a delete that does not say which object in which version", () => {
  expect(deletesAreExact([deleted("paris")])).toEqual([]);
  expect(deletesAreExact([deleted("paris", { uid: "u" })])).toHaveLength(1);
  expect(deletesAreExact([{ ...deleted("paris"), body: "" }])).toHaveLength(1);
});

it("O5 fails for any write, even one that was refused", () => {
  expect(quiescence([seen("GET", path)])).toEqual([]);
  expect(quiescence([patched("paris", { status: 409 })])).toHaveLength(1);
});

it("O6 fails for what was written late or not at all", () => {
  const requests = [created(secret("paris"), { at: 500, status: 500 }), created(secret("paris"), { at: 1000 })];
  expect(prompt(requests, "paris", 100, 1000)).toEqual([]);
  expect(prompt(requests, "paris", 100, 800)).toEqual(["O6: paris was written after 900 ms; 800 would be well"]);
  expect(prompt(requests, "oslo", 100, 1000)).toEqual(["O6: oslo was not written at all"]);
});

describe("O8: what the log says is true", () => {
  const state = (name: string, is: string): LogLine => ({ message: "state", cluster: `fleet/${name}`, state: is });
  const wrote = (name: string, verb: string): LogLine => ({ message: "wrote", verb, key: `Secret/argocd/${name}` });

  it("holds for members that stand, for others that do not, and for writes that were made", () => {
    const lines = [
      wrote("paris", "create"),
      state("paris", "member"),
      state("oslo", "newcomer"),
      state("rome", "member"),
      state("rome", "gone"),
    ];
    expect(truthful(lines, [secret("paris")], [created(secret("paris"))])).toEqual([]);
  });

  it("holds when a creation was made and nobody heard of it", () => {
    const unheard = created(secret("paris"), { answeredBy: "rule" });
    expect(truthful([state("paris", "member")], [secret("paris")], [unheard, patched("paris")])).toEqual([]);
  });

  it.each([
    { when: "a member does not stand", lines: [state("paris", "member")], stands: [], problem: "calls fleet/paris member" },
    { when: "one that is gone stands", lines: [state("paris", "gone")], stands: [secret("paris")], problem: "calls fleet/paris gone" },
    { when: "nobody speaks of one that stands", lines: [], stands: [secret("paris")], problem: "never speaks of fleet/paris" },
    { when: "a write is claimed that was not made", lines: [wrote("paris", "delete")], stands: [], problem: "claims 1 times" },
  ])("fails when $when", ({ lines, stands, problem }) => {
    expect(truthful(lines, stands, [])).toEqual([expect.stringContaining(problem)]);
  });

  it("fails when a write was made and not claimed", () => {
    const problems = truthful([state("paris", "member")], [secret("paris")], [created(secret("paris"))]);
    expect(problems).toEqual(["O8: the log claims 0 times to have made a create of paris, it was 1"]);
  });
});

describe("the history of a collection", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close().closeAllConnections();
  });

  it("begins with what stands and goes on with what happens", async () => {
    let items = [secret("paris", { version: "4" })];
    let watch: ServerResponse | undefined;
    server = createServer((request, response) => {
      if (request.url === `${path}?watch=1&resourceVersion=4`) (watch = response).flushHeaders();
      else response.end(JSON.stringify({ metadata: { resourceVersion: "4" }, items }));
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const history = await followHistory({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path });
    const oslo = secret("oslo", { version: "5" });
    items = [...items, oslo];
    setTimeout(() => watch!.write(`${JSON.stringify({ type: "ADDED", object: oslo })}\n`), 30);
    await history.caughtUp();
    history.stop();
    expect(history.events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(["ADDED paris", "ADDED oslo"]);
  });

  it("goes on where a watch ended, and makes up for what it missed", async () => {
    const stands = [
      ["paris", "4"],
      ["oslo", "5"],
    ] as const;
    const later = [
      ["paris", "6"],
      ["rome", "7"],
    ] as const;
    const lists = [stands, later].map((each) => each.map(([name, version]) => secret(name, { version })));
    server = createServer((request, response) => {
      if (request.url!.includes("watch=1")) return void (lists.length > 0 ? response.end() : response.flushHeaders());
      const items = lists.shift() ?? [];
      response.end(JSON.stringify({ metadata: { resourceVersion: "9" }, items }));
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const history = await followHistory({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path });
    await vi.waitFor(() => expect(history.events).toHaveLength(5));
    history.stop();
    const told = history.events.map(({ type, object }) => `${type} ${object.metadata.name}`);
    expect(told).toEqual(["ADDED paris", "ADDED oslo", "DELETED oslo", "MODIFIED paris", "ADDED rome"]);
  });

  it("is refused where it cannot be followed", async () => {
    server = createServer((_, response) => response.writeHead(403).end("no"));
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(followHistory({ url, path })).rejects.toThrow(`cannot follow ${path}: the server answered 403 no`);
  });
});
