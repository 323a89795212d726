import { expect, it } from "vitest";
import { until } from "../stories/world.ts";
import { atOnce, others, pause, places } from "./fixtures.ts";
import type { FaultWorld, NewWorld } from "./world.ts";

const moved = { name: "paris", server: "https://moved.example.test:6443" };

function sent({ proxy }: FaultWorld, verb: string, name: string, from = 0): readonly { readonly at: number; readonly status?: number }[] {
  return proxy.requests.slice(from).filter((request) => request.verb === verb && request.name === name);
}

/** Writes that are lost, refused, delayed or overtaken: each is made once. */
export function writeFaults(newWorld: NewWorld): void {
  it("row 2: a Secret was made and nobody heard of it: it is taken for ours, and made once", async () => {
    await using world = await newWorld();
    world.proxy.rule({ verb: "create", resource: "secrets", times: 2, phase: "after", answer: "reset" });
    world.publish("paris", ...others);
    await world.start();
    expect(await world.problems()).toEqual([]);
  });

  it("row 2: a change was made and nobody heard of it: it is not made twice", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start();
    world.proxy.rule({ verb: "patch", resource: "secrets", nth: 1, phase: "after", answer: "reset" });
    world.publish(moved);
    expect(await world.problems({ reference: { paris: { changed: 1 } } })).toEqual([]);
  });

  it("row 2: a deletion was made and nobody heard of it: it is done", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    world.proxy.rule({ verb: "delete", nth: 1, phase: "after", answer: { status: 500 } });
    world.withdraw("paris");
    await world.listed(...others);
    await until("it is known", () => world.lines.some(({ state }) => state === "gone"));
    expect(sent(world, "delete", "fleet.paris")).toHaveLength(1);
    expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it.each(["create", "patch"] as const)(
    "row 2: the roll was written (%s) and nobody heard of it: nobody leaves by it twice",
    async (verb) => {
      await using world = await newWorld();
      world.proxy.rule({ verb, resource: "configmaps", nth: 1, phase: "after", answer: "reset" });
      world.publish("paris", ...others);
      await world.start({ removal: atOnce });
      world.withdraw("paris");
      await world.listed(...others);
      expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
    },
  );

  it("row 12: somebody edits a Secret right before each write: it is decided anew, and nothing of theirs is lost", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start();
    const edits = ["one", "two", "three"];
    const left = [...edits];
    const edit = (): void => {
      const { metadata, ...rest } = world.secret("paris")!;
      world.hub.apply({ ...rest, metadata: { ...metadata, labels: { ...metadata.labels, [left.shift()!]: "theirs" } } });
    };
    world.proxy.rule({ verb: "patch", resource: "secrets", times: edits.length, meanwhile: edit });
    world.publish(moved);
    expect(await world.problems({ reference: { paris: { changed: edits.length + 1 } } })).toEqual([]);
    expect(sent(world, "patch", "fleet.paris").map(({ status }) => status)).toEqual([409, 409, 409, 200]);
    expect(world.secret("paris")?.metadata.labels).toMatchObject({ one: "theirs", two: "theirs", three: "theirs" });
  });

  it("row 13: 429 with Retry-After: asked again when the server said, not before", async () => {
    await using world = await newWorld();
    world.publish(...others);
    await world.start();
    world.proxy.rule({ verb: "create", resource: "secrets", name: "fleet.paris", times: 1, answer: { status: 429, retryAfter: 2 } });
    world.publish("paris");
    await world.listed("paris", ...others);
    const [first, second, ...more] = sent(world, "create", "fleet.paris");
    expect(second!.at - first!.at).toBeGreaterThan(1900);
    expect(more).toEqual([]);
    expect(await world.problems()).toEqual([]);
  });

  it("row 13: 429 without Retry-After, to everything: asked less and less often", async () => {
    await using world = await newWorld();
    world.publish(...others);
    await world.start();
    const from = world.proxy.requests.length;
    const over = world.proxy.rule({ answer: { status: 429 } });
    world.publish("paris");
    world.proxy.closeAll();
    await pause(2500);
    // Three watches and one write.
    expect(world.proxy.requests.length - from).toBeLessThanOrEqual(4 * 5);
    over();
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    { says: "500", answer: { status: 500 } },
    { says: "503", answer: { status: 503 } },
    { says: "504", answer: { status: 504 } },
    { says: "nothing, as it is restarted", answer: "reset" },
  ] as const)("row 14: the API server says $says for a while: no storm, and all is made up for", async ({ answer }) => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start();
    const from = world.proxy.requests.length;
    const over = world.proxy.rule({ answer });
    world.publish(moved, "rome");
    world.proxy.closeAll();
    await pause(3000);
    expect(world.proxy.requests.length - from).toBeLessThanOrEqual(3 * 5 + 2 * 5);
    over();
    expect(await world.problems({ reference: { paris: { changed: 1 } } })).toEqual([]);
  });

  it("row 18: the consumer's namespace is going, and then gone: asked now and then, and other consumers are served", async () => {
    await using world = await newWorld();
    const { hub, proxy } = world;
    const namespace = (name: string): unknown => hub.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    namespace("second");
    const beside = [{ name: "second", consumer: "argocd", target: { namespace: "second" }, options: { name: "{name}" } }];
    world.publish("paris", ...others);
    await world.start({ beside });
    await fetch(`${hub.url}/api/v1/namespaces/${places.argocd}`, { method: "DELETE", headers: { authorization: `Bearer ${hub.token}` } });
    const from = proxy.requests.length;
    world.publish("rome");
    await until("the other consumer is served", () => hub.get("Secret", "second", "fleet.rome"), 10);
    await pause(2000);
    hub.remove("Namespace", undefined, places.argocd);
    await pause(1000);
    const asked = proxy.requests.slice(from).filter(({ verb, namespace }) => verb === "create" && namespace === places.argocd);
    expect(Math.max(...[...Map.groupBy(asked, ({ name }) => name).values()].map(({ length }) => length))).toBeLessThanOrEqual(7);
    await world.stop();
    namespace(places.argocd);
    await world.start({ beside });
    expect(
      await world.problems({ reference: Object.fromEntries(["paris", ...others].map((name) => [name, { created: 2, deleted: 1 }])) }),
    ).toEqual([]);
  });

  it("row 41: an admission webhook denies a Secret: it says why, is asked now and then, and others go on", async () => {
    await using world = await newWorld();
    world.publish(...others);
    await world.start();
    const denied = 'admission webhook "policy.example" denied the request: not on Fridays';
    const body = JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "Forbidden", message: denied, code: 403 });
    const over = world.proxy.rule({ verb: "create", name: "fleet.paris", answer: { status: 403, body } });
    world.publish("paris");
    await until("it says why", () => JSON.stringify(world.lines, told).includes("not on Fridays"));
    world.publish("rome");
    await world.listed("rome", ...others);
    await pause(2500);
    expect(sent(world, "create", "fleet.paris").length).toBeLessThanOrEqual(6);
    over();
    expect(await world.problems()).toEqual([]);
  });
}

/** An error in a log line is what it says. */
function told(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
