import { fromBase64, toBase64, type KubeObject } from "@rollcall/contract";
import { ApiError, type Call } from "@rollcall/kube";
import { cluster, patience, soon, toyWorkbench, toys, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";

const paris = (given: Partial<Parameters<typeof cluster>[0]> = {}) => cluster({ name: "paris", ...given });

function secret(bench: Workbench, name = "fleet.paris"): KubeObject | undefined {
  return bench.hub.get("Secret", toys, name);
}

function edit(bench: Workbench, kind: string, change: (object: KubeObject) => KubeObject): void {
  bench.hub.apply(change(bench.hub.get(kind, toys, "fleet.paris")!));
}

const isWrite = (method: string, plural: string) => (call: Call) => call.method === method && call.path.includes(`/${plural}`);
const isCreateOfSecret = isWrite("POST", "secrets");

describe.concurrent("a cluster that joins", patience, () => {
  it("gets its objects in their order, the anchor last", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    const engine = await bench.start();
    await engine.settle();
    expect(bench.writes().flatMap(({ verb, resource, namespace }) => (namespace === toys ? [`${verb} ${resource}`] : []))).toEqual([
      "create configmaps",
      "create secrets",
    ]);
    expect(engine.events).toContainEqual(expect.objectContaining({ is: "wrote", verb: "create", key: "Secret/toys/fleet.paris" }));
  });

  it("is not half announced: where the first object is refused, the second is not written", async (test) => {
    const bench = await toyWorkbench(test);
    bench.hub.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "fleet.paris", namespace: toys }, data: { a: "b" } });
    bench.fleet.put(paris());
    const engine = await bench.start();
    await engine.settle();
    expect(secret(bench)).toBeUndefined();
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "newcomer", verdict: { is: "stale", reason: "ForeignObject" } });
    expect(engine.list.answered()).toEqual([]);
  });

  it("is told about once: looks, heartbeats and restarts write nothing", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris(), cluster({ name: "rome" }));
    const engine = await bench.start();
    await engine.settle();
    const from = bench.writes().length;
    await engine.settle();
    bench.fleet.put(paris({ resourceVersion: "2" }));
    await engine.settle();
    await engine.stop();
    const next = await bench.start();
    await next.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("tells what it wrote even where it was cut short, and goes on where it stopped", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    let isDown = true;
    const engine = await bench.start({
      between: (call, send) => (isDown && isCreateOfSecret(call) ? Promise.reject(new ApiError(500, "InternalError", "down")) : send()),
    });
    await engine.settle();
    const wrote = () => engine.events.flatMap((event) => (event.is === "wrote" ? [`${event.verb} ${event.key}`] : []));
    expect(wrote()).toEqual(["create ConfigMap/toys/fleet.paris"]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ verdict: { is: "stale", reason: "InternalError" } });
    // The anchor is not there yet, so nobody who asks is sent to it.
    expect(engine.list.answered()).toEqual([]);
    isDown = false;
    await engine.settle();
    expect(wrote()).toEqual(["create ConfigMap/toys/fleet.paris", "create Secret/toys/fleet.paris"]);
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
    expect(engine.list.answered()).toMatchObject([{ id: "fleet/paris", plain: { name: "paris" } }]);
  });

  it("waits where its namespace does not exist, is told so, and joins when it does", async (test) => {
    const bench = await toyWorkbench(test);
    bench.hub.remove("Namespace", undefined, toys);
    bench.fleet.put(paris());
    const engine = await bench.start();
    await engine.settle();
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({
      reason: "NoPlace",
      message: expect.stringContaining('"toys"'),
    });
    const asked = bench.hub.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Nobody knocks ten times a second at a door that is not there.
    expect(bench.hub.requests.length).toBe(asked);
    bench.hub.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: toys } });
    await engine.settle();
    expect(secret(bench)).toBeDefined();
  });
});

describe.concurrent("what somebody else changed on our objects", patience, () => {
  it("is put right where it is ours: labels, data, and a whole object", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris({ labels: { "toy.example/tier": "gold" } }));
    const engine = await bench.start();
    await engine.settle();
    const before = secret(bench)!;
    edit(bench, "Secret", (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, "toy.example/tier": "lead" } },
      data: { ...object.data, server: toBase64("https://evil.example.test") },
    }));
    bench.hub.remove("ConfigMap", toys, "fleet.paris");
    await engine.settle();
    expect(secret(bench)).toMatchObject({ metadata: { labels: before.metadata.labels, uid: before.metadata.uid }, data: before.data });
    expect(bench.hub.get("ConfigMap", toys, "fleet.paris")).toBeDefined();
  });

  it("is put right by its meaning: a consumer's own spelling is left alone", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    const engine = await bench.start();
    await engine.settle();
    const spelled = JSON.stringify(JSON.parse(fromBase64(secret(bench)!.data!["config"]!)!), null, 2);
    edit(bench, "Secret", (object) => ({ ...object, data: { ...object.data, config: toBase64(spelled) } }));
    const from = bench.writes().length;
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("stays where it is theirs, while a key that we once wrote and want no more goes", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris({ labels: { "toy.example/tier": "gold" } }));
    const engine = await bench.start();
    await engine.settle();
    const theirs = { metadata: { labels: { team: "blue" }, annotations: { note: "mine" } }, data: { extra: toBase64("kept") } };
    edit(bench, "Secret", (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, ...theirs.metadata.labels },
        annotations: { ...object.metadata.annotations, ...theirs.metadata.annotations },
      },
      data: { ...object.data, ...theirs.data },
    }));
    edit(bench, "ConfigMap", (object) => ({ ...object, data: { ...object.data, extra: "kept" } }));
    await engine.settle();
    bench.fleet.put(paris({ labels: {}, displayName: "Paris" }));
    await engine.settle();
    expect(secret(bench)).toMatchObject(theirs);
    expect(secret(bench)!.metadata.labels).not.toHaveProperty(["toy.example/tier"]);
    expect(bench.hub.get("ConfigMap", toys, "fleet.paris")!.data).toMatchObject({ extra: "kept", displayName: "Paris" });
    const from = bench.writes().length;
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("survives where it comes between our look and our write", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    let meanwhile: (() => void) | undefined;
    const engine = await bench.start({
      between: (call, send) => {
        if (isWrite("PATCH", "secrets")(call)) {
          meanwhile?.();
          meanwhile = undefined;
        }
        return send();
      },
    });
    await engine.settle();
    meanwhile = () => edit(bench, "Secret", (object) => ({ ...object, data: { ...object.data, extra: toBase64("kept") } }));
    bench.fleet.put(paris({ labels: { "toy.example/tier": "gold" } }));
    await engine.settle();
    await soon(() =>
      expect(secret(bench)).toMatchObject({ metadata: { labels: { "toy.example/tier": "gold" } }, data: { extra: toBase64("kept") } }),
    );
    const patches = bench.hub.requests.filter(({ verb, resource }) => verb === "patch" && resource === "secrets");
    expect(patches.map(({ code }) => code)).toEqual([409, 200]);
    // That is everyday life, and nothing to complain about.
    expect(engine.events.filter(({ is }) => is === "retry")).toEqual([]);
  });

  it("wins for a while where it never stops: we wait longer and say so instead of racing", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    let isBusy = false;
    let count = 0;
    const engine = await bench.start({
      between: (call, send) => {
        if (isBusy && isWrite("PATCH", "secrets")(call)) {
          count += 1;
          edit(bench, "Secret", (object) => ({ ...object, data: { ...object.data, count: toBase64(String(count)) } }));
        }
        return send();
      },
    });
    await engine.settle();
    isBusy = true;
    bench.fleet.put(paris({ labels: { "toy.example/tier": "gold" } }));
    await soon(() => expect(engine.events).toContainEqual(expect.objectContaining({ is: "retry", cluster: "fleet/paris" })));
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member", verdict: { is: "stale", reason: "Conflict" } });
    isBusy = false;
    await engine.settle();
    await soon(() => expect(engine.list.status().get("fleet/paris")?.verdict).toBeUndefined());
  });
});

describe.concurrent("an object that is there already", patience, () => {
  it("is taken over where it is ours and only the answer was lost", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    let losses = 2;
    const engine = await bench.start({
      between: async (call, send) => {
        const answer = await send();
        if (call.method !== "POST" || !call.path.includes(toys) || losses === 0) return answer;
        losses -= 1;
        throw new ApiError(0, "Unreachable", "the answer was lost");
      },
    });
    await engine.settle();
    await soon(() => expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" }));
    expect(bench.hub.list("Secret", toys)).toHaveLength(1);
    expect(losses).toBe(0);
    const from = bench.writes().length;
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
  });

  it("is taken over with what it carries of ours from before, and nothing of that stays behind", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris({ labels: { "toy.example/old": "yes" } }));
    const first = await bench.start();
    await first.settle();
    await first.stop();
    bench.fleet.put(paris({ labels: { "toy.example/new": "yes" } }));
    // Whose it is has been stripped, so that nobody finds it before they run into its name.
    edit(bench, "Secret", ({ metadata, ...object }) => {
      const { "rollcall.dev/cluster": _, ...annotations } = metadata.annotations!;
      return { ...object, metadata: { ...metadata, annotations, labels: { ...metadata.labels, team: "blue" } } };
    });
    const second = await bench.start();
    await second.settle();
    expect(secret(bench)!.metadata.annotations).toMatchObject({ "rollcall.dev/cluster": "fleet/paris" });
    expect(secret(bench)!.metadata.labels).toMatchObject({ "toy.example/new": "yes", team: "blue" });
    expect(secret(bench)!.metadata.labels).not.toHaveProperty(["toy.example/old"]);
  });

  it("is not taken over where it stands for a cluster that bore the name before", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    const first = await bench.start();
    await first.settle();
    await first.stop();
    const before = secret(bench);
    // The next one sees nothing of it: its watch is behind.
    bench.fleet.put(paris({ uid: "another", access: [{ provider: "fleet", endpoint: { server: "https://another.example.test" } }] }));
    const second = await bench.start({
      between: async (call, send) => {
        const answer = await send();
        return call.method === "GET" && call.path.includes("labelSelector") && call.path.includes(toys)
          ? { ...(answer as object), items: [] }
          : answer;
      },
    });
    await soon(() => expect(second.list.status().get("fleet/paris")?.verdict).toMatchObject({ reason: "AlreadyExists" }));
    expect(secret(bench)).toEqual(before);
  });

  it("is refused and left as it is where it is somebody else's, and the cluster joins once it has gone", async (test) => {
    const bench = await toyWorkbench(test);
    const theirs = { apiVersion: "v1", kind: "Secret", metadata: { name: "fleet.paris", namespace: toys }, data: { a: toBase64("b") } };
    const before = bench.hub.apply(theirs);
    bench.fleet.put(paris(), cluster({ name: "rome" }));
    const engine = await bench.start();
    await engine.settle();
    expect(secret(bench)).toEqual(before);
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({
      is: "stale",
      reason: "ForeignObject",
      message: expect.stringContaining("Secret/toys/fleet.paris"),
    });
    expect(engine.list.status().get("fleet/rome")).toMatchObject({ state: "member" });
    // Once it is known to be taken, it is looked at and not tried again.
    const from = bench.writes().length;
    await engine.settle();
    expect(bench.writes(from)).toEqual([]);
    bench.hub.remove("Secret", toys, "fleet.paris");
    await engine.settle();
    expect(secret(bench)!.metadata.labels).toMatchObject({ "rollcall.dev/list": "list" });
    expect(engine.list.status().get("fleet/paris")).toMatchObject({ state: "member" });
  });

  it("is somebody else's too where another list or another installation wrote it", async (test) => {
    const bench = await toyWorkbench(test);
    bench.fleet.put(paris());
    const labels = { "rollcall.dev/instance": "rollcall", "rollcall.dev/list": "another" };
    const before = bench.hub.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "fleet.paris", namespace: toys, labels } });
    const engine = await bench.start();
    await engine.settle();
    expect(secret(bench)).toEqual(before);
    expect(engine.list.status().get("fleet/paris")?.verdict).toMatchObject({ reason: "ForeignObject" });
  });
});
