import type { RollcallError } from "@rollcall/contract";
import { ApiError, openTransport, type Call, type Transport } from "@rollcall/kube";
import { patience, rollObjectOf, rollOf, soon, stateNamespace, toyWorkbench, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { rollKeeper, type RollKeeper } from "./roll-keeper.ts";
import type { Absence } from "./roll.ts";

const missing: Absence = { cause: "deselected", since: Date.parse("2026-11-21T10:00:00Z") };
const begun: Absence = {
  ...missing,
  leaving: { way: "release", steps: "delete! outOfAnswers", step: 0, does: "delete", since: missing.since },
};
const of = (id: string, is: Absence | undefined = begun) => ({ absence: { id, is } });
const window = (...gone: readonly string[]) => ({ since: missing.since, members: 10, groups: {}, gone });

/** A commit is done a moment before its keeper is ready for the next thing. */
const ready = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Between = (call: Call, send: () => Promise<unknown>) => Promise<unknown>;

interface Kept {
  readonly keeper: RollKeeper;
  /** How often it told that the roll is another. */
  readonly changes: () => number;
  readonly errors: readonly unknown[];
  readonly calls: readonly Call[];
}

/** A keeper of the roll of list `list`, loaded; what stands between it and the server may be changed at any time. */
async function keep(test: Finishing, { hub }: Workbench, between: { now?: Between } = {}, list = "list"): Promise<Kept> {
  const wire = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  const calls: Call[] = [];
  const transport: Transport = {
    ...wire,
    call(call) {
      calls.push(call);
      const send = (): Promise<unknown> => wire.call(call);
      return between.now === undefined ? send() : between.now(call, send);
    },
  };
  let changes = 0;
  const errors: unknown[] = [];
  const owner = { instance: "rollcall", list };
  const keeper = rollKeeper({
    transport,
    namespace: stateNamespace,
    owner,
    onChange: () => void (changes += 1),
    onError: (error) => errors.push(error),
  });
  test.onTestFinished(async () => {
    await keeper.close();
    await wire.close();
  });
  await keeper.load();
  return { keeper, changes: () => changes, errors, calls };
}

const writes = (calls: readonly Call[]): readonly Call[] => calls.filter(({ method }) => method !== "GET");
const isChanged = expect.objectContaining({ reason: "RollChanged" }) as unknown;

/** Holds the next write back until it is let go. */
function gate(): { readonly between: Between; readonly arrived: Promise<void>; readonly open: (error?: Error) => void } {
  const arrived = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Error | undefined>();
  let isPast = false;
  return {
    arrived: arrived.promise,
    open: (error) => opened.resolve(error),
    async between(call, send) {
      if (call.method === "GET" || isPast) return send();
      isPast = true;
      arrived.resolve();
      const error = await opened.promise;
      if (error !== undefined) throw error;
      return send();
    },
  };
}

describe.concurrent("a commit", patience, () => {
  it("is there when it says so, together with what was noted before", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper, calls } = await keep(test, bench);
    keeper.note({ hub: "hub-1" });
    keeper.note(of("fleet/rome", missing));
    await keeper.commit({ ...of("fleet/paris"), window: window("fleet/paris") });
    expect(rollOf(bench)).toEqual({
      hub: "hub-1",
      absences: new Map([
        ["fleet/paris", begun],
        ["fleet/rome", missing],
      ]),
      window: window("fleet/paris"),
      acked: new Set(),
    });
    expect(writes(calls)).toHaveLength(1);
    expect(rollObjectOf(bench)!.metadata.labels).toEqual({ "rollcall.dev/instance": "rollcall", "rollcall.dev/list": "list" });
  });

  it("that comes while another is written goes with the next write", async (test) => {
    const bench = await toyWorkbench(test);
    const { between, arrived, open } = gate();
    const { keeper, calls } = await keep(test, bench, { now: between });
    const first = keeper.commit(of("fleet/a"));
    await arrived;
    const rest = Promise.all(["fleet/b", "fleet/c", "fleet/d"].map((id) => keeper.commit(of(id))));
    open();
    await first;
    await rest;
    expect([...rollOf(bench).absences.keys()]).toEqual(["fleet/a", "fleet/b", "fleet/c", "fleet/d"]);
    expect(writes(calls)).toHaveLength(2);
  });

  it("fails where the server fails, and with it what came meanwhile: a step that nobody remembers is not taken", async (test) => {
    const bench = await toyWorkbench(test);
    const { between, arrived, open } = gate();
    const { keeper, changes, errors } = await keep(test, bench, { now: between });
    const first = keeper.commit(of("fleet/a"));
    await arrived;
    const second = keeper.commit({ ...of("fleet/b"), window: window("fleet/b") });
    keeper.note(of("fleet/c", missing));
    open(new ApiError(500, "InternalError", "the server is ill"));
    await expect(first).rejects.toThrow("the server is ill");
    await expect(second).rejects.toThrow("the server is ill");
    expect(keeper.roll()).toMatchObject({ absences: new Map() });
    expect(keeper.roll().window).toBeUndefined();
    expect(errors).toHaveLength(1);
    // Everybody is asked to look again, for what was noted is forgotten too.
    await soon(() => expect(changes()).toBe(1));
    await keeper.commit(of("fleet/d"));
    expect([...rollOf(bench).absences.keys()]).toEqual(["fleet/d"]);
  });

  it("is refused at once while the server is given a rest, so that nobody queues behind it", async (test) => {
    const bench = await toyWorkbench(test);
    const fault: { now?: Between } = { now: () => Promise.reject(new ApiError(503, "ServiceUnavailable", "away")) };
    const calm: { now?: Between } = {};
    const { keeper, calls } = await keep(test, bench, calm);
    Object.assign(calm, fault);
    await expect(keeper.commit(of("fleet/a"))).rejects.toThrow("away");
    const sent = calls.length;
    await expect(keeper.commit(of("fleet/b"))).rejects.toThrow("away");
    expect(calls.length).toBe(sent);
  });

  it("is tried again as soon as somebody changes the roll, however long the server was to rest", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper, changes } = await keep(test, bench, between);
    await keeper.commit(of("fleet/a"));
    between.now = () => Promise.reject(new ApiError(429, "TooManyRequests", "not now", 60_000));
    await expect(keeper.commit(of("fleet/b"))).rejects.toThrow("not now");
    delete between.now;
    await expect(keeper.commit(of("fleet/b"))).rejects.toThrow("not now");
    bench.hub.remove("ConfigMap", stateNamespace, "rollcall-list-roll");
    keeper.saw(undefined);
    await soon(() => expect(changes()).toBeGreaterThan(1));
    await keeper.commit(of("fleet/b"));
    expect([...rollOf(bench).absences.keys()]).toEqual(["fleet/b"]);
  });

  it("fails where another program wrote first, and then knows what that one wrote", async (test) => {
    const bench = await toyWorkbench(test);
    const [first, second] = [await keep(test, bench), await keep(test, bench)];
    await first.keeper.commit({ ...of("fleet/a"), window: window("fleet/a") });
    await expect(second.keeper.commit({ ...of("fleet/b"), window: window("fleet/b") })).rejects.toEqual(isChanged);
    await soon(() => expect(second.keeper.roll().window).toEqual(window("fleet/a")));
    expect(second.keeper.roll().absences.has("fleet/b")).toBe(false);
    expect(second.changes()).toBe(1);
    await second.keeper.commit({ ...of("fleet/b"), window: window("fleet/a", "fleet/b") });
    await expect(first.keeper.commit(of("fleet/c"))).rejects.toEqual(isChanged);
    expect(second.errors).toEqual([]);
  });

  it("whose answer was lost is found again: it was written, and nothing is counted twice", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper } = await keep(test, bench, between);
    await keeper.commit({ hub: "hub-1" });
    between.now = async (call, send) => {
      await send();
      if (call.method === "PATCH") throw new ApiError(0, "Unreachable", "the answer was lost");
      return send();
    };
    await expect(keeper.commit({ ...of("fleet/a"), window: window("fleet/a") })).rejects.toThrow("the answer was lost");
    delete between.now;
    expect(keeper.roll().absences.size).toBe(0);
    await soon(async () => {
      await expect(keeper.commit(of("fleet/b"))).rejects.toEqual(isChanged);
    });
    await soon(() => expect(keeper.roll()).toMatchObject({ absences: new Map([["fleet/a", begun]]), window: window("fleet/a") }));
  });

  it("that asks while the roll is read anew is told to decide again", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper } = await keep(test, bench, between);
    await keeper.commit(of("fleet/a"));
    const { promise, resolve } = Promise.withResolvers<void>();
    between.now = async (call, send) => {
      if (call.method === "GET") await promise;
      return send();
    };
    bench.hub.remove("ConfigMap", stateNamespace, "rollcall-list-roll");
    await ready();
    keeper.saw(undefined);
    const meanwhile = keeper.commit({ ...of("fleet/b"), window: window("fleet/b") });
    resolve();
    await expect(meanwhile).rejects.toEqual(isChanged);
    expect(keeper.roll()).toMatchObject({ absences: new Map() });
  });

  it("is never half kept: where neither writing nor reading works, the roll is what it last was", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper, errors } = await keep(test, bench, between);
    await keeper.commit(of("fleet/a"));
    const object = rollObjectOf(bench)!;
    bench.hub.apply({ ...object, metadata: { ...object.metadata, annotations: { note: "somebody was here" } } });
    const { promise, reject } = Promise.withResolvers<never>();
    between.now = (call, send) => (call.method === "GET" ? promise : send());
    await expect(keeper.commit({ ...of("fleet/b"), window: window("fleet/b") })).rejects.toEqual(isChanged);
    const meanwhile = keeper.commit(of("fleet/c"));
    const began = performance.now();
    reject(new ApiError(500, "InternalError", "ill"));
    await expect(meanwhile).rejects.toThrow("ill");
    // At once, and not when the server has had its rest.
    expect(performance.now() - began).toBeLessThan(300);
    expect([...keeper.roll().absences.keys()]).toEqual(["fleet/a"]);
    expect(keeper.roll().window).toBeUndefined();
    await soon(() => expect(errors).toHaveLength(1));
  });
});

describe.concurrent("what is written", patience, () => {
  it("is told apart from what is only noted: an answer may not run ahead of it", async (test) => {
    const bench = await toyWorkbench(test);
    const { between, arrived, open } = gate();
    const { keeper } = await keep(test, bench, { now: between });
    const done = keeper.commit(of("fleet/a"));
    await arrived;
    expect(keeper.roll().absences.has("fleet/a")).toBe(true);
    expect(keeper.saved().absences.has("fleet/a")).toBe(false);
    keeper.note(of("fleet/b", missing));
    const noted = keeper.generation();
    open();
    await done;
    expect([...keeper.saved().absences.keys()]).toEqual(["fleet/a"]);
    // Whoever goes by what is written has to look again.
    expect(keeper.generation()).toBeGreaterThan(noted);
  });

  it("says nothing new of a cluster that came back, together with the word about it", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper } = await keep(test, bench);
    await keeper.commit({ ...of("fleet/a"), ack: ["fleet/a", "fleet/b"] });
    await keeper.commit(of("fleet/a", undefined));
    await keeper.commit({ absence: { id: "fleet/a", is: undefined } });
    expect(rollOf(bench)).toMatchObject({ absences: new Map(), acked: new Set(["fleet/b"]) });
  });

  it("is another list's where the names run together: neither touches the other's", async (test) => {
    const bench = await toyWorkbench(test);
    const first = await keep(test, bench);
    await first.keeper.commit(of("fleet/a"));
    const object = rollObjectOf(bench)!;
    const labels = { ...object.metadata.labels, "rollcall.dev/list": "another" };
    const before = bench.hub.apply({ ...object, metadata: { ...object.metadata, labels } });
    const { reason, message } = (await keep(test, bench).catch((error: unknown) => error)) as RollcallError;
    expect(reason).toBe("ForeignRoll");
    expect(message).toContain(`its label rollcall.dev/list is "another", not "list"; rename the list or the instance`);
    await expect(first.keeper.commit(of("fleet/b"))).rejects.toEqual(isChanged);
    expect(rollObjectOf(bench)).toEqual(before);
  });

  it("is not what a person restored in the meantime: an older one does not count, a newer one does", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper, changes } = await keep(test, bench);
    await keeper.commit(of("fleet/a"));
    const older = rollObjectOf(bench)!;
    await keeper.commit(of("fleet/b"));
    await ready();
    keeper.saw(older);
    expect([...keeper.roll().absences.keys()]).toEqual(["fleet/a", "fleet/b"]);
    expect(changes()).toBe(0);
    keeper.saw(bench.hub.apply({ ...rollObjectOf(bench)!, data: older.data! }));
    expect([...keeper.roll().absences.keys()]).toEqual(["fleet/a"]);
    expect(changes()).toBe(1);
  });
});

describe.concurrent("a person's word on the roll", patience, () => {
  const confirm = (bench: Workbench) => {
    const object = rollObjectOf(bench)!;
    const annotations = { ...object.metadata.annotations, "rollcall.dev/ack": "0123456789" };
    return bench.hub.apply({ ...object, metadata: { ...object.metadata, annotations } });
  };

  it("is not missed where it comes while a write is under way", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper, changes } = await keep(test, bench, between);
    await keeper.commit(of("fleet/a"));
    between.now = async (call, send) => {
      const answer = await send();
      // It stands there before we have heard that our write is done.
      if (call.method === "PATCH") keeper.saw(confirm(bench));
      return answer;
    };
    await keeper.commit(of("fleet/b"));
    delete between.now;
    await soon(() => expect(keeper.ack()).toBe("0123456789"));
    expect(changes()).toBe(1);
  });

  it("is used up by the write that it allowed, and by no other", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper } = await keep(test, bench);
    await keeper.commit(of("fleet/a", missing));
    await ready();
    keeper.saw(confirm(bench));
    await keeper.commit(of("fleet/b", missing));
    expect(rollObjectOf(bench)!.metadata.annotations).toEqual({ "rollcall.dev/ack": "0123456789" });
    await keeper.commit({ ack: ["fleet/a", "fleet/b"] });
    expect(rollObjectOf(bench)!.metadata.annotations ?? {}).toEqual({});
    expect(keeper.ack()).toBeUndefined();
  });

  it("that comes later is not used up with an earlier one", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper } = await keep(test, bench);
    await keeper.commit(of("fleet/a", missing));
    await ready();
    keeper.saw(confirm(bench));
    await keeper.commit({ ack: ["fleet/a"] });
    await ready();
    keeper.saw(confirm(bench));
    await keeper.commit(of("fleet/b", missing));
    expect(rollObjectOf(bench)!.metadata.annotations).toEqual({ "rollcall.dev/ack": "0123456789" });
  });

  it("is used up where it was taken while another write was under way", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper } = await keep(test, bench, between);
    await keeper.commit(of("fleet/a", missing));
    await ready();
    keeper.saw(confirm(bench));
    const held = gate();
    between.now = held.between;
    const first = keeper.commit(of("fleet/b", missing));
    await held.arrived;
    const second = keeper.commit({ ack: ["fleet/a"] });
    held.open();
    await Promise.all([first, second]);
    expect(rollObjectOf(bench)!.metadata.annotations ?? {}).toEqual({});
  });
});

describe.concurrent("the end of a keeper", patience, () => {
  it("writes what was noted, and nothing after that", async (test) => {
    const bench = await toyWorkbench(test);
    const { keeper, calls } = await keep(test, bench);
    keeper.note(of("fleet/a", missing));
    await keeper.close();
    expect([...rollOf(bench).absences.keys()]).toEqual(["fleet/a"]);
    keeper.note(of("fleet/b", missing));
    await expect(keeper.commit(of("fleet/c"))).rejects.toEqual(isChanged);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(writes(calls)).toHaveLength(1);
  });

  it("writes what came while a write was under way, before it says that it is done", async (test) => {
    const bench = await toyWorkbench(test);
    const { between, arrived, open } = gate();
    const { keeper } = await keep(test, bench, { now: between });
    const first = keeper.commit(of("fleet/a"));
    await arrived;
    keeper.note(of("fleet/b", missing));
    const second = keeper.commit(of("fleet/c"));
    const closed = keeper.close();
    open();
    await Promise.all([first, second, closed]);
    expect([...rollOf(bench).absences.keys()].sort()).toEqual(["fleet/a", "fleet/b", "fleet/c"]);
  });

  it("does not wait for a server that is away, and tells nobody to look again", async (test) => {
    const bench = await toyWorkbench(test);
    const between: { now?: Between } = {};
    const { keeper, changes } = await keep(test, bench, between);
    between.now = () => Promise.reject(new ApiError(503, "ServiceUnavailable", "away", 60_000));
    await expect(keeper.commit(of("fleet/a"))).rejects.toThrow("away");
    const began = performance.now();
    await keeper.close();
    expect(performance.now() - began).toBeLessThan(500);
    expect(changes()).toBe(0);
  });
});
